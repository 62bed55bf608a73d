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
        let columns = Columns::Extended(&view.columns, before);
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
    /// The rows that passed, in order; all of them while no condition is there.
    passed: Vec<u32>,
    filtered: bool,
    spare: Vec<u32>,
    /// The place in `passed` up to which rows have been asked for.
    next: usize,
}

impl Filter {
    pub(super) fn new(
        steps: Vec<OwnStep>,
        added: Vec<DataType>,
        keys: Vec<Expr>,
        rest: Option<Rest>,
    ) -> Self {
        let column = |e: &Expr| match e.kind {
            ExprKind::Column(column) => Some(column),
            _ => None,
        };
        let keys = match keys.iter().map(column).collect() {
            Some(columns) => OwnKeys::Columns(columns),
            None => OwnKeys::Computed(Program::compile(&keys), keys.len()),
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
            passed: Vec::new(),
            filtered: false,
            spare: Vec::new(),
            next: 0,
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
        work.next = 0;
        work.filtered = false;
        for (step, scratch) in self.steps.iter().zip(&mut work.scratches) {
            let rows = if work.filtered { Selection::Rows(&work.passed) } else { view.selection };
            let before = context.failures.len();
            match step {
                OwnStep::Filter(predicate) => {
                    let columns = Columns::Extended(&view.columns, &work.added);
                    let columns = if work.added.is_empty() { view.columns } else { columns };
                    let seen = View { columns, selection: rows, ..*view };
                    predicate.select(&seen, scratch, &mut context.calls(view), &mut work.spare);
                    std::mem::swap(&mut work.passed, &mut work.spare);
                    work.filtered = true;
                }
                OwnStep::Function(function) => {
                    function.run(&view.with(rows), scratch, &mut work.added, context);
                    let failures = context.failures.get(before..).unwrap_or_default();
                    if !failures.is_empty() {
                        work.spare.clear();
                        work.spare.extend(rows.iter().filter_map(|row| u32::try_from(row).ok()));
                        exclude(&mut work.spare, failures);
                        std::mem::swap(&mut work.passed, &mut work.spare);
                        work.filtered = true;
                    }
                }
            }
        }
        if let (OwnKeys::Computed(program, _), Some(scratch)) = (&self.keys, &mut work.keys) {
            let rows = if work.filtered { Selection::Rows(&work.passed) } else { view.selection };
            let columns = Columns::Extended(&view.columns, &work.added);
            let seen = View { columns, selection: rows, ..*view };
            program.run(&seen, scratch, &mut context.calls(view));
        }
    }

    /// The event's side of the equalities.
    fn key<'a>(&'a self, view: &'a View<'a>, row: usize, work: &'a FilterWork) -> Key<'a> {
        let columns = Columns::Extended(&view.columns, &work.added);
        match (&self.keys, &work.keys) {
            (OwnKeys::Columns(places), _) => {
                places.iter().filter_map(|place| Some((columns.get(*place)?, row))).collect()
            }
            (OwnKeys::Computed(program, count), Some(scratch)) => {
                let seen = View { columns, ..*view };
                (0..*count).map(|n| (program.result(n, &seen, scratch), row)).collect()
            }
            (OwnKeys::Computed(..), None) => Key::new(),
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
        if machine.is_indexed(slot) {
            found.extend(machine.waiting_for(key, slot, &self.key(view, row, work)));
        } else {
            found.extend(machine.waiting(key, slot));
        }
        let candidates = found.get(before..).unwrap_or_default();
        let (Some(rest), Some((scratch, batch, passed))) = (&self.rest, &mut work.rest) else {
            return;
        };
        if candidates.is_empty() {
            return;
        }
        let event = Event {
            columns: Columns::Extended(&view.columns, &work.added),
            row,
            timestamp: view.timestamp(row),
            names,
        };
        batch.clear();
        let heads = candidates.iter().map(|candidate| machine.arena().head(*candidate).timestamp);
        batch.timestamps.extend(heads);
        rest.gather.fill(candidates, &machine.arena().columns, Some(&event), &mut batch.columns);
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
    /// Whether a row of the chunk passed. Rows must be asked for in the order of the chunk.
    #[inline]
    pub(super) fn passes(&mut self, row: usize) -> bool {
        if !self.filtered {
            return true;
        }
        let passed = self.passed.get(self.next).is_some_and(|next| *next as usize == row);
        self.next += usize::from(passed);
        passed
    }

    /// The columns that functions added to the events of the chunk.
    pub(super) fn added(&self) -> &[Column] {
        &self.added
    }
}
