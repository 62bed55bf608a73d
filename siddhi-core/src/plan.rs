//! From the tree of an app to what runs: logical plan, rules, explain.

pub(crate) mod binder;
pub(crate) mod codes;
pub(crate) mod explain;
pub(crate) mod logical;
pub(crate) mod rules;
