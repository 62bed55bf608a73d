//! Operators and null checks of other languages.

use super::super::grammar::Rule;
use super::super::scan::TokenKind;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

/// Whether the grammar could have gone on with an operator: an operand is complete.
fn behind_operand(trouble: &Trouble<'_>) -> bool {
    trouble.expects(Rule::operator)
}

/// `=>`, `=<`, `=!`.
pub(super) fn flipped_operator(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let meant = match trouble.text(at + 1) {
        ">" => ">=",
        "<" => "<=",
        "!" => "!=",
        _ => return None,
    };
    let joined = trouble.span(at).end == trouble.span(at + 1).start;
    if trouble.text(at) != "="
        || !joined
        || !behind_operand(trouble)
        || trouble.annotation_bracket(at).is_some()
    {
        return None;
    }
    let span = trouble.span(at).to(trouble.span(at + 1));
    Some(
        Diagnostic::error(
            Code::FOREIGN_OPERATOR,
            format!("`{}` is no operator of SiddhiQL", trouble.slice(span)),
            span,
            format!("`{meant}` is"),
        )
        .with_fix(format!("write `{meant}`"), span, meant),
    )
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
    let mut diagnostic = Diagnostic::error(
        Code::FOREIGN_OPERATOR,
        "`=` compares nothing",
        trouble.span(at),
        "equality is `==`",
    )
    .with_fix("write `==`", trouble.span(at), "==");
    // With another operator behind it, it may be part of that.
    if matches!(
        trouble.text(at + 1),
        "=" | "==" | "!=" | ">" | ">=" | "<" | "<=" | "!" | "~" | "->" | "*" | "/" | "%"
    ) {
        diagnostic.doubt();
    }
    Some(diagnostic)
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
    // A single one works on bits elsewhere, and one that joins no operands is another mistake.
    let joins = matches!(found.as_str(), "&&" | "||");
    if matches!(found.as_str(), "&" | "|") || joins && !behind_operand(trouble) {
        diagnostic.doubt();
    }
    Some(diagnostic)
}

/// `-a`, `-(a)`, `-f(a)`.
pub(super) fn unary_sign(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let sign = at.checked_sub(1).filter(|&sign| matches!(trouble.text(sign), "-" | "+"))?;
    let operand = trouble.is_name(at) || matches!(trouble.text(at), "(" | "-" | "+");
    // Behind an operand it is a difference, and something else is wrong.
    if !operand || !trouble.expects(Rule::unsigned) {
        return None;
    }
    let text = trouble.text(sign);
    let diagnostic = Diagnostic::error(
        Code::FOREIGN_OPERATOR,
        format!("`{text}` can be the sign of a number only"),
        trouble.span(sign),
        "there is no unary operator of this kind",
    );
    let tighter =
        matches!(sign.checked_sub(1).map(|it| trouble.text(it)), Some("*" | "/" | "%" | "-"));
    let span = trouble.span(sign);
    Some(match (text, tighter, trouble.is_name(at)) {
        ("+", ..) => diagnostic.with_suggestion("leave it out", span, ""),
        (_, false, true) => diagnostic
            .with_help(format!("write `0 - {}`", trouble.text(at)))
            .with_suggestion("subtract from 0", span, "0 - "),
        (_, false, false) => diagnostic.with_suggestion("subtract from 0", span, "0 - "),
        _ if trouble.is_name(at)
            && !matches!(trouble.text(at + 1), "." | "[" | "(" | "#" | ":") =>
        {
            let replacement = format!("(0 - {})", trouble.text(at));
            diagnostic.with_suggestion("subtract from 0", span.to(trouble.span(at)), replacement)
        }
        _ => diagnostic.with_help("subtract from 0, in brackets: `a * (0 - b)`"),
    })
}

/// `sum(a) total`.
pub(super) fn missing_as(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if !trouble.expects(Rule::kw_as) || trouble.kind(at) != Some(TokenKind::Word) {
        return None;
    }
    // Were it a misspelled clause, more than a comma or the next clause would follow.
    let ends = matches!(trouble.text(at + 1), "," | ";" | "")
        || super::clause::CLAUSES.iter().any(|clause| trouble.is_word(at + 1, clause));
    let clause = super::clause::CLAUSES.iter().any(|clause| trouble.is_word(at, clause));
    if !ends || clause {
        return None;
    }
    let word = trouble.text(at);
    let start = trouble.span(at).start as usize;
    Some(
        Diagnostic::error(
            Code::MISSING_ALIAS,
            format!("`as` is missing before `{word}`"),
            trouble.span(at),
            "the name of the output attribute?",
        )
        .with_suggestion("add `as`", Span::new(start, start), "as "),
    )
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
