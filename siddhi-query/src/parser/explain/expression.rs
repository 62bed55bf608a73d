//! Operators and null checks of other languages.

use super::super::grammar::Rule;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

/// Whether the grammar could have gone on with an operator: an operand is complete.
fn behind_operand(trouble: &Trouble<'_>) -> bool {
    trouble.expects(Rule::operator)
}

/// `=` in a condition.
pub(super) fn single_equals(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if trouble.text(at) != "="
        || !behind_operand(trouble)
        || trouble.annotation_bracket(at).is_some()
    {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::FOREIGN_OPERATOR,
            "`=` compares nothing",
            trouble.span(at),
            "equality is `==`",
        )
        .with_fix("write `==`", trouble.span(at), "=="),
    )
}

/// `&&`, `||`, `<>`, `!`, `&`, `|`, `^`.
pub(super) fn foreign_operator(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let doubled = trouble.text(at) == trouble.text(at + 1)
        && trouble.span(at).end == trouble.span(at + 1).start;
    let (first, last, meant) = match trouble.text(at) {
        "&" => (at, if doubled { at + 1 } else { at }, "and"),
        "|" => (at, if doubled { at + 1 } else { at }, "or"),
        ">" if trouble.before(1) == "<" => (at - 1, at, "!="),
        "!" if !behind_operand(trouble) => (at, at, "not"),
        // `!(…)` and `!f(…)` read as a fault stream first.
        "(" if trouble.before(1) == "!" => (at - 1, at - 1, "not"),
        "(" if trouble.before(2) == "!" && trouble.is_name(at.wrapping_sub(1)) => {
            (at - 2, at - 2, "not")
        }
        _ => return None,
    };
    let span = trouble.span(first).to(trouble.span(last));
    let found = trouble.slice(span).to_owned();
    let blank = |before: bool| {
        let text = trouble.scan.text;
        let beside = if before {
            text.get(..span.start as usize).and_then(|text| text.chars().next_back())
        } else {
            text.get(span.end as usize..).and_then(|text| text.chars().next())
        };
        if beside.is_some_and(|c| c.is_alphanumeric() || c == '_') { " " } else { "" }
    };
    let replacement = format!("{}{meant}{}", blank(true), blank(false));
    let mut diagnostic = Diagnostic::error(
        Code::FOREIGN_OPERATOR,
        format!("`{found}` is no operator of SiddhiQL"),
        span,
        format!("`{meant}` is"),
    )
    .with_fix(format!("write `{meant}`"), span, replacement);
    // A single one works on bits elsewhere.
    if matches!(found.as_str(), "&" | "|") {
        diagnostic.doubt();
    }
    Some(diagnostic)
}

/// The first token of the reference or call that ends before `end`.
fn operand_start(trouble: &Trouble<'_>, end: usize) -> Option<usize> {
    let mut start = end.checked_sub(1)?;
    let mut depth = 0_usize;
    loop {
        match trouble.text(start) {
            ")" | "]" => depth += 1,
            "(" | "[" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        let before = start.checked_sub(1);
        let joined = before.is_some_and(|before| {
            matches!(trouble.text(before), "." | "#" | "!" | ":")
                || matches!(trouble.text(start), "." | "[" | "(" | "#" | ":")
                    && trouble.is_name(before)
                || matches!(trouble.text(start), "." | "#") && trouble.text(before) == "]"
        });
        if depth == 0 && !joined {
            return Some(start);
        }
        start = before?;
    }
}

/// `a is not null`.
pub(super) fn not_null(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let is = at.checked_sub(1)?;
    if !trouble.is_word(is, "is") || !trouble.is_word(at, "not") || !trouble.is_word(at + 1, "null")
    {
        return None;
    }
    let start = operand_start(trouble, is)?;
    let operand = trouble.span(start).start as usize;
    let removed = Span::new(trouble.span(at).start as usize, trouble.span(at + 1).start as usize);
    let mut diagnostic = Diagnostic::error(
        Code::NULL_CHECK,
        "`is not null` does not exist",
        trouble.span(is).to(trouble.span(at + 1)),
        "the check is `not x is null`",
    );
    diagnostic.fixes.push(Fix {
        message: "put `not` in front".to_owned(),
        edits: vec![
            Edit { span: Span::new(operand, operand), replacement: "not ".to_owned() },
            Edit { span: removed, replacement: String::new() },
        ],
        applicability: Applicability::MachineApplicable,
    });
    Some(diagnostic)
}

/// `(a) is null`, `5 is null`.
pub(super) fn bracketed_null_check(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    if !trouble.is_word(trouble.at, "is") {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::NULL_CHECK,
            "`is null` cannot ask this",
            trouble.span(trouble.at),
            "only a reference or a call may stand before it",
        )
        .with_help("without brackets: `a is null`, `f(a) is null`"),
    )
}
