//! The built-in aggregators, one file each.

use std::sync::Arc;

use crate::extension::AggregatorFactory;

pub mod feed;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn AggregatorFactory>> {
    vec![]
}
