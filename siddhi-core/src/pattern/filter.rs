//! The filters of a state as they run: over whole chunks, then over the matches that are left.

use std::sync::Arc;

use siddhi_query::ast::DataType;
use smallvec::SmallVec;

use super::index::Key;
use super::machine::Machine;
use super::source::{Event, Gather};
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::view::{Columns, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::expression::typed::{Expr, ExprKind};
use crate::extension::{Argument, StreamFunction};
use crate::plan::logical::StreamFunctionPlan;
use crate::selector::context::EvalContext;

/// A step that needs the event alone: it runs over a whole chunk at once.
#[derive(Debug)]
pub(super) enum OwnStep {
    /// Events pass where a condition is true.
    Filter(Predicate),
    /// Events get more attributes.
    Function(OwnFunction),
}

/// A stream function of an element.
#[derive(Debug)]
pub(super) struct OwnFunction {
    function: Arc<dyn StreamFunction>,
    arguments: Program,
    argument_count: usize,
    /// The first of the added columns that it fills, and how many.
    first: usize,
    count: usize,
}

impl OwnFunction {
    /// A stream function with its arguments over the event's columns; `first` is the number of
    /// columns that functions before it add.
    pub(super) fn new(plan: &StreamFunctionPlan, arguments: &[Expr], first: usize) -> Self {
        Self {
            function: Arc::clone(&plan.bound.function),
            arguments: Program::compile(arguments),
            argument_count: arguments.len(),
            first,
            count: plan.bound.added.len(),
        }
    }

    fn run(
        &self,
        view: &View<'_>,
        scratch: &mut Scratch,
        added: &mut [Column],
        context: &mut EvalContext<'_>,
    ) {
        let Some((before, own)) = added.split_at_mut_checked(self.first) else { return };
        let columns = Columns::extended(&view.columns, before);
        let view = View { columns, ..*view };
        self.arguments.run(&view, scratch, &mut context.calls(&view));
        let own = own.get_mut(..self.count).unwrap_or_default();
        for column in &mut *own {
            column.grow(view.timestamps.len());
            column.nulls.clear();
        }
        let values: SmallVec<[Argument<'_>; 4]> = (0..self.argument_count)
            .map(|n| Argument::Column(self.arguments.result(n, &view, scratch)))
            .collect();
        self.function.process(&values, view.selection, own, &mut context.calls(&view));
    }
}

/// A condition over the event and the match together.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) predicate: Predicate,
    /// The columns that it reads, filled for each match that is left.
    pub(super) gather: Gather,
}

/// The filters of a state.
#[derive(Debug)]
pub(super) struct Filter {
    steps: Vec<OwnStep>,
    /// The types of the columns that functions add.
    added: Vec<DataType>,
    /// The event's side of the equalities: plain columns, or all of them computed.
    keys: OwnKeys,
    rest: Option<Rest>,
}

#[derive(Debug)]
enum OwnKeys {
    Columns(Vec<usize>),
    Computed(Program, usize),
}

/// Buffers of a state's filters, and what they found out about the chunk at hand.
#[derive(Debug)]
pub(super) struct FilterWork {
    scratches: Vec<Scratch>,
    added: Vec<Column>,
    keys: Option<Scratch>,
    rest: Option<(Scratch, Batch, Vec<u32>)>,
    pass: Pass,
    /// The rows that passed, in order, when it is not all or none of them.
    passed: Vec<u32>,
    spare: Vec<u32>,
}

/// Which rows of a chunk passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    All,
    None,
    /// Those of the list.
    Some,
}

impl Filter {
    pub(super) fn new(
        steps: Vec<OwnStep>,
        added: Vec<DataType>,
        keys: &[Expr],
        rest: Option<Rest>,
    ) -> Self {
        let column = |e: &Expr| match e.kind {
            ExprKind::Column(column) => Some(column),
            _ => None,
        };
        let keys = match keys.iter().map(column).collect() {
            Some(columns) => OwnKeys::Columns(columns),
            None => OwnKeys::Computed(Program::compile(keys), keys.len()),
        };
        Self { steps, added, keys, rest }
    }

    /// Fresh buffers.
    pub(super) fn work(&self) -> FilterWork {
        let scratch = |step: &OwnStep| match step {
            OwnStep::Filter(predicate) => predicate.scratch(),
            OwnStep::Function(function) => function.arguments.scratch(),
        };
        FilterWork {
            scratches: self.steps.iter().map(scratch).collect(),
            added: self.added.iter().map(|data_type| Column::new(*data_type)).collect(),
            keys: match &self.keys {
                OwnKeys::Columns(_) => None,
                OwnKeys::Computed(program, _) => Some(program.scratch()),
            },
            rest: self.rest.as_ref().map(|rest| {
                (rest.predicate.scratch(), Batch::new(&rest.gather.types()), Vec::new())
            }),
            pass: Pass::All,
            passed: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Runs what needs the events alone over a chunk. Rows that fail are reported in the context and
    /// do not pass.
    pub(super) fn prepare(
        &self,
        view: &View<'_>,
        work: &mut FilterWork,
        context: &mut EvalContext<'_>,
    ) {
        self.run_steps(view, work, context);
        self.run_keys(view, work, context);
    }

    /// Whether a row passes, when nothing but conditions without calls on the event alone and
    /// equalities between plain columns decide; else none.
    #[inline]
    pub(super) fn plain(&self, view: &View<'_>, row: usize) -> Option<bool> {
        if self.rest.is_some() || matches!(self.keys, OwnKeys::Computed(..)) {
            return None;
        }
        match self.steps.as_slice() {
            [] => Some(true),
            [OwnStep::Filter(predicate)] => predicate.holds(view, row),
            _ => None,
        }
    }

    /// As [`Filter::prepare`] for a chunk of one row; whether the row passes.
    #[inline]
    pub(super) fn prepare_one(
        &self,
        view: &View<'_>,
        row: usize,
        work: &mut FilterWork,
        context: &mut EvalContext<'_>,
    ) -> bool {
        match self.steps.as_slice() {
            [] => work.pass = Pass::All,
            [OwnStep::Filter(predicate)] => match predicate.holds(view, row) {
                Some(false) => return false,
                Some(true) => work.pass = Pass::All,
                None => self.run_steps(view, work, context),
            },
            _ => self.run_steps(view, work, context),
        }
        if work.pass == Pass::None {
            return false;
        }
        self.run_keys(view, work, context);
        true
    }

    /// Computes the event's side of the equalities where it is more than a column.
    #[inline]
    fn run_keys(&self, view: &View<'_>, work: &mut FilterWork, context: &mut EvalContext<'_>) {
        if let (OwnKeys::Computed(program, _), Some(scratch)) = (&self.keys, &mut work.keys) {
            let rows = rows(work.pass, &work.passed, view);
            let columns = extended(&view.columns, &work.added);
            let seen = View { columns, selection: rows, ..*view };
            program.run(&seen, scratch, &mut context.calls(view));
        }
    }

    fn run_steps(&self, view: &View<'_>, work: &mut FilterWork, context: &mut EvalContext<'_>) {
        work.pass = Pass::All;
        for (step, scratch) in self.steps.iter().zip(&mut work.scratches) {
            let rows = rows(work.pass, &work.passed, view);
            let before = context.failures.len();
            match step {
                OwnStep::Filter(predicate) => {
                    let columns = extended(&view.columns, &work.added);
                    let seen = View { columns, selection: rows, ..*view };
                    predicate.select(&seen, scratch, &mut context.calls(view), &mut work.spare);
                }
                OwnStep::Function(function) => {
                    function.run(&view.with(rows), scratch, &mut work.added, context);
                    let failures = context.failures.get(before..).unwrap_or_default();
                    if failures.is_empty() {
                        continue;
                    }
                    work.spare.clear();
                    work.spare.extend(rows.iter().filter_map(|row| u32::try_from(row).ok()));
                    exclude(&mut work.spare, failures);
                }
            }
            std::mem::swap(&mut work.passed, &mut work.spare);
            work.pass = if work.passed.is_empty() { Pass::None } else { Pass::Some };
        }
    }

    /// The event's side of the equalities.
    #[inline]
    fn key<'a>(&'a self, event: &Event<'a>, work: &'a FilterWork) -> Option<Key<'a>> {
        match (&self.keys, &work.keys) {
            (OwnKeys::Columns(places), _) => {
                let part = |place: &usize| Some((event.column(*place)?, event.row));
                Key::new(places.iter().filter_map(part))
            }
            (OwnKeys::Computed(program, count), Some(scratch)) => {
                let columns = extended(&event.view.columns, event.added);
                let seen = View { columns, ..*event.view };
                Key::new((0..*count).map(|n| (program.result(n, &seen, scratch), event.row)))
            }
            (OwnKeys::Computed(..), None) => None,
        }
    }

    /// Puts the waiting matches whose equalities hold for a row behind those in `found`, in the order
    /// of the state's list.
    #[inline]
    pub(super) fn find_equal(
        &self,
        view: &View<'_>,
        row: usize,
        work: &FilterWork,
        (machine, slot, key): (&Machine, usize, u32),
        found: &mut Vec<u32>,
    ) {
        if machine.is_indexed(slot) {
            let event = Event { view, row, added: &work.added, names: &[] };
            if let Some(value) = self.key(&event, work) {
                machine.waiting_for(key, slot, value, found);
            }
        } else {
            machine.waiting(key, slot, found);
        }
    }

    /// Puts the waiting matches that an event completes behind those in `found`, in the order of the
    /// state's list.
    pub(super) fn find(
        &self,
        trial: &Trial<'_>,
        work: &mut FilterWork,
        context: &mut EvalContext<'_>,
        found: &mut Vec<u32>,
    ) {
        let Trial { view, row, names, machine, slot, key } = *trial;
        let before = found.len();
        self.find_equal(view, row, work, (machine, slot, key), found);
        let candidates = found.get(before..).unwrap_or_default();
        let (Some(rest), Some((scratch, batch, passed))) = (&self.rest, &mut work.rest) else {
            return;
        };
        if candidates.is_empty() {
            return;
        }
        let event = Event { view, row, added: &work.added, names };
        batch.clear();
        let heads = candidates.iter().map(|candidate| machine.arena.head(*candidate).timestamp);
        batch.timestamps.extend(heads);
        rest.gather.fill(candidates, &machine.arena.columns, Some(&event), &mut batch.columns);
        let view = batch.view();
        rest.predicate.select(&view, scratch, &mut context.calls(&view), passed);
        let mut kept = before;
        for place in passed.iter() {
            if let Some(row) = found.get(before + *place as usize).copied()
                && let Some(to) = found.get_mut(kept)
            {
                *to = row;
                kept += 1;
            }
        }
        found.truncate(kept);
    }
}

/// An event and the state on which it is tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) row: usize,
    /// The names of the event's attributes.
    pub(super) names: &'a [String],
    pub(super) machine: &'a Machine,
    pub(super) slot: usize,
    pub(super) key: u32,
}

impl FilterWork {
    /// Adds the positions of a chunk whose rows passed, each with the place of this state among the
    /// readers of the stream.
    pub(super) fn add_stops(&self, rows: Selection<'_>, place: u32, stops: &mut Vec<(u32, u32)>) {
        let positions = 0..u32::try_from(rows.len()).unwrap_or(u32::MAX);
        match (self.pass, rows) {
            (Pass::All, _) => stops.extend(positions.map(|position| (position, place))),
            (Pass::None, _) => {}
            (Pass::Some, Selection::All(_)) => {
                stops.extend(self.passed.iter().map(|row| (*row, place)));
            }
            (Pass::Some, Selection::Rows(rows)) => {
                let mut next = self.passed.iter().peekable();
                let passed = positions.zip(rows).filter(|(_, row)| next.next_if_eq(row).is_some());
                stops.extend(passed.map(|(position, _)| (position, place)));
            }
        }
    }

    /// The columns that functions added.
    pub(super) fn added(&self) -> &[Column] {
        &self.added
    }
}

/// The rows of a view that passed.
fn rows<'a>(pass: Pass, passed: &'a [u32], view: &View<'a>) -> Selection<'a> {
    match pass {
        Pass::All => view.selection,
        Pass::None => Selection::Rows(&[]),
        Pass::Some => Selection::Rows(passed),
    }
}

#[inline]
fn extended<'a>(columns: &'a Columns<'a>, added: &'a [Column]) -> Columns<'a> {
    if added.is_empty() { *columns } else { Columns::extended(columns, added) }
}
