//! The form of panes: the aggregates follow the rows as they come in, and when a pane ends the last
//! row of each of its groups comes out with the group's aggregates.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Cursors, Pass, WindowStage};
use crate::aggregators::feed::Rows;
use crate::event::view::{Columns, Selection, View};
use crate::extension::{Argument, WindowStep};

/// The groups of the open panes of all keys: a group belongs to one key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct OpenGroups {
    /// The last row of each group; [`OpenGroups::CLOSED`] when it has none in an open pane.
    last_rows: Vec<u64>,
}

impl OpenGroups {
    const CLOSED: u64 = u64::MAX;

    /// A row of a group has come in; `appeared` are the groups that have rows in the pane.
    #[inline]
    fn add(&mut self, group: u32, row: u64, appeared: &mut Vec<u32>) {
        if let Some(last) = self.last_rows.get_mut(group as usize) {
            if *last == Self::CLOSED {
                appeared.push(group);
            }
            *last = row;
        }
    }

    /// The pane of a group is over: gives its last row.
    fn close(&mut self, group: u32) -> u64 {
        let last = self.last_rows.get_mut(group as usize);
        last.map_or(0, |last| std::mem::replace(last, Self::CLOSED))
    }
}

impl WindowStage {
    pub(super) fn pane_rows(&self, view: &View<'_>, pass: &mut Pass<'_, '_>) {
        let first_new = self.store_rows(view, pass);
        // Rows that come out have groups, too: those of the input make room for them.
        std::mem::swap(&mut pass.selector_work.groups, &mut pass.work.row_groups);
        self.ask_window(Some(first_new), None, pass);
        self.put_out_panes(view, first_new, pass);
    }

    /// The window of a key was woken: the pane may be over.
    pub(super) fn wake_panes(&self, pass: &mut Pass<'_, '_>) {
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
    fn put_out_panes(&self, view: &View<'_>, first_new: u64, pass: &mut Pass<'_, '_>) {
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
                    let until = usize::try_from(cursors.come - first_new).unwrap_or(usize::MAX);
                    self.take_in(view, taken..until, first_new, pass);
                    taken = until;
                    self.close_pane(cursors.come - before, pass);
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
        pass: &mut Pass<'_, '_>,
    ) {
        if positions.is_empty() {
            return;
        }
        let Pass { key, selector, state, selector_state, work, selector_work, context } = pass;
        let count = selector.group_count(*key, selector_state);
        if state.open.last_rows.len() < count {
            state.open.last_rows.resize(count, OpenGroups::CLOSED);
        }
        state.of(*key, self);
        let Some(Some(own)) = state.keys.get_mut(*key as usize) else { return };
        let open = &mut state.open;
        let groups = (!selector.group_by.is_empty()).then_some(work.row_groups.as_slice());
        let row_at = |position: usize| first_new + position as u64;
        match (groups, view.selection) {
            (None, _) => open.add(*key, row_at(positions.end - 1), &mut own.groups),
            (Some(groups), Selection::All(_)) => {
                let rows = row_at(positions.start)..;
                let groups = groups.get(positions.clone()).unwrap_or_default();
                for (group, row) in groups.iter().zip(rows) {
                    open.add(*group, row, &mut own.groups);
                }
            }
            (Some(groups), Selection::Rows(rows)) => {
                for position in positions.clone() {
                    let place = rows.get(position).map_or(0, |row| *row as usize);
                    let group = groups.get(place).copied().unwrap_or_default();
                    open.add(group, row_at(position), &mut own.groups);
                }
            }
        }
        let arguments: smallvec::SmallVec<[Argument<'_>; 4]> = (0..self.argument_types.len())
            .map(|n| Argument::Column(self.arguments.result(n, view, &work.scratch)))
            .collect();
        selector.aggregation.feed(
            |own| Rows::Come {
                selection: view.selection,
                positions: (positions.start, positions.end),
                arguments: arguments.get(own).unwrap_or_default(),
                groups,
                group: *key,
            },
            count,
            None,
            &mut selector_state.aggregators,
            &mut selector_work.aggregation,
            context,
        );
    }

    /// The open pane of a key, of so many rows, is over: what comes out of it goes behind what has come
    /// out before.
    fn close_pane(&self, rows: u64, pass: &mut Pass<'_, '_>) {
        let Pass { key, selector, state, selector_state, work, selector_work, context } = pass;
        let Some(Some(own)) = state.keys.get_mut(*key as usize) else { return };
        let first = work.batch.len();
        for group in &own.groups {
            let row = state.open.close(*group);
            let (columns, index) = own.store.locate(row);
            work.batch.timestamps.push(own.store.timestamp(row));
            for (to, from) in work.batch.columns.iter_mut().zip(columns) {
                to.push_from(from, index);
            }
        }
        work.rows_absorbed += rows - own.groups.len() as u64;
        selector_work.groups.extend_from_slice(&own.groups);
        selector.aggregation.feed(
            |_| Rows::Close { groups: &own.groups, first },
            0,
            None,
            &mut selector_state.aggregators,
            &mut selector_work.aggregation,
            context,
        );
        own.groups.clear();
    }
}
