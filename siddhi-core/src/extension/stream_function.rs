//! Stream functions: `#name(…)` behind a stream. They see whole chunks and may add attributes.

use std::fmt;
use std::sync::Arc;

use siddhi_query::ast::DataType;

use super::function::{Arguments, BindError, CallContext, Documentation, ParameterValue};
use crate::event::column::Column;
use crate::event::view::Selection;

/// A stream function of the language: checks the arguments of each use.
pub trait StreamFunctionFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the name in the language.
    fn documentation(&self) -> Documentation;

    /// Checks a use.
    ///
    /// # Errors
    /// When number, types or values of the arguments do not fit.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundStreamFunction, BindError>;
}

/// A stream function bound to the types of its arguments.
#[derive(Clone, Debug)]
pub struct BoundStreamFunction {
    /// What is called.
    pub function: Arc<dyn StreamFunction>,
    /// The attributes that it adds behind those of its input.
    pub added: Vec<(String, DataType)>,
}

/// A stream function: gives each row of a chunk the values of its added attributes.
///
/// It may stand in an element of a pattern. What drops or repeats rows, remembers, or does something
/// for each row that passes (such as `log`) is a [stream processor](super::StreamProcessor).
pub trait StreamFunction: Send + Sync + fmt::Debug {
    /// Writes the added attributes of each row of `rows` to its place in `added`, whose columns are
    /// long enough and have no nulls at these rows yet.
    fn process(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        added: &mut [Column],
        context: &mut CallContext<'_>,
    );
}
