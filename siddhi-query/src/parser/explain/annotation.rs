//! Mistakes in annotations.

use super::super::scan::TokenKind;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Code, Diagnostic};

/// `@app.name('…')`.
pub(super) fn point_behind_app(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let app = trouble.before(2) == "@" && trouble.before(1).eq_ignore_ascii_case("app");
    if trouble.text(at) != "." || !app || !trouble.is_name(at + 1) {
        return None;
    }
    Some(app_point(trouble.span(at)))
}

/// A point where the colon of `@app:name` was meant.
pub(in super::super) fn app_point(point: Span) -> Diagnostic {
    Diagnostic::error(
        Code::SYNTAX,
        "a point in the name of an annotation of the app",
        point,
        "expected `:`",
    )
    .with_fix("write `:`", point, ":")
}

/// A comma behind an annotation.
pub(super) fn comma_behind(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let next = trouble.text(at + 1);
    let statement = next == "@"
        || ["define", "from", "partition"].iter().any(|word| next.eq_ignore_ascii_case(word));
    if trouble.text(at) != "," || !statement || !trouble.open_brackets(at).is_empty() {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::EXTRA_COMMA,
            "a comma behind an annotation",
            trouble.span(at),
            "annotations and what they belong to follow each other without commas",
        )
        .with_fix("leave it out", trouble.span(at), ""),
    )
}

/// `@a()`.
pub(super) fn empty_brackets(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if trouble.text(at) != ")" || trouble.before(1) != "(" {
        return None;
    }
    trouble.annotation_bracket(at)?;
    let span = trouble.span(at.checked_sub(1)?).to(trouble.span(at));
    Some(
        Diagnostic::error(
            Code::SYNTAX,
            "an annotation with empty brackets",
            span,
            "an annotation without elements has no brackets",
        )
        .with_fix("leave them out", span, ""),
    )
}

/// `attributes(…)` inside an annotation, without its `@`.
pub(super) fn missing_at(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let name = at.checked_sub(1)?;
    let is_call = trouble.text(at) == "(" && trouble.is_name(name);
    trouble.annotation_bracket(name)?;
    if !is_call || !matches!(trouble.before(2), "," | "(" | ")") {
        return None;
    }
    let word = trouble.text(name);
    let insertion = Span::new(trouble.span(name).start as usize, trouble.span(name).start as usize);
    let diagnostic = Diagnostic::error(
        Code::MISSING_AT,
        format!("`@` is missing before `{word}`"),
        trouble.span(name),
        "an annotation inside an annotation",
    );
    Some(if trouble.before(2) == ")" {
        // The comma before it is missing as well; that is found next.
        diagnostic.with_fix("add `@`", insertion, ", @")
    } else {
        diagnostic.with_fix("add `@`", insertion, "@")
    })
}

/// `type='http, url='x'`: a text that is not closed reaches to the quote that opens the next one.
pub(super) fn swallowing_quote(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    let before = at.checked_sub(1).filter(|&it| trouble.kind(it) == Some(TokenKind::Text))?;
    trouble.annotation_bracket(at)?;
    let (text, span) = (trouble.text(before), trouble.span(before));
    let quote = text.get(..1)?;
    let inside = text.get(1..)?.strip_suffix(quote).filter(|_| !text.starts_with("\"\"\""))?;
    // Behind a text that was meant stands a blank or a comma; behind a quote that was to open the
    // next text stands that text, and before it `=` or a comma.
    let opens_next = inside.trim_ascii_end().ends_with(['=', ',', '(']);
    let runs_on = inside.contains(['=', ',']) && span.end == trouble.span(at).start;
    if trouble.token(at).is_none() || !(opens_next || runs_on) {
        return None;
    }
    let opened = span.start as usize;
    let diagnostic = Diagnostic::error(
        Code::UNCLOSED,
        "the quote is not closed",
        Span::new(opened, opened + 1),
        "opened here and not closed before the next quote",
    )
    .with_secondary(
        Span::new(span.end as usize - 1, span.end as usize),
        "this quote ends the text",
    );
    Some(match inside.find(',') {
        Some(comma) => {
            let end = opened + 1 + inside.get(..comma)?.trim_ascii_end().len();
            diagnostic.with_suggestion("close it before the comma", Span::new(end, end), quote)
        }
        None => diagnostic,
    })
}

/// No comma between two elements.
pub(super) fn missing_comma(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    trouble.annotation_bracket(at)?;
    let behind_element = at.checked_sub(1).and_then(|before| trouble.kind(before))
        == Some(TokenKind::Text)
        || trouble.before(1) == ")";
    let element =
        trouble.is_name(at) || trouble.kind(at) == Some(TokenKind::Text) || trouble.text(at) == "@";
    if !behind_element || !element {
        return None;
    }
    let gap = trouble.gap(at);
    Some(
        Diagnostic::error(
            Code::MISSING_COMMA,
            "a comma is missing between two elements of an annotation",
            gap,
            "`,` must stand here",
        )
        .with_secondary(trouble.span(at), "the next element")
        .with_fix("add the comma", gap, ","),
    )
}

/// A value without quotes.
pub(super) fn bare_value(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let bracket = trouble.annotation_bracket(trouble.at)?;
    // The value begins behind the last `=` or comma, or at the bracket.
    let mut start = trouble.at;
    while start > bracket + 1 && !matches!(trouble.text(start - 1), "=" | "," | "(" | ")") {
        start -= 1;
    }
    let mut end = start;
    while !matches!(trouble.text(end), "," | ")" | "(" | "=" | "@" | ";" | "")
        && !matches!(trouble.kind(end), Some(TokenKind::Text | TokenKind::Unclosed))
    {
        end += 1;
    }
    let ends = matches!(trouble.text(end), "," | ")");
    let bare = end > start && end >= trouble.at && ends && trouble.text(start - 1) != ")";
    if !bare {
        return None;
    }
    let span = trouble.span(start).to(trouble.span(end - 1));
    let value = trouble.slice(span);
    if value.contains(['\n', '\'', '"']) {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::UNQUOTED_VALUE,
            "the value of an annotation is not in quotes",
            span,
            "every value is a text",
        )
        .with_fix("put it in quotes", span, format!("'{value}'")),
    )
}

/// `key: 'value'`.
pub(super) fn colon_for_equals(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    trouble.annotation_bracket(at)?;
    let colon = at.checked_sub(1)?;
    if trouble.text(colon) != ":" || trouble.kind(at) != Some(TokenKind::Text) {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::SYNTAX,
            "a colon between key and value",
            trouble.span(colon),
            "expected `=`",
        )
        .with_fix("write `=`", trouble.span(colon), " ="),
    )
}
