//! The selection of a query: groups, aggregates, `having`, order, limit.

pub(crate) mod aggregation;
pub(crate) mod choose;
pub(crate) mod context;
pub(crate) mod groups;
pub(crate) mod ids;
pub(crate) mod order;
pub(crate) mod select;
