//! Drives an app: sends what the inputs bring, lets time pass, counts.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use siddhi_core::event::view::{Selection, View};
use siddhi_core::extension::{Rejection, Schema, SourceInput};
use siddhi_core::{App, AppError, InputHandler, SendError};
use siddhi_pipeline::{Clock as _, Histogram, SystemClock};

use super::feeds::{Feeds, Message, Next};
use super::printer::Printer;
use super::progress::Bar;
use super::report::{Held, Report};
use crate::arguments::RunArguments;
use crate::console;
use crate::exit::Exit;
use crate::numbers::{counted, grouped};

/// How often the bar is drawn.
const BAR_INTERVAL: Duration = Duration::from_millis(100);
/// Events after which it is looked at whether somebody still reads, and the bar at its clock.
const EVENTS_BETWEEN_LOOKS: u64 = 256;
/// The counter of chunks that were given up.
const GIVEN_UP: &str = "given_up";

/// What has come from an input.
#[derive(Clone, Debug)]
struct InputCount {
    stream: String,
    events: u64,
    rejected: u64,
}

/// A running app.
pub(super) struct Drive<'a> {
    app: &'a App,
    printer: Printer,
    bar: Bar,
    shows_progress: bool,
    started: Instant,
    events: u64,
    rejected: u64,
    /// Events and rejections of each input.
    of_inputs: Vec<InputCount>,
    /// The latest time that an event has brought, and how many have come behind it with an earlier one.
    latest_ms: i64,
    late: u64,
    latency_ns: Histogram,
    /// The timestamps of events that bring none.
    timestamps: Vec<i64>,
}

impl<'a> Drive<'a> {
    pub(super) fn new(app: &'a App, printer: Printer, shows_progress: bool) -> Self {
        Self {
            app,
            printer,
            bar: Bar::default(),
            shows_progress,
            started: now(),
            events: 0,
            rejected: 0,
            of_inputs: Vec::new(),
            latest_ms: i64::MIN,
            late: 0,
            latency_ns: Histogram::default(),
            timestamps: Vec::new(),
        }
    }

    /// Sends everything that the inputs bring, until they end or the user ends it.
    pub(super) fn run(&mut self, inputs: Vec<SourceInput>) -> anyhow::Result<()> {
        let mut feeds = Feeds::start(inputs, on_interrupt)?;
        let of_stream =
            |schema: &Schema| InputCount { stream: schema.stream.clone(), events: 0, rejected: 0 };
        self.of_inputs = feeds.schemas().map(of_stream).collect();
        let schemas = feeds.schemas();
        let handlers: Vec<InputHandler> =
            schemas.map(|schema| self.app.input(&schema.stream)).collect::<Result<_, _>>()?;
        if self.shows_progress {
            self.bar = Bar::new();
            self.printer.set_bar(self.bar.clone());
        }
        self.app.start()?;
        self.started = now();
        let done = self.send_all(&mut feeds, &handlers);
        self.bar.clear();
        done
    }

    fn send_all(&mut self, feeds: &mut Feeds, handlers: &[InputHandler]) -> anyhow::Result<()> {
        let mut drawn = self.started;
        let mut look_at = 0;
        loop {
            let due = self.app.next_advance();
            if due.is_some_and(|due| due <= SystemClock.now_ms()) {
                go_on(self.app.advance(SystemClock.now_ms()))?;
            }
            let mut rejections: Vec<(usize, Vec<Rejection>)> = Vec::new();
            let next = feeds.next(
                || SystemClock.now_ms(),
                due,
                |index, rejected| rejections.push((index, rejected)),
                // Whoever reads the output should not wait for what has happened already.
                || self.printer.write_out(),
            );
            // What could not be read before a failure may be its cause.
            for (index, rejections) in rejections {
                if let Some(count) = self.of_inputs.get_mut(index) {
                    count.rejected += rejections.len() as u64;
                }
                self.reject(handlers.get(index), &rejections);
            }
            match next.context("an input failed")? {
                Next::End => return Ok(()),
                Next::Nothing => go_on(self.app.advance(SystemClock.now_ms()))?,
                Next::Chunk(index) => {
                    if let Some(handler) = handlers.get(index) {
                        self.send(feeds, index, handler)?;
                    }
                    feeds.advance(index);
                }
            }
            // A chunk may bring many events, so the count steps over any given number.
            if self.events >= look_at {
                look_at = self.events + EVENTS_BETWEEN_LOOKS;
                if self.printer.has_failed() {
                    return Ok(());
                }
                let at = now();
                if at.duration_since(drawn) >= BAR_INTERVAL {
                    drawn = at;
                    self.bar.show(feeds.position(), self.events, at.duration_since(self.started));
                }
            }
        }
    }

    fn reject(&mut self, handler: Option<&InputHandler>, rejections: &[Rejection]) {
        self.rejected += rejections.len() as u64;
        if let Some(handler) = handler {
            self.bar.suspend(|| handler.reject(rejections));
        }
    }

    /// Sends the next chunk of an input.
    fn send(&mut self, feeds: &Feeds, index: usize, handler: &InputHandler) -> anyhow::Result<()> {
        let Some(feed) = feeds.feed(index) else { return Ok(()) };
        let Some((buffer, rows)) = feed.chunk() else { return Ok(()) };
        let (first, count) = (rows.start, rows.len());
        let numbers: Vec<u32>;
        let selected = if let Some(selected) = feeds.rows.get(rows.clone()) {
            selected
        } else {
            // A payload may hold more events than a buffer is meant for.
            numbers = rows.filter_map(|row| u32::try_from(row).ok()).collect();
            &numbers
        };
        let view = buffer.batch.view().with(Selection::Rows(selected));
        let begun = now();
        if feed.has_event_time {
            let times = buffer.batch.timestamps.get(first..first + count).unwrap_or_default();
            for time in times {
                self.late += u64::from(*time < self.latest_ms);
                self.latest_ms = self.latest_ms.max(*time);
            }
            go_on(handler.send_view(&view))?;
        } else {
            // What is read now happens now.
            self.timestamps.resize(buffer.batch.len().max(self.timestamps.len()), 0);
            if let Some(timestamps) = self.timestamps.get_mut(first..first + count) {
                timestamps.fill(SystemClock.now_ms());
            }
            go_on(handler.send_view(&View { timestamps: &self.timestamps, ..view }))?;
        }
        let taken = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let each = taken / (count as u64).max(1);
        (0..count).for_each(|_| self.latency_ns.record(each));
        self.events += count as u64;
        if let Some(of_input) = self.of_inputs.get_mut(index) {
            of_input.events += count as u64;
        }
        Ok(())
    }

    /// Moves the clock on from timer to timer until no row is due any more: windows that flush for ever
    /// are left when they are empty.
    pub(super) fn drain(&mut self) -> anyhow::Result<()> {
        while self.app.holds_due_rows()
            && let Some(due) = self.app.next_timer()
        {
            go_on(self.app.move_time(due))?;
        }
        Ok(())
    }

    /// Writes out what is left, and the summary.
    pub(super) fn finish(self, arguments: &RunArguments) -> anyhow::Result<Exit> {
        self.printer.finish()?;
        let counters = self.app.counters();
        let given_up = counters.iter().find_map(|it| it.get(GIVEN_UP)).unwrap_or(0);
        let of_sinks = counters.iter().filter(|it| it.element.starts_with("sink "));
        let unpublished: u64 = of_sinks.filter_map(|it| it.get("failed")).sum();
        if !arguments.quiet {
            Report {
                elapsed: self.started.elapsed(),
                events: self.events,
                rejected: self.rejected,
                given_up,
                late: self.late,
                latency_ns: &self.latency_ns,
                counters,
                held: Held::of(self.app),
                drainable: self.app.holds_due_rows(),
            }
            .write(arguments.format);
        }
        let unread = self.of_inputs.iter().filter(|it| it.events == 0 && it.rejected > 0);
        for input in unread.clone() {
            console::error_line(&format!(
                "error: no row of an input of stream '{}' could be read: {} rejected; it may be in \
                 another format than --input-format or @map says",
                input.stream,
                grouped(input.rejected)
            ));
        }
        if given_up > 0 {
            console::error_line(&format!(
                "error: queries feed each other too deep or without end: {} given up, so that not all \
                 that follows from the events was put out",
                counted(given_up, "chunk")
            ));
        }
        let has_failed = unpublished > 0 || given_up > 0 || unread.count() > 0;
        Ok(if has_failed { Exit::Failed } else { Exit::Success })
    }
}

/// The first Ctrl-C ends the run in good order, the second at once.
fn on_interrupt(sender: std::sync::mpsc::Sender<Message>) -> anyhow::Result<()> {
    let again = std::sync::atomic::AtomicBool::new(false);
    ctrlc::set_handler(move || {
        let was_set = again.swap(true, std::sync::atomic::Ordering::Relaxed);
        if was_set || sender.send(Message::Stop).is_err() {
            #[allow(clippy::exit, reason = "the user insists")]
            std::process::exit(130);
        }
    })
    .context("cannot listen for Ctrl-C")
}

/// Real time, to measure how long the run takes.
#[allow(clippy::disallowed_methods, reason = "a program may measure real time")]
fn now() -> Instant {
    Instant::now()
}

/// A chunk that was given up is logged and counted, and the run goes on, as the app does.
fn go_on<E: std::error::Error + Send + Sync + 'static>(done: Result<(), E>) -> anyhow::Result<()> {
    let is_endless = |error: &anyhow::Error| {
        matches!(error.downcast_ref(), Some(SendError::Endless))
            || matches!(error.downcast_ref(), Some(AppError::Endless))
    };
    match done.map_err(anyhow::Error::from) {
        Err(error) if is_endless(&error) => Ok(()),
        done => done,
    }
}
