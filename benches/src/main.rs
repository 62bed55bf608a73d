//! `cargo xtask bench`: measures whole workloads, alone or against Java Siddhi.
//!
//! Each engine runs each workload in each mode in a process of its own ([`child`]), driven over
//! pipes ([`contestant`]); rounds of the two take turns ([`measure`]) and the medians are compared
//! ([`report`]).

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program that talks to its user and measures real time"
)]

mod allocator;
mod child;
mod contestant;
mod engine;
mod java;
mod measure;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Parser, ValueEnum};
use siddhi_benches::workload;

use java::Java;
use measure::Pace;
use report::Report;

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

/// Measures events per second, latency, allocations and memory of whole workloads.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Options {
    /// Also measure a rival in the same run, with the same events and equal work
    #[arg(long)]
    against: Option<Rival>,
    /// Only workloads whose name contains this text
    #[arg(long, value_name = "NAME", default_value = "")]
    filter: String,
    /// Also write the rates, ratios and peaks as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Shorter warm-up and rounds: minutes instead of half an hour
    #[arg(long)]
    quick: bool,
    /// Run one workload as told on standard input
    #[arg(long, hide = true)]
    child: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rival {
    /// The published Java Siddhi; needs a JDK and Maven
    Java,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = if options.child { child::serve().map(|()| true) } else { run(&options) };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<bool> {
    let java = options.against.map(|Rival::Java| Java::build()).transpose()?;
    let pace = if options.quick { Pace::QUICK } else { Pace::FULL };
    let mut workloads = workload::all();
    workloads.retain(|workload| workload.name.contains(&options.filter));
    ensure!(!workloads.is_empty(), "no workload is called {}", options.filter);
    let mut report = Report::default();
    for workload in &workloads {
        report.add(workload, measure::measure(workload, java.as_ref(), &pace));
    }
    report.print_growth();
    if let Some(file) = &options.json {
        report.write_json(file).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(report.is_complete())
}
