//! The logical plan of a pattern.

use siddhi_query::ast::DataType;

use crate::expression::typed::{Expr, ExprKind};
use crate::plan::explain;
use crate::plan::logical::{Attribute, HandlerPlan, StreamId};

/// The types of the columns in front of those of the slots. They are always null: what a reference
/// to an event that cannot be there means, such as `e1[3].price` of an element that takes one event.
pub(crate) const NULLS: [DataType; 7] = [
    DataType::Bool,
    DataType::Int,
    DataType::Long,
    DataType::Float,
    DataType::Double,
    DataType::String,
    DataType::Object,
];

/// The null column of a type.
pub(crate) fn null_column(data_type: DataType) -> usize {
    NULLS.iter().position(|null| *null == data_type).unwrap_or_default()
}

/// A pattern: states in the order of their slots.
///
/// Its columns, for the selection and for filters: one null column of each type, then those of slot
/// 0, then those of slot 1, and so on. Of a slot: the attributes of its stream, those that stream
/// functions added, then the timestamp of its event (a long; null while the slot is empty), then
/// the event itself (an object).
#[derive(Clone, Debug)]
pub(crate) struct PatternPlan {
    /// The states.
    pub(crate) states: Vec<StatePlan>,
    /// How long after its first event a match may still go on, in milliseconds.
    pub(crate) within: Option<i64>,
}

/// A state: one element of the chain.
#[derive(Clone, Debug)]
pub(crate) struct StatePlan {
    /// The stream whose events it takes.
    pub(crate) stream: StreamId,
    /// The name of its event.
    pub(crate) reference: Option<String>,
    /// The number of its first column.
    pub(crate) base: usize,
    /// The attributes of its event: those of the stream, then those that functions added.
    pub(crate) attributes: Vec<Attribute>,
    /// Handlers in order. Filters may refer to the columns of lower slots and its own.
    pub(crate) handlers: Vec<HandlerPlan>,
    /// Where a match goes on; none behind the last element.
    pub(crate) next: Option<usize>,
    /// Where a copy begins anew when the element completes: the first state of the `every` that ends
    /// here.
    pub(crate) again: Option<usize>,
    /// The first state of the `every` that it stands in.
    pub(crate) head: Option<usize>,
    /// It is the first element.
    pub(crate) first: bool,
    /// Its completion is a result.
    pub(crate) last: bool,
}

impl StatePlan {
    /// The column of the event's timestamp.
    pub(crate) fn timestamp(&self) -> usize {
        self.base + self.attributes.len()
    }

    /// The column of the event itself.
    pub(crate) fn event(&self) -> usize {
        self.timestamp() + 1
    }

    /// The number behind its last column.
    pub(crate) fn end(&self) -> usize {
        self.event() + 1
    }
}

impl PatternPlan {
    /// The streams that it reads, each once, in order.
    pub(crate) fn streams(&self) -> Vec<StreamId> {
        let mut streams = Vec::new();
        for state in &self.states {
            if !streams.contains(&state.stream) {
                streams.push(state.stream);
            }
        }
        streams
    }

    /// How many columns it has.
    pub(crate) fn width(&self) -> usize {
        self.states.last().map_or(NULLS.len(), StatePlan::end)
    }

    /// The state whose slot a column belongs to; none for the null columns.
    pub(crate) fn slot_of(&self, column: usize) -> Option<usize> {
        self.states.iter().position(|state| (state.base..state.end()).contains(&column))
    }

    /// Calls `visit` for every expression of its filters and functions.
    pub(crate) fn expressions(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for handler in self.states.iter_mut().flat_map(|state| &mut state.handlers) {
            match handler {
                HandlerPlan::Filter(filter) => visit(&mut filter.condition),
                HandlerPlan::Function(function) => {
                    function.arguments.iter_mut().for_each(&mut *visit);
                }
                HandlerPlan::Processor(processor) => {
                    processor.arguments.iter_mut().for_each(&mut *visit);
                }
            }
        }
    }

    /// The plan as lines of text.
    pub(crate) fn explain(&self, stream: &dyn Fn(StreamId) -> String) -> Vec<String> {
        let mut lines = Vec::new();
        match self.within {
            Some(within) => lines.push(format!("pattern within {within} ms")),
            None => lines.push("pattern".into()),
        }
        for (slot, state) in self.states.iter().enumerate() {
            let name = state.reference.as_ref().map_or(String::new(), |name| format!("{name}="));
            let columns = format!("#{}..#{}", state.base, state.event());
            let again =
                state.again.map_or(String::new(), |again| format!(", again from slot {again}"));
            let source = stream(state.stream);
            lines.push(format!("  slot {slot}: {name}{source} columns {columns}{again}"));
            for handler in &state.handlers {
                lines.push(format!("    {}", explain::handler(handler)));
            }
        }
        lines
    }
}

/// The terms of a conjunction, left to right.
pub(crate) fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(left, right) => {
            let mut terms = conjuncts(left);
            terms.extend(conjuncts(right));
            terms
        }
        _ => vec![condition],
    }
}

/// The conjunction of terms; none of no terms.
pub(crate) fn conjunction(terms: Vec<Expr>) -> Option<Expr> {
    terms.into_iter().reduce(|left, right| {
        let span = left.span.to(right.span);
        let kind = ExprKind::And(Box::new(left), Box::new(right));
        Expr { kind, data_type: DataType::Bool, span }
    })
}
