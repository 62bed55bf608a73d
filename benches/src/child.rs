//! One workload in one mode, told what to do by lines on standard input.
//!
//! `java/Rival.java` speaks the same protocol, but for what is marked. Each command is a line of
//! words and is answered by one line: `ok` and the result, or `error` and why.
//!
//! | command | answer |
//! |---|---|
//! | `start MODE BATCH STREAM TYPES OUTPUT COLUMN STEP APP_LINES`, then the lines of the app | seconds from text to running app |
//! | `fill EVENTS`, then a line for each, values with tabs between: sends them once | how many |
//! | `load EVENTS`, then their lines: builds what is sent from now on, over and over | how many |
//! | `check EVENTS` | how many rows came out, and the sum of their column |
//! | `round EVENTS` | nanoseconds spent in sending, and how many rows came out |
//! | `latency EVENTS` (mode `single`) | nanoseconds of a send at p50, p99, p99.9 and at most, the timer's own taken off |
//! | `allocations EVENTS` (not in Java) | how often memory was asked for |
//! | `held` (not in Java) | bytes allocated since the app was started |
//!
//! In mode `batch` events are sent in whole batches. Timestamps begin at [`START_MS`] and go on by
//! STEP from event to event, whatever is sent, so that windows slide for ever.

use std::io::{BufRead, Lines, StdinLock, Write};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use siddhi_benches::workload::Mode;

use crate::allocator::{allocations, live_bytes};
use crate::engine::{Engine, Feeding};

/// The timestamp of the first event.
pub(crate) const START_MS: i64 = 1_000_000;

/// Answers commands until standard input closes.
pub(crate) fn serve() -> anyhow::Result<()> {
    let mut commands = std::io::stdin().lock().lines();
    let mut out = std::io::stdout().lock();
    let mut child = None;
    while let Some(line) = commands.next() {
        let answer = match answer(&line?, &mut commands, &mut child) {
            Ok(answer) => format!("ok {answer}"),
            Err(error) => format!("error {error:#}").replace('\n', " "),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

struct Child {
    engine: Engine,
    empty_bytes: i64,
}

fn answer(
    line: &str,
    lines: &mut Lines<StdinLock<'_>>,
    child: &mut Option<Child>,
) -> anyhow::Result<String> {
    let mut words = line.split(' ');
    let command = words.next().unwrap_or_default();
    // Whatever becomes of a command, its lines are read, so that the next is not mistaken.
    let mut take = |count: usize| -> anyhow::Result<Vec<String>> {
        let taken: Vec<String> = lines.by_ref().take(count).collect::<Result<_, _>>()?;
        ensure!(taken.len() == count, "the input ended early");
        Ok(taken)
    };
    if command == "start" {
        let words: Vec<&str> = words.collect();
        let count = words.last().context("how many lines?")?.parse()?;
        let (started, seconds) = start(&words, &take(count)?.join("\n"))?;
        *child = Some(started);
        return Ok(seconds.to_string());
    }
    let Child { engine, empty_bytes } = child.as_mut().context("nothing is started")?;
    if command == "held" {
        return Ok((live_bytes() - *empty_bytes).to_string());
    }
    let events: usize = words.next().context("how many events?")?.parse()?;
    engine.reset_output();
    Ok(match command {
        "fill" => {
            engine.load(&take(events)?)?;
            engine.send(events)?;
            engine.unload();
            events.to_string()
        }
        "load" => {
            engine.load(&take(events)?)?;
            events.to_string()
        }
        "check" => {
            engine.send(events)?;
            let (rows, total) = engine.output();
            format!("{rows} {total:?}")
        }
        "round" => {
            let nanos = engine.send(events)?;
            format!("{nanos} {}", engine.output().0)
        }
        "latency" => latency(engine, events)?,
        "allocations" => {
            let before = allocations();
            engine.send(events)?;
            (allocations() - before).to_string()
        }
        other => bail!("no command is called {other}"),
    })
}

/// Starts the app; also gives the seconds that took.
fn start(words: &[&str], app: &str) -> anyhow::Result<(Child, f64)> {
    let [mode, batch, stream, types, output, column, step, _lines] = words else {
        bail!("start takes eight words");
    };
    let feeding = Feeding {
        stream,
        types,
        mode: if *mode == "batch" { Mode::Batch } else { Mode::Single },
        batch: batch.parse()?,
        step_ms: step.parse()?,
    };
    let column = column.parse()?;
    let before = Instant::now();
    let engine = Engine::start(app, &feeding, output, column)?;
    let seconds = before.elapsed().as_secs_f64();
    Ok((Child { engine, empty_bytes: live_bytes() }, seconds))
}

fn latency(engine: &mut Engine, events: usize) -> anyhow::Result<String> {
    let mut nanos: Vec<u64> = Vec::with_capacity(events);
    for _ in 0..events {
        let before = Instant::now();
        nanos.push(nanoseconds(before));
    }
    nanos.sort_unstable();
    let timer = nanos.get(events / 2).copied().unwrap_or_default();
    nanos.clear();
    for _ in 0..events {
        let before = Instant::now();
        engine.send_next_single()?;
        nanos.push(nanoseconds(before).saturating_sub(timer));
    }
    nanos.sort_unstable();
    let quantile = |per_mille: usize| {
        let rank = (events * per_mille).div_ceil(1_000).saturating_sub(1);
        nanos.get(rank).copied().unwrap_or_default()
    };
    Ok(format!("{} {} {} {}", quantile(500), quantile(990), quantile(999), quantile(1_000)))
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
