//! SiddhiQL: grammar, syntax tree, printer, builder and diagnostics.
mod aggregators;
pub mod ast;
pub mod builder;
mod diagnostic;
mod fitting;
mod fix;
pub mod format;
mod names;
mod parser;
mod printer;
pub mod variables;

pub use aggregators::AGGREGATORS;
pub use diagnostic::{
    Applicability, Code, Diagnostic, Diagnostics, Edit, Fix, Label, LineIndex, Position, Severity,
    did_you_mean,
};
pub use fitting::fitting_definition;
pub use fix::apply_fixes;
pub use parser::{
    Parsed, parse_aggregation, parse_app, parse_app_recovering, parse_expression, parse_function,
    parse_on_demand, parse_partition, parse_query, parse_stream, parse_table, parse_time,
    parse_trigger, parse_window,
};
