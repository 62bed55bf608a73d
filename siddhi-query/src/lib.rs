//! SiddhiQL: grammar, syntax tree, printer, builder and diagnostics.
//!
//! A text becomes a tree of [`ast`], or [`Diagnostics`]: everything that is wrong with it, each with a
//! stable code, its places and what would be right. A tree becomes text again by its `Display`; it
//! can be made in Rust as well, see [`builder`]. To lay out a text and keep its comments, there is
//! [`format`](format::format()).
//!
//! ```
//! let text = "define stream Trades (symbol string, price double);
//!             from Trades[price>50.0] select symbol insert into Dear; -- no bonds";
//! let app = siddhi_query::parse_app(text)?;
//! assert_eq!(
//!     app.elements[0].to_string(),
//!     "from Trades[price > 50.0]\nselect symbol\ninsert into Dear"
//! );
//!
//! let misspelled = text.replace("select", "slect");
//! let mistakes = siddhi_query::parse_app(&misspelled).unwrap_err().into_vec();
//! assert_eq!(mistakes[0].to_string(), "error[SID0114]: `slect` is probably misspelled");
//! assert_eq!(&misspelled[mistakes[0].span().range()], "slect");
//! # Ok::<(), siddhi_query::Diagnostics>(())
//! ```

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
pub use fix::{apply_fixes, mended};
pub use parser::{
    Parsed, parse_aggregation, parse_app, parse_app_recovering, parse_expression, parse_function,
    parse_on_demand, parse_partition, parse_query, parse_stream, parse_table, parse_time,
    parse_trigger, parse_window,
};
