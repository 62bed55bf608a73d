//! The selector: from the rows of a chunk to the rows that a query puts out.

use siddhi_query::ast::{DataType, OutputEvents};

use super::aggregation::{
    AggregationPlan, AggregationWork, Aggregators, Groups, refers_to_aggregate,
};
use super::context::EvalContext;
use super::groups::GroupTable;
use super::order;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::expression::typed::Expr;
use crate::extension::Leaving;
use crate::plan::logical::SelectorPlan;
use crate::runtime::windowing::RowKeys;

/// So many groups are kept from chunk to chunk where nobody needs them: it saves numbering them anew.
const CHUNK_GROUPS: usize = 1024;

/// Which rows of a chunk come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// All of them.
    EachRow,
    /// The last: an aggregator, no group by.
    LastRow,
    /// The last of each group, in the order in which the groups appeared.
    LastOfGroup,
}

/// A compiled selection.
#[derive(Debug)]
pub(crate) struct Selector {
    pub(crate) form: Form,
    pub(crate) group_by: Vec<usize>,
    group_types: Vec<DataType>,
    pub(crate) aggregation: AggregationPlan,
    /// The items, and behind them what only `having` reads.
    pub(crate) items: Program,
    pub(crate) item_count: usize,
    /// Plain expressions that can fail: a row that fails here counts in no aggregator.
    checked: Option<Program>,
    /// Items are needed for every row: `having` looks at them, or one over an aggregate can fail.
    items_of_all: bool,
    having: Option<Having>,
    order_by: Vec<(usize, bool)>,
    limit: Option<u64>,
    offset: u64,
    wants_current: bool,
    wants_expired: bool,
    pub(crate) fallible: bool,
    /// Every current row comes out as far as its form lets it: no `having`, order or limit.
    plain: bool,
}

#[derive(Debug)]
struct Having {
    aggregation: AggregationPlan,
    condition: Predicate,
}

/// What a selector remembers.
pub(crate) struct SelectorState {
    pub(crate) groups: GroupTable,
    pub(crate) aggregators: Aggregators,
    pub(crate) having: Aggregators,
}

/// Buffers of one pass.
#[derive(Debug)]
pub(crate) struct SelectorWork {
    /// The group of each row, at its place.
    pub(crate) groups: Vec<u32>,
    pub(crate) aggregation: AggregationWork,
    pub(crate) items: Scratch,
    checked: Option<Scratch>,
    having: Option<(AggregationWork, Scratch)>,
    base: Vec<u32>,
    passed: Vec<u32>,
    /// The rows that come out, in order, when they are not those of the chunk.
    pub(crate) rows: Vec<u32>,
    pub(crate) reset: Vec<u32>,
    /// For each group, the pass that last touched it and its place in `rows`.
    last: Vec<(u32, u32)>,
    pass: u32,
}

/// What came out of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selected {
    /// The timestamp of the call: that of the last row, or -1 for the call without rows of `limit 0`.
    pub(crate) at: i64,
    /// The rows are those of the chunk; else they stand in the buffers.
    pub(crate) same: bool,
}

impl SelectorWork {
    /// The groups of a partition key, which a reset of its window empties, into `reset`.
    pub(crate) fn reset_groups(&mut self, selector: &Selector, key: u32, state: &SelectorState) {
        self.reset.clear();
        if key != 0 {
            selector.groups_of_key(key, state, &mut self.reset);
        }
    }
}

impl Selector {
    pub(crate) fn compile(plan: &SelectorPlan, events: OutputEvents) -> Self {
        let width = plan.input_types.len();
        let items = plan.items.iter().map(|item| &item.expression);
        let items: Vec<Expr> = items.chain(&plan.hidden).cloned().collect();
        let plain_fallible: Vec<Expr> = items
            .iter()
            .filter(|item| item.fallible() && !refers_to_aggregate(item, width))
            .cloned()
            .collect();
        let derived_fallible =
            items.iter().any(|item| item.fallible() && refers_to_aggregate(item, width));
        let having = plan.having.as_ref().map(|having| Having {
            aggregation: AggregationPlan::compile(&having.aggregates, items.len()),
            condition: Predicate::compile(&having.condition),
        });
        let having_fallible = plan.having.as_ref().is_some_and(|having| {
            having.condition.fallible()
                || having.aggregates.iter().any(|a| a.call.arguments.iter().any(Expr::fallible))
        });
        let aggregation = AggregationPlan::compile(&plan.aggregates, width);
        let fallible = aggregation.fallible
            || derived_fallible
            || having_fallible
            || !plain_fallible.is_empty();
        Self {
            form: if !plan.group_by.is_empty() {
                Form::LastOfGroup
            } else if plan.has_aggregates() {
                Form::LastRow
            } else {
                Form::EachRow
            },
            group_by: plan.group_by.clone(),
            group_types: plan
                .group_by
                .iter()
                .filter_map(|column| plan.input_types.get(*column).copied())
                .collect(),
            aggregation,
            items: Program::compile(&items),
            item_count: plan.items.len(),
            checked: (!plain_fallible.is_empty()).then(|| Program::compile(&plain_fallible)),
            items_of_all: having.is_some() || derived_fallible,
            plain: having.is_none()
                && !derived_fallible
                && plan.order_by.is_empty()
                && plan.limit.is_none()
                && plan.offset == 0
                && events != OutputEvents::Expired,
            having,
            order_by: plan.order_by.clone(),
            limit: plan.limit,
            offset: plan.offset,
            wants_current: events != OutputEvents::Expired,
            wants_expired: events != OutputEvents::Current,
            fallible,
        }
    }

    /// Fresh state.
    pub(crate) fn state(&self, plan: &SelectorPlan, leaving: Leaving) -> SelectorState {
        SelectorState {
            groups: GroupTable::new(&self.group_types),
            aggregators: AggregationPlan::make(&plan.aggregates, leaving),
            having: plan.having.as_ref().map_or_else(Vec::new, |having| {
                AggregationPlan::make(&having.aggregates, Leaving::AnyOrder)
            }),
        }
    }

    /// Fresh buffers.
    pub(crate) fn work(&self) -> SelectorWork {
        SelectorWork {
            groups: Vec::new(),
            aggregation: self.aggregation.work(),
            items: self.items.scratch(),
            checked: self.checked.as_ref().map(Program::scratch),
            having: self
                .having
                .as_ref()
                .map(|having| (having.aggregation.work(), having.condition.scratch())),
            base: Vec::new(),
            passed: Vec::new(),
            rows: Vec::new(),
            reset: Vec::new(),
            last: Vec::new(),
            pass: 0,
        }
    }

    /// Each match of a pattern goes through alone: there is no last row of a chunk, and order and
    /// limit have nothing to work on, but a limit of 0 and an offset drop everything. Where a chunk
    /// has a last row, the call without rows is still made.
    pub(crate) fn each_match(&mut self) {
        self.order_by.clear();
        let drops = self.offset > 0 || self.limit == Some(0);
        self.offset = 0;
        self.limit = drops.then_some(0);
        self.form = match self.form {
            Form::LastRow | Form::LastOfGroup if drops => Form::LastRow,
            _ => Form::EachRow,
        };
        self.plain = !self.items_of_all && self.limit.is_none() && self.wants_current;
    }

    /// Whether the rows of a chunk can be chosen without looking at other rows than those of the
    /// same key: no groups beside the key, nothing between aggregates and output.
    pub(crate) fn is_plain_by_key(&self) -> bool {
        self.plain && self.group_by.is_empty()
    }

    /// Whether what comes out of a row depends on nothing that came before.
    pub(crate) fn is_stateless(&self) -> bool {
        self.aggregation.is_empty() && !self.having_aggregates()
    }

    /// Whether `having` has aggregators.
    pub(crate) fn having_aggregates(&self) -> bool {
        self.having.as_ref().is_some_and(|having| !having.aggregation.is_empty())
    }

    /// Selects from a chunk: runs the aggregators over its rows, then chooses.
    pub(crate) fn select(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        if self.fallible {
            return self.select_checked(view, key, state, work, context);
        }
        if !self.aggregation.is_empty() {
            self.aggregation.prepare(view, &mut work.aggregation, context);
        }
        self.aggregate(view, key, state, work, context);
        self.choose(view, key, state, work, context)
    }

    /// As [`Selector::select`], where rows can fail: those that do before the aggregators are taken
    /// out first.
    fn select_checked(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        let mut base = std::mem::take(&mut work.base);
        base.clear();
        let rows = view.selection.iter().filter_map(|row| u32::try_from(row).ok());
        let events = |row: &u32| matches!(view.kind(*row as usize), Kind::Current | Kind::Expired);
        base.extend(rows.clone().filter(events));
        let before = context.failures.len();
        let events_only = view.with(Selection::Rows(&base));
        self.aggregation.prepare(&events_only, &mut work.aggregation, context);
        if let (Some(checked), Some(scratch)) = (&self.checked, &mut work.checked) {
            checked.run(&events_only, scratch, &mut context.calls(&events_only));
        }
        base.clear();
        base.extend(rows);
        exclude(&mut base, context.failures.get(before..).unwrap_or_default());
        let selected = view.with(Selection::Rows(&base));
        let before = context.failures.len();
        self.aggregate(&selected, key, state, work, context);
        let mut kept = std::mem::take(&mut work.passed);
        kept.clear();
        kept.extend_from_slice(&base);
        exclude(&mut kept, context.failures.get(before..).unwrap_or_default());
        let result = self
            .choose(&view.with(Selection::Rows(&kept)), key, state, work, context)
            .map(|selected| {
                if selected.same {
                    // The rows are those of `kept`, which the caller does not see.
                    work.rows.clear();
                    work.rows.extend_from_slice(&kept);
                }
                Selected { same: false, ..selected }
            });
        work.base = base;
        work.passed = kept;
        result
    }

    fn aggregate(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        if self.is_stateless() && state.groups.live() > CHUNK_GROUPS {
            // Without aggregators a group means something within its chunk alone.
            state.groups.retain(|_| false);
        }
        self.assign_groups(view, key, state, work);
        if self.aggregation.is_empty() {
            return;
        }
        work.reset.clear();
        let is_reset = |row: usize| view.kind(row) == Kind::Reset;
        let resets = view.kinds.is_some() && key != 0 && view.selection.iter().any(is_reset);
        if resets {
            self.groups_of_key(key, state, &mut work.reset);
        }
        let groups = Groups {
            of_rows: self.has_group_column(key).then_some(work.groups.as_slice()),
            count: self.group_count(key, state),
            reset: resets.then_some(work.reset.as_slice()),
        };
        self.aggregation.run(view, groups, &mut state.aggregators, &mut work.aggregation, context);
    }

    /// Whether groups differ from row to row or from 0.
    fn has_group_column(&self, key: u32) -> bool {
        !self.group_by.is_empty() || key != 0
    }

    /// Groups are numbered below this.
    pub(crate) fn group_count(&self, key: u32, state: &SelectorState) -> usize {
        if self.group_by.is_empty() { key as usize + 1 } else { state.groups.len() }
    }

    fn groups_of_key(&self, key: u32, state: &SelectorState, groups: &mut Vec<u32>) {
        if self.group_by.is_empty() {
            groups.push(key);
        } else {
            state.groups.of_key(key, groups);
        }
    }

    /// Writes the group of each row of a view: by its values, or the partition key alone.
    pub(crate) fn assign_groups(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
    ) {
        if !self.group_by.is_empty() {
            state.groups.assign(view, &self.group_by, key, &mut work.groups);
        } else if key != 0 && !self.aggregation.is_empty() {
            let extent = view.selection.extent();
            work.groups.clear();
            work.groups.resize(extent, key);
        }
    }

    /// Writes the group of each row of a view whose rows have keys of their own, and gives a number
    /// above all groups.
    pub(crate) fn assign_row_groups(
        &self,
        view: &View<'_>,
        keys: RowKeys<'_>,
        state: &mut SelectorState,
        work: &mut SelectorWork,
    ) -> usize {
        let extent = view.selection.extent();
        match keys {
            RowKeys::One(key) if !self.group_by.is_empty() => {
                state.groups.assign(view, &self.group_by, key, &mut work.groups);
                state.groups.len()
            }
            RowKeys::One(key) => {
                work.groups.clear();
                work.groups.resize(extent, key);
                key as usize + 1
            }
            RowKeys::Each(keys, above) => {
                work.groups.clear();
                work.groups.extend_from_slice(keys.get(..extent).unwrap_or_default());
                above as usize
            }
        }
    }

    /// Chooses the rows that come out, when the aggregates' values and the groups stand in `work`.
    pub(crate) fn choose(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        // Of a chunk of one event every form puts out that event.
        if self.plain && view.kinds.is_none() && (self.form == Form::EachRow || view.len() == 1) {
            let last = view.selection.row(view.len().checked_sub(1)?)?;
            self.run_items(view, work, context);
            return Some(Selected { at: view.timestamp(last), same: true });
        }
        let selected = self.choose_rows(view, key, state, work, context);
        if !self.items_of_all && selected.is_some() {
            self.compute_chosen(view, work, context);
        }
        selected
    }

    /// Computes the items of the chosen rows.
    pub(crate) fn compute_chosen(
        &self,
        view: &View<'_>,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        let rows = std::mem::take(&mut work.rows);
        self.run_items(&view.with(Selection::Rows(&rows)), work, context);
        work.rows = rows;
    }

    /// Whether what comes out depends on the last row of each group alone, and on its aggregates.
    pub(crate) fn reads_last_rows_alone(&self) -> bool {
        self.form != Form::EachRow && !self.items_of_all
    }

    /// Whether rows can be chosen before the items are computed.
    pub(crate) fn chooses_without_items(&self) -> bool {
        !self.items_of_all && self.order_by.is_empty()
    }

    /// Chooses the rows that come out, into `work.rows`, without computing their items.
    pub(crate) fn choose_rows(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        self.candidates(view, key, state, work, context);
        match self.form {
            Form::EachRow => self.each_row(view, work, context),
            Form::LastRow => self.last_row(view, work),
            Form::LastOfGroup => self.last_of_group(view, work, context),
        }
    }

    /// Computes the items of the rows of a view, when the aggregates' values stand in `work`.
    pub(crate) fn run_items(
        &self,
        view: &View<'_>,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        let columns = Columns::extended(&view.columns, &work.aggregation.values);
        let all = View { columns, ..*view };
        self.items.run(&all, &mut work.items, &mut context.calls(view));
    }

    /// The rows that pass `having`, wanted or not, marks included, into `work.rows`.
    fn candidates(
        &self,
        view: &View<'_>,
        key: u32,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        work.rows.clear();
        match view.selection {
            Selection::All(count) => work.rows.extend((0_u32..).take(count)),
            Selection::Rows(rows) => work.rows.extend_from_slice(rows),
        }
        if !self.items_of_all {
            return;
        }
        let mut rows = std::mem::take(&mut work.rows);
        let before = context.failures.len();
        let mut events = std::mem::take(&mut work.base);
        events.clear();
        let is_event = |row: &u32| view.kind(*row as usize) != Kind::Reset;
        events.extend(rows.iter().copied().filter(is_event));
        self.run_items(&view.with(Selection::Rows(&events)), work, context);
        if self.having.is_some() {
            self.run_having(view, key, &rows, &mut events, state, work, context);
            let mut kept = events.iter().peekable();
            rows.retain(|row| kept.next_if_eq(&row).is_some() || !is_event(row));
        }
        exclude(&mut rows, context.failures.get(before..).unwrap_or_default());
        work.base = events;
        work.rows = rows;
    }

    /// Keeps the events that pass `having`. Its aggregators see all rows, without groups; in a
    /// partition they have groups too, as in Java, where all state of a key is kept by group.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    fn run_having(
        &self,
        view: &View<'_>,
        key: u32,
        rows: &[u32],
        events: &mut Vec<u32>,
        state: &mut SelectorState,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        let Some(having) = &self.having else { return };
        let Some((aggregation, scratch)) = &mut work.having else { return };
        let outer =
            View { columns: Columns::extended(&view.columns, &work.aggregation.values), ..*view };
        let columns = self.items.results(&outer.columns, &work.items);
        let output = View { columns, ..*view };
        if !having.aggregation.is_empty() {
            let all = output.with(Selection::Rows(rows));
            having.aggregation.prepare(&output.with(Selection::Rows(events)), aggregation, context);
            let own;
            let mut reset = Vec::new();
            let (of_rows, count) = if key == 0 {
                reset.push(key);
                (None, 1)
            } else if self.group_by.is_empty() {
                reset.push(key);
                own = vec![key; all.selection.extent()];
                (Some(own.as_slice()), key as usize + 1)
            } else {
                if view.kinds.is_some() {
                    self.groups_of_key(key, state, &mut reset);
                }
                (Some(work.groups.as_slice()), state.groups.len())
            };
            let groups = Groups { of_rows, count, reset: Some(&reset) };
            having.aggregation.run(&all, groups, &mut state.having, aggregation, context);
        }
        let with_aggregates = Columns::extended(&output.columns, &aggregation.values);
        let tested = View { columns: with_aggregates, selection: Selection::Rows(events), ..*view };
        work.passed.clear();
        having.condition.select(&tested, scratch, &mut context.calls(view), &mut work.passed);
        std::mem::swap(events, &mut work.passed);
    }

    fn wants(&self, kind: Kind) -> bool {
        match kind {
            Kind::Current => self.wants_current,
            Kind::Expired => self.wants_expired,
            Kind::Reset => false,
        }
    }

    fn each_row(
        &self,
        view: &View<'_>,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        work.rows.retain(|row| {
            let kind = view.kind(*row as usize);
            kind == Kind::Reset || self.wants(kind)
        });
        self.sort(view, work, context);
        self.cut(view, &mut work.rows);
        let last = *work.rows.last()?;
        work.rows.retain(|row| view.kind(*row as usize) != Kind::Reset);
        Some(Selected { at: view.timestamp(last as usize), same: false })
    }

    fn last_row(&self, view: &View<'_>, work: &mut SelectorWork) -> Option<Selected> {
        let last = work.rows.iter().copied().rfind(|row| self.wants(view.kind(*row as usize)))?;
        work.rows.clear();
        if self.offset > 0 || self.limit == Some(0) {
            return Some(Selected { at: -1, same: false });
        }
        work.rows.push(last);
        Some(Selected { at: view.timestamp(last as usize), same: false })
    }

    fn last_of_group(
        &self,
        view: &View<'_>,
        work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) -> Option<Selected> {
        work.pass = work.pass.wrapping_add(1);
        if work.pass == 0 {
            work.last.clear();
            work.pass = 1;
        }
        let mut count = 0;
        let all_wanted = view.kinds.is_none() && self.wants_current;
        for place in 0..work.rows.len() {
            let Some(row) = work.rows.get(place).copied() else { break };
            if !all_wanted && !self.wants(view.kind(row as usize)) {
                continue;
            }
            let group = work.groups.get(row as usize).copied().unwrap_or_default() as usize;
            if work.last.len() <= group {
                work.last.resize(group + 1, (0, 0));
            }
            let Some((pass, at)) = work.last.get_mut(group) else { continue };
            if *pass != work.pass {
                *pass = work.pass;
                *at = count;
                count += 1;
            }
            // The places in front are free: they belong to rows that were looked at already.
            if let Some(slot) = work.rows.get_mut(*at as usize) {
                *slot = row;
            }
        }
        work.rows.truncate(count as usize);
        if work.rows.is_empty() {
            return None;
        }
        self.sort(view, work, context);
        self.cut(view, &mut work.rows);
        let at = work.rows.last().map_or(-1, |row| view.timestamp(*row as usize));
        Some(Selected { at, same: false })
    }

    fn sort(&self, view: &View<'_>, work: &mut SelectorWork, context: &mut EvalContext<'_>) {
        if self.order_by.is_empty() {
            return;
        }
        let mut rows = std::mem::take(&mut work.rows);
        if !self.items_of_all {
            self.run_items(&view.with(Selection::Rows(&rows)), work, context);
        }
        let columns = Columns::extended(&view.columns, &work.aggregation.values);
        let outer = View { columns, ..*view };
        let keys: smallvec::SmallVec<[_; 2]> = self
            .order_by
            .iter()
            .map(|(item, descending)| (self.items.result(*item, &outer, &work.items), *descending))
            .collect();
        let kind = |row: &u32| view.kind(*row as usize);
        for run in rows.chunk_by_mut(|a, b| kind(a) == kind(b)) {
            run.sort_by(|a, b| order::compare(&keys, *a as usize, *b as usize));
        }
        work.rows = rows;
    }

    /// `offset`, then `limit`: an expired row is never cut, but it counts.
    fn cut(&self, view: &View<'_>, rows: &mut Vec<u32>) {
        if self.offset == 0 && self.limit.is_none() {
            return;
        }
        let mut seen = 0;
        rows.retain(|row| {
            let kind = view.kind(*row as usize);
            if kind == Kind::Reset {
                return true;
            }
            let place = seen;
            seen += 1;
            let Some(place) = u64::checked_sub(place, self.offset) else { return false };
            kind == Kind::Expired || self.limit.is_none_or(|limit| place < limit)
        });
    }
}
