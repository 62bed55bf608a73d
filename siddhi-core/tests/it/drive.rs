//! Runs apps on a clock that stands still and records everything that callbacks see.

use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::{App, Chunk, Registry, SiddhiManager, Switches, Value};
use siddhi_pipeline::TestClock;

const START: i64 = 10_000;

/// An event, and how far its timestamp is off.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) late: i64,
    pub(crate) values: Vec<Value>,
}

impl std::fmt::Debug for Event {
    /// On one line, also where many lines are asked for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:+} {:?}", self.late, self.values)
    }
}

/// What happens to an app.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Single(&'static str, Event),
    Batch(&'static str, Vec<Event>),
    /// So many milliseconds pass.
    Pass(i64),
}

/// A row that came out; values as text, by which numbers are equal to the last bit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen(pub(crate) i64, pub(crate) String);

/// A call of a callback.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Stream(String, Vec<Seen>),
    Query { name: String, at: i64, current: Option<Vec<Seen>>, expired: Option<Vec<Seen>> },
}

/// An app that is driven.
pub(crate) struct Play {
    manager: SiddhiManager,
    clock: Arc<TestClock>,
    text: String,
    pub(crate) app: App,
    calls: Arc<Mutex<Vec<Call>>>,
    now: i64,
}

impl Play {
    pub(crate) fn new(text: &str, switches: Switches) -> Self {
        Self::with_registry(text, switches, Registry::with_builtins())
    }

    /// With extensions of one's own.
    pub(crate) fn with_registry(text: &str, switches: Switches, registry: Registry) -> Self {
        let clock = Arc::new(TestClock::new(START));
        let mut manager = SiddhiManager::with_registry(registry);
        manager.set_clock(Arc::<TestClock>::clone(&clock));
        manager.set_switches(switches);
        let calls = Arc::default();
        let app = create(&manager, text, &calls);
        app.move_time(START).unwrap();
        Self { manager, clock, text: text.to_owned(), app, calls, now: START }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        match step {
            Step::Single(stream, event) => {
                let input = self.app.input(stream).unwrap();
                input.send(self.now + event.late, &event.values).unwrap();
            }
            Step::Batch(stream, events) => {
                let event = |event: &Event| (self.now + event.late, event.values.clone());
                let events: Vec<_> = events.iter().map(event).collect();
                self.app.input(stream).unwrap().send_batch(&events).unwrap();
            }
            Step::Pass(time) => {
                self.now += time;
                self.app.move_time(self.now).unwrap();
                self.clock.set(self.now);
            }
        }
    }

    /// Goes on in a new app with the state of this one.
    pub(crate) fn restart(&mut self) {
        let snapshot = self.app.snapshot().unwrap();
        self.app.shutdown().unwrap();
        self.app = create(&self.manager, &self.text, &self.calls);
        self.app.restore(&snapshot).unwrap();
    }

    /// What came out so far.
    pub(crate) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock())
    }
}

/// Makes and starts an app and listens to all its streams and to the queries that have names.
fn create(manager: &SiddhiManager, text: &str, calls: &Arc<Mutex<Vec<Call>>>) -> App {
    let app = manager.create_app(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    for stream in app.streams() {
        let calls = Arc::clone(calls);
        let name = stream.name.clone();
        let listen = move |chunk: &Chunk<'_>| {
            calls.lock().push(Call::Stream(name.clone(), seen(*chunk)));
        };
        app.on_stream(&stream.name, listen).unwrap();
    }
    for query in app.named_queries() {
        let calls = Arc::clone(calls);
        let name = query.clone();
        let listen = move |output: &siddhi_core::QueryOutput<'_>| {
            calls.lock().push(Call::Query {
                name: name.clone(),
                at: output.timestamp(),
                current: output.current().map(seen),
                expired: output.expired().map(seen),
            });
        };
        app.on_query(&query, listen).unwrap();
    }
    app.start().unwrap();
    app
}

fn seen(chunk: Chunk<'_>) -> Vec<Seen> {
    chunk.rows().map(|row| Seen(row.timestamp(), format!("{:?}", row.values()))).collect()
}

/// What comes out of each step.
pub(crate) fn run(text: &str, switches: Switches, steps: &[Step]) -> Vec<Vec<Call>> {
    let mut play = Play::new(text, switches);
    steps
        .iter()
        .map(|step| {
            play.step(step);
            play.take()
        })
        .collect()
}
