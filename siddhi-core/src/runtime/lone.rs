//! Events that come alone: sent one by one, or put out one by one.
//!
//! An event from outside is written to columns when the first reader needs them: most events are
//! refused by most filters, and those look at its values where they are.

use std::mem::discriminant;

use super::faults::Faults;
use super::input::overwrite;
use super::junction::{Junction, Reader};
use super::light::Light;
use super::query::{Query, QueryInput, QueryWork};
use super::region::{QueryPass, Region};
use super::windowing::lone::{LoneForm, LoneRow};
use crate::event::batch::Batch;
use crate::event::value::Value;
use crate::event::view::{Columns, View};
use crate::plan::logical::StreamId;

/// An event from outside, written to columns when somebody asks for them.
struct LazyEvent<'a> {
    junction: &'a Junction,
    timestamp: i64,
    /// They have the types of the stream.
    values: &'a [Value],
    batch: Option<Box<Batch>>,
}

impl LazyEvent<'_> {
    #[inline]
    fn view(&mut self) -> View<'_> {
        self.batch.get_or_insert_with(|| self.junction.row_of(self.timestamp, self.values)).view()
    }
}

impl Junction {
    /// Whether an event can be tested before it is written to columns: some reader would, and its
    /// values have the types of the stream.
    #[inline]
    pub(super) fn can_filter(&self, values: &[Value]) -> bool {
        self.filters_values
            && values.len() == self.discriminants.len()
            && values.iter().zip(&self.discriminants).all(|(v, d)| discriminant(v) == *d)
    }

    /// An event whose values have the types of the stream, in columns.
    #[expect(clippy::unnecessary_box_returns, reason = "the box goes back to the junction")]
    fn row_of(&self, timestamp: i64, values: &[Value]) -> Box<Batch> {
        let mut batch = self.take_row();
        let fits = overwrite(&mut batch, timestamp, values);
        debug_assert_eq!(fits, Ok(()), "who asks has looked at the types");
        batch
    }
}

impl Region {
    /// Hands an event from outside to everybody who reads its stream, as [`Region::publish`] does a
    /// chunk; [`Junction::can_filter`] said that it can be tested.
    pub(super) fn publish_event(
        &self,
        stream: StreamId,
        junction: &Junction,
        timestamp: i64,
        values: &[Value],
    ) {
        if !self.has_stack() {
            return;
        }
        junction.rows.set(junction.rows.get() + 1);
        let mut event = LazyEvent { junction, timestamp, values, batch: None };
        for reader in &junction.readers {
            match self.tester(*reader) {
                Some((query, light)) => {
                    if light.lets_in(values) {
                        self.put_out_passed(query, light, &event.view(), 0);
                    }
                }
                None => self.hand(*reader, stream, &event.view(), 0),
            }
        }
        if junction.listeners.any() {
            self.tell(junction, &event.view());
        }
        if let Some(batch) = event.batch {
            junction.give_row(batch);
        }
    }

    /// A reader that tests events before they are written to columns.
    #[inline]
    fn tester(&self, reader: Reader) -> Option<(&Query, &Light)> {
        let Reader::Query(index) = reader else { return None };
        let query = self.queries.get(index)?;
        match &query.input {
            QueryInput::Light(light) if light.filters_values() => Some((query, light)),
            _ => None,
        }
    }

    /// A query takes in an event that came alone, on the shorter way of its window.
    pub(super) fn read_lone(&self, pass: QueryPass<'_>, form: LoneForm, lone: LoneRow<'_>) {
        let QueryPass { query, input, key, .. } = pass;
        let LoneRow { view, row } = lone;
        if !input.before.iter().all(|filter| filter.lets_in(view, row)) {
            return;
        }
        let Some((stage, state)) = &input.window else { return };
        let mut work = query.take();
        let QueryWork { window: Some(window), selector, .. } = &mut *work else { return };
        query.pass(key, state, window, selector, |pass| stage.take_in_lone(form, lone, pass));
        if stage.passes_rows() {
            query.rows_selected.set(query.rows_selected.get() + 1);
            query.rows_out.set(query.rows_out.get() + 1);
            let input = Columns::extended(&view.columns, &selector.aggregation.values);
            let items = &query.selector.items;
            if !items.computes_nothing() {
                let all = View { columns: input, ..*view };
                items.run_kernels(&all, row, &mut selector.items);
            }
            let columns = items.first_results(query.selector.item_count, &input, &selector.items);
            let output = View { columns, ..*view };
            query.call_with_current(&output);
            self.publish(query.target, &output, key);
        } else if window.chunk_count() > 0
            && let Some(mut window) = work.window.take()
        {
            let width = self.junctions.get(input.stream).map_or(0, |j| j.attributes.len());
            let mut faults = Faults::new(input.stream, width);
            self.window_chunks(pass, stage, &mut window, &mut work, &mut faults);
            debug_assert!(faults.is_empty(), "rows that can fail do not go this way");
            work.window = Some(window);
        }
        query.give(work);
    }
}
