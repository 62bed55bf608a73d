//! Expressions: from the tree of the text to programs over columns.

pub(crate) mod binder;
pub(crate) mod codes;
mod compile;
pub(crate) mod fold;
pub(crate) mod kernels;
pub(crate) mod predicate;
pub(crate) mod program;
pub(crate) mod scope;
#[cfg(test)]
mod tests;
pub mod typed;
