//! What can be read, but was meant otherwise: the language of Siddhi 3, and swallowed text.
//!
//! These texts are SiddhiQL, so they are warnings; most are refused later for a reason that does
//! not say what was meant (`no function SUM`).

use super::scan::{Scan, Token, TokenKind};
use crate::AGGREGATORS;
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

/// Warns of what was probably meant otherwise.
pub(super) fn lint(scan: &Scan<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = scan.open_comment.map(open_comment).into_iter().collect();
    let null_is_name = defines_null(scan);
    let defined = defined_functions(scan);
    for (index, &token) in scan.tokens.iter().enumerate() {
        let warning = match token.kind {
            TokenKind::Word => window_namespace(scan, index)
                .or_else(|| is_null_call(scan, index, &defined))
                .or_else(|| aggregator_case(scan, index, &defined))
                .or_else(|| null_comparison(scan, index).filter(|_| !null_is_name)),
            TokenKind::Script => swallowed(scan, token),
            _ => None,
        };
        found.extend(warning);
    }
    found
}

fn text<'t>(scan: &Scan<'t>, index: usize) -> &'t str {
    scan.tokens.get(index).map_or("", |&token| scan.text_of(token))
}

fn before<'t>(scan: &Scan<'t>, index: usize) -> &'t str {
    index.checked_sub(1).map_or("", |before| text(scan, before))
}

fn span(scan: &Scan<'_>, index: usize) -> Span {
    scan.tokens.get(index).map(|token| token.span).unwrap_or_default()
}

/// The names behind `define function`.
fn defined_functions<'t>(scan: &Scan<'t>) -> Vec<&'t str> {
    let is_function = |&index: &usize| {
        text(scan, index).eq_ignore_ascii_case("function")
            && before(scan, index).eq_ignore_ascii_case("define")
    };
    (0..scan.tokens.len()).filter(is_function).map(|index| text(scan, index + 1)).collect()
}

/// `#window:time(…)`.
fn window_namespace(scan: &Scan<'_>, index: usize) -> Option<Diagnostic> {
    let written = text(scan, index).eq_ignore_ascii_case("window")
        && before(scan, index) == "#"
        && text(scan, index + 1) == ":"
        && text(scan, index + 3) == "(";
    written.then(|| {
        let colon = span(scan, index + 1);
        Diagnostic::warning(
            Code::SIDDHI_3,
            "a window of Siddhi 3",
            span(scan, index).to(span(scan, index + 2)),
            "this calls a stream function of the namespace `window`",
        )
        .with_help(format!("a window is written `#window.{}(…)`", text(scan, index + 2)))
        .with_fix("write a point", colon, ".")
    })
}

/// `isNull(a)`.
fn is_null_call(scan: &Scan<'_>, index: usize, defined: &[&str]) -> Option<Diagnostic> {
    let called = text(scan, index).eq_ignore_ascii_case("isNull")
        && text(scan, index + 1) == "("
        && !matches!(before(scan, index), ":" | "#" | "." | "@");
    if !called || defined.contains(&text(scan, index)) {
        return None;
    }
    let mut diagnostic = Diagnostic::warning(
        Code::SIDDHI_3,
        "`isNull(…)` is of Siddhi 3",
        span(scan, index),
        "now `… is null`",
    );
    // A reference is taken as it is; of anything else the value would have to be selected first.
    if let Some(end) = behind_reference(scan, index + 2).filter(|&end| text(scan, end) == ")") {
        let opening = span(scan, index).to(span(scan, index + 1));
        diagnostic.fixes.push(Fix {
            message: "write `is null`".to_owned(),
            edits: vec![
                Edit { span: opening, replacement: String::new() },
                Edit { span: span(scan, end), replacement: " is null".to_owned() },
            ],
            applicability: Applicability::MachineApplicable,
        });
    }
    Some(diagnostic)
}

/// Behind the reference `a`, `s.a`, `e[0].a` or `e[0]` that begins at `index`.
fn behind_reference(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let is_name = |index: usize| {
        let token = scan.tokens.get(index)?;
        matches!(token.kind, TokenKind::Word | TokenKind::Quoted).then_some(index + 1)
    };
    let mut end = is_name(index)?;
    if text(scan, end) == "[" {
        end = (end + 1..end + 5).find(|&place| text(scan, place) == "]")? + 1;
    }
    if text(scan, end) == "." { is_name(end + 1) } else { Some(end) }
}

/// `SUM(a)`.
fn aggregator_case(scan: &Scan<'_>, index: usize, defined: &[&str]) -> Option<Diagnostic> {
    let word = text(scan, index);
    let called = text(scan, index + 1) == "("
        && !matches!(before(scan, index), ":" | "#" | "." | "@")
        && !defined.contains(&word);
    if !called || AGGREGATORS.contains(&word) {
        return None;
    }
    let meant = AGGREGATORS.iter().find(|name| name.eq_ignore_ascii_case(word))?;
    // `AND (…)` is the operator.
    if matches!(*meant, "and" | "or") {
        return None;
    }
    let message = if meant.contains(|letter: char| letter.is_uppercase()) {
        format!("the aggregator is written `{meant}`")
    } else {
        format!("the aggregator `{meant}` is written in lower case")
    };
    Some(
        Diagnostic::warning(Code::SIDDHI_3, message, span(scan, index), "another name for Siddhi")
            .with_fix(format!("write `{meant}`"), span(scan, index), *meant),
    )
}

/// Whether some attribute is called `null`: the word with its type behind it, or made by `as`.
fn defines_null(scan: &Scan<'_>) -> bool {
    let types = ["string", "int", "long", "float", "double", "bool", "object"];
    (0..scan.tokens.len()).any(|index| {
        text(scan, index).eq_ignore_ascii_case("null")
            && (before(scan, index).eq_ignore_ascii_case("as")
                || types.iter().any(|word| text(scan, index + 1).eq_ignore_ascii_case(word)))
    })
}

/// `price != null`.
fn null_comparison(scan: &Scan<'_>, index: usize) -> Option<Diagnostic> {
    let operator = index.checked_sub(1)?;
    let compared = matches!(text(scan, operator), "==" | "!=");
    let whole = !matches!(text(scan, index + 1), "." | "[" | "(" | "#" | ":");
    if !compared || !whole || !text(scan, index).eq_ignore_ascii_case("null") {
        return None;
    }
    let span = span(scan, operator).to(span(scan, index));
    let diagnostic = Diagnostic::warning(
        Code::NULL_CHECK,
        "a comparison with `null`",
        span,
        "`null` is read as an attribute of that name",
    );
    Some(if text(scan, operator) == "==" {
        diagnostic.with_help("ask `a is null`").with_suggestion("write `is null`", span, "is null")
    } else {
        diagnostic.with_help("ask `not a is null`")
    })
}

/// `/*` without `*/`.
fn open_comment(opened: Span) -> Diagnostic {
    Diagnostic::warning(
        Code::UNCLOSED,
        "the comment is not closed",
        opened,
        "all that follows is comment",
    )
    .with_help("a comment ends with `*/`")
}

/// A script that ends later than its braces say.
fn swallowed(scan: &Scan<'_>, token: Token) -> Option<Diagnostic> {
    let script = scan.text_of(token);
    let mut depth = 0_usize;
    let end = script.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let rest = script.get(end + 1..)?;
    let statement = rest.trim_ascii_start().strip_prefix(';')?.trim_ascii_start();
    let start = token.span.start as usize;
    let brace = Span::new(start + end, start + end + 1);
    let word = Span::new(token.span.end as usize - (statement.len()), token.span.end as usize);
    Some(
        Diagnostic::warning(
            Code::SCRIPT_SWALLOWS,
            "the script swallows what follows it",
            Span::new(start, start + 1),
            "this script",
        )
        .with_secondary(brace, "does not end here, because of quotes or comments")
        .with_secondary(
            Span::new(word.start as usize, word.start as usize + 1),
            "this is part of it",
        )
        .with_note("of all ways to read quotes and `//` in a script, the longest counts")
        .with_help("use single quotes, and `/* … */`, in scripts"),
    )
}
