//! Rows that failed, on their way to where `@OnError` of their stream says.

use crate::event::batch::Batch;
use crate::event::value::{Object, Value};
use crate::event::view::{Kind, View};
use crate::plan::logical::StreamId;
use crate::selector::context::EvalContext;

/// The failed rows of one pass of a query, with their reasons.
#[derive(Debug)]
pub(crate) struct Faults {
    /// The stream whose rows they are.
    pub(crate) stream: StreamId,
    /// How many attributes the stream has: what stands behind them in a view was added.
    width: usize,
    /// The rows: the attributes of the stream, then the error.
    pub(crate) rows: Vec<(i64, Vec<Value>, String)>,
}

impl Faults {
    pub(crate) fn new(stream: StreamId, width: usize) -> Self {
        Self { stream, width, rows: Vec::new() }
    }

    /// Takes the failures that stand in the context, whose rows are those of `view`.
    ///
    /// A row that fails a second time, as expired, is not reported again.
    pub(crate) fn take(&mut self, view: &View<'_>, context: &mut EvalContext<'_>) {
        for (row, reason) in context.failures.drain(..) {
            let row = row as usize;
            if view.kind(row) == Kind::Current {
                let values = (0..self.width).map(|column| view.value(column, row)).collect();
                self.rows.push((view.timestamp(row), values, reason));
            }
        }
    }

    /// The rows as a chunk of the fault stream, whose columns are those of `batch`.
    pub(crate) fn fill(&self, batch: &mut Batch) {
        for (timestamp, values, reason) in &self.rows {
            let error = Value::from(Object::Error(reason.clone()));
            batch.push_row(*timestamp, Kind::Current, values.iter().cloned().chain([error]));
        }
    }
}
