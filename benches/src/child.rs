//! One workload in one mode, told what to do by lines on standard input.
//!
//! `java/Rival.java` speaks the same protocol, but for what is marked. Each command is a line of
//! words and is answered by one line: `ok` and the result, or `error` and why.
//!
//! | command | answer |
//! |---|---|
//! | `prepare MODE BATCH STREAM TYPES OUTPUT COLUMN STEP APP_LINES FILL POOL`, then that many lines of the app, of events to send once, and of events to send over and over (values with tabs between) | seconds from text to running app |
//! | `check EVENTS` | how many rows came out, and the sum of their column |
//! | `round EVENTS` | nanoseconds spent in sending, and how many rows came out |
//! | `latency EVENTS` (mode `single`) | nanoseconds of a send at p50, p99, p99.9 and at most, the timer's own taken off |
//! | `allocations EVENTS` (not in Java) | how often memory was asked for |
//! | `held` (not in Java) | bytes that the fill left allocated |
//!
//! In mode `batch` events are sent in whole batches. Timestamps begin at [`START_MS`] and go on by
//! STEP from event to event, whatever is sent, so that windows slide for ever.

use std::io::{BufRead, Lines, StdinLock, Write};
use std::time::Instant;

use anyhow::{Context, bail};
use siddhi_benches::workload::Mode;

use crate::allocator::{allocations, live_bytes};
use crate::engine::Engine;

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
    held_bytes: i64,
}

fn answer(
    line: &str,
    lines: &mut Lines<StdinLock<'_>>,
    child: &mut Option<Child>,
) -> anyhow::Result<String> {
    let mut words = line.split(' ');
    let command = words.next().unwrap_or_default();
    if command == "prepare" {
        let (prepared, seconds) = prepare(&words.collect::<Vec<_>>(), lines)?;
        *child = Some(prepared);
        return Ok(seconds.to_string());
    }
    let Child { engine, held_bytes } = child.as_mut().context("nothing is prepared")?;
    if command == "held" {
        return Ok(held_bytes.to_string());
    }
    let events: usize = words.next().context("how many events?")?.parse()?;
    engine.reset_output();
    Ok(match command {
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

/// Reads the app and its events, starts it and fills it.
fn prepare(words: &[&str], lines: &mut Lines<StdinLock<'_>>) -> anyhow::Result<(Child, f64)> {
    let [mode, batch, stream, types, output, column, step, app_lines, fill, pool] = words else {
        bail!("prepare takes ten words");
    };
    let mode = if *mode == "batch" { Mode::Batch } else { Mode::Single };
    let batch: usize = batch.parse()?;
    let mut take = |count: usize| -> anyhow::Result<Vec<String>> {
        let taken: Vec<String> = lines.by_ref().take(count).collect::<Result<_, _>>()?;
        anyhow::ensure!(taken.len() == count, "the input ended early");
        Ok(taken)
    };
    let app = take(app_lines.parse()?)?.join("\n");
    let before = Instant::now();
    let mut engine = Engine::start(&app, stream, output, column.parse()?, mode, step.parse()?)?;
    let seconds = before.elapsed().as_secs_f64();

    let empty_bytes = live_bytes();
    let mut left: usize = fill.parse()?;
    while left > 0 {
        let count = left.min(batch);
        engine.load(&take(count)?, types, batch)?;
        engine.send(count)?;
        left -= count;
    }
    engine.unload();
    let held_bytes = live_bytes() - empty_bytes;
    engine.load(&take(pool.parse()?)?, types, batch)?;
    Ok((Child { engine, held_bytes }, seconds))
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
