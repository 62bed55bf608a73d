//! Where statements begin and end in a text that cannot be read.

use super::super::scan::{Scan, TokenKind};
use crate::ast::Span;

/// How often the beginning of a piece is read to see whether it is a statement: each time costs
/// as much as the beginning is long.
const TRIALS_MAX: usize = 8;

/// A range of tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The first token.
    pub(super) start: usize,
    /// Behind the last token.
    pub(super) end: usize,
}

impl Piece {
    /// Whether it holds no token.
    pub(super) fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// What a statement is, by the word behind its annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `define`.
    Definition,
    /// `from`.
    Query,
    /// `partition`.
    Partition,
    /// Nothing but annotations.
    Annotations,
    /// Something else.
    Unknown,
}

/// The pieces between semicolons, the one behind the last included.
pub(super) fn at_semicolons(scan: &Scan<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, &token) in scan.tokens.iter().enumerate() {
        if token.kind == TokenKind::Punctuation && scan.text_of(token) == ";" {
            pieces.push(Piece { start, end: index });
            start = index + 1;
        }
    }
    pieces.push(Piece { start, end: scan.tokens.len() });
    pieces
}

/// The place of a piece.
pub(super) fn span(scan: &Scan<'_>, piece: Piece) -> Span {
    let first = scan.tokens.get(piece.start).map(|token| token.span);
    let last = piece.end.checked_sub(1).and_then(|last| scan.tokens.get(last));
    match (first, last) {
        (Some(first), Some(last)) if !piece.is_empty() => first.to(last.span),
        _ => Span::default(),
    }
}

fn text<'t>(scan: &Scan<'t>, index: usize) -> &'t str {
    scan.tokens.get(index).map_or("", |&token| scan.text_of(token))
}

fn is_word(scan: &Scan<'_>, index: usize, word: &str) -> bool {
    text(scan, index).eq_ignore_ascii_case(word)
}

fn is_kind(scan: &Scan<'_>, index: usize) -> bool {
    let kinds = ["stream", "table", "window", "trigger", "function", "aggregation"];
    kinds.iter().any(|kind| is_word(scan, index, kind))
}

fn begins_definition(scan: &Scan<'_>, index: usize) -> bool {
    is_word(scan, index, "define") && is_kind(scan, index + 1)
}

/// Whether a definition seems to stand in the piece, whatever its first word has become.
pub(super) fn holds_definition(scan: &Scan<'_>, piece: Piece) -> bool {
    (piece.start..piece.end)
        .any(|index| is_kind(scan, index) && matches!(text(scan, index + 2), "(" | "["))
}

/// Behind the annotation that begins at `index`.
fn behind_annotation(scan: &Scan<'_>, index: usize, end: usize) -> usize {
    let app = is_word(scan, index + 1, "app");
    let mut index = index + 2;
    // A point is a misspelled colon there.
    if text(scan, index) == ":" || app && text(scan, index) == "." {
        index += 2;
    }
    if text(scan, index) == "(" {
        let mut depth = 0_usize;
        while index < end {
            match text(scan, index) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                // A bracket left open must not swallow the statement.
                _ if begins_definition(scan, index) => return index,
                _ => {}
            }
            index += 1;
            if depth == 0 {
                break;
            }
        }
    }
    index.min(end)
}

/// The points behind `@app` in a piece.
pub(super) fn app_points(scan: &Scan<'_>, piece: Piece) -> impl Iterator<Item = Span> {
    (piece.start + 2..piece.end)
        .filter(|&index| {
            text(scan, index) == "."
                && is_word(scan, index - 1, "app")
                && text(scan, index - 2) == "@"
        })
        .filter_map(|index| scan.tokens.get(index).map(|token| token.span))
}

/// What a piece is, and the token that says so.
pub(super) fn kind(scan: &Scan<'_>, piece: Piece) -> (Kind, usize) {
    let mut index = piece.start;
    // A bracket too many, or a comma, behind an annotation does not end it.
    let behind = |index: usize| index > piece.start && text(scan, index) == ")";
    while index < piece.end && (matches!(text(scan, index), "@" | ",") || behind(index)) {
        index = if text(scan, index) == "@" {
            behind_annotation(scan, index, piece.end)
        } else {
            index + 1
        };
    }
    let kind = if index >= piece.end {
        Kind::Annotations
    } else if is_word(scan, index, "define") {
        Kind::Definition
    } else if is_word(scan, index, "from") {
        Kind::Query
    } else if is_word(scan, index, "partition") {
        Kind::Partition
    } else if super::explain::is_nearly(text(scan, index), "define")
        || is_word(scan, index, "create") && is_kind(scan, index + 1)
    {
        Kind::Definition
    } else {
        Kind::Unknown
    };
    (kind, index)
}

/// The first token of a piece that looks like the beginning of a statement.
pub(super) fn first_statement_start(scan: &Scan<'_>, piece: Piece) -> Option<usize> {
    (piece.start..piece.end).find(|&index| {
        let next_is_word = scan.tokens.get(index + 1).is_some_and(|it| it.kind == TokenKind::Word);
        text(scan, index) == "@" && next_is_word
            || is_word(scan, index, "define")
            || (is_word(scan, index, "from") || is_word(scan, index, "partition"))
                && (index == piece.start || begins_line(scan, index))
    })
}

fn begins_line(scan: &Scan<'_>, index: usize) -> bool {
    let Some(token) = scan.tokens.get(index) else { return false };
    let before = scan.text.get(..token.span.start as usize).unwrap_or_default();
    before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
}

/// The first token of a later line.
pub(super) fn behind_line(scan: &Scan<'_>, index: usize) -> usize {
    let start = scan.tokens.get(index).map_or(0, |token| token.span.start as usize);
    let rest = scan.text.get(start..).unwrap_or_default();
    scan.index_at(start + rest.find(['\n', '\r']).unwrap_or(rest.len()))
}

/// Whether a script is opened in the piece and never closed.
pub(super) fn has_open_script(scan: &Scan<'_>, piece: Piece) -> bool {
    let unclosed = |&index: &usize| {
        scan.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Unclosed)
    };
    (piece.start..piece.end).filter(unclosed).any(|index| text(scan, index) == "{")
}

/// Whether every bracket opened in the piece is closed in it.
pub(super) fn is_balanced(scan: &Scan<'_>, piece: Piece) -> bool {
    let count = |bracket: &str| {
        (piece.start..piece.end).filter(|&index| text(scan, index) == bracket).count()
    };
    count("(") == count(")") && count("[") == count("]")
}

/// The first token of that word.
pub(super) fn find_word(scan: &Scan<'_>, piece: Piece, word: &str) -> Option<usize> {
    (piece.start..piece.end).find(|&index| is_word(scan, index, word))
}

/// Where a second statement begins in a piece that cannot be read as one.
pub(super) fn missing_semicolon(
    scan: &Scan<'_>,
    piece: Piece,
    first: Kind,
    reads: impl Fn(Piece) -> bool,
) -> Option<usize> {
    let (_, word) = kind(scan, piece);
    let aggregation = is_word(scan, word + 1, "aggregation");
    let mut froms = usize::from(first == Kind::Definition && aggregation);
    let mut depth = 0_usize;
    let mut trials = TRIALS_MAX;
    for index in word + 1..piece.end {
        match text(scan, index) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let from = is_word(scan, index, "from") && depth == 0;
        let partition = is_word(scan, index, "partition") && is_word(scan, index + 1, "with");
        let annotation = text(scan, index) == "@" && depth == 0;
        if from && froms > 0 {
            // The `from` of an aggregation.
            froms -= 1;
            continue;
        }
        let sure = begins_definition(scan, index);
        let likely = (from || partition || annotation) && begins_line(scan, index);
        let possible = from || partition || annotation;
        if sure || likely && !same_statement(scan, index) {
            return Some(index);
        }
        if possible && trials > 0 {
            trials -= 1;
            if reads(Piece { end: index, ..piece }) {
                return Some(index);
            }
        }
    }
    None
}

/// Whether the token before asks for more, so that a `from` behind it is no new statement.
fn same_statement(scan: &Scan<'_>, index: usize) -> bool {
    let before = text(scan, index.wrapping_sub(1));
    let open = ["define", "from", "select", "by", "on", "and", "or", "not", "into", "as", "begin"];
    matches!(before, "," | "(" | "[" | "." | "#" | "=" | "==" | "->" | "+" | "*" | "/")
        || open.iter().any(|word| before.eq_ignore_ascii_case(word))
}
