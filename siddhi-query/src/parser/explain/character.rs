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
fn plain_quote(character: char) -> Option<&'static str> {
    Some(match character {
        '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{00AB}' | '\u{00BB}'
        | '\u{2033}' | '\u{FF02}' => "\"",
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}'
        | '\u{FF07}' => "'",
        _ => return None,
    })
}

/// The quote that properly closes what this one opens.
fn proper_partner(opened: char) -> char {
    match opened {
        '\u{201C}' => '\u{201D}',
        '\u{201E}' => '\u{201C}',
        '\u{00AB}' => '\u{00BB}',
        '\u{00BB}' => '\u{00AB}',
        '\u{2018}' => '\u{2019}',
        '\u{201A}' => '\u{2018}',
        other => other,
    }
}

/// Where in the rest of the line the text ends that `opened` begins: at its partner, else at any
/// quote of its kind, but not at an apostrophe.
fn partner(opened: char, line: &str) -> Option<(usize, char)> {
    let plain = plain_quote(opened)?;
    let closes = |&(place, character): &(usize, char)| {
        let behind = line.get(place + character.len_utf8()..).unwrap_or_default();
        plain_quote(character) == Some(plain)
            && !(plain == "'" && behind.starts_with(char::is_alphanumeric))
    };
    let proper = proper_partner(opened);
    let mut quotes = line.char_indices().filter(closes);
    let first = quotes.next()?;
    Some(std::iter::once(first).chain(quotes).find(|it| it.1 == proper).unwrap_or(first))
}

/// Quotes as word processors make them.
pub(super) fn typographic_quote(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let quote_at = |index: usize| {
        let character = trouble.text(index).chars().next()?;
        let plain = plain_quote(character)?;
        (trouble.kind(index) == Some(TokenKind::Stray)).then_some((index, character, plain))
    };
    let (opened, character, plain) = (0..=trouble.at).find_map(quote_at)?;
    let span = trouble.span(opened);
    let rest = trouble.scan.text.get(span.end as usize..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let diagnostic = Diagnostic::error(
        Code::TYPOGRAPHIC_QUOTE,
        "a typographic quote",
        span,
        format!("`{character}` is no quote of SiddhiQL"),
    )
    .with_help("texts stand between straight quotes: `'…'` or `\"…\"`");
    let Some((place, closing)) = partner(character, line) else {
        return Some(diagnostic.with_help("nothing on this line closes it"));
    };
    let start = span.end as usize + place;
    let closed = Span::new(start, start + closing.len_utf8());
    let diagnostic = diagnostic.with_secondary(closed, "and its partner");
    let inside = line.get(..place).unwrap_or_default();
    if inside.contains(|c: char| c == '"' || c.is_control()) {
        return Some(diagnostic.with_help("put three double quotes around it"));
    }
    let quote = if inside.contains(plain) { "\"" } else { plain };
    let edits = [span, closed].map(|span| Edit { span, replacement: quote.to_owned() });
    Some(Diagnostic {
        fixes: vec![Fix {
            message: "use straight quotes".to_owned(),
            edits: edits.into(),
            applicability: Applicability::MachineApplicable,
        }],
        ..diagnostic
    })
}

/// `//` where a comment was meant, inside a statement.
pub(super) fn comment_inside(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    // Behind an operand the first slash divides.
    let places = [Some(trouble.at), trouble.at.checked_sub(1)];
    let first = places.into_iter().flatten().find(|&first| {
        trouble.text(first) == "/"
            && trouble.text(first + 1) == "/"
            && trouble.span(first).end == trouble.span(first + 1).start
    })?;
    let slashes = trouble.span(first).to(trouble.span(first + 1));
    let mut diagnostic = foreign_comment(slashes);
    let rest = trouble.scan.text.get(slashes.end as usize..).unwrap_or_default();
    let before = trouble.scan.text.get(..slashes.start as usize).unwrap_or_default();
    // What ends the statement, or a bracket of it, may have been meant to be read.
    let inside = rest.split_once(['\n', '\r']).is_some_and(|(line, _)| !line.contains([')', ']']));
    if !inside || !before.ends_with(char::is_whitespace) {
        diagnostic.fixes.clear();
    }
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

/// `#` where a comment was meant.
pub(in super::super) fn shell_comment(sign: Span) -> Diagnostic {
    Diagnostic::error(
        Code::STRAY_CHARACTER,
        "`#` begins no comment",
        sign,
        "a comment begins with `--`",
    )
    .with_fix("write `--`", sign, "--")
}

/// Any other character that begins nothing.
pub(super) fn stray(trouble: &Trouble<'_>) -> Option<Diagnostic> {
    let at = trouble.at;
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
