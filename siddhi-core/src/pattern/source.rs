//! Where the value of a pattern's column stands while an event is tried on a match.

use siddhi_query::ast::DataType;

use crate::event::column::Column;
use crate::event::value::{Object, Value};
use crate::event::view::View;

/// Where a column of the pattern is found when an event is tried on a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In this column of the arena: it belongs to an event that came before.
    Match(usize),
    /// In this column of the event.
    Event(usize),
    /// It is the timestamp of the event.
    Timestamp,
    /// It is the event itself.
    Whole,
    /// Nowhere: it is null.
    Null,
}

/// The event that is tried: a row of a chunk, with the attributes that functions added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) row: usize,
    /// The columns that functions added behind those of the stream.
    pub(super) added: &'a [Column],
    /// The names of its attributes.
    pub(super) names: &'a [String],
}

impl<'a> Event<'a> {
    /// A column of the chunk, or of those that functions added behind them.
    #[inline]
    pub(super) fn column(&self, place: usize) -> Option<&'a Column> {
        self.view.columns.get(place).or_else(|| {
            let behind = place.checked_sub(self.view.columns.len())?;
            self.added.get(behind)
        })
    }

    #[inline]
    pub(super) fn timestamp(&self) -> i64 {
        self.view.timestamp(self.row)
    }

    /// The event as a value: a map from the names of its attributes to their values.
    fn whole(&self) -> Value {
        let value = |(place, name): (usize, &String)| {
            let value = self.column(place).map_or(Value::Null, |c| c.value(self.row));
            (name.clone(), value)
        };
        Object::Map(self.names.iter().enumerate().map(value).collect()).into()
    }

    /// Appends a value of the event `count` times. A source that is not in the event gives null.
    pub(super) fn push(&self, source: Source, count: usize, to: &mut Column) {
        match source {
            Source::Event(column) => {
                if let Some(from) = self.column(column) {
                    if count == 1 {
                        to.push_from(from, self.row);
                    } else {
                        to.extend_from(from, std::iter::repeat_n(self.row, count));
                    }
                }
            }
            Source::Timestamp => {
                for _ in 0..count {
                    to.push(Value::Long(self.timestamp()));
                }
            }
            Source::Whole => {
                let whole = self.whole();
                for _ in 0..count {
                    to.push(whole.clone());
                }
            }
            Source::Match(_) | Source::Null => push_nulls(to, count),
        }
    }

    /// Puts a value of the event over a row of a column.
    #[inline]
    pub(super) fn set(&self, source: Source, to: &mut Column, row: usize) {
        match source {
            Source::Event(column) => {
                if let Some(from) = self.column(column) {
                    to.set_from(row, from, self.row);
                }
            }
            Source::Timestamp => to.set(row, Value::Long(self.timestamp())),
            Source::Whole => to.set(row, self.whole()),
            Source::Match(_) | Source::Null => to.set(row, Value::Null),
        }
    }
}

/// Appends nulls.
pub(super) fn push_nulls(to: &mut Column, count: usize) {
    for _ in 0..count {
        to.push(Value::Null);
    }
}

/// Columns that are filled from matches and the event that is tried on them.
#[derive(Clone, Debug, Default)]
pub(super) struct Gather {
    /// The pattern's column, its type, and where it is found.
    pub(super) columns: Vec<(usize, DataType, Source)>,
}

impl Gather {
    /// The place of a pattern's column, which is added when it is not there yet.
    pub(super) fn place(&mut self, column: usize, data_type: DataType, source: Source) -> usize {
        if let Some(place) = self.columns.iter().position(|(known, ..)| *known == column) {
            return place;
        }
        self.columns.push((column, data_type, source));
        self.columns.len() - 1
    }

    /// The types of its columns.
    pub(super) fn types(&self) -> Vec<DataType> {
        self.columns.iter().map(|(_, data_type, _)| *data_type).collect()
    }

    /// Appends a row for each match to `to`, whose columns are those of this.
    pub(super) fn fill(
        &self,
        matches: &[u32],
        arena: &[Column],
        event: Option<&Event<'_>>,
        to: &mut [Column],
    ) {
        for ((_, _, source), to) in self.columns.iter().zip(to) {
            match (source, event) {
                (Source::Match(column), _) => {
                    if let Some(from) = arena.get(*column) {
                        to.extend_from(from, matches.iter().map(|row| *row as usize));
                    }
                }
                (source, Some(event)) => event.push(*source, matches.len(), to),
                (_, None) => push_nulls(to, matches.len()),
            }
        }
    }
}
