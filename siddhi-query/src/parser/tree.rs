//! From the nodes of the grammar to the syntax tree.
//!
//! The grammar takes a superset of SiddhiQL; what goes too far is refused here, with a message
//! that can say more than "unexpected token". A function returns `None` when there is no tree to
//! be had; the reason has then been recorded.

mod annotation;
mod chain;
mod constant;
mod definition;
mod expression;
mod input;
mod on_demand;
mod output;
mod partition;
mod query;
mod reference;
mod select;

use super::grammar::{Node, Rule};
use super::scan::Scan;
use crate::ast::{Ident, Source, Span};
use crate::diagnostic::{Code, Diagnostic};

/// Builds trees and collects what is wrong with them.
#[derive(Debug)]
pub(super) struct Builder<'s> {
    scan: &'s Scan<'s>,
    /// Where the piece of text that pest saw begins in the whole text.
    base: usize,
    /// What has been found.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'s> Builder<'s> {
    /// A builder for the piece of the text that begins at `base`.
    pub(super) fn new(scan: &'s Scan<'s>, base: usize) -> Self {
        Self { scan, base, diagnostics: Vec::new() }
    }

    /// The place of a node, without blanks and comments at its end.
    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let span = node.as_span();
        self.scan.trimmed(self.base + span.start(), self.base + span.end())
    }

    /// The text of a node that is a single token.
    fn token<'t>(node: &Node<'t>) -> &'t str {
        node.as_str().trim_ascii_end()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn error(&mut self, code: Code, message: &str, span: Span, label: &str) {
        self.report(Diagnostic::error(code, message, span, label));
    }

    /// A name, its back quotes taken off.
    fn ident(&self, node: &Node<'_>) -> Ident {
        let text = Self::token(node);
        let quoted = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        Ident { name: quoted.unwrap_or(text).to_owned(), span: self.span(node) }
    }

    /// A stream's name with its mark.
    fn source(&self, node: Node<'_>) -> Option<Source> {
        let span = self.span(&node);
        let mut mark = None;
        let mut name = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::mark => mark = Some(Self::token(&part) == "#"),
                _ => name = Some(self.ident(&part)),
            }
        }
        Some(Source { name: name?, inner: mark == Some(true), fault: mark == Some(false), span })
    }
}
