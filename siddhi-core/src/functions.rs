//! The built-in functions, one file each.

use std::sync::Arc;

use crate::extension::FunctionFactory;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn FunctionFactory>> {
    vec![]
}
