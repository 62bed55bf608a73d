//! The sliding form: the input rows pass, and the rows that they push out are only taken off the
//! aggregates.

use super::{Cursors, Pass, WindowStage};
use crate::aggregators::feed::{Rows, Step};
use crate::event::view::{Selection, View};
use crate::selector::context::EvalContext;

impl WindowStage {
    pub(super) fn sliding_rows(
        &self,
        view: &View<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) {
        let first_new = self.store_rows(view, pass, context);
        if let Some(length) = self.bound.last_rows {
            // What the window would say is plain.
            pass.work.wake_ups.clear();
            let own = pass.state.of(pass.key, self);
            let mut cursors = Cursors::of(own);
            let room = length - (first_new - cursors.head).min(length);
            let fill = room.min(view.len() as u64);
            let push_out = view.len() as u64 - fill;
            cursors.head += push_out;
            cursors.come += view.len() as u64;
            cursors.expired = push_out;
            let feed = [Step::Add(count(fill)), Step::Slide(count(push_out))];
            let feed = feed.get(usize::from(fill == 0)..).unwrap_or_default();
            self.feed_sliding(feed, view.selection, pass);
            pass.state.advance(pass.key, cursors);
        } else {
            self.ask_window(Some(first_new), None, pass, context);
            self.slide(view.selection, pass);
        }
    }

    /// Feeds the window's steps to the aggregators; `input` are the rows that came in.
    pub(super) fn slide(&self, input: Selection<'_>, pass: &mut Pass<'_>) {
        let mut cursors = Cursors::of(pass.state.of(pass.key, self));
        let mut feed = std::mem::take(&mut pass.work.feed);
        feed.clear();
        feed.extend(pass.work.steps.iter().filter_map(|step| cursors.feed(*step)));
        self.feed_sliding(&feed, input, pass);
        pass.work.feed = feed;
        pass.state.advance(pass.key, cursors);
    }

    fn feed_sliding(&self, steps: &[Step], places: Selection<'_>, pass: &mut Pass<'_>) {
        let Pass { key, selector, state, selector_state, selector_work, .. } = pass;
        let own = state.of(*key, self);
        selector.feed(
            *key,
            |arguments| Rows::Window {
                store: &own.store,
                steps,
                head: own.store.head(),
                next: own.come,
                arguments: self.argument_columns.get(arguments).unwrap_or_default(),
                groups: self.group_column,
                group: if self.group_column.is_some() { 0 } else { *key },
                places,
            },
            selector_state,
            selector_work,
        );
    }
}

fn count(rows: u64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
