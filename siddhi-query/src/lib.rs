//! SiddhiQL: grammar, syntax tree, printer, builder and diagnostics.
pub mod ast;
