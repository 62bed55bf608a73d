//! Applying fixes.

use super::{Applicability, Diagnostic, Edit};

/// The text with every fix applied that says what was meant beyond doubt.
///
/// Of fixes that touch the same place the first wins; parse the result again to get the others.
///
/// ```
/// use siddhi_query::{apply_fixes, parse_app_recovering};
/// let text = "define stream #S (a bool);";
/// let diagnostics = parse_app_recovering(text).diagnostics;
/// assert_eq!(apply_fixes(text, &diagnostics), "define stream S (a bool);");
/// ```
#[must_use]
pub fn apply_fixes(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut chosen: Vec<&Edit> = Vec::new();
    for diagnostic in diagnostics {
        let certain = |fix: &&super::Fix| fix.applicability == Applicability::MachineApplicable;
        let Some(fix) = diagnostic.fixes.iter().find(certain) else { continue };
        if fix.edits.iter().all(|edit| chosen.iter().all(|other| apart(edit, other))) {
            chosen.extend(&fix.edits);
        }
    }
    chosen.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut fixed = String::with_capacity(text.len());
    let mut done = 0;
    for edit in chosen {
        let range = edit.span.range();
        fixed.push_str(text.get(done..range.start).unwrap_or_default());
        fixed.push_str(&edit.replacement);
        done = range.end;
    }
    fixed.push_str(text.get(done..).unwrap_or_default());
    fixed
}

/// Whether two edits can both be made: two insertions at one place cannot, their order is open.
fn apart(left: &Edit, right: &Edit) -> bool {
    let (a, b) = (left.span, right.span);
    (a.end <= b.start || b.end <= a.start) && (a.start, a.end) != (b.start, b.end)
}
