//! Filters and stream functions, run over chunks.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use siddhi_query::ast::DataType;

use super::faults::Faults;
use super::region::Region;
use crate::event::column::Column;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::extension::{Argument, Leaving, StreamFunction};
use crate::plan::logical::{HandlerPlan, StreamFunctionPlan};
use crate::selector::aggregation::{AggregationPlan, AggregationWork, Aggregators, Groups};
use crate::selector::context::EvalContext;

/// A handler of an input.
pub(crate) enum Handler {
    /// Rows pass where a condition is true.
    Filter(Filter),
    /// Rows get more attributes.
    Function(Function),
}

/// A filter.
pub(crate) struct Filter {
    condition: Predicate,
    aggregation: AggregationPlan,
    aggregators: RefCell<Aggregators>,
    pub(crate) rows_in: Cell<u64>,
    pub(crate) rows_out: Cell<u64>,
}

/// A stream function.
pub(crate) struct Function {
    function: Arc<dyn StreamFunction>,
    arguments: Program,
    argument_count: usize,
    added: Vec<DataType>,
}

/// Buffers of one handler.
pub(crate) struct HandlerWork {
    aggregation: AggregationWork,
    scratch: Scratch,
    rows: Vec<u32>,
    base: Vec<u32>,
    added: Vec<Column>,
}

impl Handler {
    /// Makes a handler whose input has `width` columns; gives it and the width behind it.
    pub(crate) fn make(plan: &HandlerPlan, width: usize, leaving: Leaving) -> (Self, usize) {
        match plan {
            HandlerPlan::Filter(condition) => {
                let filter = Filter {
                    condition: Predicate::compile(&condition.condition),
                    aggregation: AggregationPlan::compile(&condition.aggregates, width),
                    aggregators: RefCell::new(AggregationPlan::make(
                        &condition.aggregates,
                        leaving,
                    )),
                    rows_in: Cell::new(0),
                    rows_out: Cell::new(0),
                };
                (Self::Filter(filter), width)
            }
            HandlerPlan::Function(plan) => {
                let function = Function::make(plan);
                let width = width + function.added.len();
                (Self::Function(function), width)
            }
        }
    }

    /// Fresh buffers.
    pub(crate) fn work(&self) -> HandlerWork {
        match self {
            Self::Filter(filter) => HandlerWork {
                aggregation: filter.aggregation.work(),
                scratch: filter.condition.scratch(),
                rows: Vec::new(),
                base: Vec::new(),
                added: Vec::new(),
            },
            Self::Function(function) => HandlerWork {
                aggregation: AggregationPlan::compile(&[], 0).work(),
                scratch: function.arguments.scratch(),
                rows: Vec::new(),
                base: Vec::new(),
                added: function.added.iter().map(|t| Column::new(*t)).collect(),
            },
        }
    }

    /// The aggregators of a filter, for the component that holds their state.
    pub(crate) fn aggregators(&self) -> Option<&RefCell<Aggregators>> {
        match self {
            Self::Filter(filter) => Some(&filter.aggregators),
            Self::Function(_) => None,
        }
    }
}

impl Function {
    pub(crate) fn make(plan: &StreamFunctionPlan) -> Self {
        Self {
            function: Arc::clone(&plan.bound.function),
            arguments: Program::compile(&plan.arguments),
            argument_count: plan.arguments.len(),
            added: plan.bound.added.iter().map(|(_, data_type)| *data_type).collect(),
        }
    }
}

/// Runs handlers over a view, then `then` over what is left, if anything is.
///
/// Columns that functions add live on the stack of this call, hence the continuation. Nothing is
/// borrowed when `then` runs.
pub(crate) fn run(
    region: &Region,
    handlers: &[Handler],
    works: &mut [HandlerWork],
    view: &View<'_>,
    key: u32,
    faults: &mut Faults,
    then: &mut dyn FnMut(&View<'_>, &mut Faults),
) {
    let (Some((handler, handlers)), Some((work, works))) =
        (handlers.split_first(), works.split_first_mut())
    else {
        then(view, faults);
        return;
    };
    match handler {
        Handler::Filter(filter) => {
            region.evaluate(|context| filter.run(view, key, work, context, faults));
            if !work.rows.is_empty() {
                let left = view.with(Selection::Rows(&work.rows));
                run(region, handlers, works, &left, key, faults, then);
            }
        }
        Handler::Function(function) => {
            let failed = region.evaluate(|context| function.run(view, work, context, faults));
            let columns = Columns::extended(&view.columns, &work.added);
            let selection = if failed { Selection::Rows(&work.rows) } else { view.selection };
            if !selection.is_empty() {
                let more = View { columns, selection, ..*view };
                run(region, handlers, works, &more, key, faults, then);
            }
        }
    }
}

/// The events among the rows of a view into `rows`; says whether there are marks beside them.
fn events_only(view: &View<'_>, rows: &mut Vec<u32>) -> bool {
    rows.clear();
    if view.kinds.is_none() {
        return false;
    }
    let event = |row: &usize| matches!(view.kind(*row), Kind::Current | Kind::Expired);
    let events = view.selection.iter().filter(event);
    rows.extend(events.filter_map(|row| u32::try_from(row).ok()));
    rows.len() < view.len()
}

impl Filter {
    /// The rows that pass into `work.rows`, marks among them.
    fn run(
        &self,
        view: &View<'_>,
        key: u32,
        work: &mut HandlerWork,
        context: &mut EvalContext<'_>,
        faults: &mut Faults,
    ) {
        self.rows_in.set(self.rows_in.get() + view.len() as u64);
        work.rows.clear();
        let marks = events_only(view, &mut work.base);
        let events = if marks { view.with(Selection::Rows(&work.base)) } else { *view };
        if self.aggregation.is_empty() {
            let mut calls = context.calls(view);
            self.condition.select(&events, &mut work.scratch, &mut calls, &mut work.rows);
        } else {
            self.run_aggregates(view, &events, key, &mut work.aggregation, context);
            let columns = Columns::extended(&view.columns, &work.aggregation.values);
            let events = View { columns, ..events };
            let mut calls = context.calls(view);
            self.condition.select(&events, &mut work.scratch, &mut calls, &mut work.rows);
        }
        if !context.failures.is_empty() {
            exclude(&mut work.rows, &context.failures);
            faults.take(view, context);
        }
        if marks {
            view.with_marks(&work.rows, &mut work.base);
            std::mem::swap(&mut work.rows, &mut work.base);
        }
        self.rows_out.set(self.rows_out.get() + work.rows.len() as u64);
    }

    /// Aggregators of a filter see everything that reaches it, without groups.
    fn run_aggregates(
        &self,
        view: &View<'_>,
        events: &View<'_>,
        key: u32,
        work: &mut AggregationWork,
        context: &mut EvalContext<'_>,
    ) {
        self.aggregation.prepare(events, work, context);
        let own;
        let of_rows = if key == 0 {
            None
        } else {
            own = vec![key; view.selection.extent()];
            Some(own.as_slice())
        };
        let reset = [key];
        let groups = Groups { of_rows, count: key as usize + 1, reset: Some(&reset) };
        let mut aggregators = self.aggregators.borrow_mut();
        self.aggregation.run(view, groups, &mut aggregators, work, context);
    }
}

impl Function {
    /// Fills the added columns; says whether rows failed: the others then stand in `work.rows`.
    fn run(
        &self,
        view: &View<'_>,
        work: &mut HandlerWork,
        context: &mut EvalContext<'_>,
        faults: &mut Faults,
    ) -> bool {
        let extent = view.selection.extent();
        for column in &mut work.added {
            column.grow(extent);
            column.nulls.clear();
        }
        let marks = events_only(view, &mut work.base);
        let events = if marks { view.with(Selection::Rows(&work.base)) } else { *view };
        self.arguments.run(&events, &mut work.scratch, &mut context.calls(view));
        let before = context.failures.len();
        if before > 0 {
            work.rows.clear();
            work.rows.extend(events.selection.iter().filter_map(|row| u32::try_from(row).ok()));
            exclude(&mut work.rows, &context.failures);
        }
        let good = if before > 0 { Selection::Rows(&work.rows) } else { events.selection };
        let arguments: smallvec::SmallVec<[Argument<'_>; 4]> = (0..self.argument_count)
            .map(|n| Argument::Column(self.arguments.result(n, &events, &work.scratch)))
            .collect();
        self.function.process(&arguments, good, &mut work.added, &mut context.calls(view));
        if context.failures.is_empty() {
            return false;
        }
        work.rows.clear();
        work.rows.extend(view.selection.iter().filter_map(|row| u32::try_from(row).ok()));
        exclude(&mut work.rows, &context.failures);
        faults.take(view, context);
        true
    }
}
