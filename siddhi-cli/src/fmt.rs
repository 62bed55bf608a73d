//! `siddhi fmt`: apps laid out anew.

use std::path::Path;

use siddhi_query::format::format;

use crate::app_file::AppFile;
use crate::arguments::FmtArguments;
use crate::exit::{Exit, is_broken_pipe};
use crate::{console, diagnostics};

/// Formats the apps. All are looked at, also behind one that cannot be read.
pub(crate) fn run(arguments: &FmtArguments) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    for path in &arguments.apps {
        let done = AppFile::read(path).and_then(|app| one(app, arguments.check));
        match done {
            Ok(Exit::Refused) if exit == Exit::Success => exit = Exit::Refused,
            Ok(_) => {}
            Err(error) if is_broken_pipe(&error) => return Err(error),
            Err(error) => {
                console::error_line(&format!("error: {error:#}"));
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

/// Formats one app, or with `checks` says whether it is formatted.
fn one(mut app: AppFile, checks: bool) -> anyhow::Result<Exit> {
    let formatted = match format(&app.text) {
        Ok(formatted) => formatted,
        Err(found) => {
            let color = console::is_error_terminal();
            let text = diagnostics::text(&app.path, &app.text, &found, color);
            console::error_line(text.trim_end());
            return Ok(Exit::Refused);
        }
    };
    let differs = formatted != app.text;
    if checks {
        if differs {
            let line = first_difference(&app.text, &formatted);
            console::print(&format!("{}:{line} is not formatted\n", app.path.display()))?;
            return Ok(Exit::Refused);
        }
    } else if app.path == Path::new("-") {
        console::print(&formatted)?;
    } else if differs {
        app.text = formatted;
        app.write()?;
    }
    Ok(Exit::Success)
}

/// The number of the first line that is not as it should be.
fn first_difference(text: &str, formatted: &str) -> usize {
    let same = text.lines().zip(formatted.lines()).take_while(|(is, should)| is == should);
    same.count() + 1
}
