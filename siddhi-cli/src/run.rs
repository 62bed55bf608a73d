//! `siddhi run`: an app over its inputs.

use std::path::PathBuf;

use anyhow::Context as _;
use siddhi_core::CreateError;
use siddhi_extensions::Environment;
use siddhi_query::Diagnostic;

use crate::app_file::AppFile;
use crate::arguments::{RunArguments, RunFormat};
use crate::exit::{Exit, usage};
use crate::{console, diagnostics};

mod datetime;
mod drive;
mod feeds;
mod inputs;
mod printer;
mod progress;
mod report;
mod streams;
mod table;

use drive::Drive;
use printer::Printer;

/// Runs the app.
pub(crate) fn run(arguments: &RunArguments) -> anyhow::Result<Exit> {
    let file = AppFile::read(&arguments.app)?;
    let printer = Printer::new(arguments.format);
    let environment = Environment {
        base_directory: file.directory(),
        output: printer.writer(),
        ..Environment::default()
    };
    let mut manager = AppFile::manager(&environment);
    manager.set_playback(arguments.playback);
    let app = match manager.create_app(&file.text) {
        Ok(app) => app,
        Err(error) => {
            match arguments.format {
                // Standard output is for events.
                RunFormat::Json => console::error_line(&diagnostics::report(&file, &error)),
                RunFormat::Table | RunFormat::Csv => show(&file, error.diagnostics()),
            }
            return Ok(refused(&error));
        }
    };
    show(&file, app.warnings());
    let inputs = inputs::all(&app, &manager, arguments)?;
    if inputs.is_empty() {
        return Err(usage(
            "nothing to read: name an input with --events STREAM=FILE, or give a stream a @source",
        ));
    }
    if app.is_playback()
        && let Some(input) = inputs.iter().find(|input| !input.has_event_time())
    {
        let stream = &input.schema().stream;
        return Err(usage(format!(
            "time comes from the events, but those of '{stream}' bring none: \
             say which attribute holds it with --time {stream}.ATTRIBUTE"
        )));
    }
    if !app.is_playback()
        && let Some(time) = arguments.time.first()
    {
        console::error_line(&format!(
            "warning: --time {}.{} gives events their timestamps, but windows of time go by the \
             clock of the system: let time come from the events with --playback, or with \
             @app:playback in the app",
            time.stream, time.attribute
        ));
    }
    printer.attach(&app, &manager, &streams::printed(&app, &arguments.print)?)?;
    let mut drive = Drive::new(&app, printer, !arguments.quiet);
    let mut ran = drive.run(inputs);
    if ran.is_ok() && arguments.drain {
        ran = drive.drain();
    }
    // What happened before a failure is worth telling, too.
    let done = drive.finish(arguments);
    let ended = app.shutdown();
    ran.and(done).and_then(|exit| Ok(ended.map(|()| exit)?))
}

/// How the program ends when an app was refused.
pub(crate) fn refused(error: &CreateError) -> Exit {
    if error.unsupported().is_empty() { Exit::Refused } else { Exit::Unsupported }
}

/// Shows diagnostics to people.
pub(crate) fn show(file: &AppFile, found: &[Diagnostic]) {
    if !found.is_empty() {
        let color = console::is_error_terminal();
        let text = diagnostics::text(&file.path, &file.text, found, color);
        console::error_line(text.trim_end());
    }
}

/// A path as the user gave it: relative to where the program runs, not to the app.
fn absolute(path: &str) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {path}"))
}
