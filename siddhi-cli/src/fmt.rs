//! `siddhi fmt`: apps laid out anew.

use std::path::Path;

use anyhow::Context as _;
use siddhi_query::format::format;

use crate::app_file::AppFile;
use crate::arguments::FmtArguments;
use crate::exit::Exit;
use crate::{console, diagnostics};

/// Formats the apps. All are looked at, also behind one that cannot be read.
pub(crate) fn run(arguments: &FmtArguments) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    for path in &arguments.apps {
        let app = AppFile::read(path)?;
        let formatted = match format(&app.text) {
            Ok(formatted) => formatted,
            Err(found) => {
                let color = console::is_error_terminal();
                let text = diagnostics::text(&app.path, &app.text, &found, color);
                console::error_line(text.trim_end());
                exit = Exit::Refused;
                continue;
            }
        };
        let differs = formatted != app.text;
        if arguments.check {
            if differs {
                console::print(&format!("{} is not formatted\n", path.display()))?;
                exit = Exit::Refused;
            }
        } else if path == Path::new("-") {
            console::print(&formatted)?;
        } else if differs {
            std::fs::write(path, formatted)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(exit)
}
