//! Every diagnostic with the text it shows to people, a file of cases for each group.

mod annotations;
mod characters;
mod checks;
mod clauses;
mod dialect;
mod expressions;
mod names;
mod patterns;
mod recovery;

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use siddhi_query::{Applicability, Diagnostic, Severity, apply_fixes, parse_app_recovering};

/// A diagnostic as a program shows it.
fn render(text: &str, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let annotations = diagnostic.labels.iter().map(|label| {
        let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(label.span.range()).label(label.text.as_str())
    });
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str())
        .element(Snippet::source(text).annotations(annotations));
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut rendered = Renderer::plain().render(&[group]);
    for fix in &diagnostic.fixes {
        let sure = match fix.applicability {
            Applicability::MachineApplicable => "fix",
            Applicability::MaybeIncorrect => "suggestion",
        };
        write!(rendered, "\n{sure}: {}", fix.message).unwrap();
        for edit in &fix.edits {
            let replaced = text.get(edit.span.range()).unwrap();
            write!(rendered, " [{replaced:?} -> {:?}]", edit.replacement).unwrap();
        }
    }
    rendered
}

/// Texts and what is said about each, and the text after the fixes that are beyond doubt.
fn report(texts: &[&str]) -> String {
    let mut report = String::new();
    for text in texts {
        let diagnostics = parse_app_recovering(text).diagnostics;
        assert!(!diagnostics.is_empty(), "nothing is wrong with {text}");
        writeln!(report, "━━━ {text}").unwrap();
        for diagnostic in &diagnostics {
            writeln!(report, "{}\n", render(text, diagnostic)).unwrap();
        }
        let fixed = apply_fixes(text, &diagnostics);
        if fixed != *text {
            let rest = parse_app_recovering(&fixed).diagnostics.len();
            let rest = if rest == 0 { String::new() } else { format!(" ({rest} left)") };
            writeln!(report, "fixed{rest}: {fixed}\n").unwrap();
        }
    }
    report
}
