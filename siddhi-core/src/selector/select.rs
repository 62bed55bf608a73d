//! The selector: from the rows of a chunk to the rows that a query puts out.

use siddhi_query::ast::{DataType, OutputEvents};

use super::aggregation::{
    AggregationPlan, AggregationWork, Aggregators, Groups, refers_to_aggregate,
};
use super::context::EvalContext;
use super::groups::GroupTable;
use crate::aggregators::feed::Rows;
use crate::event::view::{Kind, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::expression::typed::Expr;
use crate::extension::Leaving;
use crate::plan::logical::SelectorPlan;
use crate::runtime::windowing::RowKeys;
use crate::runtime::windowing::lone::LoneRow;

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
    pub(super) items_of_all: bool,
    pub(super) having: Option<Having>,
    pub(super) order_by: Vec<(usize, bool)>,
    pub(super) limit: Option<u64>,
    pub(super) offset: u64,
    pub(super) wants_current: bool,
    pub(super) wants_expired: bool,
    pub(crate) fallible: bool,
    /// Every current row comes out as far as its form lets it: no `having`, order or limit.
    pub(super) plain: bool,
}

/// A compiled `having`.
#[derive(Debug)]
pub(super) struct Having {
    pub(super) aggregation: AggregationPlan,
    pub(super) condition: Predicate,
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
    pub(super) having: Option<(AggregationWork, Scratch)>,
    pub(super) base: Vec<u32>,
    pub(super) passed: Vec<u32>,
    /// The rows that come out, in order, when they are not those of the chunk.
    pub(crate) rows: Vec<u32>,
    pub(crate) reset: Vec<u32>,
    /// For each group, the pass that last touched it and the last row that it had there.
    pub(super) last: Vec<(u32, u32)>,
    /// The groups that a pass touched, in the order in which they appeared.
    pub(super) appeared: Vec<u32>,
    pub(super) pass: u32,
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
            appeared: Vec::new(),
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

    /// Whether every event that comes alone comes out, and nothing but kernels computes its items.
    pub(crate) fn passes_lone(&self) -> bool {
        self.plain && self.items.has_only_kernels()
    }

    /// Feeds the aggregators rows of a key whose arguments stand ready somewhere, see
    /// [`AggregationPlan::feed`].
    #[inline]
    pub(crate) fn feed<'r>(
        &self,
        key: u32,
        rows: impl Fn(std::ops::Range<usize>) -> Rows<'r>,
        state: &mut SelectorState,
        work: &mut SelectorWork,
    ) {
        let count = self.group_count(key, state);
        self.aggregation.feed(rows, count, None, &mut state.aggregators, &mut work.aggregation);
    }

    /// The group of a row that came alone: by its values, or the partition key alone.
    #[inline]
    pub(crate) fn group_of(&self, lone: LoneRow<'_>, key: u32, state: &mut SelectorState) -> u32 {
        if self.group_by.is_empty() {
            return key;
        }
        state.groups.of_row(lone.view, &self.group_by, lone.row, key)
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
        let events = |row: &u32| view.kind(*row as usize).is_event();
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

    pub(super) fn groups_of_key(&self, key: u32, state: &SelectorState, groups: &mut Vec<u32>) {
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
}
