//! The tree as SiddhiQL: `Display` for every node.
//!
//! The text is canonical: it depends on the tree alone, one clause a line, and what it says is
//! read back as the same tree. Comments and the user's layout are no part of the tree; to keep
//! them, use [`format`](crate::format::format).
//!
//! ```
//! use siddhi_query::ast::Query;
//! use siddhi_query::builder::{attr, Operators};
//!
//! let query = Query::from("Trades").filter(attr("price").gt(50.0)).insert_into("Dear");
//! assert_eq!(query.to_string(), "from Trades[price > 50.0]\nselect *\ninsert into Dear");
//! ```
//!
//! A tree built in Rust can hold what no text says, among it a string that ends in `"`, a name
//! with a back quote in it, a NaN. Such a node is printed as near as the grammar comes; the parser
//! then refuses the text or reads another value.

mod annotation;
mod constant;
mod definition;
mod expression;
mod input;
mod on_demand;
mod partition;
mod pattern;
mod query;

/// How wide a line may grow before lists and chains are broken.
const WIDTH: usize = 100;

/// One step of indentation.
const INDENT: usize = 4;

/// Where a piece of text is going to stand.
#[derive(Clone, Copy)]
struct Layout {
    /// How far its lines are indented.
    indent: usize,
    /// How wide a line may be.
    width: usize,
}

impl Layout {
    /// At the left margin.
    const TOP: Self = Self { indent: 0, width: WIDTH };

    /// Everything in one line, for what stands inside brackets.
    const FLAT: Self = Self { indent: 0, width: usize::MAX };

    /// One step further in.
    fn deeper(self) -> Self {
        Self { indent: self.indent + INDENT, ..self }
    }

    /// The end of a line and the indentation of the next.
    fn line(self) -> String {
        format!("\n{:1$}", "", self.indent)
    }

    /// True when `text` fits into a line, or when breaking it would not help.
    fn fits(self, text: &str) -> bool {
        self.indent + text.chars().count() <= self.width
    }

    /// `head item, item tail`, with one item a line when that would be too wide.
    fn list(self, head: &str, items: &[String], tail: &str) -> String {
        let flat = format!("{head}{}{tail}", items.join(", "));
        if self.fits(&flat) {
            return flat;
        }
        let line = self.deeper().line();
        let closing = if tail.is_empty() { String::new() } else { self.line() };
        let items = items.join(&format!(",{line}"));
        format!("{}{line}{items}{closing}{tail}", head.trim_end())
    }

    /// The pieces in one line, or one a line with all but the first further in.
    fn chain(self, pieces: &[String]) -> String {
        let flat = pieces.join(" ");
        if self.fits(&flat) { flat } else { pieces.join(&self.deeper().line()) }
    }

    /// The lines one under the other.
    fn lines(self, lines: &[String]) -> String {
        lines.join(&self.line())
    }
}

/// Implements `Display` for nodes by a function that gives their text.
macro_rules! display {
    ($($node:ty: $text:expr;)*) => {$(
        impl std::fmt::Display for $node {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$text(self))
            }
        }
    )*};
}
use display;
