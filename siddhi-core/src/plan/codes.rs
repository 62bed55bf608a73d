//! The stable codes of what the planner finds; expressions have theirs in `expression::codes`.

use siddhi_query::Code;

/// A stream that nobody defines.
pub(crate) const UNKNOWN_STREAM: Code = Code::new("SID0301");
/// A window that does not exist.
pub(crate) const UNKNOWN_WINDOW: Code = Code::new("SID0302");
/// A stream function that does not exist.
pub(crate) const UNKNOWN_STREAM_FUNCTION: Code = Code::new("SID0303");
/// Parameters that do not fit a window or stream function.
pub(crate) const PARAMETERS: Code = Code::new("SID0304");
/// An output whose attributes differ from those of its target.
pub(crate) const OUTPUT_MISMATCH: Code = Code::new("SID0305");
/// A query or partition with a name that is taken.
pub(crate) const QUERY_NAME: Code = Code::new("SID0306");
/// An output that nothing can be done with.
pub(crate) const OUTPUT: Code = Code::new("SID0307");
/// `limit` or `offset` below 0.
pub(crate) const NEGATIVE_LIMIT: Code = Code::new("SID0308");
/// An annotation of an app or a stream that does not fit.
pub(crate) const ANNOTATION: Code = Code::new("SID0309");
/// An attribute that a stream function adds and that is there already.
pub(crate) const ADDED_ATTRIBUTE: Code = Code::new("SID0310");
/// Two output attributes with one name.
pub(crate) const DUPLICATE_OUTPUT: Code = Code::new("SID0312");
/// A definition that does not fit another.
pub(crate) const DEFINITION: Code = Code::new("SID0313");
/// An input that cannot stand there.
pub(crate) const INPUT: Code = Code::new("SID0314");
/// `having`, or the condition of a range, of a form that Siddhi refuses.
pub(crate) const HAVING: Code = Code::new("SID0315");
/// A pattern of a form that cannot run.
pub(crate) const PATTERN: Code = Code::new("SID0316");
/// A `${NAME}` without a value.
pub(crate) const VARIABLE: Code = Code::new("SID0317");
/// A source or sink that cannot be made of its annotation.
pub(crate) const CONNECTOR: Code = Code::new("SID0320");
/// A source, sink, mapper or distribution strategy that does not exist.
pub(crate) const UNKNOWN_CONNECTOR: Code = Code::new("SID0321");
/// An extension, or the engine, panicked while the app was made.
pub(crate) const PANIC: Code = Code::new("SID0398");
/// A feature that is not built yet.
pub(crate) const NOT_SUPPORTED: Code = Code::new("SID0399");
