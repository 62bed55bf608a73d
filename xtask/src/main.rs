//! `cargo xtask`: what a developer of this workspace does, as one program.
//!
//! `conformance` runs recorded cases, `test` everything that must hold, `check` what a reader of the
//! code relies on, `bench` what users feel.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its user")]

mod bench;
mod check;
mod conformance;
mod depcheck;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run cases that Java Siddhi has answered on this engine
    Conformance(conformance::Options),
    /// Run all tests of the workspace, then the whole conformance corpus
    Test,
    /// Check format, lints, tidiness, dependencies and licences
    Check,
    /// Measure whole workloads, alone or against Java Siddhi
    Bench(bench::Options),
    /// Answer cases from standard input, one a line
    #[command(hide = true, name = conformance::WORKER)]
    Worker,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Conformance(options) => conformance::run(&options),
        Task::Test => test::run(),
        Task::Check => check::run(),
        Task::Bench(options) => bench::run(&options),
        Task::Worker => conformance::work().map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
