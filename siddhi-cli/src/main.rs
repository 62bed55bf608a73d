//! The `siddhi` program: runs, checks, formats and explains SiddhiQL apps.
//!
//! Each subcommand is a module of its name. Nothing but [`console`] writes to the terminal, and
//! nothing but [`run`] looks at real time.

use std::process::ExitCode;

use clap::Parser as _;

mod app_file;
mod arguments;
mod check;
mod completions;
mod console;
mod diagnostics;
mod exit;
mod explain;
mod fmt;
mod functions;
mod logger;
mod numbers;
mod run;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    logger::install();
    let done = match arguments.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    let exit = done.unwrap_or_else(|error| {
        // A reader that has gone, as `head` does, is no mistake of anybody.
        if exit::is_broken_pipe(&error) {
            return exit::Exit::Success;
        }
        console::error_line(&format!("error: {error:#}"));
        exit::of(&error)
    });
    exit.into()
}
