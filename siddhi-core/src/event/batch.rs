//! Rows that someone owns: inputs, what a window puts out, what a pattern found.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::column::Column;
use super::value::Value;
use super::view::{Columns, Kind, Selection, View};

/// Owned columns with timestamps and, where not all rows are current, kinds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The timestamp of each row, in milliseconds.
    pub timestamps: Vec<i64>,
    /// The kind of each row; empty while all are current.
    pub kinds: Vec<Kind>,
    /// One column an attribute.
    pub columns: Vec<Column>,
}

impl Batch {
    /// An empty batch with columns of these types.
    #[must_use]
    pub fn new(types: &[DataType]) -> Self {
        Self {
            timestamps: Vec::new(),
            kinds: Vec::new(),
            columns: types.iter().map(|data_type| Column::new(*data_type)).collect(),
        }
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.timestamps.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.timestamps.is_empty()
    }

    /// No rows, same columns and capacity.
    pub fn clear(&mut self) {
        self.timestamps.clear();
        self.kinds.clear();
        for column in &mut self.columns {
            column.clear();
        }
    }

    /// All rows as a view.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View {
            timestamps: &self.timestamps,
            kinds: (!self.kinds.is_empty()).then_some(&self.kinds),
            columns: Columns::Owned(&self.columns),
            selection: Selection::All(self.timestamps.len()),
        }
    }

    /// Notes the kind of the row that is about to be appended.
    pub fn push_kind(&mut self, kind: Kind) {
        if kind != Kind::Current && self.kinds.is_empty() {
            self.kinds.resize(self.timestamps.len(), Kind::Current);
        }
        if kind != Kind::Current || !self.kinds.is_empty() {
            self.kinds.push(kind);
        }
    }

    /// Appends a row of values, one a column; missing ones are null, values of another type too.
    pub fn push_row(
        &mut self,
        timestamp: i64,
        kind: Kind,
        values: impl IntoIterator<Item = Value>,
    ) {
        self.push_kind(kind);
        self.timestamps.push(timestamp);
        let mut values = values.into_iter();
        for column in &mut self.columns {
            column.push(values.next().unwrap_or_default());
        }
    }

    /// Appends a row of a view with a kind and timestamp of its own.
    pub fn push_from(&mut self, view: &View<'_>, row: usize, kind: Kind, timestamp: i64) {
        self.push_kind(kind);
        self.timestamps.push(timestamp);
        for (index, column) in self.columns.iter_mut().enumerate() {
            if let Some(from) = view.columns.get(index) {
                column.push_from(from, row);
            }
        }
    }

    /// Appends the selected rows of a view with their kinds and timestamps.
    pub fn extend(&mut self, view: &View<'_>) {
        if view.kinds.is_some() || !self.kinds.is_empty() {
            for row in view.selection.iter() {
                self.push_kind(view.kind(row));
                self.timestamps.push(view.timestamp(row));
            }
        } else {
            self.timestamps.extend(view.selection.iter().map(|row| view.timestamp(row)));
        }
        for (index, column) in self.columns.iter_mut().enumerate() {
            if let Some(from) = view.columns.get(index) {
                match view.selection {
                    Selection::All(count) => column.extend_range(from, 0..count),
                    Selection::Rows(rows) => {
                        column.extend_from(from, rows.iter().map(|row| *row as usize));
                    }
                }
            }
        }
    }
}
