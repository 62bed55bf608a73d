//! Groups whose rows have all left, given back: an endless stream of new groups must not grow a query
//! whose window is finite.

use super::{WindowStage, WindowState};
use crate::event::column::{Column, Element};
use crate::selector::select::SelectorState;

/// With fewer groups nothing is looked for.
pub(super) const FIRST: usize = 1024;

impl WindowStage {
    /// Gives the numbers of groups without rows back, once there are many more groups than after the
    /// last time. Called between passes, when every group that is in use is that of a row in the
    /// window.
    #[inline]
    pub(super) fn sweep_groups(&self, state: &mut WindowState, groups: &mut SelectorState) {
        if groups.groups.live() >= state.sweep_at {
            self.sweep(state, groups);
        }
    }

    #[cold]
    fn sweep(&self, state: &mut WindowState, selector_state: &mut SelectorState) {
        let aggregators = &mut selector_state.aggregators;
        if aggregators.iter().any(|aggregator| aggregator.is_forever()) {
            state.sweep_at = usize::MAX;
            return;
        }
        let in_use = self.groups_in_use(state, selector_state.groups.len());
        selector_state.groups.retain(|group| {
            let keep = in_use.get(group as usize).copied().unwrap_or(false);
            if !keep {
                for aggregator in aggregators.iter_mut() {
                    aggregator.forget(group as usize);
                }
            }
            keep
        });
        // The work of a look is that of all rows and groups: it is done once in so many new groups.
        let live = selector_state.groups.live();
        let rows = usize::try_from(state.rows_held()).unwrap_or(usize::MAX);
        state.sweep_at = live.saturating_add(live.max(rows).max(FIRST));
    }

    /// Which groups have rows in the window of some key.
    fn groups_in_use(&self, state: &WindowState, count: usize) -> Vec<bool> {
        let mut in_use = vec![false; count];
        let mut mark = |group: usize| {
            if let Some(place) = in_use.get_mut(group) {
                *place = true;
            }
        };
        state.open.groups().for_each(&mut mark);
        let Some(group_column) = self.group_column else { return in_use };
        let mut mark_all = |column: Option<&Column>, range: std::ops::Range<usize>| {
            let groups = column.and_then(|column| i32::slice(&column.values));
            let groups = groups.and_then(|groups| groups.get(range)).unwrap_or_default();
            for group in groups {
                mark(group.cast_unsigned() as usize);
            }
        };
        if let Some(column) = state.slab.as_ref().and_then(|slab| slab.columns().get(group_column))
        {
            mark_all(Some(column), 0..column.len());
        }
        for own in state.keys.iter().flatten() {
            let mut row = own.store.head();
            while row < own.store.end() {
                let (columns, index, rows) = own.store.stretch(row);
                if rows == 0 {
                    break;
                }
                mark_all(columns.get(group_column), index..index + rows);
                row += rows as u64;
            }
        }
        in_use
    }
}
