//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::exit;

/// Complex event processing with SiddhiQL.
#[derive(Debug, Parser)]
#[command(name = "siddhi", version, about, after_help = exit::HELP, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run an app over its inputs and print what comes out.
    #[command(after_help = exit::HELP)]
    Run(RunArguments),
    /// Find mistakes in apps.
    Check(CheckArguments),
    /// Lay the text of apps out anew.
    Fmt(FmtArguments),
    /// Show how an app runs.
    Explain(ExplainArguments),
    /// List everything that is built in, or show the page of one thing.
    Functions(FunctionsArguments),
    /// Write a script that completes the command line of a shell.
    Completions(CompletionsArguments),
}

/// How output is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// For people.
    #[default]
    Table,
    /// One object a line.
    Json,
    /// One row a line.
    Csv,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How a file of events is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Rows, under a header row that names the columns or in the order of the attributes.
    Csv,
    /// Objects, one a line.
    Json,
}

/// `STREAM=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Events {
    pub(crate) stream: String,
    pub(crate) file: String,
}

impl FromStr for Events {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((stream, file)) if !stream.is_empty() && !file.is_empty() => {
                Ok(Self { stream: stream.into(), file: file.into() })
            }
            _ => Err("expected STREAM=FILE".into()),
        }
    }
}

/// `STREAM.ATTRIBUTE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeAttribute {
    pub(crate) stream: String,
    pub(crate) attribute: String,
}

impl FromStr for TimeAttribute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('.') {
            Some((stream, attribute)) if !stream.is_empty() && !attribute.is_empty() => {
                Ok(Self { stream: stream.into(), attribute: attribute.into() })
            }
            _ => Err("expected STREAM.ATTRIBUTE".into()),
        }
    }
}

/// Run an app over its inputs and print what comes out.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The app.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) app: PathBuf,
    /// Read events of a stream from a file, besides those of its `@source`s; `-` is standard input.
    /// May be repeated: inputs are merged by the time of their events.
    #[arg(long, value_name = "STREAM=FILE")]
    pub(crate) events: Vec<Events>,
    /// The attribute that holds the time of the events of a stream, in milliseconds since 1970. It
    /// becomes their timestamp; windows of time go by it with --playback only.
    #[arg(long, value_name = "STREAM.ATTRIBUTE")]
    pub(crate) time: Vec<TimeAttribute>,
    /// How files of --events are read; by default as their names end, else as csv.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) input_format: Option<InputFormat>,
    /// How outputs are printed. As csv the rows of each stream stand under a header of their own;
    /// where a program reads them, print one stream.
    #[arg(long, default_value = "table")]
    pub(crate) format: RunFormat,
    /// Print these streams instead of those that no query reads.
    #[arg(long, value_name = "STREAM")]
    pub(crate) print: Vec<String>,
    /// Let time come from the events, as with `@app:playback` in the app.
    #[arg(long)]
    pub(crate) playback: bool,
    /// When the inputs have ended, move the clock on until nothing is due.
    #[arg(long)]
    pub(crate) drain: bool,
    /// Print no summary and no progress.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Find mistakes in apps.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The apps; `-` is standard input.
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) apps: Vec<PathBuf>,
    /// Mend what can be mended without changing the meaning, in the files. The text of standard input
    /// goes to standard output and the findings to standard error; with --format json it is `text`
    /// in the report.
    #[arg(long)]
    pub(crate) fix: bool,
    /// How the findings are written.
    #[arg(long, default_value = "text")]
    pub(crate) format: Format,
}

/// Lay the text of apps out anew.
#[derive(Debug, Args)]
pub(crate) struct FmtArguments {
    /// The apps; `-` reads standard input and writes standard output.
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) apps: Vec<PathBuf>,
    /// Change nothing: name the files that are not formatted, and exit with 1 if there are any.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Show how an app runs.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The app.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) app: PathBuf,
    /// Show the operators instead of the logical plan.
    #[arg(long)]
    pub(crate) physical: bool,
    /// How the plan is written.
    #[arg(long, default_value = "text")]
    pub(crate) format: Format,
}

/// List everything that is built in, or show the page of one thing.
#[derive(Debug, Args)]
pub(crate) struct FunctionsArguments {
    /// Show the pages of this name.
    pub(crate) name: Option<String>,
    /// How the pages are written.
    #[arg(long, default_value = "text")]
    pub(crate) format: Format,
}

/// Write a script that completes the command line of a shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}
