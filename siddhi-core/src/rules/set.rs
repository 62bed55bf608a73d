//! The rules of one stream: how they are found, and how their output goes out.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::condition::{Accepts, Lookup, Range, lookup};
use super::equality::EqualityIndex;
use super::range::RangeIndex;
use super::scan::{self, RangeScan};
use crate::event::view::{Selection, View};
use crate::expression::program::{Program, Scratch};
use crate::expression::typed::Expr;
use crate::plan::logical::{HandlerPlan, InputPlan, LogicalApp, QueryPlan, StreamId};
use crate::runtime::count::Count;
use crate::runtime::junction::Reader;
use crate::runtime::light::Light;
use crate::runtime::region::Region;

/// So many rules on one column are worth an index.
const WORTHWHILE: usize = 8;
/// From so many rows on, rules that are asked one by one are asked for the whole chunk at once.
const MANY_ROWS: usize = 32;

/// The rules of one stream.
pub(crate) struct RuleSet {
    /// In the order of the text.
    rules: Vec<Rule>,
    shapes: Vec<Shape>,
    equalities: Vec<EqualityIndex>,
    ranges: Vec<RangeIndex>,
    scans: Vec<RangeScan>,
    /// The rules of all scans, in the order of the text.
    scanned: Vec<u32>,
    /// Readers that are no rules, with their places among all.
    others: Vec<(u32, Reader)>,
    /// Buffers that no pass uses at the moment.
    work: Cell<Option<Box<RuleWork>>>,
}

/// A rule.
#[derive(Debug)]
struct Rule {
    /// Its place among the readers of the stream.
    place: u32,
    query: u32,
    /// What it selects, when its filter is nothing but the look-up; else the query itself goes over
    /// the rows that were found.
    shape: Option<u32>,
    column: usize,
    /// What it accepts, when it is a range.
    range: Option<Range>,
    rows_out: Count,
}

/// A selection that rules share, with its target.
#[derive(Debug)]
struct Shape {
    items: Program,
    target: StreamId,
}

/// The shapes by their targets and the hashes of their items, while rules are collected.
type KnownShapes = HashMap<(StreamId, u64), Vec<(Vec<Expr>, u32)>>;

/// Buffers of one pass.
#[derive(Debug)]
struct RuleWork {
    /// What the indexes found: the rule, and the place of the row in the selection.
    found: Vec<u64>,
    rows: Vec<u32>,
    shapes: Vec<ShapeWork>,
}

#[derive(Debug)]
struct ShapeWork {
    scratch: Scratch,
    /// The items stand computed for all rows of the chunk.
    done: bool,
}

/// A chunk on its way to the readers of a stream with rules.
#[derive(Clone, Copy)]
struct RulePass<'a> {
    rules: &'a RuleSet,
    stream: StreamId,
    view: &'a View<'a>,
    key: u32,
}

/// A query as a candidate for a rule.
struct Candidate {
    place: u32,
    query: u32,
    lookup: Lookup,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl RuleSet {
    /// The rules among the readers of a stream; none when there are too few for an index.
    pub(crate) fn new(app: &LogicalApp, readers: &[Reader]) -> Option<Self> {
        let mut by_column: HashMap<(usize, bool), Vec<Candidate>> = HashMap::new();
        for (place, reader) in (0_u32..).zip(readers) {
            let Reader::Query(query) = *reader else { continue };
            let Some(plan) = app.queries.get(query) else { continue };
            let Some(lookup) = rule_lookup(plan) else { continue };
            let is_range = matches!(lookup.accepts, Accepts::Range(_));
            let candidate = Candidate { place, query: u32::try_from(query).ok()?, lookup };
            by_column.entry((candidate.lookup.column, is_range)).or_default().push(candidate);
        }
        let mut set = Self {
            rules: Vec::new(),
            shapes: Vec::new(),
            equalities: Vec::new(),
            ranges: Vec::new(),
            scans: Vec::new(),
            scanned: Vec::new(),
            others: Vec::new(),
            work: Cell::new(None),
        };
        let mut indexed: Vec<Candidate> =
            by_column.into_values().filter(|group| group.len() >= WORTHWHILE).flatten().collect();
        if indexed.is_empty() {
            return None;
        }
        indexed.sort_by_key(|candidate| candidate.place);
        set.fill(app, indexed);
        let is_rule =
            |place: &u32| set.rules.binary_search_by_key(place, |rule| rule.place).is_ok();
        set.others =
            (0_u32..).zip(readers.iter().copied()).filter(|(place, _)| !is_rule(place)).collect();
        (!set.rules.is_empty()).then_some(set)
    }

    /// Makes rules of candidates, which come in the order of the text.
    fn fill(&mut self, app: &LogicalApp, candidates: Vec<Candidate>) {
        let mut shapes = KnownShapes::default();
        let mut ranges: HashMap<usize, Vec<(Range, u32)>> = HashMap::new();
        let mut equalities: HashMap<usize, EqualityIndex> = HashMap::new();
        for candidate in candidates {
            let Some(plan) = app.queries.get(candidate.query as usize) else { continue };
            let number = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
            let Lookup { column, accepts, whole } = candidate.lookup;
            let shape = if whole { self.shape(plan, &mut shapes) } else { None };
            let range = match accepts {
                Accepts::Equal(key) => {
                    let index = equalities.entry(column);
                    index.or_insert_with(|| EqualityIndex::new(column)).add(key, number);
                    None
                }
                Accepts::Range(range) => {
                    ranges.entry(column).or_default().push((range, number));
                    Some(range)
                }
            };
            let rows_out = Count::default();
            let Candidate { place, query, .. } = candidate;
            self.rules.push(Rule { place, query, shape, column, range, rows_out });
        }
        self.equalities = equalities.into_values().collect();
        self.equalities.sort_by_key(|index| index.column);
        let mut ranges: Vec<_> = ranges.into_iter().collect();
        ranges.sort_by_key(|(column, _)| *column);
        for (column, rules) in ranges {
            if let Some(index) = RangeIndex::new(column, &rules) {
                self.ranges.push(index);
            } else {
                self.scanned.extend(rules.iter().map(|(_, rule)| *rule));
                self.scans.push(RangeScan::new(column, &rules));
            }
        }
        self.scanned.sort_unstable();
    }

    /// The shape of a query's selection, shared with equal ones.
    fn shape(&mut self, plan: &QueryPlan, known: &mut KnownShapes) -> Option<u32> {
        let items: Vec<Expr> =
            plan.selector.items.iter().map(|item| item.expression.clone()).collect();
        if !items.iter().all(Expr::pure) {
            return None;
        }
        let mut hash = FixedState::with_seed(0).build_hasher();
        for item in &items {
            item.hash_structure(&mut hash);
        }
        let alike = known.entry((plan.target, hash.finish())).or_default();
        let same = |known: &[Expr]| {
            known.len() == items.len() && known.iter().zip(&items).all(|(a, b)| a.same(b))
        };
        if let Some((_, shape)) = alike.iter().find(|(known, _)| same(known)) {
            return Some(*shape);
        }
        let number = u32::try_from(self.shapes.len()).ok()?;
        self.shapes.push(Shape { items: Program::compile(&items), target: plan.target });
        alike.push((items, number));
        Some(number)
    }

    /// The queries that are rules; with the rows that each let through when it is not run itself.
    pub(crate) fn rows_out(&self) -> impl Iterator<Item = (usize, Option<u64>)> {
        let rows = |rule: &Rule| rule.shape.map(|_| rule.rows_out.get());
        self.rules.iter().map(move |rule| (rule.query as usize, rows(rule)))
    }

    /// How the rules are found, as lines of text.
    pub(crate) fn explain(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let (rules, shapes) = (self.rules.len(), self.shapes.len());
        lines.push(format!("{rules} rules with {shapes} different selections"));
        lines.extend(self.equalities.iter().map(|i| format!("  by equality of #{}", i.column)));
        lines.extend(self.ranges.iter().map(|i| format!("  by range of #{}", i.column)));
        lines.extend(self.scans.iter().map(|i| format!("  by asking each about #{}", i.column)));
        lines
    }

    fn make_work(&self) -> RuleWork {
        let shape = |shape: &Shape| ShapeWork { scratch: shape.items.scratch(), done: false };
        RuleWork {
            found: Vec::new(),
            rows: Vec::new(),
            shapes: self.shapes.iter().map(shape).collect(),
        }
    }

    /// Looks the rows of a chunk up; the rules that accept some stand in `found` afterwards, in the
    /// order of the text, each with its rows in their order.
    fn find(&self, view: &View<'_>, scan_rows: bool, found: &mut Vec<u64>) {
        found.clear();
        for (place, row) in (0_u64..).zip(view.selection.iter()) {
            let mut add = |rule: u32| found.push(u64::from(rule) << 32 | place);
            for index in &self.equalities {
                if let Some(column) = view.columns.get(index.column) {
                    index.find(column, row).iter().copied().for_each(&mut add);
                }
            }
            for index in &self.ranges {
                if let Some(column) = view.columns.get(index.column) {
                    index.find(column, row, &mut add);
                }
            }
            if scan_rows {
                for scan in &self.scans {
                    if let Some(column) = view.columns.get(scan.column) {
                        scan.find(column, row, &mut add);
                    }
                }
            }
        }
        if !found.is_sorted() {
            found.sort_unstable();
        }
    }
}

/// What of a query's filter can be looked up, when the query has the light form.
fn rule_lookup(plan: &QueryPlan) -> Option<Lookup> {
    let InputPlan::Stream(input) = &plan.input else { return None };
    if !Light::fits(plan) {
        return None;
    }
    let HandlerPlan::Filter(filter) = input.before.first()? else { return None };
    let lookup = lookup(&filter.condition)?;
    Some(Lookup { whole: lookup.whole && input.before.len() == 1, ..lookup })
}

impl Region {
    /// Hands a chunk to the readers of a stream with rules, in the order of the text: a rule only
    /// the rows that can concern it.
    #[inline(never)]
    pub(crate) fn publish_rules(
        &self,
        rules: &RuleSet,
        stream: StreamId,
        view: &View<'_>,
        key: u32,
    ) {
        let pass = RulePass { rules, stream, view, key };
        let mut work = rules.work.take().unwrap_or_else(|| Box::new(rules.make_work()));
        for (buffers, shape) in work.shapes.iter_mut().zip(&rules.shapes) {
            buffers.done = shape.items.computes_nothing();
        }
        let scan_rows = view.len() < MANY_ROWS;
        rules.find(view, scan_rows, &mut work.found);
        let found = std::mem::take(&mut work.found);
        if let Some(row) = view.only_row() {
            self.publish_rules_once(pass, row, &found, &mut work);
            work.found = found;
            rules.work.set(Some(work));
            return;
        }
        let mut others = rules.others.iter().peekable();
        let mut scanned = if scan_rows { [].iter() } else { rules.scanned.iter() }.peekable();
        let mut runs = found.chunk_by(|a, b| a >> 32 == b >> 32).peekable();
        loop {
            let found_rule = runs.peek().and_then(|run| run.first()).map(|entry| entry >> 32);
            let scan_rule = scanned.peek().map(|rule| u64::from(**rule));
            let next = match (found_rule, scan_rule) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            let rule = next.and_then(|next| rules.rules.get(usize::try_from(next).ok()?));
            if let Some((place, reader)) = others.peek()
                && rule.is_none_or(|rule| *place < rule.place)
            {
                self.hand(*reader, stream, view, key);
                others.next();
                continue;
            }
            let Some(rule) = rule else { break };
            let mut rows = std::mem::take(&mut work.rows);
            rows.clear();
            if found_rule == next {
                let run = runs.next().unwrap_or_default();
                #[allow(clippy::cast_possible_truncation, reason = "the low half is the place")]
                let place = |entry: &u64| view.selection.row(*entry as u32 as usize);
                rows.extend(run.iter().filter_map(place).filter_map(|row| u32::try_from(row).ok()));
            } else {
                scanned.next();
                scan_chunk(rule, view, &mut rows);
            }
            if !rows.is_empty() {
                self.run_rule(pass, rule, &rows, &mut work);
            }
            work.rows = rows;
        }
        work.found = found;
        rules.work.set(Some(work));
    }

    /// Of a chunk of one event every rule that was found gets that event.
    fn publish_rules_once(
        &self,
        pass: RulePass<'_>,
        row: usize,
        found: &[u64],
        work: &mut RuleWork,
    ) {
        let RulePass { rules, stream, view, key } = pass;
        let rows = [u32::try_from(row).unwrap_or(u32::MAX)];
        let mut others = rules.others.iter();
        let mut other = others.next();
        for entry in found {
            let rule = usize::try_from(entry >> 32).ok().and_then(|rule| rules.rules.get(rule));
            let Some(rule) = rule else { continue };
            while let Some((_, reader)) = other.filter(|(place, _)| *place < rule.place) {
                self.hand(*reader, stream, view, key);
                other = others.next();
            }
            self.run_rule(pass, rule, &rows, work);
        }
        while let Some((_, reader)) = other {
            self.hand(*reader, stream, view, key);
            other = others.next();
        }
    }

    fn run_rule(&self, pass: RulePass<'_>, rule: &Rule, rows: &[u32], work: &mut RuleWork) {
        let RulePass { rules, stream, view, key } = pass;
        let left = view.with(Selection::Rows(rows));
        let shape = rule.shape.map(|shape| shape as usize);
        let (Some(shape), Some(buffers)) = (
            shape.and_then(|shape| rules.shapes.get(shape)),
            shape.and_then(|shape| work.shapes.get_mut(shape)),
        ) else {
            self.read(rule.query as usize, stream, &left, key);
            return;
        };
        rule.rows_out.add(rows.len() as u64);
        if !buffers.done {
            // When a good part of the chunk is wanted the items of all rows are computed, once for
            // all rules.
            buffers.done = rows.len() * 4 >= view.len();
            let wanted = if buffers.done { *view } else { left };
            self.evaluate(|context| {
                shape.items.run(&wanted, &mut buffers.scratch, &mut context.calls(&wanted));
            });
        }
        let columns = shape.items.results(&view.columns, &buffers.scratch);
        let output = View { columns, ..left };
        if self.query_callbacks.get()
            && let Some(query) = self.queries.get(rule.query as usize)
        {
            query.call_with_current(&output);
        }
        self.publish(shape.target, &output, key);
    }
}

/// The rows of a chunk that a rule accepts by its range.
fn scan_chunk(rule: &Rule, view: &View<'_>, rows: &mut Vec<u32>) {
    let (Some(range), Some(column)) = (rule.range, view.columns.get(rule.column)) else { return };
    match view.selection {
        Selection::All(count) => scan::select(&range, column, count, rows),
        Selection::Rows(selected) => {
            let length = view.timestamps.len();
            scan::select(&range, column, length, rows);
            let mut accepted = vec![false; length];
            for row in &*rows {
                if let Some(place) = accepted.get_mut(*row as usize) {
                    *place = true;
                }
            }
            rows.clear();
            let accepts = |row: &u32| accepted.get(*row as usize).copied().unwrap_or(false);
            rows.extend(selected.iter().copied().filter(accepts));
        }
    }
}
