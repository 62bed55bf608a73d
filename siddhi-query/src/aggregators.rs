//! The names of Siddhi's aggregators, for whoever says what was meant.

/// The aggregators of Siddhi; their names are looked up with their case.
pub const AGGREGATORS: &[&str] = &[
    "and",
    "avg",
    "count",
    "distinctCount",
    "max",
    "maxForever",
    "min",
    "minForever",
    "or",
    "stdDev",
    "sum",
    "unionSet",
];
