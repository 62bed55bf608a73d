//! An event as it comes from outside.

use super::value::Value;

/// An event that stands in no column yet. Its values have the types of its stream, or are null.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    /// In milliseconds.
    pub(crate) timestamp: i64,
    /// One an attribute.
    pub(crate) values: &'a [Value],
}
