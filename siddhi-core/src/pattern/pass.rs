//! One chunk taken through the machine of a key.

use super::filter::{Filter, FilterWork, Trial};
use super::machine::Machine;
use super::output::PatternOutput;
use super::source::{Event, Gather};
use crate::event::view::{Selection, View};
use crate::selector::context::EvalContext;

/// A state as the reader of its stream.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) slot: usize,
    /// Its completion is a result.
    pub(super) last: bool,
    /// The names of the attributes of its event.
    pub(super) names: Vec<String>,
    pub(super) filter: Filter,
    pub(super) work: FilterWork,
}

/// How matches are put out.
#[derive(Debug)]
pub(super) struct Output {
    /// The columns that the selection reads.
    pub(super) gather: Gather,
    /// How many columns the pattern has.
    pub(super) width: usize,
    /// Buffers for matches, unless they are under way.
    pub(super) spare: Option<Box<PatternOutput>>,
}

/// Buffers of a pass.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// The matches that the event at hand completes.
    found: Vec<u32>,
    /// The readers for which it does, by their places, each with the end of its matches.
    moves: Vec<(usize, usize)>,
    /// The positions of the chunk at which an event passes the filter of a reader, and its place.
    stops: Vec<(u32, u32)>,
    more: Vec<(u32, u32)>,
    merged: Vec<(u32, u32)>,
    times: Vec<i64>,
}

/// A pass of a chunk through the machine of a key.
pub(super) struct Pass<'a> {
    /// The states that read the chunk's stream, the highest slot first.
    pub(super) slots: &'a [usize],
    pub(super) states: &'a mut [Reader],
    pub(super) view: &'a View<'a>,
    pub(super) key: u32,
    pub(super) machine: &'a mut Machine,
    pub(super) buffers: &'a mut Buffers,
    pub(super) output: &'a mut Output,
    pub(super) out: Option<Box<PatternOutput>>,
}

impl Pass<'_> {
    /// Takes in a chunk of one event.
    pub(super) fn event(&mut self, row: usize, context: &mut EvalContext<'_>) {
        self.machine.arrive(self.key, self.view.timestamp(row), self.slots);
        self.buffers.found.clear();
        self.buffers.moves.clear();
        for place in 0..self.states.len() {
            if let Some(state) = self.states.get_mut(place)
                && state.filter.prepare_one(self.view, row, &mut state.work, context)
            {
                self.find(place, row, context);
            }
        }
        if context.failures.is_empty() {
            self.complete(row);
            return;
        }
        // A row that fails leaves no trace: nothing has been moved yet.
        context.failures.truncate(1);
        for (failed, _) in &mut context.failures {
            *failed = u32::try_from(row).unwrap_or(u32::MAX);
        }
    }

    /// Tries an event on the states that it passes the filters of, by the bits of their places.
    #[inline(never)]
    pub(super) fn plain_event(&mut self, row: usize, mut passing: u64) {
        self.buffers.found.clear();
        self.buffers.moves.clear();
        while passing != 0 {
            let place = passing.trailing_zeros() as usize;
            passing &= passing - 1;
            if let Some(Reader { slot, filter, work, .. }) = self.states.get(place) {
                let Buffers { found, moves, .. } = &mut *self.buffers;
                filter.find_equal(self.view, row, work, (self.machine, *slot, self.key), found);
                moves.push((place, found.len()));
            }
        }
        if !self.buffers.found.is_empty() {
            self.complete(row);
        }
    }

    /// Takes in a chunk of any number of events.
    pub(super) fn chunk(&mut self, context: &mut EvalContext<'_>) {
        for state in &mut *self.states {
            state.filter.prepare(self.view, &mut state.work, context);
        }
        let mut failed = std::mem::take(&mut context.failures);
        failed.sort_unstable();
        failed.dedup_by_key(|(row, _)| *row);
        let rows = self.view.selection;
        let stops = self.find_stops();
        let mut next = 0;
        for stop in stops.chunk_by(|a, b| a.0 == b.0) {
            let Some((position, _)) = stop.first() else { continue };
            // The rows in between only move the time.
            self.move_time(next, *position as usize);
            next = *position as usize + 1;
            let Some(row) = rows.row(*position as usize) else { continue };
            if failed.iter().any(|(known, _)| *known as usize == row) {
                continue;
            }
            self.buffers.found.clear();
            self.buffers.moves.clear();
            for (_, place) in stop {
                self.find(*place as usize, row, context);
            }
            if context.failures.is_empty() {
                self.complete(row);
            } else if let Some((_, reason)) = context.failures.drain(..).next() {
                failed.push((u32::try_from(row).unwrap_or(u32::MAX), reason));
            }
        }
        if let Some(last) = rows.len().checked_sub(1) {
            self.move_time(next, last);
        }
        self.buffers.stops = stops;
        context.failures = failed;
    }

    /// The positions at which an event passes the filter of a state, in order; of one position the
    /// highest slot first.
    fn find_stops(&mut self) -> Vec<(u32, u32)> {
        let Buffers { stops, more, merged, .. } = &mut *self.buffers;
        stops.clear();
        for (place, state) in (0_u32..).zip(&*self.states) {
            more.clear();
            state.work.add_stops(self.view.selection, place, more);
            if stops.is_empty() {
                std::mem::swap(stops, more);
                continue;
            }
            merged.clear();
            let mut behind = more.iter().copied().peekable();
            for stop in &*stops {
                while let Some(before) = behind.next_if(|other| other < stop) {
                    merged.push(before);
                }
                merged.push(*stop);
            }
            merged.extend(behind);
            std::mem::swap(stops, merged);
        }
        std::mem::take(stops)
    }

    /// The events from one position to another, both included, arrive.
    fn move_time(&mut self, from: usize, to: usize) {
        let Self { slots, view, key, .. } = *self;
        let (timestamps, start, end) = match view.selection {
            Selection::All(_) => (view.timestamps, from, to + 1),
            Selection::Rows(rows) => {
                let times = &mut self.buffers.times;
                times.clear();
                let rows = rows.get(from..=to).unwrap_or_default();
                times.extend(rows.iter().map(|row| view.timestamp(*row as usize)));
                (times.as_slice(), 0, times.len())
            }
        };
        self.machine.arrive_all(key, timestamps.get(start..end).unwrap_or_default(), slots);
    }

    /// Finds the matches of a state that an event completes.
    fn find(&mut self, place: usize, row: usize, context: &mut EvalContext<'_>) {
        let Some(state) = self.states.get_mut(place) else { return };
        let Self { view, key, .. } = *self;
        let Reader { slot, names, filter, work, .. } = state;
        let trial = Trial { view, row, names, machine: self.machine, slot: *slot, key };
        filter.find(&trial, work, context, &mut self.buffers.found);
        self.buffers.moves.push((place, self.buffers.found.len()));
    }

    /// An event completes the elements for which matches have been found.
    fn complete(&mut self, row: usize) {
        let Buffers { found, moves, .. } = &*self.buffers;
        let mut start = 0;
        for (place, end) in moves {
            let rows = found.get(start..*end).unwrap_or_default();
            start = *end;
            let Some(state) = self.states.get(*place).filter(|_| !rows.is_empty()) else {
                continue;
            };
            let Reader { names, work, .. } = state;
            let event = Event { view: self.view, row, added: work.added(), names };
            if state.last {
                let Output { gather, width, spare } = &mut *self.output;
                let out = self.out.get_or_insert_with(|| {
                    spare.take().unwrap_or_else(|| Box::new(PatternOutput::new(gather, *width)))
                });
                // Where the stream occurs once each match is a chunk of its own, else all that the
                // event completes are one.
                out.kept_back = self.slots.len() > 1;
                for row in rows {
                    out.push(gather, *row, &self.machine.arena, &event);
                    if !out.kept_back {
                        out.end();
                    }
                }
                out.end();
            }
            for row in rows {
                self.machine.complete(self.key, state.slot, *row, &event);
            }
        }
    }
}
