//! What names mean where an expression stands.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{DataType, StreamReference, Variable};

/// What an attribute's name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScopeColumn {
    /// The column.
    pub(crate) index: usize,
    /// Its type.
    pub(crate) data_type: DataType,
}

/// What `x is null` asks where `x` is known as an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventPresence {
    /// The event is always there: the answer is false.
    Always,
    /// The event is there where this column is not null.
    Column(usize),
}

/// Why a name means nothing: the mistake, which says what is known instead; none when a mistake that
/// is reported elsewhere keeps the name from being known.
pub(crate) type Unknown = Option<Box<Diagnostic>>;

/// The names that an expression can use: attributes of a stream, of an output, of the events of a
/// pattern.
pub(crate) trait Scope {
    /// The column of an attribute.
    ///
    /// # Errors
    /// Why there is none.
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Unknown>;

    /// What `x is null` asks when `x` is a known input; none when it is not, and then `x` is an
    /// attribute.
    fn presence(&self, reference: &StreamReference) -> Option<EventPresence>;

    /// The columns that `f(*)` passes; none when not all of them are known.
    fn star(&self) -> Option<Vec<ScopeColumn>>;

    /// The column with the timestamp of a named event, for `eventTimestamp(e)`; none when the name
    /// is not that of an event.
    fn event_timestamp(&self, name: &Variable) -> Option<ScopeColumn>;
}
