//! Rows that failed, on their way to where `@OnError` of their stream says.

use hashbrown::HashMap;

use crate::event::batch::Batch;
use crate::event::value::{Object, Value};
use crate::event::view::{Kind, Selection, View};
use crate::plan::logical::StreamId;
use crate::selector::context::EvalContext;

/// The failed rows of one pass of a query, with their reasons.
#[derive(Debug)]
pub(crate) struct Faults {
    /// The stream whose rows they are.
    pub(crate) stream: StreamId,
    /// How many attributes the stream has: what stands behind them in a view was added.
    width: usize,
    /// The chunk whose rows fail at the moment: 0 is the one that came in, the others are those
    /// that the window put out.
    chunk: u32,
    rows: Vec<Fault>,
}

/// A row that failed.
#[derive(Debug)]
pub(crate) struct Fault {
    chunk: u32,
    /// Its number in the chunk.
    row: u32,
    pub(crate) timestamp: i64,
    /// The attributes of the stream.
    values: Vec<Value>,
    pub(crate) reason: String,
}

impl Faults {
    pub(crate) fn new(stream: StreamId, width: usize) -> Self {
        Self { stream, width, chunk: 0, rows: Vec::new() }
    }

    /// What fails from now on are rows of the next chunk that the window put out.
    pub(crate) fn next_chunk(&mut self) {
        self.chunk += 1;
    }

    /// Takes the failures that stand in the context, whose rows are those of `view`.
    ///
    /// A row that fails a second time, as expired, is not reported again.
    pub(crate) fn take(&mut self, view: &View<'_>, context: &mut EvalContext<'_>) {
        for (row, reason) in context.failures.drain(..) {
            let place = row as usize;
            if view.kind(place) == Kind::Current {
                let values = (0..self.width).map(|column| view.value(column, place)).collect();
                let timestamp = view.timestamp(place);
                self.rows.push(Fault { chunk: self.chunk, row, timestamp, values, reason });
            }
        }
    }

    /// Adds a row that is in no view, behind the others.
    pub(crate) fn push(&mut self, timestamp: i64, values: Vec<Value>, reason: String) {
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(Fault { chunk: self.chunk, row, timestamp, values, reason });
    }

    /// The rows in the order of the chunk that came in, whatever they failed in, then those of the
    /// chunks of the window; each once, with the first reason.
    pub(crate) fn into_rows(mut self, input: Selection<'_>) -> Vec<Fault> {
        if self.rows.len() > 1 {
            // Only a list of rows can have another order than that of their numbers.
            let places: HashMap<u32, usize> = match input {
                Selection::All(_) => HashMap::new(),
                Selection::Rows(rows) => {
                    rows.iter().enumerate().map(|(place, row)| (*row, place)).collect()
                }
            };
            self.rows.sort_by_key(|fault| {
                let listed = if fault.chunk == 0 { places.get(&fault.row) } else { None };
                (fault.chunk, listed.copied().unwrap_or(fault.row as usize))
            });
            self.rows.dedup_by_key(|fault| (fault.chunk, fault.row));
        }
        self.rows
    }

    /// Whether no row has failed.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Rows as a chunk of the fault stream, whose columns are those of `batch`: the attributes of the
/// stream, then the error.
pub(crate) fn fill(rows: Vec<Fault>, batch: &mut Batch) {
    for Fault { timestamp, values, reason, .. } in rows {
        let error = Value::from(Object::Error(reason));
        batch.push_row(timestamp, Kind::Current, values.into_iter().chain([error]));
    }
}
