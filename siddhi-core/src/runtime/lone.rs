//! Events that come alone: sent one by one, or put out one by one.
//!
//! An event from outside is written to columns when the first reader needs them: most events are
//! refused by most filters, and those look at its values where they are.

use std::mem::{Discriminant, discriminant};

use super::faults::Faults;
use super::input::overwrite;
use super::junction::{Junction, Reader};
use super::light::Light;
use super::query::{Query, QueryWork};
use super::region::{QueryPass, Region};
use super::windowing::lone::{LoneForm, LoneRow};
use crate::event::batch::Batch;
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::{Columns, View};
use crate::plan::logical::StreamId;

/// An event from outside, written to columns when somebody asks for them.
pub(super) struct LazyEvent<'a> {
    junction: &'a Junction,
    pub(super) incoming: Incoming<'a>,
    batch: Option<Box<Batch>>,
}

impl LazyEvent<'_> {
    /// Whether it is cheaper to write it to columns once than to read its values again and again.
    #[inline]
    pub(super) fn has_many_readers(&self) -> bool {
        self.junction.readers.len() > 2
    }

    #[inline]
    pub(super) fn view(&mut self) -> View<'_> {
        self.batch.get_or_insert_with(|| self.junction.row_of(self.incoming)).view()
    }
}

impl Junction {
    /// Whether an event can be looked at before it is written to columns: some reader does, and its
    /// values have the types of the stream.
    #[inline]
    pub(super) fn takes(&self, values: &[Value]) -> bool {
        let fits = |(value, expected): (&Value, &Discriminant<Value>)| {
            discriminant(value) == *expected || value.is_null()
        };
        self.takes_events
            && values.len() == self.discriminants.len()
            && values.iter().zip(&self.discriminants).all(fits)
    }

    /// An event whose values have the types of the stream, in columns.
    #[expect(clippy::unnecessary_box_returns, reason = "the box goes back to the junction")]
    fn row_of(&self, event: Incoming<'_>) -> Box<Batch> {
        let mut batch = self.take_row();
        let fits = overwrite(&mut batch, event.timestamp, event.values);
        debug_assert_eq!(fits, Ok(()), "who asks has looked at the types");
        batch
    }
}

impl Region {
    /// Hands an event from outside to everybody who reads its stream, as [`Region::publish`] does a
    /// chunk; [`Junction::takes`] said that it can be looked at.
    pub(super) fn publish_event(
        &self,
        stream: StreamId,
        junction: &Junction,
        incoming: Incoming<'_>,
    ) {
        if !self.has_stack() {
            return;
        }
        junction.rows.add(1);
        let mut event = LazyEvent { junction, incoming, batch: None };
        for reader in &junction.readers {
            match self.taker_of_events(*reader) {
                Some((query, light)) => self.read_light_event(query, light, &mut event),
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

    /// A reader that takes in events before they are written to columns.
    #[inline]
    fn taker_of_events(&self, reader: Reader) -> Option<(&Query, &Light)> {
        let Reader::Query(index) = reader else { return None };
        let query = self.queries.get(index)?;
        Some((query, query.taker_of_events()?))
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
            query.rows_selected.add(1);
            query.rows_out.add(1);
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
