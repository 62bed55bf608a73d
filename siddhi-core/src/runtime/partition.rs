//! Partitions: how a chunk is cut by key, and who gets the pieces.

use std::cell::{Cell, RefCell};

use crate::event::column::{Column, Values};
use crate::event::text::Text;
use crate::event::view::{Columns, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch};
use crate::extension::Leaving;
use crate::plan::logical::{AggregatePlan, PartitionByPlan, PartitionPlan, StreamId};
use crate::selector::aggregation::{AggregationPlan, AggregationWork, Aggregators, Groups};
use crate::selector::context::EvalContext;
use crate::selector::groups::GroupTable;

use super::faults::Faults;
use super::region::Region;

/// A partition at run time. Keys are numbered from 1; 0 is for what has no key.
pub(crate) struct Partition {
    pub(crate) name: String,
    /// What names its state: the given name, or a hash of its text.
    pub(crate) state_name: String,
    /// What its keys belong to.
    pub(crate) fingerprint: u64,
    pub(crate) streams: Vec<PartitionStream>,
    /// The streams that it reads and has no key for, each with the queries that read it.
    unkeyed: Vec<(StreamId, Vec<usize>)>,
    pub(crate) keys: RefCell<Keys>,
}

/// A stream that a partition has a key for.
pub(crate) struct PartitionStream {
    pub(crate) stream: StreamId,
    pub(crate) by: PartitionBy,
    /// The queries of the partition that read it, in the order of the text.
    pub(crate) readers: Vec<usize>,
    /// The one query that reads it works on whole chunks: nobody can tell.
    pub(crate) whole_chunks: bool,
    /// Buffers that no pass uses at the moment.
    work: Cell<Option<Box<PartitionWork>>>,
}

/// How rows find their key.
pub(crate) enum PartitionBy {
    /// By the text of a value.
    Value(Program, Totals),
    /// By the labels of all conditions that hold.
    Ranges(Vec<Range>),
}

/// A condition and its label.
pub(crate) struct Range {
    condition: Predicate,
    totals: Totals,
    label: Text,
}

/// The aggregators of a key. They see the rows of all keys, in the order in which they come.
pub(crate) struct Totals {
    plan: AggregationPlan,
    aggregators: RefCell<Aggregators>,
}

/// The keys that have occurred.
pub(crate) struct Keys {
    pub(crate) table: GroupTable,
    /// Key numbers in ascending order of their texts; rebuilt when keys were added.
    sorted: Vec<u32>,
}

struct PartitionWork {
    /// That of the value, or of each range.
    scratches: Vec<Scratch>,
    /// Of its aggregators.
    totals: Vec<AggregationWork>,
    /// Rows with their keys, in the order in which they go through.
    pairs: Vec<(u32, u32)>,
    rows: Vec<u32>,
    /// The rows of each range.
    found: Vec<Vec<u32>>,
    /// The key of each row, at its place.
    keys: Vec<u32>,
}

impl PartitionBy {
    /// How rows with `width` columns find their key.
    pub(crate) fn compile(plan: &PartitionByPlan, width: usize) -> Self {
        match plan {
            PartitionByPlan::Value { aggregates, value } => Self::Value(
                Program::compile(std::slice::from_ref(value)),
                Totals::compile(aggregates, width),
            ),
            PartitionByPlan::Ranges(ranges) => Self::Ranges(
                ranges
                    .iter()
                    .map(|(range, label)| Range {
                        condition: Predicate::compile(&range.condition),
                        totals: Totals::compile(&range.aggregates, width),
                        label: Text::from(label.as_str()),
                    })
                    .collect(),
            ),
        }
    }

    fn totals(&self) -> impl Iterator<Item = &Totals> {
        let (value, ranges) = match self {
            Self::Value(_, totals) => (Some(totals), &[][..]),
            Self::Ranges(ranges) => (None, ranges.as_slice()),
        };
        value.into_iter().chain(ranges.iter().map(|range| &range.totals))
    }
}

impl Totals {
    fn compile(aggregates: &[AggregatePlan], width: usize) -> Self {
        Self {
            plan: AggregationPlan::compile(aggregates, width),
            aggregators: RefCell::new(AggregationPlan::make(aggregates, Leaving::Never)),
        }
    }

    /// Counts the rows of a chunk, and gives it with the values of the aggregates behind its columns.
    fn count<'a>(
        &self,
        view: &'a View<'a>,
        work: &'a mut AggregationWork,
        context: &mut EvalContext<'_>,
    ) -> View<'a> {
        if self.plan.is_empty() {
            return *view;
        }
        self.plan.prepare(view, work, context);
        let groups = Groups { of_rows: None, count: 1, reset: None };
        self.plan.run(view, groups, &mut self.aggregators.borrow_mut(), work, context);
        View { columns: Columns::extended(&view.columns, &work.values), ..*view }
    }
}

/// The one query that reads whole chunks, and what computes the keys of their rows.
#[derive(Clone, Copy)]
struct WholeReader<'a> {
    query: usize,
    program: &'a Program,
}

impl PartitionStream {
    pub(crate) fn new(
        stream: StreamId,
        by: PartitionBy,
        readers: Vec<usize>,
        whole_chunks: bool,
    ) -> Self {
        Self { stream, by, readers, whole_chunks, work: Cell::new(None) }
    }

    #[inline]
    fn take(&self) -> Box<PartitionWork> {
        self.work.take().unwrap_or_else(|| self.make_work())
    }

    #[cold]
    fn make_work(&self) -> Box<PartitionWork> {
        let scratches = match &self.by {
            PartitionBy::Value(program, _) => vec![program.scratch()],
            PartitionBy::Ranges(ranges) => {
                ranges.iter().map(|range| range.condition.scratch()).collect()
            }
        };
        let totals = self.by.totals().map(|totals| totals.plan.work()).collect();
        let found = vec![Vec::new(); scratches.len()];
        let (pairs, rows, keys) = (Vec::new(), Vec::new(), Vec::new());
        Box::new(PartitionWork { scratches, totals, pairs, rows, found, keys })
    }

    /// The key of an event that came alone, if it has one.
    #[inline]
    fn key_of_lone(
        &self,
        partition: &Partition,
        program: &Program,
        view: &View<'_>,
        row: usize,
    ) -> Option<u32> {
        let mut work = self.take();
        let scratch = work.scratches.first_mut()?;
        if !program.computes_nothing() {
            program.run_kernels(view, row, scratch);
        }
        let column = program.result(0, view, scratch);
        let has_key = !column.is_null(row);
        let key = has_key.then(|| key_of(column, row, &mut partition.keys.borrow_mut()));
        self.give(work);
        key
    }

    fn give(&self, work: Box<PartitionWork>) {
        self.work.set(Some(work));
    }
}

impl Keys {
    pub(crate) fn new() -> Self {
        Self { table: GroupTable::new(&[siddhi_query::ast::DataType::String]), sorted: Vec::new() }
    }

    /// The number of a key, from 1.
    fn number(&mut self, text: &Text) -> u32 {
        self.table.number(text) + 1
    }

    /// All keys in ascending order of their texts.
    fn in_order(&mut self) -> &[u32] {
        if self.sorted.len() < self.table.len() {
            let count = u32::try_from(self.table.len()).unwrap_or(u32::MAX);
            self.sorted = (1..=count).collect();
            self.sorted.sort_by_cached_key(|key| self.table.text(key - 1).to_string());
        }
        &self.sorted
    }
}

impl Partition {
    pub(crate) fn new(
        plan: &PartitionPlan,
        state_name: String,
        streams: Vec<PartitionStream>,
        unkeyed: Vec<(StreamId, Vec<usize>)>,
    ) -> Self {
        Self {
            name: plan.name.clone(),
            state_name,
            fingerprint: plan.fingerprint,
            streams,
            unkeyed,
            keys: RefCell::new(Keys::new()),
        }
    }

    /// The aggregators of its keys, for the component that holds their state.
    pub(crate) fn aggregators(&self) -> impl Iterator<Item = &RefCell<Aggregators>> {
        self.streams.iter().flat_map(|own| own.by.totals()).map(|totals| &totals.aggregators)
    }
}

impl std::fmt::Debug for Partition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partition").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Region {
    /// Cuts a chunk into runs of equal neighbouring keys; each goes through all queries of its
    /// instance before the next.
    #[inline(never)]
    pub(crate) fn split(&self, index: usize, stream: StreamId, view: &View<'_>) {
        let Some(partition) = self.partitions.get(index) else { return };
        let Some(own) = partition.streams.iter().find(|own| own.stream == stream) else { return };
        if let (Some(row), PartitionBy::Value(program, totals)) = (view.only_row(), &own.by)
            && totals.plan.is_empty()
            && program.has_only_kernels()
        {
            let Some(key) = own.key_of_lone(partition, program, view, row) else { return };
            for query in &own.readers {
                self.read(*query, stream, view, key);
            }
            return;
        }
        let mut work = own.take();
        let width = self.junctions.get(stream).map_or(0, |j| j.attributes.len());
        let mut faults = Faults::new(stream, width);
        if own.whole_chunks
            && view.len() > 1
            && let (&[query], PartitionBy::Value(program, _)) = (own.readers.as_slice(), &own.by)
        {
            let reader = WholeReader { query, program };
            self.split_whole(reader, partition, view, &mut work, &mut faults);
            own.give(work);
            self.report(faults, view.selection);
            return;
        }
        self.find_keys(partition, own, view, &mut work, &mut faults);
        for run in work.pairs.chunk_by(|a, b| a.1 == b.1) {
            let Some((_, key)) = run.first() else { continue };
            work.rows.clear();
            work.rows.extend(run.iter().map(|(row, _)| *row));
            let piece = view.with(Selection::Rows(&work.rows));
            for query in &own.readers {
                self.read(*query, stream, &piece, *key);
            }
        }
        own.give(work);
        self.report(faults, view.selection);
    }

    /// Hands the rows of all keys over at once.
    fn split_whole(
        &self,
        WholeReader { query, program }: WholeReader<'_>,
        partition: &Partition,
        view: &View<'_>,
        work: &mut PartitionWork,
        faults: &mut Faults,
    ) {
        let PartitionWork { scratches, rows, keys, .. } = work;
        let Some(scratch) = scratches.first_mut() else { return };
        let extent = view.selection.extent();
        keys.resize(extent.max(keys.len()), 0);
        let mut known = partition.keys.borrow_mut();
        let selection = self.evaluate(|context| {
            program.run(view, scratch, &mut context.calls(view));
            let column = program.result(0, view, scratch);
            if let Values::String(texts) = &column.values
                && !column.nulls.any()
                && context.failures.is_empty()
            {
                known.table.assign_texts(texts, view.selection, 0, keys);
                // Keys are numbered from 1.
                view.selection.iter().for_each(|row| {
                    if let Some(key) = keys.get_mut(row) {
                        *key += 1;
                    }
                });
                return view.selection;
            }
            // Rows without a key are left out.
            rows.clear();
            each_key_of(column, view, context, &mut known, |place, own| {
                rows.push(place);
                if let Some(key) = keys.get_mut(place as usize) {
                    *key = own;
                }
            });
            faults.take(view, context);
            Selection::Rows(rows)
        });
        let above = u32::try_from(known.table.len() + 1).unwrap_or(u32::MAX);
        drop(known);
        if !selection.is_empty() {
            self.read_keys(query, &view.with(selection), keys, above);
        }
    }

    fn find_keys(
        &self,
        partition: &Partition,
        own: &PartitionStream,
        view: &View<'_>,
        work: &mut PartitionWork,
        faults: &mut Faults,
    ) {
        work.pairs.clear();
        let mut keys = partition.keys.borrow_mut();
        self.evaluate(|context| {
            match &own.by {
                PartitionBy::Value(program, totals) => {
                    let PartitionWork { scratches, totals: works, pairs, .. } = work;
                    let (Some(scratch), Some(work)) = (scratches.first_mut(), works.first_mut())
                    else {
                        return;
                    };
                    let view = &totals.count(view, work, context);
                    program.run(view, scratch, &mut context.calls(view));
                    let column = program.result(0, view, scratch);
                    each_key_of(column, view, context, &mut keys, |place, key| {
                        pairs.push((place, key));
                    });
                }
                PartitionBy::Ranges(ranges) => find_ranges(ranges, view, work, &mut keys, context),
            }
            faults.take(view, context);
        });
    }

    /// A stream without a key goes to every instance that exists, in ascending order of keys: through
    /// all queries of the one before the next.
    #[inline(never)]
    pub(crate) fn each_key(&self, index: usize, stream: StreamId, view: &View<'_>) {
        let Some(partition) = self.partitions.get(index) else { return };
        let unkeyed = partition.unkeyed.iter().find(|(unkeyed, _)| *unkeyed == stream);
        let Some((_, readers)) = unkeyed else { return };
        let keys = partition.keys.borrow_mut().in_order().to_vec();
        for key in keys {
            for query in readers {
                self.read(*query, stream, view, key);
            }
        }
    }
}

/// Pairs by event, and for one event in the order of the ranges. An event that fails in one
/// condition has no key at all, and a label that is written twice delivers an event once.
fn find_ranges(
    ranges: &[Range],
    view: &View<'_>,
    work: &mut PartitionWork,
    keys: &mut Keys,
    context: &mut EvalContext<'_>,
) {
    let PartitionWork { scratches, totals, pairs, found, .. } = work;
    let works = scratches.iter_mut().zip(totals).zip(&mut *found);
    for (range, ((scratch, work), found)) in ranges.iter().zip(works) {
        let view = range.totals.count(view, work, context);
        range.condition.select(&view, scratch, &mut context.calls(&view), found);
    }
    let failed = context.failed_rows();
    // What is found is in the order of the view.
    let mut found: Vec<_> = found.iter().map(|rows| (rows.iter().peekable(), None)).collect();
    for row in view.selection.iter().filter_map(|row| u32::try_from(row).ok()) {
        let first = pairs.len();
        for ((rows, key), range) in found.iter_mut().zip(ranges) {
            if rows.next_if_eq(&&row).is_none() || failed.binary_search(&row).is_ok() {
                continue;
            }
            let key = *key.get_or_insert_with(|| keys.number(&range.label));
            if pairs.iter().skip(first).all(|(_, known)| *known != key) {
                pairs.push((row, key));
            }
        }
    }
}

/// Visits the rows that have a key, each with it: those that have not failed and whose value is not null.
fn each_key_of(
    column: &Column,
    view: &View<'_>,
    context: &EvalContext<'_>,
    keys: &mut Keys,
    mut visit: impl FnMut(u32, u32),
) {
    let failed = context.failed_rows();
    for row in view.selection.iter() {
        let place = u32::try_from(row).unwrap_or(u32::MAX);
        if !column.is_null(row) && failed.binary_search(&place).is_err() {
            visit(place, key_of(column, row, keys));
        }
    }
}

fn key_of(column: &Column, row: usize, keys: &mut Keys) -> u32 {
    match &column.values {
        Values::String(texts) => texts.get(row).map_or(0, |text| keys.number(text)),
        _ => keys.number(&Text::of(&column.value(row))),
    }
}
