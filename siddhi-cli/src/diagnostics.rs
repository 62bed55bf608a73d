//! Diagnostics for people and for programs.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use serde_json::{Value as Json, json};
use siddhi_core::CreateError;
use siddhi_query::{Applicability, Diagnostic, Fix, LineIndex, Severity};

use crate::app_file::AppFile;

/// Diagnostics as text with the lines they are about.
pub(crate) fn text(path: &Path, source: &str, diagnostics: &[Diagnostic], color: bool) -> String {
    let path = path.display().to_string();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&groups(&path, source, diagnostic)));
        text.push_str("\n\n");
    }
    text
}

fn groups<'a>(path: &'a str, source: &'a str, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.as_str());
    let annotations = diagnostic.labels.iter().map(|label| {
        let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(clamp(label.span.range(), source));
        if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
    });
    let snippet = Snippet::source(source).path(path).annotations(annotations);
    let mut main = title.element(snippet);
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note));
    }
    for help in &diagnostic.help {
        main = main.element(Level::HELP.message(help));
    }
    let fixes = diagnostic.fixes.iter().map(|fix| fix_group(path, source, fix));
    std::iter::once(main).chain(fixes).collect()
}

fn fix_group<'a>(path: &'a str, source: &'a str, fix: &'a Fix) -> Group<'a> {
    let patches = fix
        .edits
        .iter()
        .map(|edit| Patch::new(clamp(edit.span.range(), source), edit.replacement.as_str()));
    let snippet = Snippet::source(source).path(path).patches(patches);
    // Only what is certain is mended by `--fix`.
    let title = match fix.applicability {
        Applicability::MachineApplicable => fix.message.clone(),
        Applicability::MaybeIncorrect => format!("maybe {}", fix.message),
    };
    Level::HELP.secondary_title(title).element(snippet)
}

/// A range within the source, at the borders of characters: a renderer must not be handed another.
fn clamp(range: std::ops::Range<usize>, source: &str) -> std::ops::Range<usize> {
    let border = |at: usize| source.floor_char_boundary(at.min(source.len()));
    let (start, end) = (border(range.start), border(range.end));
    start..end.max(start)
}

/// Why an app was refused, as JSON in the form of the report of `siddhi check`.
pub(crate) fn report(file: &AppFile, error: &CreateError) -> String {
    let found = json(&file.path, &file.text, error.diagnostics());
    json!({ "diagnostics": found }).to_string()
}

/// Diagnostics as JSON, each with its file, line and column.
pub(crate) fn json(path: &Path, source: &str, diagnostics: &[Diagnostic]) -> Vec<Json> {
    let lines = LineIndex::new(source);
    let position = |offset: u32| {
        let position = lines.position(offset);
        json!({ "offset": offset, "line": position.line, "column": position.column })
    };
    let span = |span: siddhi_query::ast::Span| json!({ "start": position(span.start), "end": position(span.end) });
    let one = |diagnostic: &Diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| {
            json!({ "span": span(label.span), "text": label.text, "primary": label.primary })
        });
        let fixes = diagnostic.fixes.iter().map(|fix| {
            let edits = fix
                .edits
                .iter()
                .map(|edit| json!({ "span": span(edit.span), "replacement": edit.replacement }));
            json!({
                "message": fix.message,
                "certain": fix.applicability == Applicability::MachineApplicable,
                "edits": edits.collect::<Vec<_>>(),
            })
        });
        json!({
            "file": path.display().to_string(),
            "severity": diagnostic.severity.to_string(),
            "code": diagnostic.code.as_str(),
            "message": diagnostic.message,
            "span": span(diagnostic.span()),
            "labels": labels.collect::<Vec<_>>(),
            "notes": diagnostic.notes,
            "help": diagnostic.help,
            "fixes": fixes.collect::<Vec<_>>(),
        })
    };
    diagnostics.iter().map(one).collect()
}
