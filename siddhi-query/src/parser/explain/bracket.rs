//! Brackets that do not match, and commas before them.

use super::Trouble;
use crate::diagnostic::{Code, Diagnostic};

/// A comma before a closing bracket.
pub(super) fn comma_before(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let comma = trouble.at.checked_sub(1)?;
    if !matches!(trouble.text(trouble.at), ")" | "]") || trouble.text(comma) != "," {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::EXTRA_COMMA,
            "a comma before a closing bracket",
            trouble.span(comma),
            "no element follows it",
        )
        .with_secondary(trouble.span(trouble.at), "the list ends here")
        .with_fix("leave it out", trouble.span(comma), ""),
    )
}

/// The text, or the statement, ends while a bracket is open.
pub(super) fn not_closed(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let open = *trouble.open_brackets(at).last()?;
    let clause = ["select", "insert", "define", "from", "output", "group", "having", "return"];
    let ends = trouble.token(at).is_none()
        || trouble.text(at) == ";"
        || clause.iter().any(|word| trouble.is_word(at, word));
    let closing = if trouble.text(open) == "(" { ")" } else { "]" };
    // Another bracket is closed, which is open further out.
    let other = trouble.text(at) != closing && opener(trouble, at).is_some();
    if !ends && !other {
        return None;
    }
    let gap = trouble.gap(at);
    Some(
        Diagnostic::error(
            Code::UNBALANCED_BRACKET,
            format!("the bracket `{}` is not closed", trouble.text(open)),
            trouble.span(open),
            "opened here",
        )
        .with_secondary(trouble.span(at), format!("expected `{closing}` before this"))
        .with_suggestion("close it", gap, closing),
    )
}

/// The open bracket that the closing one at `index` belongs to.
fn opener(trouble: &Trouble<'_>, index: usize) -> Option<usize> {
    let opening = match trouble.text(index) {
        ")" => "(",
        "]" => "[",
        _ => return None,
    };
    trouble.open_brackets(index).into_iter().rev().find(|&open| trouble.text(open) == opening)
}

/// A bracket is closed that has not been opened.
pub(super) fn not_opened(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !matches!(trouble.text(at), ")" | "]") || opener(trouble, at).is_some() {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::UNBALANCED_BRACKET,
            format!("the bracket `{}` closes nothing", trouble.text(at)),
            trouble.span(at),
            "no bracket is open here",
        )
        .with_suggestion("leave it out", trouble.span(at), ""),
    )
}
