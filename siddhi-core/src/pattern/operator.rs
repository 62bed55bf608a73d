//! The running pattern.

use super::compile::{self, Shape, State};
use super::filter::{FilterWork, Trial};
use super::machine::Machine;
pub(crate) use super::output::PatternOutput;
use super::plan::PatternPlan;
use super::source::Event;
use crate::event::view::{Columns, View};
use crate::plan::logical::StreamId;
use crate::plan::rules::Switches;
use crate::runtime::faults::Faults;
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
    failed: Vec<(u32, String)>,
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
            machine: Machine::new(&shape.states, shape.kept.clone(), shape.within),
            works: shape.states.iter().map(|state| state.filter.work()).collect(),
            shape,
            moves: Vec::new(),
            found: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Buffers for what [`PatternOperator::events`] finds.
    pub(crate) fn output(&self) -> PatternOutput {
        PatternOutput::new(&self.shape.output, self.shape.width)
    }

    /// Takes in a chunk of one of its streams. The matches that it completes are put into `out`,
    /// rows that fail into `faults`.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    pub(crate) fn events(
        &mut self,
        stream: StreamId,
        view: &View<'_>,
        key: u32,
        context: &mut EvalContext<'_>,
        faults: &mut Faults,
        out: &mut PatternOutput,
    ) {
        out.clear();
        let Self { shape, streams, machine, works, moves, found, failed } = self;
        let Some(readers) = streams.iter().find(|readers| readers.stream == stream) else { return };
        let slots = readers.slots.as_slice();
        out.kept_back = slots.len() > 1;
        machine.make(key);
        failed.clear();
        for slot in slots {
            if let (Some(state), Some(work)) = (shape.states.get(*slot), works.get_mut(*slot)) {
                state.filter.prepare(view, work, context);
            }
        }
        failed.append(&mut context.failures);
        failed.sort_unstable();
        failed.dedup_by_key(|(row, _)| *row);
        for row in view.selection.iter() {
            machine.counts.events += 1;
            machine.arrive(key, view.timestamp(row), slots, &shape.states);
            // A row that fails leaves no trace.
            if !failed.is_empty() && failed.iter().any(|(known, _)| *known as usize == row) {
                continue;
            }
            found.clear();
            moves.clear();
            for slot in slots {
                let (Some(state), Some(work)) = (shape.states.get(*slot), works.get_mut(*slot))
                else {
                    continue;
                };
                if work.passes(row) {
                    let names = &state.names;
                    let trial = Trial { view, row, names, machine, slot: *slot, key };
                    state.filter.find(&trial, work, context, found);
                    moves.push((*slot, found.len()));
                }
            }
            if let Some((_, reason)) = context.failures.drain(..).next() {
                // Nothing has been moved yet.
                failed.push((u32::try_from(row).unwrap_or(u32::MAX), reason));
                continue;
            }
            let mut start = 0;
            for (slot, end) in moves.iter() {
                let rows = found.get(start..*end).unwrap_or_default();
                start = *end;
                if let (Some(state), Some(work)) = (shape.states.get(*slot), works.get(*slot)) {
                    let columns = Columns::Extended(&view.columns, work.added());
                    let event =
                        Event { columns, row, timestamp: view.timestamp(row), names: &state.names };
                    Self::complete(machine, shape, state, (key, *slot), rows, &event, out);
                }
            }
        }
        if !failed.is_empty() {
            std::mem::swap(failed, &mut context.failures);
            faults.take(view, context);
        }
    }

    /// An event completes the element of a state for these matches.
    fn complete(
        machine: &mut Machine,
        shape: &Shape,
        state: &State,
        (key, slot): (u32, usize),
        rows: &[u32],
        event: &Event<'_>,
        out: &mut PatternOutput,
    ) {
        for row in rows {
            if state.links.last {
                out.push(&shape.output, *row, machine.arena(), event);
                if !out.kept_back {
                    out.end();
                }
            }
            machine.complete(key, slot, *row, state.links, event);
        }
        out.end();
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
