//! The running pattern.

use super::arena::Kept;
use super::compile::{self, Shape};
use super::machine::Machine;
pub(crate) use super::output::PatternOutput;
use super::pass::{Buffers, Output, Pass, Reader};
use super::plan::PatternPlan;
use crate::event::view::View;
use crate::plan::logical::StreamId;
use crate::plan::rules::Switches;
use crate::selector::context::EvalContext;

/// A pattern at run time.
#[derive(Debug)]
pub(crate) struct PatternOperator {
    streams: Vec<Readers>,
    pub(super) machine: Machine,
    /// How many states there are.
    pub(super) states: usize,
    /// What matches keep of their events.
    pub(super) kept: Vec<Kept>,
    output: Output,
    buffers: Buffers,
    /// How each state finds its matches, as lines of text.
    lines: Vec<String>,
}

/// What became of an event that [`PatternOperator::plain_event`] took in.
pub(crate) enum Plain {
    /// It could not take it in.
    No,
    /// It completes no match.
    Nothing,
    /// It completes matches.
    Found(Box<PatternOutput>),
}

/// The states that read a stream, the highest slot first: the order in which an event is tried.
#[derive(Debug)]
struct Readers {
    stream: StreamId,
    slots: Vec<usize>,
    states: Vec<Reader>,
}

impl PatternOperator {
    /// A pattern of whose columns the selection reads `read`.
    pub(crate) fn new(plan: &PatternPlan, read: &[usize], switches: Switches) -> Self {
        let Shape { states, kept, output, width, within, lines } =
            compile::compile(plan, read, switches.pattern_index);
        let mut streams: Vec<Readers> = plan
            .streams()
            .into_iter()
            .map(|stream| Readers { stream, slots: Vec::new(), states: Vec::new() })
            .collect();
        let links = states.iter().map(|state| state.links).collect();
        let count = states.len();
        let mut keys: Vec<_> = (0..count).map(|_| None).collect();
        for state in states.into_iter().rev() {
            if let Some(key) = keys.get_mut(state.slot) {
                *key = state.key;
            }
            if let Some(readers) = streams.iter_mut().find(|it| it.stream == state.stream) {
                readers.slots.push(state.slot);
                readers.states.push(Reader {
                    slot: state.slot,
                    last: state.links.last,
                    names: state.names,
                    work: state.filter.work(),
                    filter: state.filter,
                });
            }
        }
        Self {
            streams,
            machine: Machine::new(links, keys, &kept, within),
            states: count,
            kept,
            output: Output { gather: output, width, spare: None },
            buffers: Buffers::default(),
            lines,
        }
    }

    /// Takes in a chunk of one event of which conditions without calls decide, as they mostly do: for
    /// these neither time nor randomness have to be at hand. Else nothing is done, and
    /// [`PatternOperator::events`] is to be asked.
    #[inline]
    pub(crate) fn plain_event(&mut self, stream: StreamId, view: &View<'_>, key: u32) -> Plain {
        let Some(row) = view.only_row() else { return Plain::No };
        let Self { streams, machine, output, buffers, .. } = self;
        let Some(readers) = streams.iter_mut().find(|it| it.stream == stream) else {
            return Plain::Nothing;
        };
        let mut passing = 0_u64;
        for (place, state) in readers.states.iter_mut().enumerate() {
            match state.filter.plain(view, row) {
                Some(passes) if place < 64 => passing |= u64::from(passes) << place,
                _ => return Plain::No,
            }
        }
        machine.make(key);
        machine.arrive(key, view.timestamp(row), &readers.slots);
        if passing == 0 {
            return Plain::Nothing;
        }
        let Readers { slots, states, .. } = readers;
        let mut pass = Pass { slots, states, view, key, machine, buffers, output, out: None };
        pass.plain_event(row, passing);
        pass.out.map_or(Plain::Nothing, Plain::Found)
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
        let Self { streams, machine, output, buffers, .. } = self;
        let readers = streams.iter_mut().find(|readers| readers.stream == stream)?;
        machine.make(key);
        let Readers { slots, states, .. } = readers;
        let mut pass = Pass { slots, states, view, key, machine, buffers, output, out: None };
        match view.only_row() {
            Some(row) => pass.event(row, context),
            None => pass.chunk(context),
        }
        pass.out
    }

    /// Keeps buffers for the next matches.
    pub(crate) fn give(&mut self, mut output: Box<PatternOutput>) {
        output.clear();
        self.output.spare = Some(output);
    }

    /// What became of the matches: started = matched + expired + pending.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let counts = self.machine.counts;
        vec![
            ("in", counts.events),
            ("started", counts.started),
            ("matched", counts.matched),
            ("expired", counts.expired),
            ("pending", self.machine.pending()),
        ]
    }

    /// The streams that it reads, each once.
    pub(crate) fn streams(&self) -> impl Iterator<Item = StreamId> {
        self.streams.iter().map(|readers| readers.stream)
    }

    /// How each state finds its matches, as lines of text.
    pub(crate) fn explain(&self) -> Vec<String> {
        self.lines.clone()
    }
}
