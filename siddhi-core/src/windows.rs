//! The built-in windows, one file each.

use std::sync::Arc;

use crate::extension::WindowFactory;

mod length;
mod length_batch;
mod parameters;
mod time;
mod time_batch;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn WindowFactory>> {
    vec![
        Arc::new(length::Length),
        Arc::new(length_batch::LengthBatch),
        Arc::new(time::Time),
        Arc::new(time_batch::TimeBatch),
    ]
}

/// The windows of Siddhi that are not built yet: refused as such, not as unknown names.
pub(crate) const NOT_BUILT: [&str; 12] = [
    "timeLength",
    "externalTime",
    "externalTimeBatch",
    "batch",
    "session",
    "sort",
    "frequent",
    "lossyFrequent",
    "delay",
    "cron",
    "expression",
    "expressionBatch",
];
