//! `siddhi check`: mistakes in apps, and mending them.

use std::path::Path;

use serde_json::{Value as Json, json};
use siddhi_core::Findings;
use siddhi_query::variables::{Substituted, substitute};
use siddhi_query::{Severity, apply_fixes, parse_app_recovering};

use crate::app_file::{AppFile, variable};
use crate::arguments::{CheckArguments, Format};
use crate::exit::Exit;
use crate::{console, diagnostics};

/// A fix may show the next mistake; so many rounds are enough for any text.
const ROUNDS_MAX: usize = 10;

/// Checks the apps. All are looked at, also behind one that cannot be read.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    let mut found = Vec::new();
    let mut fixed_files = Vec::new();
    let mut mended_text = None;
    // A text from standard input that is mended goes where one asks for it.
    let prints_text = |path: &Path| arguments.fix && path == Path::new("-");
    let holds_text = arguments.apps.iter().any(|path| prints_text(path));
    // Nothing stands in standard output beside such a text.
    let say = |text: &str| match text.trim_end() {
        "" => Ok(()),
        line if holds_text => {
            console::error_line(line);
            Ok(())
        }
        _ => console::print(text),
    };
    for path in &arguments.apps {
        let mut app = match AppFile::read(path) {
            Ok(app) => app,
            Err(error) => {
                exit = worse(exit, failed(&error));
                continue;
            }
        };
        if arguments.fix && mend(&mut app) {
            let written = if prints_text(path) { Ok(()) } else { app.write() };
            match written {
                Ok(()) => fixed_files.push(path.display().to_string()),
                Err(error) => exit = worse(exit, failed(&error)),
            }
        }
        let findings = app.findings();
        exit = worse(exit, verdict(&findings));
        match arguments.format {
            Format::Json => {
                found.extend(diagnostics::json(&app.path, &app.text, &findings.diagnostics));
                if prints_text(path) {
                    mended_text = Some(app.text);
                }
            }
            Format::Text => {
                let color = if holds_text {
                    console::is_error_terminal()
                } else {
                    console::is_output_terminal()
                };
                say(&diagnostics::text(&app.path, &app.text, &findings.diagnostics, color))?;
                if prints_text(path) {
                    console::print(&app.text)?;
                }
            }
        }
    }
    match arguments.format {
        Format::Json => {
            let mut report: Json = json!({ "diagnostics": found, "fixed": fixed_files });
            // Within the report, so that standard output is one object. The places of what is found
            // are places in this text.
            if let Some(text) = mended_text {
                report["text"] = text.into();
            }
            console::print(&format!("{report}\n"))?;
        }
        Format::Text => {
            for file in fixed_files.iter().filter(|file| *file != "-") {
                say(&format!("mended {file}\n"))?;
            }
            if exit == Exit::Success && !holds_text {
                let count = arguments.apps.len();
                let apps = if count == 1 { "app" } else { "apps" };
                say(&format!("{count} {apps} checked, no mistakes\n"))?;
            }
        }
    }
    Ok(exit)
}

/// Tells that a file cannot be read or written.
fn failed(error: &anyhow::Error) -> Exit {
    console::error_line(&format!("error: {error:#}"));
    Exit::Failed
}

/// Applies fixes that cannot change the meaning; says whether the text has changed.
fn mend(app: &mut AppFile) -> bool {
    let before = app.text.clone();
    let mut mistakes = mistakes(&app.text);
    for _ in 0..ROUNDS_MAX {
        let fixed = apply_fixes(&app.text, &app.findings().diagnostics);
        let left = self::mistakes(&fixed);
        // A fix that brings a mistake of its own is not one.
        if fixed == app.text || left.iter().any(|mistake| !mistakes.contains(mistake)) {
            break;
        }
        app.text = fixed;
        mistakes = left;
    }
    app.text != before
}

/// What the parser refuses a text for.
fn mistakes(text: &str) -> Vec<(&'static str, String)> {
    let text = substitute(text, variable).map_or_else(|_| text.to_owned(), Substituted::into_text);
    let found = parse_app_recovering(&text).diagnostics.into_iter();
    let errors = found.filter(|found| found.severity == Severity::Error);
    errors.map(|found| (found.code.as_str(), found.message)).collect()
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

/// Of several apps, one that cannot be read says most, then one with mistakes.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Failed, _) | (_, Exit::Failed) => Exit::Failed,
        (Exit::Refused, _) | (_, Exit::Refused) => Exit::Refused,
        (Exit::Success, other) => other,
        (one, _) => one,
    }
}
