//! The built-in stream processors, one file each.

use std::sync::Arc;

use crate::extension::StreamProcessorFactory;

mod log;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn StreamProcessorFactory>> {
    vec![Arc::new(log::Log)]
}
