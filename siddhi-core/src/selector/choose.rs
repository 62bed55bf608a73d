//! Which rows of a chunk come out, when the aggregates' values and the groups of its rows are known.

use super::aggregation::Groups;
use super::context::EvalContext;
use super::order;
use super::select::{Form, Selected, Selector, SelectorState, SelectorWork};
use crate::event::view::{Columns, Kind, Selection, View};
use crate::expression::program::exclude;

impl Selector {
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
        if self.plain && self.form == Form::LastOfGroup && view.kinds.is_none() {
            // Every row is a candidate, and nothing comes between.
            work.find_last(view.selection.iter());
            work.take_last();
            let last = *work.rows.last()?;
            return Some(Selected { at: view.timestamp(last as usize), same: false });
        }
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
        if self.items.computes_nothing() {
            return;
        }
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
        let rows = std::mem::take(&mut work.rows);
        let rows_as_places = rows.iter().map(|row| *row as usize);
        if view.kinds.is_none() && self.wants_current {
            work.find_last(rows_as_places);
        } else {
            work.find_last(rows_as_places.filter(|row| self.wants(view.kind(*row))));
        }
        work.rows = rows;
        work.take_last();
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

impl SelectorWork {
    /// Notes the last of these rows of each group, and the groups in the order in which they appear.
    #[inline]
    fn find_last(&mut self, rows: impl Iterator<Item = usize>) {
        self.pass = self.pass.wrapping_add(1);
        if self.pass == 0 {
            self.last.clear();
            self.pass = 1;
        }
        self.appeared.clear();
        let (last, appeared, pass) = (&mut self.last, &mut self.appeared, self.pass);
        rows.for_each(|row| {
            let group = self.groups.get(row).copied().unwrap_or_default();
            if last.len() <= group as usize {
                grow(last, group);
            }
            if let Some((seen, place)) = last.get_mut(group as usize) {
                if *seen != pass {
                    *seen = pass;
                    appeared.push(group);
                }
                *place = u32::try_from(row).unwrap_or(u32::MAX);
            }
        });
    }

    /// Puts the rows that were found into `rows`.
    fn take_last(&mut self) {
        let last = &self.last;
        let row = |group: &u32| last.get(*group as usize).map_or(u32::MAX, |(_, row)| *row);
        self.rows.clear();
        self.rows.extend(self.appeared.iter().map(row));
    }
}

#[cold]
fn grow(last: &mut Vec<(u32, u32)>, group: u32) {
    last.resize(group as usize + 1, (0, 0));
}
