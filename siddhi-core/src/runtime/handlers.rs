//! Filters, stream functions and stream processors, run over chunks.

use std::cell::RefCell;
use std::sync::Arc;

use siddhi_query::ast::DataType;

use super::count::Count;
use super::faults::Faults;
use super::region::Region;
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::value::Value;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::extension::{
    Argument, BoundStreamProcessor, Leaving, ProcessorInput, ProcessorOutput, StreamFunction,
    StreamProcessor,
};
use crate::plan::logical::{HandlerPlan, StreamFunctionPlan, StreamProcessorPlan};
use crate::selector::aggregation::{AggregationPlan, AggregationWork, Aggregators, Groups};
use crate::selector::context::EvalContext;

/// A handler of an input.
pub(crate) enum Handler {
    /// Rows pass where a condition is true.
    Filter(Filter),
    /// Rows get more attributes.
    Function(Function),
    /// Rows are dropped or repeated and get more attributes.
    Processor(Processor),
}

/// A filter.
pub(crate) struct Filter {
    condition: Predicate,
    aggregation: AggregationPlan,
    aggregators: RefCell<Aggregators>,
    pub(crate) rows_in: Count,
    pub(crate) rows_out: Count,
}

/// A stream function.
pub(crate) struct Function {
    body: Arc<dyn StreamFunction>,
    arguments: Program,
    argument_count: usize,
    added: Vec<DataType>,
    pub(crate) rows_in: Count,
    pub(crate) rows_out: Count,
}

/// A stream processor.
pub(crate) struct Processor {
    bound: BoundStreamProcessor,
    arguments: Program,
    argument_count: usize,
    /// By key.
    pub(crate) states: RefCell<Vec<Option<Box<dyn StreamProcessor>>>>,
    pub(crate) rows_in: Count,
    pub(crate) rows_out: Count,
}

/// What a processor has left of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// All of it, as it is.
    All,
    /// Some of its rows, in `rows`.
    Rows,
    /// Rows that do not stand where those of the chunk stand, in `gathered`.
    Gathered,
}

/// Buffers of one handler.
pub(crate) struct HandlerWork {
    aggregation: AggregationWork,
    scratch: Scratch,
    rows: Vec<u32>,
    base: Vec<u32>,
    added: Vec<Column>,
    output: ProcessorOutput,
    gathered: Batch,
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
                    rows_in: Count::default(),
                    rows_out: Count::default(),
                };
                (Self::Filter(filter), width)
            }
            HandlerPlan::Function(plan) => {
                let function = Function::make(plan);
                let width = width + function.added.len();
                (Self::Function(function), width)
            }
            HandlerPlan::Processor(plan) => {
                let width = width + plan.bound.added.len();
                (Self::Processor(Processor::make(plan)), width)
            }
        }
    }

    /// Fresh buffers.
    pub(crate) fn work(&self) -> HandlerWork {
        let work = |aggregation, scratch| HandlerWork {
            aggregation,
            scratch,
            rows: Vec::new(),
            base: Vec::new(),
            added: Vec::new(),
            output: ProcessorOutput::default(),
            gathered: Batch::default(),
        };
        let no_aggregation = || AggregationPlan::compile(&[], 0).work();
        match self {
            Self::Filter(filter) => work(filter.aggregation.work(), filter.condition.scratch()),
            Self::Function(function) => HandlerWork {
                added: function.added.iter().map(|t| Column::new(*t)).collect(),
                ..work(no_aggregation(), function.arguments.scratch())
            },
            Self::Processor(processor) => HandlerWork {
                output: ProcessorOutput::new(&processor.bound.added),
                ..work(no_aggregation(), processor.arguments.scratch())
            },
        }
    }

    /// Whether [`Handler::lets_in`] can answer: it is a filter, and nothing but tests of columns.
    pub(crate) fn is_bare(&self) -> bool {
        match self {
            Self::Filter(filter) => filter.aggregation.is_empty() && filter.condition.is_bare(),
            Self::Function(_) | Self::Processor(_) => false,
        }
    }

    /// Whether an event that came alone passes, see [`Handler::is_bare`].
    #[inline]
    pub(crate) fn lets_in(&self, view: &View<'_>, row: usize) -> bool {
        let Self::Filter(filter) = self else {
            debug_assert!(false, "only filters are asked");
            return false;
        };
        filter.rows_in.add(1);
        let passes = filter.condition.holds_bare(view, row);
        filter.rows_out.add(u64::from(passes));
        passes
    }

    /// Its kind, and the rows that came in and went out.
    pub(crate) fn counts(&self) -> (&'static str, u64, u64) {
        match self {
            Self::Filter(filter) => ("filter", filter.rows_in.get(), filter.rows_out.get()),
            Self::Function(own) => ("function", own.rows_in.get(), own.rows_out.get()),
            Self::Processor(own) => ("processor", own.rows_in.get(), own.rows_out.get()),
        }
    }

    /// The aggregators of a filter, for the component that holds their state.
    pub(crate) fn aggregators(&self) -> Option<&RefCell<Aggregators>> {
        match self {
            Self::Filter(filter) => Some(&filter.aggregators),
            Self::Function(_) | Self::Processor(_) => None,
        }
    }

    /// A stream processor, for the component that holds its state.
    pub(crate) fn processor(&self) -> Option<&Processor> {
        match self {
            Self::Processor(processor) => Some(processor),
            Self::Filter(_) | Self::Function(_) => None,
        }
    }
}

impl Function {
    pub(crate) fn make(plan: &StreamFunctionPlan) -> Self {
        Self {
            body: Arc::clone(&plan.bound.function),
            arguments: Program::compile(&plan.arguments),
            argument_count: plan.arguments.len(),
            added: plan.bound.added.iter().map(|(_, data_type)| *data_type).collect(),
            rows_in: Count::default(),
            rows_out: Count::default(),
        }
    }
}

impl Processor {
    fn make(plan: &StreamProcessorPlan) -> Self {
        Self {
            bound: plan.bound.clone(),
            arguments: Program::compile(&plan.arguments),
            argument_count: plan.arguments.len(),
            states: RefCell::default(),
            rows_in: Count::default(),
            rows_out: Count::default(),
        }
    }

    /// One that has seen nothing.
    pub(crate) fn fresh(&self) -> Box<dyn StreamProcessor> {
        (self.bound.make)()
    }
}

/// Handlers, each with its buffers.
pub(crate) struct Chain<'a> {
    pub(crate) handlers: &'a [Handler],
    pub(crate) works: &'a mut [HandlerWork],
}

/// Runs handlers over a view, then `then` over what is left, if anything is.
///
/// Columns that functions add live on the stack of this call, hence the continuation. Nothing is
/// borrowed when `then` runs.
pub(crate) fn run(
    region: &Region,
    Chain { handlers, works }: Chain<'_>,
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
    let chain = Chain { handlers, works };
    match handler {
        Handler::Filter(filter) => {
            region.evaluate(|context| filter.run(view, key, work, context, faults));
            if !work.rows.is_empty() {
                let left = view.with(Selection::Rows(&work.rows));
                run(region, chain, &left, key, faults, then);
            }
        }
        Handler::Function(function) => {
            let failed = region.evaluate(|context| function.run(view, work, context, faults));
            let columns = Columns::extended(&view.columns, &work.added);
            let selection = if failed { Selection::Rows(&work.rows) } else { view.selection };
            function.rows_out.add(selection.len() as u64);
            if !selection.is_empty() {
                let more = View { columns, selection, ..*view };
                run(region, chain, &more, key, faults, then);
            }
        }
        Handler::Processor(processor) => {
            let left = region.evaluate(|context| processor.run(view, key, work, context, faults));
            let left = match left {
                Left::All => *view,
                Left::Rows => view.with(Selection::Rows(&work.rows)),
                Left::Gathered => {
                    // Rows that fail from here on are not known by their numbers in the chunk.
                    faults.next_chunk();
                    work.gathered.view()
                }
            };
            processor.rows_out.add(left.len() as u64);
            if !left.is_empty() {
                run(region, chain, &left, key, faults, then);
            }
        }
    }
}

/// The arguments of a call, computed.
fn arguments<'a>(
    program: &'a Program,
    count: usize,
    view: &'a View<'a>,
    scratch: &'a Scratch,
) -> smallvec::SmallVec<[Argument<'a>; 4]> {
    (0..count).map(|n| Argument::Column(program.result(n, view, scratch))).collect()
}

/// The events among the rows of a view into `rows`; says whether there are marks beside them.
fn events_only(view: &View<'_>, rows: &mut Vec<u32>) -> bool {
    rows.clear();
    if view.kinds.is_none() {
        return false;
    }
    let event = |row: &usize| view.kind(*row).is_event();
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
        self.rows_in.add(view.len() as u64);
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
        self.rows_out.add(work.rows.len() as u64);
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
        self.rows_in.add(view.len() as u64);
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
        let arguments = arguments(&self.arguments, self.argument_count, &events, &work.scratch);
        self.body.process(&arguments, good, &mut work.added, &mut context.calls(view));
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

impl Processor {
    /// Lets the processor of a key work on a chunk; says where in the buffers the rows stand that it
    /// puts out, marks among them.
    fn run(
        &self,
        view: &View<'_>,
        key: u32,
        work: &mut HandlerWork,
        context: &mut EvalContext<'_>,
        faults: &mut Faults,
    ) -> Left {
        self.rows_in.add(view.len() as u64);
        let HandlerWork { scratch, rows, base, output, gathered, .. } = work;
        let marks = events_only(view, base);
        let events = if marks { view.with(Selection::Rows(base)) } else { *view };
        self.arguments.run(&events, scratch, &mut context.calls(view));
        let mut good = events.selection;
        if !context.failures.is_empty() {
            rows.clear();
            rows.extend(good.iter().filter_map(|row| u32::try_from(row).ok()));
            exclude(rows, &context.failures);
            good = Selection::Rows(rows);
        }
        output.clear();
        if !good.is_empty() {
            let arguments = arguments(&self.arguments, self.argument_count, &events, scratch);
            let input = ProcessorInput { arguments: &arguments, rows: good, kinds: view.kinds };
            let mut states = self.states.borrow_mut();
            let key = key as usize;
            if states.len() <= key {
                states.resize_with(key + 1, || None);
            }
            #[expect(clippy::indexing_slicing, reason = "in range by the resize")]
            let processor = states[key].get_or_insert_with(|| self.fresh());
            processor.process(&input, output, &mut context.calls(view));
        }
        let failed = context.failed_rows();
        if !failed.is_empty() {
            faults.take(view, context);
        }
        if !marks && failed.is_empty() && output.added.is_empty() {
            if view.selection.iter().eq(output.rows.iter().map(|row| *row as usize)) {
                return Left::All;
            }
            // A selection has each row at most once.
            if output.rows.is_sorted_by(|a, b| a < b) {
                std::mem::swap(rows, &mut output.rows);
                return Left::Rows;
            }
        }
        gather(view, output, &failed, gathered);
        Left::Gathered
    }
}

/// The rows that a processor put out and that have not failed, with the attributes that it added, and
/// the marks of the chunk: each before the first row that stands for one behind it.
fn gather(view: &View<'_>, output: &mut ProcessorOutput, failed: &[u32], into: &mut Batch) {
    let ProcessorOutput { rows, added } = output;
    for column in &mut *added {
        for row in column.len()..rows.len() {
            column.set(row, Value::Null);
        }
    }
    into.clear();
    let width = view.columns.len();
    into.columns.truncate(width + added.len());
    for (index, column) in view.columns.iter().chain(&*added).enumerate() {
        match into.columns.get_mut(index) {
            Some(own) if own.data_type() == column.data_type() => {}
            Some(own) => *own = Column::new(column.data_type()),
            None => into.columns.push(Column::new(column.data_type())),
        }
    }
    let is_mark = |row: &usize| view.kind(*row) == Kind::Reset;
    // The places of rows in the chunk are asked only where there are marks.
    let mut places = Vec::new();
    if view.kinds.is_some() {
        places.resize(view.selection.extent(), 0);
        for (place, row) in view.selection.iter().enumerate() {
            if let Some(own) = places.get_mut(row) {
                *own = place;
            }
        }
    }
    let place_of = |row: usize| places.get(row).copied().unwrap_or_default();
    let mut marks = view.selection.iter().filter(is_mark).peekable();
    for (index, row) in rows.iter().enumerate() {
        let place = *row as usize;
        if failed.binary_search(row).is_ok() || place >= view.timestamps.len() {
            continue;
        }
        while let Some(mark) = marks.next_if(|mark| place_of(*mark) < place_of(place)) {
            push(view, mark, None, added, into);
        }
        push(view, place, Some(index), added, into);
    }
    for mark in marks {
        push(view, mark, None, added, into);
    }
}

/// Appends a row of a chunk, with what was added to it; to a mark nothing was.
fn push(view: &View<'_>, row: usize, index: Option<usize>, added: &[Column], into: &mut Batch) {
    let width = view.columns.len();
    let at = into.len();
    into.push_from(view, row, view.kind(row), view.timestamp(row));
    for (column, own) in added.iter().zip(into.columns.iter_mut().skip(width)) {
        match index {
            Some(index) => own.push_from(column, index),
            None => own.set(at, Value::Null),
        }
    }
}
