//! An app from outside.

use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_pipeline::ReentrantMutex;
use siddhi_query::Diagnostic;
use siddhi_query::ast::DataType;
use siddhi_state::Snapshot;

use super::accounts;
use super::callback::{Chunk, QueryOutput};
use super::counters::{self, ElementCounters};
use super::error::AppError;
use super::input::InputHandler;
use super::region::Region;
use super::transport::Transport;
use crate::event::value::Value;
use crate::extension::{Panicked, SourceInput};
use crate::plan::explain;
use crate::plan::logical::{LogicalApp, StreamId, StreamOrigin};

/// A running app. Copies mean the same app.
///
/// The engine has no threads of its own. Events run on the thread that sends them; whoever owns the
/// app calls [`App::advance`] so that timers fire while nothing is sent.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) plan: LogicalApp,
    pub(crate) region: ReentrantMutex<Region>,
    pub(crate) transport: Mutex<Transport>,
    warnings: Vec<Diagnostic>,
}

/// Rows that answer a query, each with its timestamp in milliseconds.
pub type Answer = Vec<(i64, Vec<Value>)>;

/// A stream of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The name; fault streams begin with `!`.
    pub name: String,
    /// The attributes with their types.
    pub attributes: Vec<(String, DataType)>,
    /// Whether the text defines it; else a query's output or a fault annotation did.
    pub defined: bool,
    /// Whether it is the fault stream of another.
    pub fault: bool,
    /// Whether a query writes it.
    pub written: bool,
    /// Whether a query reads it.
    pub read: bool,
    /// The types of its sinks, in the order of the text.
    pub sinks: Vec<String>,
}

impl App {
    pub(crate) fn new(
        plan: LogicalApp,
        region: ReentrantMutex<Region>,
        transport: Transport,
        warnings: Vec<Diagnostic>,
    ) -> Self {
        let transport = Mutex::new(transport);
        Self { shared: Arc::new(Shared { plan, region, transport, warnings }) }
    }

    /// What of its text probably does not do what was meant.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.shared.warnings
    }

    /// The name in `@app:name`, or `siddhi-app`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.shared.plan.name.as_deref().unwrap_or("siddhi-app")
    }

    /// Whether time comes from the events (`@app:playback`).
    #[must_use]
    pub fn is_playback(&self) -> bool {
        self.shared.plan.playback.is_some()
    }

    /// All streams outside partitions: defined ones in the order of the text, then those that
    /// queries defined.
    #[must_use]
    pub fn streams(&self) -> Vec<StreamInfo> {
        let plan = &self.shared.plan;
        let read: Vec<StreamId> =
            plan.queries.iter().flat_map(|query| query.input.streams()).collect();
        let transport = self.shared.transport.lock();
        plan.streams
            .iter()
            .enumerate()
            .filter(|(_, stream)| !matches!(stream.origin, StreamOrigin::Inner(_)))
            .map(|(id, stream)| StreamInfo {
                name: stream.name.clone(),
                attributes: stream
                    .attributes
                    .iter()
                    .map(|attribute| (attribute.name.clone(), attribute.data_type))
                    .collect(),
                defined: stream.origin == StreamOrigin::Defined,
                fault: matches!(stream.origin, StreamOrigin::FaultOf(_)),
                written: plan.queries.iter().any(|query| query.target == id),
                read: read.contains(&id),
                sinks: transport.sink_types(id),
            })
            .collect()
    }

    /// The names of the queries outside partitions in the order of the text, given or `query_N`.
    #[must_use]
    pub fn queries(&self) -> Vec<String> {
        let outside = self.shared.plan.queries.iter().filter(|query| query.partition.is_none());
        outside.map(|query| query.name.clone()).collect()
    }

    /// The names that `@info` gives to queries outside partitions, in the order of the text.
    #[must_use]
    pub fn named_queries(&self) -> Vec<String> {
        let queries = self.shared.plan.queries.iter();
        queries
            .filter(|query| query.partition.is_none() && query.named)
            .map(|query| query.name.clone())
            .collect()
    }

    /// Calls `callback` with each chunk of a stream, behind the queries that read it.
    ///
    /// # Errors
    /// When there is no such stream, or from inside a callback or a sink of the stream.
    pub fn on_stream(
        &self,
        stream: &str,
        callback: impl Fn(&Chunk<'_>) + Send + 'static,
    ) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        let junction = region
            .junctions
            .iter()
            .find(|junction| junction.public && junction.name == stream)
            .ok_or_else(|| AppError::UnknownStream(stream.into()))?;
        if junction.listeners.add(Box::new(callback)) {
            Ok(())
        } else {
            Err(AppError::InsideCallback)
        }
    }

    /// Calls `callback` with what a query puts out of each chunk, before its target gets it.
    ///
    /// # Errors
    /// When there is no such query outside partitions, or from inside a callback.
    pub fn on_query(
        &self,
        query: &str,
        callback: impl Fn(&QueryOutput<'_>) + Send + 'static,
    ) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        let query = region
            .queries
            .iter()
            .find(|known| known.partition.is_none() && known.name == query)
            .ok_or_else(|| AppError::UnknownQuery(query.into()))?;
        if !query.callbacks.add(Box::new(callback)) {
            return Err(AppError::InsideCallback);
        }
        region.query_callbacks.set(true);
        Ok(())
    }

    /// The inputs of `@source` annotations that are asked for their rows, such as files, in the
    /// order of the text. The app gives them away: whoever calls first drives them.
    #[must_use]
    pub fn take_inputs(&self) -> Vec<SourceInput> {
        self.shared.transport.lock().take_inputs()
    }

    /// Starts the app: from now on events are taken in, and sources that push are connected. An app
    /// that runs already goes on.
    ///
    /// # Errors
    /// When the app is poisoned, or a source cannot be connected or panics.
    pub fn start(&self) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        if region.poisoned.get() {
            return Err(AppError::Poisoned);
        }
        if region.running.replace(true) {
            return Ok(());
        }
        drop(region);
        let connected = Transport::connect(self);
        // Events of a source may have ended the app while it was being connected.
        if connected.is_err() || !self.shared.region.lock().running.get() {
            return connected.and(self.shutdown());
        }
        connected
    }

    /// Ends it: nothing is taken in any more, timers do not fire.
    ///
    /// # Errors
    /// When a source panics while it is ended: the app is poisoned. It has ended all the same, with
    /// all its sources.
    pub fn shutdown(&self) -> Result<(), AppError> {
        let disconnected = Transport::disconnect(self);
        self.shared.region.lock().running.set(false);
        disconnected
    }

    /// What events of a stream are sent through.
    ///
    /// # Errors
    /// When there is no such stream.
    pub fn input(&self, stream: &str) -> Result<InputHandler, AppError> {
        let region = self.shared.region.lock();
        let id = region
            .junctions
            .iter()
            .position(|junction| junction.public && junction.name == stream)
            .ok_or_else(|| AppError::UnknownStream(stream.into()))?;
        Ok(InputHandler::new(Arc::clone(&self.shared), id))
    }

    /// The wall clock has come to `now_ms`: every timer that is due by then fires, each at its own
    /// time. Under `@app:playback` this brings the checks of `idle.time` alone.
    ///
    /// # Errors
    /// When the app is poisoned, or a timer poisons it; [`AppError::Endless`] when what a timer put
    /// out was given up: all other timers have fired.
    pub fn advance(&self, now_ms: i64) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        if !region.running.get() {
            return Ok(());
        }
        region.guard(|region| {
            if region.time.is_playback() {
                while region.time.advance_wall(now_ms).is_some() {
                    region.run_playback_timers();
                }
            } else {
                region.run_timers(now_ms);
                region.time.advance_wall(now_ms);
            }
        })?;
        Ok(())
    }

    /// Under `@app:playback`, moves the time as an event of this timestamp would, without an event:
    /// what is due by then fires. Without playback this is [`App::advance`].
    ///
    /// # Errors
    /// As for [`App::advance`].
    pub fn move_time(&self, timestamp_ms: i64) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        if !region.time.is_playback() {
            drop(region);
            return self.advance(timestamp_ms);
        }
        region.guard(|region| {
            if region.time.event(timestamp_ms) && region.may_wake() {
                region.run_playback_timers();
            }
        })?;
        Ok(())
    }

    /// Poisons the app when work outside of the region has panicked.
    pub(super) fn poisoning<R>(&self, work: Result<R, Panicked>) -> Result<R, AppError> {
        work.map_err(|panicked| {
            self.shared.region.lock().poison(&panicked);
            AppError::Poisoned
        })
    }

    /// When the next timer is due, by the time that timers run by; none when nothing waits.
    #[must_use]
    pub fn next_timer(&self) -> Option<i64> {
        self.shared.region.lock().time.next()
    }

    /// When [`App::advance`] next has something to do, by the wall clock: a timer, or under
    /// `@app:playback` a check of `idle.time`; none when nothing waits for it.
    #[must_use]
    pub fn next_advance(&self) -> Option<i64> {
        self.shared.region.lock().time.next_by_wall()
    }

    /// Whether a window that waits for a time holds rows: moving the time on brings them out.
    #[must_use]
    pub fn holds_due_rows(&self) -> bool {
        let region = self.shared.region.lock();
        region
            .queries
            .iter()
            .enumerate()
            .any(|(index, query)| query.rows_held() > 0 && region.time.is_awaited_by(index))
    }

    /// The time of the app in milliseconds: the wall clock, or under `@app:playback` the largest
    /// timestamp so far.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.shared.region.lock().time.now()
    }

    /// Answers an on-demand query.
    ///
    /// # Errors
    /// Always, for now: with the mistakes of the text, or "not supported yet".
    pub fn query(&self, on_demand: &str) -> Result<Option<Answer>, AppError> {
        match siddhi_query::parse_on_demand(on_demand) {
            Ok(_) => Err(AppError::Unsupported("on-demand queries".into())),
            Err(diagnostics) => Err(AppError::Refused(diagnostics.into_vec())),
        }
    }

    /// The whole state as bytes.
    ///
    /// # Errors
    /// When a state cannot be encoded, the app is poisoned or poisoned by this, or events or timers are
    /// under way.
    pub fn snapshot(&self) -> Result<Vec<u8>, AppError> {
        let region = self.shared.region.lock();
        Ok(Self::at_rest(&region)?.guard(Region::snapshot)??)
    }

    /// Puts back what [`App::snapshot`] of the same text gave: the app goes on as if it had never
    /// stopped.
    ///
    /// The text may differ in what keeps nothing, and in its comments, layout and annotations. A query
    /// with a name of its own that keeps something and has changed, be it only in what it selects, is
    /// refused, and so are a partition with a name and other keys, and a query that reads a stream with
    /// other attributes. A query without a name that has changed is another query: it begins anew.
    ///
    /// Not restored are: whether the app runs, its callbacks, how far its sources have read, what its
    /// sinks still hold, and the counters of streams, filters, stream functions and selections (those
    /// of windows and patterns are state). The wall clock of the app is put back, that of its manager
    /// is not: an app whose clock has gone on since runs what has become due meanwhile when it is next
    /// sent to or advanced.
    ///
    /// # Errors
    /// When the bytes are no snapshot or are damaged: then nothing has happened. When a state does
    /// not fit the app or cannot be decoded: then the app is poisoned, for it is partly restored, and
    /// must be made anew. When the app is poisoned already, or events or timers are under way.
    pub fn restore(&self, snapshot: &[u8]) -> Result<(), AppError> {
        let region = self.shared.region.lock();
        Self::at_rest(&region)?;
        let snapshot = Snapshot::from_bytes(snapshot)?;
        region.was_restored.set(true);
        let restored = region.guard(|region| region.restore(&snapshot))?;
        if restored.is_err() {
            region.poisoned.set(true);
        }
        Ok(restored?)
    }

    /// The region when its state is that of a point in time.
    fn at_rest(region: &Region) -> Result<&Region, AppError> {
        if region.poisoned.get() {
            return Err(AppError::Poisoned);
        }
        if region.is_busy() { Err(AppError::Busy) } else { Ok(region) }
    }

    /// What every stream, query, operator and sink has counted.
    #[must_use]
    pub fn counters(&self) -> Vec<ElementCounters> {
        let mut counters = counters::read(&self.shared.region.lock());
        counters.extend(self.shared.transport.lock().counters());
        counters
    }

    /// Where what one element has put out is not what came to the next, as lines of text; nothing while
    /// events are under way. `is_fed` says which streams were sent to from outside, but by sources. Not
    /// for users.
    #[doc(hidden)]
    #[must_use]
    pub fn contradictions(&self, is_fed: impl Fn(&str) -> bool) -> Vec<String> {
        let with_source = self.shared.transport.lock().fed().to_vec();
        let region = self.shared.region.lock();
        let is_fed = |stream, name: &str| with_source.contains(&stream) || is_fed(name);
        Self::at_rest(&region).map_or_else(|_| Vec::new(), |region| accounts::check(region, is_fed))
    }

    /// The plan as text: logical, or with `physical` how it runs.
    #[must_use]
    pub fn explain(&self, physical: bool) -> String {
        if physical {
            explain::physical(&self.shared.plan, &self.shared.region.lock())
        } else {
            explain::logical(&self.shared.plan)
        }
    }
}
