//! What is wrong with a text that the grammar refuses.

use pest::error::{Error, InputLocation};

use super::Parsed;
use super::grammar::Rule;
use super::scan::Scan;
use crate::ast::{App, Definition, Span};
use crate::diagnostic::{Code, Diagnostic};

/// Reads a broken app piece by piece.
pub(super) fn app(scan: &Scan<'_>, _masked: &str, error: &Error<Rule>) -> Parsed<App> {
    Parsed { tree: None, diagnostics: vec![explain(scan, 0, error)] }
}

/// Says what pest says.
pub(super) fn explain(scan: &Scan<'_>, base: usize, error: &Error<Rule>) -> Diagnostic {
    let offset = base
        + match error.location {
            InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset,
        };
    let token = scan.tokens.get(scan.index_at(offset));
    let span = token.map_or(Span::new(offset, offset), |token| token.span);
    Diagnostic::error(Code::SYNTAX, error.variant.message(), span, "unexpected")
}

/// Said when a definition is of another kind than the entry point reads.
pub(super) fn another_kind(definition: &Definition, wanted: &str) -> Diagnostic {
    let (found, span) = match definition {
        Definition::Stream(it) => ("stream", it.span),
        Definition::Table(it) => ("table", it.span),
        Definition::Window(it) => ("window", it.span),
        Definition::Trigger(it) => ("trigger", it.span),
        Definition::Function(it) => ("function", it.span),
        Definition::Aggregation(it) => ("aggregation", it.span),
    };
    let message = format!("expected the definition of a {wanted}, found that of a {found}");
    Diagnostic::error(Code::SYNTAX, message, span, "another kind of definition")
}
