//! The form of panes: the aggregates follow the rows as they come in, and when a pane ends the last
//! row of each of its groups comes out with the group's aggregates.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::{Cursors, Pass, WindowStage};
use crate::aggregators::feed::{Given, Rows};
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::view::{Columns, Selection, View};
use crate::extension::{Panes, WindowStep};
use crate::selector::context::EvalContext;

/// The last rows of the groups of the open panes of all keys: a group belongs to one key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct OpenGroups {
    /// The number after that of the last row of each group in its open pane; 0 when it has none.
    after: Vec<u64>,
    /// Its timestamp, by group.
    timestamps: Vec<i64>,
    /// Its values in the columns that are kept, by group.
    columns: Vec<Column>,
}

/// What changes while rows come into a pane.
struct Appearing<'a> {
    /// Rows from this one on are those that come.
    first: u64,
    /// The groups that have rows in the pane, in the order in which they appeared.
    groups: &'a mut Vec<u32>,
    /// The groups that have rows among those that come.
    touched: &'a mut Vec<u32>,
}

impl OpenGroups {
    /// The groups that have rows in open panes.
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> {
        self.after.iter().enumerate().filter(|(_, after)| **after > 0).map(|(group, _)| group)
    }

    /// Makes room for groups numbered below `count`.
    pub(super) fn reserve(&mut self, count: usize, types: &[DataType]) {
        if self.after.len() >= count {
            return;
        }
        if self.columns.is_empty() {
            self.columns = types.iter().map(|data_type| Column::new(*data_type)).collect();
        }
        self.after.resize(count, 0);
        self.timestamps.resize(count, 0);
        self.columns.iter_mut().for_each(|column| column.resize(count));
    }

    /// A row of a group has come in.
    #[inline]
    fn add(&mut self, group: u32, row: u64, appearing: &mut Appearing<'_>) {
        if let Some(after) = self.after.get_mut(group as usize) {
            if *after <= appearing.first {
                appearing.touched.push(group);
                if *after == 0 {
                    appearing.groups.push(group);
                }
            }
            *after = row + 1;
        }
    }

    /// As [`OpenGroups::add`], of a row that came alone; says whether it is the first of its group in the
    /// pane.
    #[inline]
    pub(super) fn add_lone(&mut self, group: u32, row: u64) -> bool {
        let after = self.after.get_mut(group as usize);
        after.is_some_and(|after| std::mem::replace(after, row + 1) == 0)
    }

    /// A row is the last of its group so far: keeps its timestamp and values, the n-th of them that of the
    /// given column of the row.
    #[inline]
    pub(super) fn keep(
        &mut self,
        view: &View<'_>,
        row: usize,
        group: u32,
        columns: impl Iterator<Item = (usize, usize)>,
    ) {
        let group = group as usize;
        if let Some(timestamp) = self.timestamps.get_mut(group) {
            *timestamp = view.timestamp(row);
        }
        for (n, from) in columns {
            if let (Some(to), Some(from)) = (self.columns.get_mut(n), view.columns.get(from)) {
                to.set_from(group, from, row);
            }
        }
    }

    /// The panes of groups are over: their last rows go behind the rows of a batch.
    fn close(&mut self, groups: &[u32], batch: &mut Batch) {
        let groups = groups.iter().map(|group| *group as usize);
        for group in groups.clone() {
            if let Some(after) = self.after.get_mut(group) {
                *after = 0;
            }
            batch.timestamps.push(self.timestamps.get(group).copied().unwrap_or_default());
        }
        for (to, from) in batch.columns.iter_mut().zip(&self.columns) {
            to.extend_from(from, groups.clone());
        }
    }
}

impl WindowStage {
    pub(super) fn pane_rows(
        &self,
        view: &View<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) {
        let first_new = self.store_rows(view, pass, context);
        // Rows that come out have groups, too: those of the input make room for them.
        std::mem::swap(&mut pass.selector_work.groups, &mut pass.work.row_groups);
        if let Panes::OfRows(length) = self.bound.panes {
            self.put_out_full_panes(view, first_new, length, pass);
        } else {
            self.ask_window(Some(first_new), None, pass, context);
            self.put_out_panes(view, first_new, pass);
        }
    }

    /// Takes the rows of a chunk into the aggregates, and closes a pane whenever it has `length` rows.
    fn put_out_full_panes(
        &self,
        view: &View<'_>,
        first_new: u64,
        length: u64,
        pass: &mut Pass<'_>,
    ) {
        pass.work.clear_output();
        pass.work.wake_ups.clear();
        pass.selector_work.groups.clear();
        let mut cursors = Cursors::of(pass.state.of(pass.key, self));
        let mut taken = 0;
        while taken < view.len() {
            let room = length - (first_new + taken as u64 - cursors.come);
            let room = usize::try_from(room).unwrap_or(usize::MAX);
            let until = taken + room.min(view.len() - taken);
            self.take_in(view, taken..until, first_new, pass);
            if until - taken == room {
                Self::close_pane(length, pass);
                pass.work.end_chunk();
                cursors.step(WindowStep::Forget(u32::try_from(length).unwrap_or(u32::MAX)));
            }
            taken = until;
        }
        pass.state.advance(pass.key, cursors);
    }

    /// The window of a key was woken: the pane may be over.
    pub(super) fn wake_panes(&self, pass: &mut Pass<'_>) {
        let end = pass.state.of(pass.key, self).store.end();
        let none = View {
            timestamps: &[],
            kinds: None,
            columns: Columns::Owned(&[]),
            selection: Selection::All(0),
        };
        self.put_out_panes(&none, end, pass);
    }

    /// Takes the rows of a chunk into the aggregates, and closes panes where the window says so. The
    /// rows stand in the store from `first_new` on.
    fn put_out_panes(&self, view: &View<'_>, first_new: u64, pass: &mut Pass<'_>) {
        pass.work.clear_output();
        pass.selector_work.groups.clear();
        let mut cursors = Cursors::of(pass.state.of(pass.key, self));
        let steps = std::mem::take(&mut pass.work.steps);
        let mut taken = 0;
        for step in &steps {
            let before = cursors.come;
            cursors.step(*step);
            match step {
                WindowStep::Current(_) => {
                    let until = cursors.come.saturating_sub(first_new);
                    let until = usize::try_from(until).unwrap_or(usize::MAX).min(view.len());
                    self.take_in(view, taken..until, first_new, pass);
                    taken = until;
                    Self::close_pane(cursors.come - before, pass);
                }
                WindowStep::End => pass.work.end_chunk(),
                // A pane begins with nothing, and nobody sees rows leave.
                _ => {}
            }
        }
        pass.work.steps = steps;
        self.take_in(view, taken..view.len(), first_new, pass);
        pass.state.advance(pass.key, cursors);
    }

    /// Rows at these positions of a chunk belong to the open pane.
    fn take_in(
        &self,
        view: &View<'_>,
        positions: Range<usize>,
        first_new: u64,
        pass: &mut Pass<'_>,
    ) {
        if positions.is_empty() {
            return;
        }
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        let count = selector.group_count(*key, selector_state);
        let Some(Some(own)) = state.keys.get_mut(*key as usize) else { return };
        let open = &mut state.open;
        open.reserve(count, &self.kept_types);
        let groups = (!selector.group_by.is_empty()).then_some(work.row_groups.as_slice());
        let row_at = |position: usize| first_new + position as u64;
        work.touched.clear();
        let mut appearing = Appearing {
            first: row_at(positions.start),
            groups: &mut own.groups,
            touched: &mut work.touched,
        };
        match (groups, view.selection) {
            (None, _) => open.add(*key, row_at(positions.end - 1), &mut appearing),
            (Some(groups), Selection::All(_)) => {
                let rows = row_at(positions.start)..;
                let groups = groups.get(positions.clone()).unwrap_or_default();
                for (group, row) in groups.iter().zip(rows) {
                    open.add(*group, row, &mut appearing);
                }
            }
            (Some(groups), Selection::Rows(rows)) => {
                for position in positions.clone() {
                    let place = rows.get(position).map_or(0, |row| *row as usize);
                    let group = groups.get(place).copied().unwrap_or_default();
                    open.add(group, row_at(position), &mut appearing);
                }
            }
        }
        for group in &work.touched {
            let last = open.after.get(*group as usize).map_or(0, |after| after - 1);
            let position = usize::try_from(last - first_new).unwrap_or(usize::MAX);
            let row = view.selection.row(position).unwrap_or(usize::MAX);
            open.keep(view, row, *group, self.kept.iter().copied().enumerate());
        }
        selector.feed(
            *key,
            |own| Rows::Come {
                selection: view.selection,
                positions: (positions.start, positions.end),
                arguments: Given {
                    program: &self.arguments,
                    view,
                    scratch: &work.scratch,
                    first: own.start,
                    count: own.len(),
                },
                groups,
                group: *key,
            },
            selector_state,
            selector_work,
        );
    }

    /// The open pane of a key, of so many rows, is over: what comes out of it goes behind what has come
    /// out before.
    pub(super) fn close_pane(rows: u64, pass: &mut Pass<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        let Some(Some(own)) = state.keys.get_mut(*key as usize) else { return };
        let first = work.batch.len();
        state.open.close(&own.groups, &mut work.batch);
        work.rows_absorbed += rows - own.groups.len() as u64;
        selector_work.groups.extend_from_slice(&own.groups);
        selector.feed(
            *key,
            |_| Rows::Close { groups: &own.groups, first },
            selector_state,
            selector_work,
        );
        own.groups.clear();
    }
}
