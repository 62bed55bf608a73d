//! `siddhi check`: mistakes in apps, and mending them.

use std::path::Path;

use serde_json::{Value as Json, json};
use siddhi_core::Findings;
use siddhi_query::variables::{Substituted, substitute};
use siddhi_query::{Diagnostic, Severity, apply_fixes, parse_app_recovering};

use crate::app_file::{AppFile, variable};
use crate::arguments::{CheckArguments, Format};
use crate::exit::Exit;
use crate::numbers::counted;
use crate::{console, diagnostics};

/// A fix may show the next mistake; so many rounds are enough for any text.
const ROUNDS_MAX: usize = 10;

/// Checks the apps. All are looked at, also behind one that cannot be read.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    match arguments.format {
        Format::Json => tell_programs(arguments),
        Format::Text => tell_people(arguments),
    }
}

fn tell_programs(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let mut outcome = Outcome::new();
    let mut found = Vec::new();
    let mut mended_text = None;
    for path in &arguments.apps {
        let Some((app, diagnostics)) = outcome.look_at(path, arguments.fix) else { continue };
        found.extend(diagnostics::json(&app.path, &app.text, &diagnostics));
        if arguments.fix && is_standard_input(path) {
            mended_text = Some(app.text);
        }
    }
    let mut report: Json = json!({ "diagnostics": found, "fixed": outcome.fixed_files() });
    // Within the report, so that standard output is one object. The places of what is found are
    // places in this text.
    if let (Some(text), Some(report)) = (mended_text, report.as_object_mut()) {
        report.insert("text".into(), text.into());
    }
    console::print(&format!("{report}\n"))?;
    Ok(outcome.exit)
}

fn tell_people(arguments: &CheckArguments) -> anyhow::Result<Exit> {
    // A text from standard input that is mended goes where one asks for it, and nothing stands in
    // standard output beside it.
    let holds_text = arguments.fix && arguments.apps.iter().any(|path| is_standard_input(path));
    let say = |text: &str| match text.trim_end() {
        "" => Ok(()),
        line if holds_text => {
            console::error_line(line);
            Ok(())
        }
        _ => console::print(text),
    };
    let color =
        if holds_text { console::is_error_terminal() } else { console::is_output_terminal() };
    let mut outcome = Outcome::new();
    for path in &arguments.apps {
        let Some((app, diagnostics)) = outcome.look_at(path, arguments.fix) else { continue };
        say(&diagnostics::text(&app.path, &app.text, &diagnostics, color))?;
        if arguments.fix && is_standard_input(path) {
            console::print(&app.text)?;
        }
    }
    for Mended { file, left } in
        outcome.fixed.iter().filter(|it| !is_standard_input(Path::new(&it.file)))
    {
        say(&match left {
            0 => format!("mended {file}\n"),
            _ => format!("mended {file}, {} left\n", counted(*left, "mistake")),
        })?;
    }
    if outcome.exit == Exit::Success && !holds_text {
        let found = match outcome.warnings {
            0 => "no mistakes".into(),
            count => counted(count, "warning"),
        };
        say(&format!("{} checked, {found}\n", counted(arguments.apps.len() as u64, "app")))?;
    }
    Ok(outcome.exit)
}

/// What has come of the apps so far.
struct Outcome {
    exit: Exit,
    /// The files that were mended.
    fixed: Vec<Mended>,
    warnings: u64,
}

/// A file that was mended.
struct Mended {
    file: String,
    /// How many mistakes it still has.
    left: u64,
}

impl Outcome {
    fn new() -> Self {
        Self { exit: Exit::Success, fixed: Vec::new(), warnings: 0 }
    }

    /// An app, mended where it can and should be, and what is found in it. None when it cannot be
    /// read, which is told.
    fn look_at(&mut self, path: &Path, fixes: bool) -> Option<(AppFile, Vec<Diagnostic>)> {
        let mut app = AppFile::read(path).map_err(|error| self.fail(&error)).ok()?;
        let mut mended = fixes && mend(&mut app);
        if mended && !is_standard_input(path) {
            mended = app.write().map_err(|error| self.fail(&error)).is_ok();
        }
        let findings = app.findings();
        if mended {
            self.fixed
                .push(Mended { file: path.display().to_string(), left: mistakes_in(&findings) });
        }
        self.exit = worse(self.exit, verdict(&findings));
        let is_warning = |found: &&Diagnostic| found.severity == Severity::Warning;
        self.warnings += findings.diagnostics.iter().filter(is_warning).count() as u64;
        Some((app, findings.diagnostics))
    }

    fn fixed_files(&self) -> Vec<&str> {
        self.fixed.iter().map(|mended| mended.file.as_str()).collect()
    }

    /// Tells that a file cannot be read or written.
    fn fail(&mut self, error: &anyhow::Error) {
        console::error_line(&format!("error: {error:#}"));
        self.exit = worse(self.exit, Exit::Failed);
    }
}

/// How many mistakes were found; what is not supported yet is none.
fn mistakes_in(findings: &Findings) -> u64 {
    if !findings.unsupported.is_empty() {
        return 0;
    }
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    findings.diagnostics.iter().filter(is_error).count() as u64
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
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
