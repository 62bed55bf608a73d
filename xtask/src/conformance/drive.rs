//! Cases that run: drives the engine through the steps of a case on a clock that stands still.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use serde_json::Value as Json;
use siddhi_core::{App, AppError, Chunk, CreateError, Registry, SiddhiManager, Value};
use siddhi_extensions::{Environment, Writer};
use siddhi_pipeline::TestClock;
use siddhi_query::ast::DataType;

use super::case::{Case, Outcome, Output, Row, Step, Timestamps};
use super::compare::{Answer, first_difference};
use super::value::read_value;
use super::verdict::Verdict;

/// The step while the app starts.
const STARTING: i64 = -1;

/// Runs the case and compares.
pub(crate) fn judge(case: &Case) -> Verdict {
    match play(case) {
        Ok(_) if case.rejected => {
            Verdict::Failed("expected to be rejected, but it runs".to_owned())
        }
        Ok(answer) => Verdict::of(first_difference(case, &answer)),
        Err(NotRun::Unsupported(features)) => Verdict::Skipped(features),
        Err(NotRun::Rejected(_)) if case.rejected => Verdict::Passed,
        Err(NotRun::Rejected(why)) => Verdict::Failed(format!("the app is rejected: {why}")),
        Err(NotRun::Unbalanced(element)) => {
            Verdict::Failed(format!("counters do not add up: {element}"))
        }
    }
}

/// Why a case does not run to its end.
#[derive(Debug)]
enum NotRun {
    /// It needs these features.
    Unsupported(Vec<String>),
    /// The app cannot be created or started.
    Rejected(String),
    /// It ran, and an element lost count of its rows.
    Unbalanced(String),
}

impl From<CreateError> for NotRun {
    fn from(error: CreateError) -> Self {
        match error.unsupported() {
            [] => Self::Rejected(error.to_string()),
            features => Self::Unsupported(features.to_vec()),
        }
    }
}

impl From<AppError> for NotRun {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unsupported(feature) => Self::Unsupported(vec![feature]),
            other => Self::Rejected(other.to_string()),
        }
    }
}

/// What callbacks write to.
#[derive(Debug)]
struct Recorder {
    step: i64,
    outputs: Vec<Output<Value>>,
}

impl Recorder {
    fn push(&mut self, what: Outcome<Value>) {
        self.outputs.push(Output { step: self.step, what });
    }
}

struct Play<'a> {
    case: &'a Case,
    manager: SiddhiManager,
    app: App,
    recorder: Arc<Mutex<Recorder>>,
    types: BTreeMap<String, Vec<DataType>>,
}

fn play(case: &Case) -> Result<Answer, NotRun> {
    let mut manager = SiddhiManager::with_registry(registry());
    manager.set_stack_limit(super::worker::STACK_LIMIT);
    manager.set_clock(Arc::new(TestClock::new(case.start)));
    let recorder = Arc::new(Mutex::new(Recorder { step: STARTING, outputs: Vec::new() }));
    let app = create(case, &manager, &recorder)?;
    let mut types = BTreeMap::new();
    let mut definitions = BTreeMap::new();
    for stream in app.streams() {
        let text =
            |(name, data_type): &(String, DataType)| format!("{name} {}", data_type.as_str());
        definitions.insert(stream.name.clone(), stream.attributes.iter().map(text).collect());
        types.insert(stream.name, stream.attributes.iter().map(|(_, it)| *it).collect());
    }
    app.start()?;
    app.advance(case.start)?;
    let mut play = Play { case, manager, app, recorder, types };
    play.steps()?;
    if let Some(element) = play.app.counters().iter().find(|element| !element.is_balanced()) {
        return Err(NotRun::Unbalanced(format!("{} {:?}", element.element, element.counts)));
    }
    let fed = fed_streams(case);
    if let Some(found) = play.app.contradictions(|stream| fed.contains(stream)).into_iter().next() {
        return Err(NotRun::Unbalanced(found));
    }
    play.app.shutdown()?;
    let outputs = std::mem::take(&mut play.record().outputs);
    Ok(Answer { definitions, outputs })
}

/// What is built in, and connectors that share topics inside this case alone and keep standard
/// output free for verdicts.
fn registry() -> Registry {
    let output = Writer::new(std::io::sink());
    let environment = Environment { output, ..Environment::default() };
    let mut registry = Registry::with_builtins();
    siddhi_extensions::register_with(&mut registry, &environment);
    registry
}

/// Creates the app and attaches the callbacks that the case asks for.
fn create(
    case: &Case,
    manager: &SiddhiManager,
    recorder: &Arc<Mutex<Recorder>>,
) -> Result<App, NotRun> {
    let app = manager.create_app(&case.app)?;
    let named = app.named_queries();
    let (queries, streams): (Vec<String>, Vec<String>) = match &case.callbacks {
        Some(names) => names.iter().cloned().partition(|name| named.contains(name)),
        None => (named, unfed_streams(case, &app).into_iter().collect()),
    };
    for query in queries {
        listen_to_query(&app, query, recorder)?;
    }
    for stream in streams {
        listen_to_stream(&app, stream, recorder)?;
    }
    Ok(app)
}

/// The streams that the case sends to.
fn fed_streams(case: &Case) -> BTreeSet<&str> {
    case.steps.iter().filter_map(|step| step.stream.as_deref()).collect()
}

fn unfed_streams(case: &Case, app: &App) -> BTreeSet<String> {
    let fed = fed_streams(case);
    let names = app.streams().into_iter().map(|stream| stream.name);
    names.filter(|name| !fed.contains(name.as_str())).collect()
}

fn listen_to_query(
    app: &App,
    name: String,
    recorder: &Arc<Mutex<Recorder>>,
) -> Result<(), AppError> {
    let recorder = Arc::clone(recorder);
    app.on_query(&name.clone(), move |output| {
        lock(&recorder).push(Outcome::Query {
            name: name.clone(),
            at: output.timestamp(),
            current: output.current().map(rows),
            expired: output.expired().map(rows),
        });
    })
}

fn listen_to_stream(
    app: &App,
    name: String,
    recorder: &Arc<Mutex<Recorder>>,
) -> Result<(), AppError> {
    let recorder = Arc::clone(recorder);
    app.on_stream(&name.clone(), move |chunk| {
        lock(&recorder).push(Outcome::Stream { name: name.clone(), rows: rows(*chunk) });
    })
}

fn rows(chunk: Chunk<'_>) -> Vec<Row<Value>> {
    chunk.rows().map(|row| Row { timestamp: row.timestamp(), values: row.values() }).collect()
}

fn lock(recorder: &Mutex<Recorder>) -> MutexGuard<'_, Recorder> {
    recorder.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Play<'_> {
    fn record(&self) -> MutexGuard<'_, Recorder> {
        lock(&self.recorder)
    }

    fn steps(&mut self) -> Result<(), NotRun> {
        let case = self.case;
        let mut now = case.start;
        for (index, step) in (0..).zip(&case.steps) {
            self.record().step = index;
            now = step.at.unwrap_or(now);
            if let Err(error) = self.step(step, now) {
                let message = match error.downcast::<AppError>() {
                    Ok(AppError::Unsupported(feature)) => {
                        return Err(NotRun::Unsupported(vec![feature]));
                    }
                    Ok(error) => error.to_string(),
                    Err(error) => format!("{error:#}"),
                };
                self.record().push(Outcome::Error { message });
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step, now: i64) -> anyhow::Result<()> {
        self.app.advance(now)?;
        self.act(step, now)?;
        Ok(self.app.advance(now)?)
    }

    fn act(&mut self, step: &Step, now: i64) -> anyhow::Result<()> {
        if let Some(query) = &step.query {
            let found = self.app.query(query)?;
            let row = |(timestamp, values)| Row { timestamp, values };
            let rows = found.map(|rows| rows.into_iter().map(row).collect());
            self.record().push(Outcome::Answer { rows });
        } else if step.restart {
            self.restart()?;
        } else if let Some(stream) = &step.stream {
            self.send(stream, step, now)?;
        }
        Ok(())
    }

    fn restart(&mut self) -> anyhow::Result<()> {
        let snapshot = self.app.snapshot()?;
        self.app.shutdown()?;
        self.app = create(self.case, &self.manager, &self.recorder)
            .map_err(|not_run| anyhow::anyhow!("creating the app again: {not_run:?}"))?;
        self.app.start()?;
        Ok(self.app.restore(&snapshot)?)
    }

    fn send(&self, stream: &str, step: &Step, now: i64) -> anyhow::Result<()> {
        let input = self.app.input(stream)?;
        if let Some(batch) = &step.batch {
            let timestamp = |index: usize| match &step.ts {
                Some(Timestamps::Each(each)) => {
                    each.get(index).copied().context("too few timestamps")
                }
                Some(Timestamps::One(one)) => Ok(*one),
                None => Ok(now),
            };
            let events = batch.iter().enumerate();
            let events = events.map(|(i, data)| Ok((timestamp(i)?, self.values(stream, data)?)));
            input.send_batch(&events.collect::<anyhow::Result<Vec<_>>>()?)?;
        } else {
            let timestamp = match &step.ts {
                Some(Timestamps::One(one)) => *one,
                _ => now,
            };
            let data = step.data.as_deref().context("a step that sends nothing")?;
            input.send(timestamp, &self.values(stream, data)?)?;
        }
        Ok(())
    }

    fn values(&self, stream: &str, data: &[Json]) -> anyhow::Result<Vec<Value>> {
        let types = self.types.get(stream).map(Vec::as_slice).unwrap_or_default();
        data.iter().enumerate().map(|(i, json)| read_value(json, types.get(i).copied())).collect()
    }
}
