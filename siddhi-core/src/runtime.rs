//! What runs an app: junctions, queries, partitions, timers, and the API to all of it.

mod accounts;
pub(crate) mod app;
pub(crate) mod build;
pub(crate) mod callback;
pub(crate) mod count;
pub(crate) mod counters;
pub(crate) mod error;
pub(crate) mod faults;
pub(crate) mod findings;
pub(crate) mod handlers;
pub(crate) mod input;
pub(crate) mod junction;
pub(crate) mod light;
mod log_limit;
mod lone;
pub(crate) mod manager;
mod matches;
pub(crate) mod partition;
pub(crate) mod query;
pub(crate) mod region;
pub(crate) mod snapshot;
pub(crate) mod time;
mod timers;
pub(crate) mod transport;
pub(crate) mod windowing;
