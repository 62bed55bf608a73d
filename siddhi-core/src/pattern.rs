//! Patterns: chains of elements that events complete one after the other.

pub(crate) mod binder;
pub(crate) mod operator;
pub(crate) mod plan;
pub(crate) mod scope;
