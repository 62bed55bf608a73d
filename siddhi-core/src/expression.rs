//! Expressions: from the tree of the text to programs over columns.

pub mod typed;
