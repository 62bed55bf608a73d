//! Expressions: from the tree of the text to programs over columns.

mod compile;
pub(crate) mod fold;
pub(crate) mod kernels;
pub(crate) mod predicate;
pub(crate) mod program;
#[cfg(test)]
mod tests;
pub mod typed;
