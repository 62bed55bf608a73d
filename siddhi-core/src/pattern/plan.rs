//! The logical plan of a pattern.

use siddhi_query::ast::DataType;

use crate::expression::typed::Expr;
use crate::plan::logical::{HandlerPlan, StreamId};

/// A pattern: states in the order of their slots.
///
/// Its columns, for the selection and for filters: those of slot 0, then those of slot 1, and so
/// on. Of a slot: the attributes of its stream, those that stream functions added, then the
/// timestamp of its event (a long; null while the slot is empty).
#[derive(Clone, Debug)]
pub struct PatternPlan {
    /// The states.
    pub states: Vec<StatePlan>,
    /// How long after its first event a match may still go on, in milliseconds.
    pub within: Option<i64>,
}

/// A state: one element of the chain.
#[derive(Clone, Debug)]
pub struct StatePlan {
    /// The stream whose events it takes.
    pub stream: StreamId,
    /// The name of its event.
    pub reference: Option<String>,
    /// The number of its first column.
    pub base: usize,
    /// The types of its columns without the timestamp.
    pub types: Vec<DataType>,
    /// Handlers in order. Filters may refer to the columns of lower slots and its own.
    pub handlers: Vec<HandlerPlan>,
    /// Where a match goes on; none behind the last element.
    pub next: Option<usize>,
    /// Where a copy begins anew when the element completes: the first state of the `every` that ends
    /// here.
    pub again: Option<usize>,
    /// The first state of the `every` that it stands in.
    pub head: Option<usize>,
    /// It is the first element.
    pub first: bool,
    /// Its completion is a result.
    pub last: bool,
}

impl PatternPlan {
    /// The streams that it reads, each once, in order.
    #[must_use]
    pub fn streams(&self) -> Vec<StreamId> {
        let mut streams = Vec::new();
        for state in &self.states {
            if !streams.contains(&state.stream) {
                streams.push(state.stream);
            }
        }
        streams
    }

    /// Calls `visit` for every expression of its filters and functions.
    pub fn expressions(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for handler in self.states.iter_mut().flat_map(|state| &mut state.handlers) {
            match handler {
                HandlerPlan::Filter(filter) => visit(&mut filter.condition),
                HandlerPlan::Function(function) => function.arguments.iter_mut().for_each(&mut *visit),
            }
        }
    }

    /// The plan as lines of text.
    pub(crate) fn explain(&self, stream: &dyn Fn(StreamId) -> String) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(within) = self.within {
            lines.push(format!("pattern within {within} ms"));
        } else {
            lines.push("pattern".into());
        }
        for (slot, state) in self.states.iter().enumerate() {
            let name = state.reference.as_ref().map_or(String::new(), |name| format!("{name}="));
            lines.push(format!("  slot {slot}: {name}{}", stream(state.stream)));
        }
        lines
    }
}
