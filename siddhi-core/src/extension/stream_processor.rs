//! Stream processors: `#name(…)` behind a stream, with a say in which rows go on. They may drop rows,
//! repeat them, add attributes, and remember.

use std::fmt;
use std::sync::Arc;

use siddhi_query::ast::DataType;
use siddhi_state::StateHolder;

use super::function::{Arguments, BindError, CallContext, Documentation, ParameterValue};
use crate::event::column::Column;
use crate::event::value::Value;
use crate::event::view::{Kind, Selection};

/// A stream processor of the language: checks the arguments of each use.
///
/// A call that a stream processor and a stream function could answer is the one that was registered
/// last.
pub trait StreamProcessorFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the name in the language.
    fn documentation(&self) -> Documentation;

    /// Checks a use.
    ///
    /// # Errors
    /// When number, types or values of the arguments do not fit.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundStreamProcessor, BindError>;
}

/// A stream processor bound to its arguments.
#[derive(Clone)]
pub struct BoundStreamProcessor {
    /// Makes one that has seen nothing; a partition makes one for each key.
    pub make: Arc<dyn Fn() -> Box<dyn StreamProcessor> + Send + Sync>,
    /// The attributes that it adds behind those of its input.
    pub added: Vec<(String, DataType)>,
}

impl fmt::Debug for BoundStreamProcessor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundStreamProcessor").field("added", &self.added).finish_non_exhaustive()
    }
}

/// The rows of a chunk that come to a stream processor.
#[derive(Clone, Copy, Debug)]
pub struct ProcessorInput<'a> {
    /// The arguments of the call.
    pub arguments: Arguments<'a>,
    /// The rows, in order. The marks of windows are not among them: they go on by themselves.
    pub rows: Selection<'a>,
    pub(crate) kinds: Option<&'a [Kind]>,
}

impl ProcessorInput<'_> {
    /// Whether a row comes as current or, behind a window, leaves it as expired.
    #[must_use]
    pub fn kind(&self, row: usize) -> Kind {
        self.kinds.and_then(|kinds| kinds.get(row)).copied().unwrap_or(Kind::Current)
    }
}

/// The rows that a stream processor puts out: one chunk, in this order.
///
/// Each stands for a row of the input, whose attributes, kind and timestamp it has. A row of the input
/// that nothing stands for is dropped, one may be put out several times.
#[derive(Clone, Debug, Default)]
pub struct ProcessorOutput {
    /// The row of the input that each row stands for.
    pub rows: Vec<u32>,
    /// The added attributes, a column each, with a value for each row that is put out (not at the place
    /// of the row of the input). What is missing at the end is null.
    pub added: Vec<Column>,
}

impl ProcessorOutput {
    pub(crate) fn new(added: &[(String, DataType)]) -> Self {
        let added = added.iter().map(|(_, data_type)| Column::new(*data_type)).collect();
        Self { rows: Vec::new(), added }
    }

    /// Puts out a row with the values of its added attributes; missing ones are null, values of another
    /// type too.
    pub fn put(&mut self, row: usize, added: impl IntoIterator<Item = Value>) {
        self.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
        let mut values = added.into_iter();
        for column in &mut self.added {
            column.push(values.next().unwrap_or_default());
        }
    }

    /// Puts out rows as they are, without values for added attributes.
    pub fn pass(&mut self, rows: Selection<'_>) {
        self.rows.extend(rows.iter().filter_map(|row| u32::try_from(row).ok()));
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.added.iter_mut().for_each(Column::clear);
    }
}

/// A stream processor: says which rows of a chunk go on, and what it adds to them.
pub trait StreamProcessor: StateHolder + Send {
    /// Takes in the rows of a chunk, all of one key, and puts out what goes on. A row that it reports
    /// as failed does not go on, whatever it puts out for it.
    fn process(
        &mut self,
        input: &ProcessorInput<'_>,
        output: &mut ProcessorOutput,
        context: &mut CallContext<'_>,
    );
}
