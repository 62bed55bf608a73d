//! What a pattern found in a chunk.

use super::arena::Arena;
use super::source::{Event, Gather, Source};
use crate::event::batch::Batch;
use crate::event::view::{ColumnSource, Columns, Selection, View};

/// Matches that a pattern found, and where each chunk of them ends.
#[derive(Debug)]
pub(crate) struct PatternOutput {
    /// The matches: the columns that somebody reads.
    batch: Batch,
    /// Where each column of the pattern stands in the batch. Nobody asks for those that are not.
    places: Vec<ColumnSource>,
    /// The ends of the chunks.
    pub(crate) ends: Vec<usize>,
    /// The row of the chunk that completed each match.
    pub(crate) events: Vec<u32>,
    /// The numbers of the matches, from 0 on: what chunks of them are cut from.
    pub(crate) rows: Vec<u32>,
    /// The matches of a chunk are selected before any of them is sent.
    pub(crate) kept_back: bool,
}

impl PatternOutput {
    pub(super) fn new(gather: &Gather, width: usize) -> Self {
        let place = |column: usize| {
            let place = gather.columns.iter().position(|(known, ..)| *known == column);
            place.map_or(ColumnSource::Input(column), ColumnSource::Register)
        };
        Self {
            batch: Batch::new(&gather.types()),
            places: (0..width).map(place).collect(),
            ends: Vec::new(),
            events: Vec::new(),
            rows: Vec::new(),
            kept_back: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.batch.clear();
        self.ends.clear();
        self.events.clear();
        self.rows.clear();
    }

    /// Adds a match with the event that completes it.
    pub(super) fn push(&mut self, gather: &Gather, row: u32, arena: &Arena, event: &Event<'_>) {
        self.batch.timestamps.push(event.timestamp());
        self.rows.push(u32::try_from(self.events.len()).unwrap_or(u32::MAX));
        self.events.push(u32::try_from(event.row).unwrap_or(u32::MAX));
        for ((_, _, source), column) in gather.columns.iter().zip(&mut self.batch.columns) {
            match source {
                Source::Match(from) => {
                    if let Some(from) = arena.columns.get(*from) {
                        column.push_from(from, row as usize);
                    }
                }
                source => event.push(*source, 1, column),
            }
        }
    }

    /// Ends a chunk, when there are matches behind the end of the one before.
    pub(super) fn end(&mut self) {
        if self.ends.last().copied().unwrap_or_default() < self.batch.len() {
            self.ends.push(self.batch.len());
        }
    }

    /// All matches, with the columns of the pattern at their numbers.
    pub(crate) fn view(&self) -> View<'_> {
        let computed = &self.batch.columns;
        View {
            timestamps: &self.batch.timestamps,
            kinds: None,
            columns: Columns::Projected { sources: &self.places, input: &NO_COLUMNS, computed },
            selection: Selection::All(self.batch.len()),
        }
    }
}

/// Where the columns that nobody reads would stand.
static NO_COLUMNS: Columns<'static> = Columns::Owned(&[]);
