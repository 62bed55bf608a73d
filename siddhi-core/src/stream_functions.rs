//! The built-in stream functions, one file each.

use std::sync::Arc;

use crate::extension::StreamFunctionFactory;

mod pol2cart;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn StreamFunctionFactory>> {
    vec![Arc::new(pol2cart::Pol2Cart)]
}
