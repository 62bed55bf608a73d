//! The running pattern.

use super::compile::{self, Shape};
use super::filter::{FilterWork, Trial};
use super::machine::Machine;
pub(crate) use super::output::PatternOutput;
use super::plan::PatternPlan;
use super::source::Event;
use crate::event::view::{Selection, View};
use crate::plan::logical::StreamId;
use crate::plan::rules::Switches;
use crate::selector::context::EvalContext;

/// A pattern at run time.
#[derive(Debug)]
pub(crate) struct PatternOperator {
    pub(super) shape: Shape,
    streams: Vec<Readers>,
    pub(super) machine: Machine,
    works: Vec<FilterWork>,
    /// The matches that the event at hand completes, with their slots; only a buffer.
    moves: Vec<(usize, usize)>,
    found: Vec<u32>,
    /// Buffers for matches, unless they are under way.
    spare: Option<Box<PatternOutput>>,
}

/// The states that read a stream, highest slot first: the order in which an event is tried.
#[derive(Debug)]
struct Readers {
    stream: StreamId,
    slots: Vec<usize>,
}

impl PatternOperator {
    /// A pattern of whose columns the selection reads `read`.
    pub(crate) fn new(plan: &PatternPlan, read: &[usize], switches: Switches) -> Self {
        let shape = compile::compile(plan, read, switches.pattern_index);
        let streams = plan.streams().into_iter().map(|stream| {
            let slots = shape.states.iter().enumerate().rev();
            let slots = slots.filter(|(_, state)| state.stream == stream).map(|(slot, _)| slot);
            Readers { stream, slots: slots.collect() }
        });
        Self {
            streams: streams.collect(),
            machine: Machine::new(&shape.states, &shape.kept, shape.within),
            works: shape.states.iter().map(|state| state.filter.work()).collect(),
            shape,
            moves: Vec::new(),
            found: Vec::new(),
            spare: None,
        }
    }

    /// Takes in a chunk of one of its streams and gives the matches that it completes, if any; give
    /// the buffers back with [`PatternOperator::give`]. Rows that fail stand in the context.
    pub(crate) fn events(
        &mut self,
        stream: StreamId,
        view: &View<'_>,
        key: u32,
        context: &mut EvalContext<'_>,
    ) -> Option<Box<PatternOutput>> {
        let Self { shape, streams, machine, works, moves, found, spare } = self;
        let readers = streams.iter().find(|readers| readers.stream == stream)?;
        let slots = readers.slots.as_slice();
        machine.make(key);
        let mut pass =
            Pass { shape, slots, view, key, machine, works, moves, found, out: None, spare };
        match (view.len(), view.selection.row(0)) {
            (1, Some(row)) => pass.event(row, context),
            _ => pass.chunk(context),
        }
        pass.out
    }

    /// Keeps buffers for the next matches.
    pub(crate) fn give(&mut self, mut output: Box<PatternOutput>) {
        output.clear();
        self.spare = Some(output);
    }

    /// What became of the matches: started = matched + expired + pending.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = self.machine.counts;
        vec![
            ("in", counts.events),
            ("started", counts.started),
            ("matched", counts.matched),
            ("expired", counts.expired),
            ("pending", counts.started - counts.matched - counts.expired),
        ]
    }

    /// How each state finds its matches, as lines of text.
    pub(crate) fn explain(&self) -> Vec<String> {
        self.shape.lines.clone()
    }
}

/// A pass of a chunk through the machine of a key.
struct Pass<'a> {
    shape: &'a Shape,
    /// The states that read the chunk's stream, highest slot first.
    slots: &'a [usize],
    view: &'a View<'a>,
    key: u32,
    machine: &'a mut Machine,
    works: &'a mut [FilterWork],
    moves: &'a mut Vec<(usize, usize)>,
    found: &'a mut Vec<u32>,
    out: Option<Box<PatternOutput>>,
    spare: &'a mut Option<Box<PatternOutput>>,
}

impl<'a> Pass<'a> {
    /// Takes in a chunk of one event.
    #[inline]
    fn event(&mut self, row: usize, context: &mut EvalContext<'_>) {
        let states = &self.shape.states;
        self.machine.arrive(self.key, self.view.timestamp(row), self.slots, states);
        self.found.clear();
        self.moves.clear();
        for slot in self.slots {
            if let (Some(state), Some(work)) = (states.get(*slot), self.works.get_mut(*slot))
                && state.filter.prepare_one(self.view, row, work, context)
            {
                self.find(*slot, row, context);
            }
        }
        // A row that fails leaves no trace: nothing has been moved yet.
        if context.failures.is_empty() {
            self.complete(row);
            return;
        }
        context.failures.truncate(1);
        for (failed, _) in &mut context.failures {
            *failed = u32::try_from(row).unwrap_or(u32::MAX);
        }
    }

    /// Takes in a chunk of any number of events.
    fn chunk(&mut self, context: &mut EvalContext<'_>) {
        let states = &self.shape.states;
        for slot in self.slots {
            if let (Some(state), Some(work)) = (states.get(*slot), self.works.get_mut(*slot)) {
                state.filter.prepare(self.view, work, context);
            }
        }
        let mut failed = std::mem::take(&mut context.failures);
        failed.sort_unstable();
        failed.dedup_by_key(|(row, _)| *row);
        let mut position = 0;
        while let Some(row) = self.view.selection.row(position) {
            // Rows that no state takes only move the time.
            let quiet = self.quiet_rows(position);
            if !quiet.is_empty() {
                self.machine.pass_time(self.key, quiet, self.slots, states);
                position += quiet.len();
                continue;
            }
            position += 1;
            self.machine.arrive(self.key, self.view.timestamp(row), self.slots, states);
            self.found.clear();
            self.moves.clear();
            let skipped = failed.iter().any(|(known, _)| *known as usize == row);
            for slot in self.slots {
                let passes = self.works.get_mut(*slot).is_some_and(|work| work.passes(row));
                if passes && !skipped {
                    self.find(*slot, row, context);
                }
            }
            if let Some((_, reason)) = context.failures.drain(..).next() {
                failed.push((u32::try_from(row).unwrap_or(u32::MAX), reason));
            } else {
                self.complete(row);
            }
        }
        context.failures = failed;
    }

    /// The timestamps of the rows from a position on up to the next that passes the filter of a
    /// state; none where rows are not taken one after the other.
    #[inline]
    fn quiet_rows(&self, position: usize) -> &'a [i64] {
        let Selection::All(count) = self.view.selection else { return &[] };
        let works = self.slots.iter().filter_map(|slot| self.works.get(*slot));
        let next = works.map(|work| work.next(position)).min().unwrap_or(count);
        self.view.timestamps.get(position..next.min(count)).unwrap_or_default()
    }

    /// Finds the matches of a state that an event completes.
    fn find(&mut self, slot: usize, row: usize, context: &mut EvalContext<'_>) {
        if let (Some(state), Some(work)) = (self.shape.states.get(slot), self.works.get_mut(slot)) {
            let Self { view, key, .. } = *self;
            let trial = Trial { view, row, names: &state.names, machine: self.machine, slot, key };
            state.filter.find(&trial, work, context, self.found);
            self.moves.push((slot, self.found.len()));
        }
    }

    /// An event completes the elements for which matches have been found.
    fn complete(&mut self, row: usize) {
        let mut start = 0;
        for (slot, end) in &*self.moves {
            let rows = self.found.get(start..*end).unwrap_or_default();
            start = *end;
            let (Some(state), Some(work)) = (self.shape.states.get(*slot), self.works.get(*slot))
            else {
                continue;
            };
            let columns = work.columns(self.view);
            let timestamp = self.view.timestamp(row);
            let event = Event { columns, row, timestamp, names: &state.names };
            if state.links.last && !rows.is_empty() {
                let out = self.out.get_or_insert_with(|| {
                    let make =
                        || Box::new(PatternOutput::new(&self.shape.output, self.shape.width));
                    self.spare.take().unwrap_or_else(make)
                });
                // Where the stream occurs once each match is a chunk of its own, else all that the
                // event completes are one.
                out.kept_back = self.slots.len() > 1;
                for row in rows {
                    out.push(&self.shape.output, *row, self.machine.arena(), &event);
                    if !out.kept_back {
                        out.end();
                    }
                }
                out.end();
            }
            for row in rows {
                self.machine.complete(self.key, *slot, *row, state.links, &event);
            }
        }
    }
}
