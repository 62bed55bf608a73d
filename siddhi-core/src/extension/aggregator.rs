//! Aggregators: what `sum`, `avg` and their like are made of.

use std::fmt;
use std::sync::Arc;

use siddhi_query::ast::DataType;
use siddhi_state::StateHolder;

use super::function::{BindError, Documentation, ParameterValue};
use crate::aggregators::feed::Feed;
use crate::event::column::Column;

/// An aggregator of the language: checks the arguments of each call.
pub trait AggregatorFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the name in the language.
    fn documentation(&self) -> Documentation;

    /// Checks a call.
    ///
    /// # Errors
    /// When number or types of the arguments do not fit.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError>;
}

/// How rows leave the groups of an aggregator: what it must remember to let them go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// No row ever leaves by itself; a reset may empty a group.
    Never,
    /// The rows of a group leave in the order in which they came.
    InOrder,
    /// Rows leave in any order, also before they came.
    AnyOrder,
}

/// An aggregator bound to the types of a call.
#[derive(Clone)]
pub struct BoundAggregator {
    /// The type of its value.
    pub return_type: DataType,
    /// A row can fail in it (its argument is an object).
    pub fallible: bool,
    /// Makes one with no rows in it, whose rows will leave as said.
    pub make: Arc<dyn Fn(Leaving) -> Box<dyn Aggregator> + Send + Sync>,
}

impl fmt::Debug for BoundAggregator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundAggregator")
            .field("return_type", &self.return_type)
            .finish_non_exhaustive()
    }
}

/// The running state of one aggregator for all groups, which are numbered densely from 0.
///
/// A group that has become empty starts anew. A row that fails (only possible where the binding
/// said so) is reported through the feed and leaves no trace.
pub trait Aggregator: StateHolder + Send {
    /// Takes in rows, lets rows go, forgets, as `feed` says, in order, and writes to `out` the value
    /// after each row that has a place there. `out` is long enough and has the aggregator's type.
    fn run(&mut self, feed: &mut Feed<'_>, out: &mut Column);

    /// Forgets a group: its number will be given to another.
    fn forget(&mut self, group: usize);

    /// Whether a group's value outlives its rows and every reset, as that of `maxForever` does: then
    /// groups are never forgotten.
    fn is_forever(&self) -> bool {
        false
    }
}
