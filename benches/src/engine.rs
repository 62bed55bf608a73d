//! Our engine as a contestant: an app, events built beforehand, a callback that adds up a column.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use siddhi_benches::workload::Mode;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::{App, Chunk, InputHandler, SiddhiManager, Value};
use siddhi_query::ast::DataType;

use crate::child::START_MS;

/// How an engine is fed.
pub(crate) struct Feeding<'a> {
    /// The stream that events are sent to.
    pub stream: &'a str,
    /// The types of its attributes, with commas between.
    pub types: &'a str,
    /// One by one or in batches.
    pub mode: Mode,
    /// Events of a batch.
    pub batch: usize,
    /// Milliseconds from one event to the next.
    pub step_ms: i64,
}

/// A running app and the events that it is sent, over and over.
pub(crate) struct Engine {
    _app: App,
    input: InputHandler,
    sum: Arc<Sum>,
    types: Vec<DataType>,
    mode: Mode,
    batch: usize,
    step_ms: i64,
    now_ms: i64,
    cursor: usize,
    /// The values of all single events side by side: what is read ahead of a send is the next event.
    singles: Vec<Value>,
    batches: Vec<Batch>,
}

/// What the callback adds up. Relaxed throughout, and without atomic additions: one thread works.
#[derive(Debug, Default)]
struct Sum {
    rows: AtomicU64,
    total_bits: AtomicU64,
}

impl Sum {
    fn add(&self, chunk: Chunk<'_>, column: usize, data_type: DataType) {
        let rows = self.rows.load(Ordering::Relaxed) + chunk.len() as u64;
        self.rows.store(rows, Ordering::Relaxed);
        let mut total = f64::from_bits(self.total_bits.load(Ordering::Relaxed));
        if data_type == DataType::Double {
            total = chunk.values::<f64>(column).flatten().fold(total, |total, value| total + value);
        } else {
            let whole: i64 = chunk.values::<i64>(column).flatten().sum();
            #[allow(clippy::cast_precision_loss, reason = "sums of a round are far below 2^53")]
            let whole = whole as f64;
            total += whole;
        }
        self.total_bits.store(total.to_bits(), Ordering::Relaxed);
    }
}

impl Engine {
    /// Creates the app and starts it; the callback adds up a column of `output`.
    pub(crate) fn start(
        text: &str,
        feeding: &Feeding<'_>,
        output: &str,
        column: usize,
    ) -> anyhow::Result<Self> {
        let app = SiddhiManager::new().create_app(text)?;
        let streams = app.streams();
        let output_stream = streams.iter().find(|it| it.name == output).context("no output")?;
        let (_, kind) = *output_stream.attributes.get(column).context("no such column")?;
        let sum = Arc::new(Sum::default());
        let adding = Arc::clone(&sum);
        app.on_stream(output, move |chunk| adding.add(*chunk, column, kind))?;
        app.start()?;
        Ok(Self {
            input: app.input(feeding.stream)?,
            _app: app,
            sum,
            types: feeding.types.split(',').map(data_type).collect::<anyhow::Result<_>>()?,
            mode: feeding.mode,
            batch: feeding.batch,
            step_ms: feeding.step_ms,
            now_ms: START_MS,
            cursor: 0,
            singles: Vec::new(),
            batches: Vec::new(),
        })
    }

    /// Builds these events in the form that the mode sends, in place of those before.
    pub(crate) fn load(&mut self, lines: &[String]) -> anyhow::Result<()> {
        self.unload();
        let types = &self.types;
        let events = lines.iter().map(|line| {
            let values = line.split('\t').zip(types);
            let values = values.map(|(text, data_type)| value(text, *data_type));
            values.collect::<anyhow::Result<Vec<_>>>()
        });
        let events = events.collect::<anyhow::Result<Vec<_>>>()?;
        match self.mode {
            Mode::Single => self.singles = events.into_iter().flatten().collect(),
            Mode::Batch => {
                let build = |events: &[Vec<Value>]| {
                    let mut rows = Batch::new(types);
                    for values in events {
                        rows.push_row(0, Kind::Current, values.iter().cloned());
                    }
                    rows
                };
                self.batches = events.chunks(self.batch).map(build).collect();
            }
        }
        Ok(())
    }

    /// Lets the events go.
    pub(crate) fn unload(&mut self) {
        self.cursor = 0;
        self.singles = Vec::new();
        self.batches = Vec::new();
    }

    /// Forgets what came out so far.
    pub(crate) fn reset_output(&self) {
        self.sum.rows.store(0, Ordering::Relaxed);
        self.sum.total_bits.store(0.0_f64.to_bits(), Ordering::Relaxed);
    }

    /// How many rows came out, and the sum of the column.
    pub(crate) fn output(&self) -> (u64, f64) {
        let total = f64::from_bits(self.sum.total_bits.load(Ordering::Relaxed));
        (self.sum.rows.load(Ordering::Relaxed), total)
    }

    /// Sends so many events, whole batches in batch mode; the nanoseconds spent in sending.
    pub(crate) fn send(&mut self, events: usize) -> anyhow::Result<u128> {
        match self.mode {
            Mode::Single => {
                let before = Instant::now();
                self.send_singles(events)?;
                Ok(before.elapsed().as_nanos())
            }
            Mode::Batch => self.send_batches(events),
        }
    }

    /// Sends so many events one by one, with nothing between two sends but the step to the next.
    fn send_singles(&mut self, events: usize) -> anyhow::Result<()> {
        let width = self.types.len();
        let mut left = events;
        while left > 0 {
            let ahead = self.singles.get(self.cursor..).unwrap_or_default();
            let count = left.min(ahead.len() / width);
            if count == 0 {
                bail!("no single events are built");
            }
            let mut now_ms = self.now_ms;
            for values in ahead.chunks_exact(width).take(count) {
                self.input.send(now_ms, values)?;
                now_ms += self.step_ms;
            }
            self.now_ms = now_ms;
            self.cursor += count * width;
            if self.cursor == self.singles.len() {
                self.cursor = 0;
            }
            left -= count;
        }
        Ok(())
    }

    /// Sends one event of those built for single sends.
    pub(crate) fn send_next_single(&mut self) -> anyhow::Result<()> {
        let next = self.cursor + self.types.len();
        let values = self.singles.get(self.cursor..next).context("no single events are built")?;
        self.input.send(self.now_ms, values)?;
        self.now_ms += self.step_ms;
        self.cursor = if next == self.singles.len() { 0 } else { next };
        Ok(())
    }

    fn send_batches(&mut self, events: usize) -> anyhow::Result<u128> {
        let mut nanos = 0;
        let mut left = events;
        while left > 0 {
            // The events of one pass get their timestamps before the clock runs.
            let ahead = self.batches.get_mut(self.cursor..).unwrap_or_default();
            let mut count = 0;
            for batch in &mut *ahead {
                if left == 0 {
                    break;
                }
                for timestamp in &mut batch.timestamps {
                    *timestamp = self.now_ms;
                    self.now_ms += self.step_ms;
                }
                left = left.saturating_sub(batch.len());
                count += 1;
            }
            if count == 0 {
                bail!("no batches are built");
            }
            let before = Instant::now();
            for batch in ahead.iter().take(count) {
                self.input.send_rows(batch)?;
            }
            nanos += before.elapsed().as_nanos();
            self.cursor =
                if self.cursor + count == self.batches.len() { 0 } else { self.cursor + count };
        }
        Ok(nanos)
    }
}

fn data_type(name: &str) -> anyhow::Result<DataType> {
    Ok(match name {
        "string" => DataType::String,
        "double" => DataType::Double,
        "long" => DataType::Long,
        other => bail!("no workload has attributes of type {other}"),
    })
}

fn value(text: &str, data_type: DataType) -> anyhow::Result<Value> {
    Ok(match data_type {
        DataType::Double => Value::Double(text.parse()?),
        DataType::Long => Value::Long(text.parse()?),
        _ => text.into(),
    })
}
