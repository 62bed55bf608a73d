//! Applying fixes.

use std::collections::BTreeSet;

use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix, Severity};
use crate::parser::parse_app_recovering;
use crate::variables::Substituted;

/// So often a text is read to find out which of its fixes do harm; what is undecided then is left.
const TRIALS_MAX: usize = 50;

/// The text of an app with every fix applied that says what was meant beyond doubt.
///
/// Of fixes that touch the same place the first wins, and a fix that would lead to a kind of error
/// that the text does not have yet is left out; parse the result again to get the others.
///
/// ```
/// use siddhi_query::{apply_fixes, parse_app_recovering};
/// let text = "define stream #S (a bool);";
/// let diagnostics = parse_app_recovering(text).diagnostics;
/// assert_eq!(apply_fixes(text, &diagnostics), "define stream S (a bool);");
/// ```
#[must_use]
pub fn apply_fixes(text: &str, diagnostics: &[Diagnostic]) -> String {
    edited(text, &harmless_fixes(text, diagnostics))
}

/// The text of an app without its errors, when each has a fix that says what was meant beyond
/// doubt; it may have other mistakes that show only now. Spans of it lead back to the text itself.
#[must_use]
pub fn mended(text: &str, diagnostics: &[Diagnostic]) -> Option<Substituted> {
    let errors: Vec<&Diagnostic> =
        diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    let fixes = certain_fixes(errors.iter().copied());
    (fixes.len() == errors.len()).then(|| Substituted::of_edits(text, sorted(&fixes)))
}

/// Those fixes beyond doubt that can be made together and lead to no new kind of error.
fn harmless_fixes<'a>(text: &'a str, diagnostics: &'a [Diagnostic]) -> Vec<&'a Fix> {
    let chosen = certain_fixes(diagnostics);
    if chosen.is_empty() {
        return chosen;
    }
    let mut trials = Trials { text, before: errors(text), kept: Vec::new(), left: TRIALS_MAX };
    trials.keep_harmless(&chosen);
    trials.kept
}

/// For each diagnostic its fix beyond doubt, unless it has none or an earlier one touches the place.
fn certain_fixes<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<&'a Fix> {
    let mut chosen: Vec<&Fix> = Vec::new();
    for diagnostic in diagnostics {
        let certain = |fix: &&Fix| fix.applicability == Applicability::MachineApplicable;
        let Some(fix) = diagnostic.fixes.iter().find(certain) else { continue };
        let mut others = chosen.iter().flat_map(|fix| &fix.edits);
        if others.all(|other| fix.edits.iter().all(|edit| apart(edit, other))) {
            chosen.push(fix);
        }
    }
    chosen
}

/// Two insertions at one place cannot both be made, their order is open.
fn apart(left: &Edit, right: &Edit) -> bool {
    let (a, b) = (left.span, right.span);
    (a.end <= b.start || b.end <= a.start) && (a.start, a.end) != (b.start, b.end)
}

/// The text with the edits of some fixes made.
fn edited(text: &str, fixes: &[&Fix]) -> String {
    Substituted::of_edits(text, sorted(fixes)).into_text()
}

/// The edits of some fixes in the order of the text.
fn sorted<'a>(fixes: &[&'a Fix]) -> Vec<&'a Edit> {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits
}

/// The kinds of errors that a text has.
fn errors(text: &str) -> BTreeSet<Code> {
    let found = parse_app_recovering(text).diagnostics.into_iter();
    found.filter(|it| it.severity == Severity::Error).map(|it| it.code).collect()
}

/// The search for the fixes that can be made together.
struct Trials<'a> {
    text: &'a str,
    before: BTreeSet<Code>,
    kept: Vec<&'a Fix>,
    left: usize,
}

impl<'a> Trials<'a> {
    /// Keeps those fixes that lead to no new kind of error: all, or else what is left of each half.
    fn keep_harmless(&mut self, fixes: &[&'a Fix]) {
        if fixes.is_empty() || self.left == 0 {
            return;
        }
        self.left -= 1;
        let count = self.kept.len();
        self.kept.extend(fixes);
        if errors(&edited(self.text, &self.kept)).is_subset(&self.before) {
            return;
        }
        self.kept.truncate(count);
        if fixes.len() > 1 {
            let (first, second) = fixes.split_at(fixes.len() / 2);
            self.keep_harmless(first);
            self.keep_harmless(second);
        }
    }
}
