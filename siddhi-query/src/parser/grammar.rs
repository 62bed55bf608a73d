//! The parser that pest makes of `siddhi.pest`.

/// The generated parser.
#[derive(pest_derive::Parser)]
#[grammar = "siddhi.pest"]
pub(super) struct Grammar;

/// A node of pest's.
pub(super) type Node<'t> = pest::iterators::Pair<'t, Rule>;
