//! The names of a pattern's events.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{DataType, StreamReference, Variable};

use crate::expression::scope::{EventPresence, Scope, ScopeColumn};
use crate::plan::logical::Attribute;

/// The events of a pattern as far as an expression may refer to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct PatternScope;

impl PatternScope {
    pub(crate) fn all(&self) -> Vec<(usize, Attribute)> {
        Vec::new()
    }
    pub(crate) fn types(&self) -> Vec<DataType> {
        Vec::new()
    }
}

impl Scope for PatternScope {
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Box<Diagnostic>> {
        Err(Box::new(Diagnostic::error(
            crate::plan::codes::PATTERN,
            "unknown",
            variable.span,
            "unknown",
        )))
    }
    fn presence(&self, _: &StreamReference) -> Option<EventPresence> {
        None
    }
    fn star(&self) -> Vec<ScopeColumn> {
        Vec::new()
    }
    fn event_timestamp(&self, _: &Variable) -> Option<ScopeColumn> {
        None
    }
}
