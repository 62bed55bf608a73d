//! The built-in stream functions, one file each.

use std::sync::Arc;

use crate::extension::StreamFunctionFactory;

mod log;
mod pol2cart;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn StreamFunctionFactory>> {
    vec![Arc::new(log::Log), Arc::new(pol2cart::Pol2Cart)]
}
