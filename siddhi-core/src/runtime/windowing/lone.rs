//! The way of an event that comes alone: what the forms do with chunks, without lists of rows, runs
//! and steps. Where events are sent one by one this is all that happens.

use std::ops::Range;

use super::{Cursors, Pass, WindowForm, WindowStage, WindowWork};
use crate::aggregators::feed::{Given, RowArguments, RowAt, Rows, group_at};
use crate::event::column::{Column, Values};
use crate::event::view::View;
use crate::extension::{Panes, WindowStep};
use crate::selector::select::Selector;

/// What a window does with an event that comes alone, where there is a shorter way for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoneForm {
    /// It holds the last so many rows, in the sliding form.
    Sliding(u64),
    /// It holds the last rows of each key in a slab.
    Slab,
    /// Its panes have so many rows.
    Panes(u64),
}

/// A row of a view that came alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoneRow<'v> {
    pub(crate) view: &'v View<'v>,
    pub(crate) row: usize,
}

impl WindowStage {
    /// How an event that comes alone goes through, when there is a shorter way.
    pub(crate) fn lone_form(&self, selector: &Selector) -> Option<LoneForm> {
        if !selector.passes_lone() || !self.arguments.has_only_kernels() {
            return None;
        }
        match (self.form, self.bound.last_rows, self.bound.panes) {
            (WindowForm::Sliding, Some(length), _) => Some(LoneForm::Sliding(length)),
            (WindowForm::Slab, ..) => Some(LoneForm::Slab),
            (WindowForm::Panes, _, Panes::OfRows(length)) => Some(LoneForm::Panes(length)),
            _ => None,
        }
    }

    /// Takes in a row. In the form of panes, what comes out stands in the buffers afterwards; in the
    /// others the row passes, and the values of its aggregates stand at its place.
    #[inline]
    pub(crate) fn take_in_lone(&self, form: LoneForm, lone: LoneRow<'_>, pass: &mut Pass<'_>) {
        self.sweep_groups(pass.state, pass.selector_state);
        pass.state.rows_in += 1;
        if !self.arguments.computes_nothing() {
            self.arguments.run_kernels(lone.view, lone.row, &mut pass.work.scratch);
        }
        let group = pass.selector.group_of(lone, pass.key, pass.selector_state);
        match form {
            LoneForm::Sliding(length) => self.sliding_row(lone, group, length, pass),
            LoneForm::Slab => self.slab_row(lone, group, pass),
            LoneForm::Panes(length) => self.pane_row(lone, group, length, pass),
        }
    }

    /// The row comes to the end of the store; when `length` rows are in, the oldest goes.
    #[inline]
    fn sliding_row(&self, lone: LoneRow<'_>, group: u32, length: u64, pass: &mut Pass<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        if self.group_column.is_some() {
            put_group(group, lone.row, &mut work.groups);
        }
        let own = state.of(*key, self);
        let (head, come) = (own.store.head(), own.store.end());
        own.store.push(lone.view, lone.row, |n| self.stored_column(n, lone.view, work));
        own.come = come + 1;
        let is_full = come - head == length;
        let (come, gone) = (own.store.locate(come), own.store.locate(head));
        let gone_group = group_at(gone.0, self.group_column, gone.1).unwrap_or(group);
        selector.feed(
            *key,
            |arguments| Rows::Row {
                gone: is_full.then(|| self.held(gone, gone_group, arguments.clone())),
                come: self.held(come, group, arguments),
                place: Some(lone.row),
            },
            selector_state,
            selector_work,
        );
        if is_full {
            own.store.drop_until(head + 1);
            state.rows_expired += 1;
        }
    }

    /// The row takes the place of its key's oldest, when all places of the key are taken.
    #[inline]
    fn slab_row(&self, lone: LoneRow<'_>, group: u32, pass: &mut Pass<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        if self.group_column.is_some() {
            put_group(group, lone.row, &mut work.groups);
        }
        let slab = state.slab.get_or_insert_with(|| self.fresh_slab());
        let (slot, is_full) = slab.take_slot(*key);
        // Without a column all rows of a key are one group.
        let gone_group = group_at(slab.columns(), self.group_column, slot).unwrap_or(group);
        selector.feed(
            *key,
            |arguments| Rows::Row {
                gone: is_full.then(|| RowAt {
                    arguments: RowArguments::Held(
                        slab.columns().get(arguments.clone()).unwrap_or_default(),
                    ),
                    index: slot,
                    group: gone_group,
                }),
                come: self.given(lone, group, work, arguments),
                place: Some(lone.row),
            },
            selector_state,
            selector_work,
        );
        for (n, held) in slab.columns_mut().iter_mut().enumerate() {
            if let Some(coming) = self.stored_column(n, lone.view, work) {
                held.set_from(slot, coming, lone.row);
            }
        }
        state.rows_expired += u64::from(is_full);
    }

    /// The row is the last of its group in the pane so far; when it is the pane's last, the pane ends.
    #[inline]
    fn pane_row(&self, lone: LoneRow<'_>, group: u32, length: u64, pass: &mut Pass<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        if !work.ends.is_empty() {
            work.clear_output();
        }
        state.open.reserve(selector.group_count(*key, selector_state), &self.kept_types);
        state.of(*key, self);
        let Some(Some(own)) = state.keys.get_mut(*key as usize) else { return };
        let (first, number) = (own.come, own.store.end());
        own.store.push(lone.view, lone.row, |_| None);
        if state.open.add_lone(group, number) {
            own.groups.push(group);
            state.open.keep(lone.view, lone.row, group, self.kept.iter().copied().enumerate());
        } else {
            state.open.keep(lone.view, lone.row, group, self.kept_changing.iter().copied());
        }
        selector.feed(
            *key,
            |arguments| Rows::Row {
                gone: None,
                come: self.given(lone, group, work, arguments),
                place: None,
            },
            selector_state,
            selector_work,
        );
        if number + 1 - first == length {
            self.close_lone_pane(length, pass);
        }
    }

    #[cold]
    fn close_lone_pane(&self, length: u64, pass: &mut Pass<'_>) {
        let mut cursors = Cursors::of(pass.state.of(pass.key, self));
        pass.selector_work.groups.clear();
        Self::close_pane(length, pass);
        pass.work.end_chunk();
        cursors.step(WindowStep::Forget(u32::try_from(length).unwrap_or(u32::MAX)));
        pass.state.advance(pass.key, cursors);
    }

    /// A row that stands in the store, with its arguments.
    #[inline]
    fn held<'w>(
        &self,
        (columns, index): (&'w [Column], usize),
        group: u32,
        arguments: Range<usize>,
    ) -> RowAt<'w> {
        let first = self.kept.len();
        let columns = columns.get(first + arguments.start..first + arguments.end);
        RowAt { arguments: RowArguments::Held(columns.unwrap_or_default()), index, group }
    }

    /// The row with its arguments as they came.
    #[inline]
    fn given<'w>(
        &'w self,
        LoneRow { view, row }: LoneRow<'w>,
        group: u32,
        work: &'w WindowWork,
        arguments: Range<usize>,
    ) -> RowAt<'w> {
        let given = Given {
            program: &self.arguments,
            view,
            scratch: &work.scratch,
            first: arguments.start,
            count: arguments.len(),
        };
        RowAt { arguments: RowArguments::Given(given), index: row, group }
    }
}

/// The group of a row as a value of the store.
#[inline]
fn put_group(group: u32, row: usize, column: &mut Column) {
    column.grow(row + 1);
    if let Values::Int(values) = &mut column.values
        && let Some(place) = values.get_mut(row)
    {
        *place = group.cast_signed();
    }
}
