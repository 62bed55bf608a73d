//! An engine in a process of its own, from the side of whoever drives it.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;

use anyhow::{Context, bail};
use siddhi_benches::workload::{BATCH, Mode, POOL, Workload};

/// A running engine. It ends when this is dropped.
pub(crate) struct Contestant {
    process: Child,
    commands: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// One round.
pub(crate) struct Round {
    /// Events sent.
    pub events: u64,
    /// Nanoseconds spent in sending them.
    pub nanos: u64,
}

impl Round {
    /// Events per second.
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub(crate) fn rate(&self) -> f64 {
        self.events as f64 * 1e9 / self.nanos.max(1) as f64
    }
}

/// Nanoseconds of single sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Latency {
    /// Half are faster.
    pub p50: u64,
    /// One in a hundred is slower.
    pub p99: u64,
    /// One in a thousand is slower.
    pub p999: u64,
    /// The slowest.
    pub max: u64,
}

impl Contestant {
    /// This engine.
    pub(crate) fn ours() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe().context("where is this program?")?);
        command.arg("--child");
        Self::spawn(command)
    }

    /// An engine that `command` runs.
    pub(crate) fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        let commands = BufWriter::new(process.stdin.take().context("a child without input")?);
        let answers = BufReader::new(process.stdout.take().context("a child without output")?);
        Ok(Self { process, commands, answers })
    }

    /// Starts the app; the seconds from text to running app.
    pub(crate) fn start_app(&mut self, workload: &Workload, mode: Mode) -> anyhow::Result<f64> {
        let Workload { app, feed, column, step_ms, .. } = workload;
        let (stream, types, lines) = (feed.stream(), feed.types(), app.lines().count());
        let mode = mode.name();
        writeln!(
            self.commands,
            "start {mode} {BATCH} {stream} {types} O {column} {step_ms} {lines}"
        )?;
        for line in app.lines() {
            writeln!(self.commands, "{line}")?;
        }
        let [seconds] = self.answer()?;
        Ok(seconds)
    }

    /// Sends the events of the fill once.
    pub(crate) fn fill(&mut self, workload: &Workload) -> anyhow::Result<()> {
        let Some((feed, mut left)) = workload.fill else { return Ok(()) };
        let mut lines = feed.lines(left);
        while left > 0 {
            let count = left.min(BATCH);
            self.hand_over("fill", count, &mut lines)?;
            left -= count;
        }
        Ok(())
    }

    /// Hands over the events that are sent from now on.
    pub(crate) fn load(&mut self, workload: &Workload) -> anyhow::Result<()> {
        self.hand_over("load", POOL, &mut workload.feed.lines(POOL))
    }

    fn hand_over(
        &mut self,
        command: &str,
        count: usize,
        lines: &mut impl Iterator<Item = String>,
    ) -> anyhow::Result<()> {
        writeln!(self.commands, "{command} {count}")?;
        for line in lines.take(count) {
            writeln!(self.commands, "{line}")?;
        }
        let [_count] = self.answer::<u64, 1>()?;
        Ok(())
    }

    /// How many rows the next `events` give, and the sum of the column.
    pub(crate) fn check(&mut self, events: u64) -> anyhow::Result<(f64, f64)> {
        writeln!(self.commands, "check {events}")?;
        let [rows, total] = self.answer()?;
        Ok((rows, total))
    }

    /// Sends `events` and measures it.
    pub(crate) fn round(&mut self, events: u64) -> anyhow::Result<Round> {
        writeln!(self.commands, "round {events}")?;
        let [nanos, _rows] = self.answer()?;
        Ok(Round { events, nanos })
    }

    /// Sends `events` one by one and times each.
    pub(crate) fn latency(&mut self, events: u64) -> anyhow::Result<Latency> {
        writeln!(self.commands, "latency {events}")?;
        let [p50, p99, p999, max] = self.answer()?;
        Ok(Latency { p50, p99, p999, max })
    }

    /// How often sending `events` asks for memory.
    pub(crate) fn allocations(&mut self, events: u64) -> anyhow::Result<u64> {
        writeln!(self.commands, "allocations {events}")?;
        let [count] = self.answer()?;
        Ok(count)
    }

    /// The bytes allocated since the app was started.
    pub(crate) fn held_bytes(&mut self) -> anyhow::Result<i64> {
        writeln!(self.commands, "held")?;
        let [bytes] = self.answer()?;
        Ok(bytes)
    }

    /// The most memory the process has had resident; none where the system does not tell.
    pub(crate) fn peak_bytes(&self) -> Option<u64> {
        self.status_bytes("VmHWM:")
    }

    /// The memory the process has resident now; none where the system does not tell.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        self.status_bytes("VmRSS:")
    }

    fn status_bytes(&self, field: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }

    fn answer<T: FromStr, const N: usize>(&mut self) -> anyhow::Result<[T; N]>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        self.commands.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            bail!("the process ended: {}", self.process.wait()?);
        }
        let line = line.trim();
        match line.split_once(' ') {
            Some(("ok", result)) => {
                let values: Vec<T> = result.split(' ').map(str::parse).collect::<Result<_, _>>()?;
                values.try_into().map_err(|_| anyhow::anyhow!("an unexpected answer: {line}"))
            }
            Some(("error", why)) => bail!("{why}"),
            _ => bail!("an unexpected answer: {line}"),
        }
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        // It may be gone already; there is nothing else to do about one that cannot be ended.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
