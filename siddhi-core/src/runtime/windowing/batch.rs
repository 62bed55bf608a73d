//! The batch form: the rows that come out are gathered, those that leave are not seen.

use super::{Cursors, KeyWindow, Pass, WindowStage, WindowWork};
use crate::aggregators::feed::{Rows, Step};
use crate::event::column::{Column, Values};
use crate::event::view::{Columns, Selection, View};
use crate::extension::WindowStep;
use crate::selector::context::EvalContext;
use crate::selector::select::SelectorWork;

impl WindowStage {
    pub(super) fn batch_rows(
        &self,
        view: &View<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) {
        let first_new = self.store_rows(view, pass, context);
        self.ask_window(Some(first_new), None, pass, context);
        self.put_out_batch(pass, context);
    }

    /// Feeds the window's steps to the aggregators and gathers the rows that come out.
    pub(super) fn put_out_batch(&self, pass: &mut Pass<'_>, context: &mut EvalContext<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        work.clear_output();
        let own = state.of(*key, self);
        let start = Cursors::of(own);
        let mut cursors = start;
        self.gather(own, &mut cursors, work, selector_work);
        let count = selector.group_count(*key, selector_state);
        if work.feed.contains(&Step::Reset) {
            selector_work.reset_groups(selector, *key, selector_state);
        }
        let SelectorWork { aggregation, reset, .. } = &mut **selector_work;
        selector.aggregation.feed(
            |arguments| Rows::Window {
                store: &own.store,
                steps: &work.feed,
                head: start.head,
                next: start.come,
                arguments: self.argument_columns.get(arguments).unwrap_or_default(),
                groups: self.group_column,
                group: if self.group_column.is_some() { 0 } else { *key },
                places: Selection::All(work.batch.len()),
            },
            count,
            (*key != 0).then_some(&**reset),
            &mut selector_state.aggregators,
            aggregation,
        );
        if !pass.work.ends.is_empty() {
            self.gather_chosen(pass, context);
        }
        pass.state.advance(pass.key, cursors);
    }

    /// Turns steps into those of a feed, and gathers timestamps and groups of the rows that come out.
    fn gather(
        &self,
        own: &KeyWindow,
        cursors: &mut Cursors,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
    ) {
        work.feed.clear();
        let steps = std::mem::take(&mut work.steps);
        for step in &steps {
            let before = cursors.come;
            work.feed.extend(cursors.feed(*step));
            match step {
                WindowStep::End => work.end_chunk(),
                WindowStep::Current(_) | WindowStep::Slide { .. } => {
                    own.store.copy_timestamps(before..cursors.come, &mut work.batch.timestamps);
                    work.sources.push(before..cursors.come);
                    self.gather_groups(own, before..cursors.come, work, selector_work);
                }
                _ => {}
            }
        }
        work.steps = steps;
    }

    /// Of one chunk, the rows that come out are chosen before anything is copied: of a thousand there
    /// may be as few as there are groups. Several chunks are chosen one by one when their turn
    /// comes, and copied whole.
    fn gather_chosen(&self, pass: &mut Pass<'_>, context: &mut EvalContext<'_>) {
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        let own = state.of(*key, self);
        work.chosen = None;
        if work.ends.len() > 1 || !selector.chooses_without_items() {
            Self::gather_columns(own, work, None);
            return;
        }
        let bare = View {
            timestamps: &work.batch.timestamps,
            kinds: None,
            columns: Columns::Owned(&[]),
            selection: Selection::All(work.batch.len()),
        };
        let chosen = selector.choose_rows(&bare, *key, selector_state, selector_work, context);
        let rows = chosen.filter(|chosen| !chosen.same).map(|_| selector_work.rows.as_slice());
        Self::gather_columns(own, work, rows);
        work.chosen = Some(chosen);
    }

    /// The groups of rows that come out, behind those that came before them in the pass.
    fn gather_groups(
        &self,
        own: &KeyWindow,
        rows: std::ops::Range<u64>,
        work: &WindowWork,
        selector_work: &mut SelectorWork,
    ) {
        let Some(group_column) = self.group_column else { return };
        let groups = &mut selector_work.groups;
        let count = usize::try_from(rows.end - rows.start).unwrap_or(0);
        groups.resize(work.batch.len() - count, 0);
        let mut row = rows.start;
        while row < rows.end {
            let (columns, index, length) = own.store.stretch(row);
            let length = length.min(usize::try_from(rows.end - row).unwrap_or(usize::MAX));
            let Some(Column { values: Values::Int(stored), .. }) = columns.get(group_column) else {
                return;
            };
            let stored = stored.get(index..index + length).unwrap_or_default();
            groups.extend(stored.iter().map(|group| group.cast_unsigned()));
            if length == 0 {
                return;
            }
            row += length as u64;
        }
    }

    /// Copies the columns of rows that came out, all or the chosen ones, to their places.
    fn gather_columns(own: &KeyWindow, work: &mut WindowWork, chosen: Option<&[u32]>) {
        let count = work.batch.len();
        let WindowWork { batch, sources, .. } = work;
        for column in &mut batch.columns {
            column.resize(count);
        }
        let mut copy = |place: usize, row: u64| {
            let (columns, index) = own.store.locate(row);
            for (to, from) in batch.columns.iter_mut().zip(columns) {
                to.set_from(place, from, index);
            }
        };
        match chosen {
            None => sources.iter().cloned().flatten().enumerate().for_each(|(p, r)| copy(p, r)),
            Some(chosen) => {
                for place in chosen {
                    // The rows of a pass lie in few ranges.
                    let mut left = u64::from(*place);
                    for range in &*sources {
                        let length = range.end - range.start;
                        if left < length {
                            copy(*place as usize, range.start + left);
                            break;
                        }
                        left -= length;
                    }
                }
            }
        }
    }
}
