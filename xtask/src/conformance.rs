//! `cargo xtask conformance`: runs cases that Java Siddhi has answered on this engine.
//!
//! A case is an app, steps with times, and the outputs to be expected; `tests/conformance/README.md`
//! describes the format. Cases run in worker processes, so that a crash or a hang fails one case.

mod case;
mod compare;
mod corpus;
mod drive;
mod grammar;
mod pool;
mod report;
mod value;
mod verdict;
mod worker;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use crate::workspace;
use pool::Pool;
use report::Report;
pub(crate) use worker::work;

/// The subcommand under which this program starts itself as a worker.
pub(crate) const WORKER: &str = "conformance-worker";
/// How long one case may take.
const CASE_LIMIT: Duration = Duration::from_secs(10);

/// What to run and where to report.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Files or directory trees of cases; the corpus of the repository when none is given
    paths: Vec<PathBuf>,
    /// Run only cases whose name contains this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Also write {"name", "result", "difference"} for each case, one a line
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the cases and prints the report; whether none failed.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    judge(options, &BTreeSet::new())
}

/// Runs the whole corpus; whether none failed but those that are disputed.
pub(crate) fn run_corpus() -> anyhow::Result<bool> {
    let disputed = corpus::read_disputed(&corpus_root().join("disputed.txt"))?;
    judge(&Options::default(), &disputed)
}

fn corpus_root() -> PathBuf {
    workspace::root().join("tests/conformance")
}

fn judge(options: &Options, disputed: &BTreeSet<String>) -> anyhow::Result<bool> {
    let default = [corpus_root()];
    let paths = if options.paths.is_empty() { &default[..] } else { &options.paths };
    let (names, lines): (Vec<String>, Vec<String>) = corpus::read(paths, &options.filter)?
        .into_iter()
        .map(|entry| (entry.name, entry.line))
        .unzip();
    let workers = std::thread::available_parallelism().map_or(2, |count| count.get().min(8));
    let pool = Pool { command: worker_command, workers, limit: CASE_LIMIT };
    let report = Report::new(names, pool.run(&lines)?, disputed);
    if let Some(file) = &options.json {
        report.write_json(file).with_context(|| format!("writing {}", file.display()))?;
    }
    report.print();
    Ok(report.is_success())
}

fn worker_command() -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("where is this program?")?);
    command.arg(WORKER);
    Ok(command)
}
