//! Where matches live: rows of columns, reused when a match is over.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::source::{Event, Source};
use crate::event::column::Column;

/// What is known of a match beside the values of its events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The timestamp of the event that last completed an element; -1 before the first.
    pub(super) timestamp: i64,
    /// The timestamp of the first event.
    pub(super) start: i64,
    /// The running number of the event that began the match, from 1; 0 while its first slot is
    /// empty, and then `start` means nothing.
    pub(super) begun: u64,
}

/// A value that matches keep: the column of the pattern, the slot it belongs to, and where it is
/// found in the event of that slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) column: usize,
    pub(super) data_type: DataType,
    pub(super) slot: usize,
    pub(super) source: Source,
}

/// The matches of a pattern, of all keys: rows that are reused when their match is over, so that a
/// pattern in its steady state allocates nothing.
#[derive(Debug)]
pub(super) struct Arena {
    pub(super) heads: Vec<Head>,
    /// One column for each value that somebody reads after its event is gone.
    pub(super) columns: Vec<Column>,
    /// The columns that belong to the event of each slot, and where they are found in it.
    of_slot: Vec<Vec<(usize, Source)>>,
    free: Vec<u32>,
}

impl Arena {
    pub(super) fn new(kept: &[Kept], slots: usize) -> Self {
        let of_slot = |slot: usize| {
            let own = kept.iter().enumerate().filter(|(_, kept)| kept.slot == slot);
            own.map(|(place, kept)| (place, kept.source)).collect()
        };
        Self {
            heads: Vec::new(),
            columns: kept.iter().map(|kept| Column::new(kept.data_type)).collect(),
            of_slot: (0..slots).map(of_slot).collect(),
            free: Vec::new(),
        }
    }

    /// A row for a match. Its values are those of whoever had the row before.
    #[inline]
    pub(super) fn take(&mut self, head: Head) -> u32 {
        if let Some(row) = self.free.pop() {
            if let Some(place) = self.heads.get_mut(row as usize) {
                *place = head;
            }
            return row;
        }
        self.heads.push(head);
        for column in &mut self.columns {
            column.resize(self.heads.len());
        }
        u32::try_from(self.heads.len() - 1).unwrap_or(super::list::NONE)
    }

    /// Gives a row back.
    #[inline]
    pub(super) fn give(&mut self, row: u32) {
        self.free.push(row);
    }

    /// How many rows there are, free ones included.
    #[inline]
    pub(super) fn rows(&self) -> usize {
        self.heads.len()
    }

    #[inline]
    pub(super) fn head(&self, row: u32) -> Head {
        self.heads.get(row as usize).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn head_mut(&mut self, row: u32) -> Option<&mut Head> {
        self.heads.get_mut(row as usize)
    }

    /// Writes what is kept of the event in a slot.
    #[inline]
    pub(super) fn write(&mut self, row: u32, slot: usize, event: &Event<'_>) {
        for (place, source) in self.of_slot.get(slot).into_iter().flatten() {
            if let Some(column) = self.columns.get_mut(*place) {
                event.set(*source, column, row as usize);
            }
        }
    }

    /// Copies what is kept of the events in the slots below `end`.
    pub(super) fn copy(&mut self, from: u32, to: u32, end: usize) {
        for (place, _) in self.of_slot.iter().take(end).flatten() {
            if let Some(column) = self.columns.get_mut(*place) {
                column.copy_within(from as usize, to as usize);
            }
        }
    }

    /// What is kept of matches, row by row, in columns of their own.
    pub(super) fn gather(&self, rows: &[u32]) -> Vec<Column> {
        let gather = |from: &Column| {
            let mut column = Column::new(from.data_type());
            column.extend_from(from, rows.iter().map(|row| *row as usize));
            column
        };
        self.columns.iter().map(gather).collect()
    }

    /// Forgets all matches.
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.free.clear();
        for column in &mut self.columns {
            column.clear();
        }
    }
}
