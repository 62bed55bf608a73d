//! The matches of patterns: from the events that complete them to what is put out.

use std::cell::RefCell;

use super::faults::Faults;
use super::query::{Query, QueryWork};
use super::region::Region;
use crate::event::view::{Selection, View};
use crate::pattern::operator::{PatternOperator, PatternOutput, Plain};
use crate::plan::logical::StreamId;
use crate::selector::select::{Form, Selected};

/// A chunk of one of its streams that comes to a pattern, with the number of its key.
#[derive(Clone, Copy)]
struct Arrival<'a> {
    stream: StreamId,
    view: &'a View<'a>,
    key: u32,
}

impl Region {
    /// A pattern takes in a chunk of one of its streams.
    #[inline(never)]
    pub(super) fn read_pattern(
        &self,
        query: &Query,
        pattern: &RefCell<PatternOperator>,
        stream: StreamId,
        view: &View<'_>,
        key: u32,
    ) {
        let plain = pattern.borrow_mut().plain_event(stream, view, key);
        if !matches!(plain, Plain::Nothing) {
            self.read_rest(query, pattern, Arrival { stream, view, key }, plain);
        }
    }

    /// What comes behind a plain event that completes matches, or instead of one that is not plain.
    #[inline(never)]
    fn read_rest(
        &self,
        query: &Query,
        pattern: &RefCell<PatternOperator>,
        arrival: Arrival<'_>,
        plain: Plain,
    ) {
        let Arrival { stream, view, key } = arrival;
        let mut faults =
            Faults::new(stream, self.junctions.get(stream).map_or(0, |j| j.attributes.len()));
        let found = match plain {
            Plain::Nothing => return,
            Plain::Found(found) => Some(found),
            Plain::No => self.evaluate(|context| {
                let found = pattern.borrow_mut().events(stream, view, key, context);
                faults.take(view, context);
                found
            }),
        };
        if let Some(found) = found {
            let mut work = query.take();
            self.put_out_matches(query, arrival, &found, &mut work, &mut faults);
            query.give(work);
            pattern.borrow_mut().give(found);
        }
        self.report(faults, view.selection);
    }

    /// Matches go through the selector and out, chunk by chunk. A match that fails there is reported
    /// as the event that completed it.
    fn put_out_matches(
        &self,
        query: &Query,
        Arrival { view, key, .. }: Arrival<'_>,
        found: &PatternOutput,
        work: &mut QueryWork,
        faults: &mut Faults,
    ) {
        let matches = found.view();
        query.rows_selected.add(matches.len() as u64);
        let mut choose = |matches: &View<'_>, work: &mut QueryWork| {
            self.evaluate(|context| {
                let mut state = query.selector_state.borrow_mut();
                let selected =
                    query.selector.select(matches, key, &mut state, &mut work.selector, context);
                for (row, _) in &mut context.failures {
                    *row = found.events.get(*row as usize).copied().unwrap_or(u32::MAX);
                }
                faults.take(view, context);
                selected
            })
        };
        let alone = !found.kept_back && !query.selector.is_stateless();
        let mut start = 0;
        if alone || query.selector.form != Form::EachRow {
            for end in &found.ends {
                let rows = found.rows.get(start..*end).unwrap_or_default();
                let chunk = matches.with(Selection::Rows(rows));
                let selected = choose(&chunk, work);
                self.deliver(query, &chunk, key, selected, work);
                start = *end;
            }
            return;
        }
        // All of them are selected before the first is sent: Siddhi does so where the stream of the
        // completing event occurs several times, and without aggregators nobody can tell.
        let Some(selected) = choose(&matches, work) else { return };
        let buffer = std::mem::take(&mut work.selector.rows);
        let rows = if selected.same { &found.rows } else { &buffer };
        for end in &found.ends {
            let left = rows.get(start..).unwrap_or_default();
            let count = left.iter().take_while(|row| (**row as usize) < *end).count();
            let rows = left.get(..count).unwrap_or_default();
            start += count;
            if let Some(last) = rows.last() {
                let at = matches.timestamp(*last as usize);
                let chunk = matches.with(Selection::Rows(rows));
                self.deliver(query, &chunk, key, Some(Selected { at, same: true }), work);
            }
        }
        work.selector.rows = buffer;
    }
}
