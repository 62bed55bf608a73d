//! `siddhi check`: mistakes in apps, and mending them.

use anyhow::Context as _;
use serde_json::{Value as Json, json};
use siddhi_query::{Severity, apply_fixes};

use crate::app_file::{AppFile, Findings};
use crate::arguments::{CheckArguments, Format};
use crate::exit::Exit;
use crate::{console, diagnostics};

/// A fix may show the next mistake; so many rounds are enough for any text.
const ROUNDS_MAX: usize = 10;

/// Checks the apps.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    let mut found = Vec::new();
    let mut fixed_files = Vec::new();
    for path in &arguments.apps {
        let mut app = AppFile::read(path)?;
        if arguments.fix && mend(&mut app)? {
            fixed_files.push(path.display().to_string());
        }
        let findings = app.findings();
        exit = worse(exit, verdict(&findings));
        match arguments.format {
            Format::Json => {
                found.extend(diagnostics::json(&app.path, &app.text, &findings.diagnostics));
            }
            Format::Text => {
                let color = console::is_output_terminal();
                let text = diagnostics::text(&app.path, &app.text, &findings.diagnostics, color);
                console::print(&text)?;
            }
        }
    }
    match arguments.format {
        Format::Json => {
            let report: Json = json!({ "diagnostics": found, "fixed": fixed_files });
            console::print(&format!("{report}\n"))?;
        }
        Format::Text => {
            for file in &fixed_files {
                console::print(&format!("mended {file}\n"))?;
            }
            if exit == Exit::Success {
                let count = arguments.apps.len();
                let apps = if count == 1 { "app" } else { "apps" };
                console::print(&format!("{count} {apps} checked, no mistakes\n"))?;
            }
        }
    }
    Ok(exit)
}

/// Applies fixes that cannot change the meaning; says whether the file has changed.
fn mend(app: &mut AppFile) -> anyhow::Result<bool> {
    let before = app.text.clone();
    for _ in 0..ROUNDS_MAX {
        let fixed = apply_fixes(&app.text, &app.findings().diagnostics);
        if fixed == app.text {
            break;
        }
        app.text = fixed;
    }
    if app.text == before {
        return Ok(false);
    }
    std::fs::write(&app.path, &app.text)
        .with_context(|| format!("cannot write {}", app.path.display()))?;
    Ok(true)
}

fn verdict(findings: &Findings) -> Exit {
    let is_error = |severity| severity == Severity::Error;
    if !findings.unsupported.is_empty() {
        Exit::Unsupported
    } else if findings.diagnostics.iter().any(|found| is_error(found.severity)) {
        Exit::Refused
    } else {
        Exit::Success
    }
}

/// Of several apps, one with mistakes says more than one that is not supported yet.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Refused, _) | (_, Exit::Refused) => Exit::Refused,
        (Exit::Success, other) => other,
        (one, _) => one,
    }
}
