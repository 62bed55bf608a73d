//! Characters: quotes that are not closed, quotes of word processors, strays.

use super::super::scan::TokenKind;
use super::Trouble;
use crate::ast::Span;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, Fix};

/// The first token of a kind up to the unexpected one: what is not closed spoils what follows.
fn first(trouble: &Trouble<'_>, kind: TokenKind) -> Option<usize> {
    (0..=trouble.at).find(|&index| trouble.kind(index) == Some(kind))
}

/// A quote, back quote or brace is opened and never closed.
pub(super) fn not_closed(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let index = first(trouble, TokenKind::Unclosed)?;
    let span = trouble.span(index);
    let quote = trouble.text(index);
    let rest = trouble.scan.text.get(span.end as usize..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let (what, label) = match quote {
        "{" => ("the script", "opened here and never closed"),
        "`" => ("the quoted name", "opened here and never closed"),
        _ => ("the quote", "opened here and not closed on its line"),
    };
    let diagnostic =
        Diagnostic::error(Code::UNCLOSED, format!("{what} is not closed"), span, label);
    // Inside single quotes a double quote may not stand, though the text looks closed.
    if quote == "'"
        && let Some(end) = line.find('\'')
        && let Some(inside) = line.get(..end)
        && inside.contains('"')
    {
        let whole = Span::new(span.start as usize, span.end as usize + end + 1);
        return Some(
            diagnostic
                .with_note("a text in single quotes cannot hold a double quote")
                .with_help("put three double quotes around it")
                .with_suggestion("use three quotes", whole, format!("\"\"\"{inside}\"\"\"")),
        );
    }
    Some(match quote {
        "{" | "`" => diagnostic,
        _ => diagnostic.with_help("a text of several lines stands between three double quotes"),
    })
}

/// The quote that a typographic one stands for.
fn plain_quote(text: &str) -> Option<&'static str> {
    Some(match text.chars().next()? {
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{00AB}' | '\u{00BB}'
        | '\u{2033}' | '\u{FF02}' => "\"",
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}'
        | '\u{FF07}' => "'",
        _ => return None,
    })
}

/// Quotes as word processors make them.
pub(super) fn typographic_quote(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let is_quote = |index: &usize| {
        trouble.kind(*index) == Some(TokenKind::Stray)
            && plain_quote(trouble.text(*index)).is_some()
    };
    let opened = (0..=trouble.at).find(is_quote)?;
    let from = trouble.span(opened).end as usize;
    let rest = trouble.scan.text.get(from..).unwrap_or_default();
    let line_end = from + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let closed = (opened + 1..trouble.scan.tokens.len())
        .take_while(|&index| (trouble.span(index).start as usize) < line_end)
        .find(is_quote);
    let span = trouble.span(opened);
    let quote = plain_quote(trouble.text(opened))?;
    let places = [Some(opened), closed].into_iter().flatten();
    let edits = places
        .map(|index| Edit { span: trouble.span(index), replacement: quote.to_owned() })
        .collect();
    let mut diagnostic = Diagnostic::error(
        Code::TYPOGRAPHIC_QUOTE,
        "a typographic quote",
        span,
        format!("`{}` is no quote of SiddhiQL", trouble.text(opened)),
    )
    .with_help("texts stand between straight quotes: `'…'` or `\"…\"`");
    if let Some(closed) = closed {
        diagnostic = diagnostic.with_secondary(trouble.span(closed), "and its partner");
    }
    diagnostic.fixes.push(Fix {
        message: "use straight quotes".to_owned(),
        edits,
        applicability: Applicability::MachineApplicable,
    });
    Some(diagnostic)
}

/// `//` where a comment was meant.
pub(in super::super) fn foreign_comment(slashes: Span) -> Diagnostic {
    Diagnostic::error(
        Code::STRAY_CHARACTER,
        "`//` begins no comment",
        slashes,
        "a comment begins with `--`",
    )
    .with_fix("write `--`", slashes, "--")
}

/// Any other character that begins nothing.
pub(super) fn stray(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
    if trouble.text(at) == "/" && trouble.text(at + 1) == "/" {
        let span = trouble.span(at).to(trouble.span(at + 1));
        return Some(foreign_comment(span));
    }
    if trouble.kind(at) != Some(TokenKind::Stray) {
        return None;
    }
    let span = trouble.span(at);
    let character = trouble.text(at).chars().next()?;
    if character == '$' && trouble.text(at + 1).starts_with('{') {
        return Some(
            Diagnostic::error(
                Code::STRAY_CHARACTER,
                "a variable that has not been replaced",
                span.to(trouble.span(at + 1)),
                "`${…}` is replaced before an app is read",
            )
            .with_help("set the variable where the app is started"),
        );
    }
    if character.is_whitespace()
        || character.is_control()
        || "\u{FEFF}\u{200B}\u{200C}\u{200D}\u{2060}".contains(character)
    {
        return Some(
            Diagnostic::error(
                Code::STRAY_CHARACTER,
                format!("the invisible character U+{:04X}", u32::from(character)),
                span,
                "not a blank of SiddhiQL",
            )
            .with_fix("replace it with a space", span, " "),
        );
    }
    let diagnostic = Diagnostic::error(
        Code::STRAY_CHARACTER,
        format!("the character `{character}` means nothing in SiddhiQL"),
        span,
        "stray character",
    );
    if character.is_alphanumeric() {
        return Some(
            diagnostic.with_help("names of other than ASCII letters stand in back quotes"),
        );
    }
    Some(diagnostic)
}
