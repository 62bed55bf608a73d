//! The part of an app that one thread owns at a time: everything a chunk can reach without a queue
//! in between.
//!
//! A chunk goes depth first: what a query puts out goes through all its readers before the query
//! works on. Nothing is borrowed while output is delivered, so a query may be reached again from
//! its own output, and a callback may send into the app.

use std::cell::{Cell, RefCell};

use siddhi_pipeline::Random;

use super::callback::{Chunk, QueryOutput};
use super::error::{Failure, SendError};
use super::faults::{self, Faults};
use super::handlers::{self, Chain};
use super::junction::{Junction, Reader};
use super::log_limit::LogLimit;
use super::partition::Partition;
use super::query::{Query, QueryInput, QueryWork, StreamInput};
use super::time::{Owner, Time};
use super::windowing::lone::LoneRow;
use super::windowing::{Pass, RowKeys, WindowForm, WindowStage, WindowWork};
use crate::event::value::Value;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::extension::{Panicked, catch};
use crate::plan::logical::{OnError, StreamId};
use crate::selector::context::EvalContext;
use crate::selector::select::{Form, Selected};

/// How much of the stack chunks may take that are handed out one inside the other, in bytes, where
/// nobody says otherwise: half of what threads have by default.
pub(super) const STACK: usize = 1 << 20;
/// No place on a stack is as high.
const NO_STACK: usize = usize::MAX;

/// Which query works on a chunk, and for which key.
#[derive(Clone, Copy)]
pub(super) struct QueryPass<'a> {
    pub(super) index: usize,
    pub(super) query: &'a Query,
    pub(super) input: &'a StreamInput,
    pub(super) key: u32,
}

/// The state of a running app.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) junctions: Vec<Junction>,
    pub(crate) queries: Vec<Query>,
    pub(crate) partitions: Vec<Partition>,
    pub(crate) time: Time,
    pub(crate) random: RefCell<Random>,
    pub(crate) running: Cell<bool>,
    pub(crate) poisoned: Cell<bool>,
    /// Sends and timers that are under way, one inside the other.
    pub(crate) depth: Cell<u32>,
    /// How much of the stack they may take, in bytes.
    pub(super) stack: usize,
    /// Down to where chunks that are handed out one inside the other may take the stack; [`NO_STACK`]
    /// once the chunk under way has come too deep, so that nothing more is handed out.
    pub(super) stack_end: Cell<usize>,
    /// A chunk was given up in the call that is under way.
    gave_up: Cell<bool>,
    /// Chunks that were given up.
    chunks_given_up: LogLimit,
    /// A state was put back: the counts of windows and patterns are older than those around them.
    pub(super) was_restored: Cell<bool>,
    /// Timers that are being worked off, one inside the other.
    pub(super) waking: Cell<u32>,
    /// Timers were left to the passes that are under way, see [`Region::may_wake`].
    pub(super) left_due: Cell<bool>,
    /// Some query has a callback.
    pub(crate) query_callbacks: Cell<bool>,
    pub(super) due_keys: RefCell<Vec<(i64, u32)>>,
}

impl Region {
    pub(crate) fn new(
        junctions: Vec<Junction>,
        queries: Vec<Query>,
        partitions: Vec<Partition>,
        time: Time,
        random: Random,
    ) -> Self {
        Self {
            junctions,
            queries,
            partitions,
            time,
            random: RefCell::new(random),
            running: Cell::new(false),
            poisoned: Cell::new(false),
            depth: Cell::new(0),
            stack: STACK,
            stack_end: Cell::new(0),
            gave_up: Cell::new(false),
            chunks_given_up: LogLimit::default(),
            was_restored: Cell::new(false),
            waking: Cell::new(0),
            left_due: Cell::new(false),
            query_callbacks: Cell::new(false),
            due_keys: RefCell::default(),
        }
    }

    /// Whether events or timers are under way: whoever asks stands in a callback or a sink.
    pub(crate) fn is_busy(&self) -> bool {
        self.depth.get() > 0
    }

    /// Runs what is asked of the app from outside. A panic poisons the app instead of unwinding into
    /// the caller, and whoever called first learns that a chunk was given up.
    #[inline]
    pub(super) fn guard<R>(&self, work: impl FnOnce(&Self) -> R) -> Result<R, Failure> {
        if self.poisoned.get() {
            return Err(Failure::Poisoned);
        }
        let result = catch(|| work(self)).map_err(|panicked| self.poison(&panicked));
        // A panic in a call from a callback was caught there.
        let (Ok(result), false) = (result, self.poisoned.get()) else {
            return Err(Failure::Poisoned);
        };
        if self.gave_up.get() && self.depth.get() == 0 {
            self.gave_up.set(false);
            return Err(Failure::Endless);
        }
        Ok(result)
    }

    /// Work for the app has panicked: nobody knows what state it is in.
    #[cold]
    pub(super) fn poison(&self, Panicked(message): &Panicked) {
        self.poisoned.set(true);
        log::error!("the app is poisoned: {message}");
    }

    /// Runs `step` with what expressions need. Nothing is delivered inside.
    pub(crate) fn evaluate<R>(&self, step: impl FnOnce(&mut EvalContext<'_>) -> R) -> R {
        let now = || self.time.now();
        let mut random = self.random.borrow_mut();
        let mut context = EvalContext { now: &now, random: &mut random, failures: Vec::new() };
        let result = step(&mut context);
        self.check_promises(&context.failures);
        result
    }

    /// Nobody has taken these failures: they are of functions that promised to have none.
    #[inline]
    pub(super) fn check_promises(&self, failures: &[(u32, String)]) {
        if let Some((_, reason)) = failures.first() {
            let bug = "a function that promised never to fail has failed, which is a bug of it";
            self.poison(&Panicked(format!("{bug}: {reason}")));
        }
    }

    /// Something begins that hands chunks out: from here on they may take so much of the stack, which
    /// grows downwards.
    #[inline]
    pub(super) fn begin(&self) {
        self.stack_end.set(stack_place().saturating_sub(self.stack));
    }

    /// Whether a chunk can still be handed out; else all that are under way are given up.
    #[inline]
    pub(super) fn has_stack(&self) -> bool {
        let has = stack_place() >= self.stack_end.get();
        if !has {
            self.give_up();
        }
        has
    }

    #[cold]
    pub(super) fn give_up(&self) {
        if self.stack_end.replace(NO_STACK) != NO_STACK {
            self.gave_up.set(true);
            self.chunks_given_up.count(|note| log::error!("{}{note}", SendError::Endless));
        }
    }

    /// Whether what is under way has been given up.
    pub(super) fn has_given_up(&self) -> bool {
        self.depth.get() > 0 && self.stack_end.get() == NO_STACK
    }

    /// How many chunks were given up.
    pub(crate) fn chunks_given_up(&self) -> u64 {
        self.chunks_given_up.get()
    }

    /// Hands a chunk to everybody who reads a stream. `key` is that of the partition instance for
    /// inner streams, else 0.
    ///
    /// Queries that feed each other without end would exhaust the stack, as they do in Java. The
    /// chunk is given up where it has come too deep; what it has done until then stays.
    pub(crate) fn publish(&self, stream: StreamId, view: &View<'_>, key: u32) {
        if !self.has_stack() || view.is_empty() {
            return;
        }
        let Some(junction) = self.junctions.get(stream) else { return };
        junction.rows.add(view.len() as u64);
        // What leaves a partition has no key any more.
        let key = if junction.public { 0 } else { key };
        if let Some(rules) = &junction.rules {
            self.publish_rules(rules, stream, view, key);
        } else {
            for reader in &junction.readers {
                self.hand(*reader, stream, view, key);
            }
        }
        if junction.listeners.any() {
            self.tell(junction, view);
        }
    }

    /// Calls the sinks and callbacks of a stream.
    #[inline]
    pub(super) fn tell(&self, junction: &Junction, view: &View<'_>) {
        if self.stack_end.get() == NO_STACK {
            return;
        }
        let chunk = Chunk::new(view);
        junction.listeners.each(|listener| listener(&chunk));
    }

    /// Hands a chunk to one reader.
    #[inline]
    pub(crate) fn hand(&self, reader: Reader, stream: StreamId, view: &View<'_>, key: u32) {
        match reader {
            Reader::Query(query) => self.read(query, stream, view, key),
            Reader::Partition(partition) => self.split(partition, stream, view),
            Reader::EachKey(partition) => self.each_key(partition, stream, view),
        }
    }

    /// A query takes in a chunk of one of its streams.
    #[inline]
    pub(crate) fn read(&self, index: usize, stream: StreamId, view: &View<'_>, key: u32) {
        let Some(query) = self.queries.get(index) else { return };
        match &query.input {
            QueryInput::Light(light) => self.read_light(query, light, view, key),
            QueryInput::Stream(input) => self.read_stream(index, query, input, view, key),
            QueryInput::Pattern(pattern) => {
                self.read_pattern(query, pattern, stream, view, key);
            }
        }
    }

    // What a chunk can meet is kept out of line, so that handing it out stays short.
    #[inline(never)]
    fn read_stream(
        &self,
        index: usize,
        query: &Query,
        input: &StreamInput,
        view: &View<'_>,
        key: u32,
    ) {
        let pass = QueryPass { index, query, input, key };
        if let (Some(form), Some(row)) = (input.lone, view.only_row())
            && view.kinds.is_none()
        {
            self.read_lone(pass, form, LoneRow { view, row });
            return;
        }
        let mut work = query.take();
        let width = self.junctions.get(input.stream).map_or(0, |j| j.attributes.len());
        let mut faults = Faults::new(input.stream, width);
        if input.before.is_empty() {
            self.enter(pass, view, &mut work, &mut faults);
        } else {
            let mut before = std::mem::take(&mut work.before);
            handlers::run(
                self,
                Chain { handlers: &input.before, works: &mut before },
                view,
                key,
                &mut faults,
                &mut |view, faults| {
                    self.enter(pass, view, &mut work, faults);
                },
            );
            work.before = before;
        }
        query.give(work);
        if !faults.is_empty() {
            self.report(faults, view.selection);
        }
    }

    /// Rows come to the window of a query, or to its selector when it has none.
    fn enter(
        &self,
        pass: QueryPass<'_>,
        view: &View<'_>,
        work: &mut QueryWork,
        faults: &mut Faults,
    ) {
        let QueryPass { index, query, input, key } = pass;
        let Some((stage, state)) = &input.window else {
            self.select(query, view, key, work, faults);
            return;
        };
        let QueryWork { window: Some(window), selector, .. } = work else { return };
        let selected = self.evaluate(|context| {
            query.pass(key, state, window, selector, |pass| {
                stage.rows(view, pass, context);
                if !stage.passes_rows() {
                    return None;
                }
                let Pass { selector_state, selector_work, .. } = pass;
                query.selector.choose(view, key, selector_state, selector_work, context)
            })
        });
        if !window.wake_ups.is_empty() {
            self.ask(index, key, &window.wake_ups);
        }
        if stage.passes_rows() {
            query.rows_selected.add(view.len() as u64);
            self.deliver(query, view, key, selected, work);
        } else if window.chunk_count() > 0
            && let Some(mut window) = work.window.take()
        {
            self.window_chunks(pass, stage, &mut window, work, faults);
            work.window = Some(window);
        }
    }

    /// A query of a partition that works on whole chunks takes one in, the rows of all keys at once; each
    /// stretch of equal keys goes out as a chunk. `keys` has the key of each row at its place; they are
    /// below `above`.
    pub(crate) fn read_keys(&self, index: usize, view: &View<'_>, keys: &[u32], above: u32) {
        let Some(query) = self.queries.get(index) else { return };
        let QueryInput::Stream(StreamInput { window: Some((stage, state)), .. }) = &query.input
        else {
            return;
        };
        let mut work = query.take();
        let QueryWork { window, selector, current, .. } = &mut *work;
        let Some(window) = window else { return };
        self.evaluate(|context| {
            query.pass(0, state, window, selector, |pass| {
                stage.slab_rows(view, RowKeys::Each(keys, above), pass, context);
                query.selector.run_items(view, pass.selector_work, context);
            });
        });
        query.rows_selected.add(view.len() as u64);
        let input = Columns::extended(&view.columns, &selector.aggregation.values);
        let columns = query.selector.items.results(&input, &selector.items);
        // Looked up once for all runs.
        let columns: smallvec::SmallVec<[_; 16]> = columns.iter().collect();
        let output = View { columns: Columns::Borrowed(&columns), kinds: None, ..*view };
        let last_only = query.selector.form == Form::LastRow;
        let put_out = |rows: &[u32]| {
            query.rows_out.add(rows.len() as u64);
            self.publish(query.target, &output.with(Selection::Rows(rows)), 0);
        };
        if let (Selection::All(count), true) = (view.selection, last_only) {
            let mut end = 0;
            for run in keys.get(..count).unwrap_or_default().chunk_by(|a, b| a == b) {
                end += u32::try_from(run.len()).unwrap_or(u32::MAX);
                put_out(&[end - 1]);
            }
        } else {
            let mut rows = view.selection.iter().peekable();
            while let Some(mut row) = rows.next() {
                let key = keys.get(row);
                current.clear();
                while let Some(next) = rows.next_if(|next| keys.get(*next) == key) {
                    if !last_only {
                        current.push(u32::try_from(row).unwrap_or(u32::MAX));
                    }
                    row = next;
                }
                current.push(u32::try_from(row).unwrap_or(u32::MAX));
                put_out(current);
            }
        }
        drop(columns);
        query.give(work);
    }

    pub(super) fn ask(&self, index: usize, key: u32, times: &[i64]) {
        let query = u32::try_from(index).unwrap_or(u32::MAX);
        for time in times {
            self.time.ask(Owner { query, key }, *time);
        }
    }

    /// Each chunk that a window put out goes through the rest of the query and everything behind it
    /// before the next.
    pub(super) fn window_chunks(
        &self,
        QueryPass { query, input, key, .. }: QueryPass<'_>,
        stage: &WindowStage,
        window: &mut WindowWork,
        work: &mut QueryWork,
        faults: &mut Faults,
    ) {
        let chosen = window.chosen.take();
        query.rows_selected.add(window.rows_absorbed);
        for chunk in 0..window.chunk_count() {
            faults.next_chunk();
            stage.chunk(chunk, window, |view| {
                if stage.form != WindowForm::General {
                    query.rows_selected.add(view.len() as u64);
                    let selected = self.evaluate(|context| {
                        let mut state = query.selector_state.borrow_mut();
                        if let Some(chosen) = chosen {
                            query.selector.compute_chosen(view, &mut work.selector, context);
                            return chosen;
                        }
                        query.selector.choose(view, key, &mut state, &mut work.selector, context)
                    });
                    self.deliver(query, view, key, selected, work);
                } else if input.after.is_empty() {
                    self.select(query, view, key, work, faults);
                } else {
                    let mut after = std::mem::take(&mut work.after);
                    handlers::run(
                        self,
                        Chain { handlers: &input.after, works: &mut after },
                        view,
                        key,
                        faults,
                        &mut |view, faults| {
                            self.select(query, view, key, work, faults);
                        },
                    );
                    work.after = after;
                }
            });
        }
    }

    /// The selector takes in a chunk; what comes out is delivered.
    fn select(
        &self,
        query: &Query,
        view: &View<'_>,
        key: u32,
        work: &mut QueryWork,
        faults: &mut Faults,
    ) {
        let is_event = |row: &usize| view.kind(*row).is_event();
        let events = match view.kinds {
            None => view.len(),
            Some(_) => view.selection.iter().filter(is_event).count(),
        };
        query.rows_selected.add(events as u64);
        let selected = self.evaluate(|context| {
            let mut state = query.selector_state.borrow_mut();
            let selected =
                query.selector.select(view, key, &mut state, &mut work.selector, context);
            if !context.failures.is_empty() {
                faults.take(view, context);
            }
            selected
        });
        self.deliver(query, view, key, selected, work);
    }

    /// Output goes to the callbacks of the query, then to its target.
    pub(super) fn deliver(
        &self,
        query: &Query,
        view: &View<'_>,
        key: u32,
        selected: Option<Selected>,
        work: &mut QueryWork,
    ) {
        let Some(selected) = selected else { return };
        let QueryWork { selector, current, expired, .. } = work;
        let input = Columns::extended(&view.columns, &selector.aggregation.values);
        let items = query.selector.item_count;
        let columns = query.selector.items.first_results(items, &input, &selector.items);
        let selection =
            if selected.same { view.selection } else { Selection::Rows(&selector.rows) };
        let output = View { columns, selection, ..*view };
        query.rows_out.add(output.len() as u64);
        if query.callbacks.any() {
            current.clear();
            expired.clear();
            for row in output.selection.iter() {
                let list =
                    if output.kind(row) == Kind::Expired { &mut *expired } else { &mut *current };
                list.push(u32::try_from(row).unwrap_or(u32::MAX));
            }
            let (current, expired) = (Selection::Rows(current), Selection::Rows(expired));
            let call = QueryOutput::new(selected.at, &output, current, expired);
            query.callbacks.each(|callback| callback(&call));
        }
        self.publish(query.target, &output.as_current(), key);
    }

    /// Rows that failed in a reader of a stream go where `@OnError` says, as one chunk, in the order
    /// of the chunk `input`.
    #[cold]
    pub(crate) fn report(&self, faults: Faults, input: Selection<'_>) {
        if faults.is_empty() {
            return;
        }
        let Some(junction) = self.junctions.get(faults.stream) else { return };
        let rows = faults.into_rows(input);
        junction.rows_failed.add(rows.len() as u64);
        if junction.on_error == OnError::Stream
            && let Some((id, fault)) =
                junction.fault.and_then(|id| Some((id, self.junctions.get(id)?)))
        {
            let mut batch = fault.take();
            faults::fill(rows, &mut batch);
            self.publish(id, &batch.view(), 0);
            fault.give(batch);
            return;
        }
        for fault in rows {
            let (name, time, reason) = (&junction.name, fault.timestamp, fault.reason);
            junction.failures_logged.count(|note| {
                log::warn!("stream {name}: event of {time} failed: {reason}{note}");
            });
        }
    }

    /// Rows from outside were refused, with these values and for these reasons: counted, and handled
    /// as `@OnError` of the stream says, as one chunk.
    pub(crate) fn refuse(&self, stream: StreamId, rows: Vec<(i64, Vec<Value>, String)>) {
        let Some(junction) = self.junctions.get(stream) else { return };
        junction.rows_refused.add(rows.len() as u64);
        let mut faults = Faults::new(stream, junction.attributes.len());
        for (timestamp, values, reason) in rows {
            faults.push(timestamp, values, reason);
        }
        self.report(faults, Selection::All(0));
    }
}

/// About where the stack stands.
#[inline]
pub(super) fn stack_place() -> usize {
    let place = 0_u8;
    std::ptr::from_ref(&place).addr()
}
