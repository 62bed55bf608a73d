//! Blanks between two tokens of a line.

use super::pieces::{Kind, Piece};
use crate::parser::scan::Scan;

/// What the blank between two tokens depends on beside the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    /// Inside an annotation.
    Annotation,
    /// The attributes of a definition open here.
    Attributes,
    /// The input of a query.
    Input,
    /// Anywhere else.
    Other,
}

/// Words that want a blank before an opening bracket, a mark or a sign: no name is meant by them.
const OPERATOR_WORDS: &[&str] = &[
    "and", "as", "by", "delete", "every", "from", "having", "in", "into", "is", "join", "limit",
    "not", "of", "offset", "on", "or", "per", "select", "set", "update", "with", "within",
];

/// Words behind which the input of a query is at its end.
const INPUT_ENDS: &[&str] = &["within", "select", "output", "insert", "delete", "update", "return"];

/// True when a blank belongs between `pieces[index]` and the token before it.
///
/// `pieces` holds no comments.
pub(super) fn is_spaced(pieces: &[&Piece<'_>], index: usize, region: Region) -> bool {
    let Some(before) = index.checked_sub(1).and_then(|it| pieces.get(it)) else {
        return false;
    };
    let Some(piece) = pieces.get(index) else {
        return false;
    };
    wants_blank(pieces, index, before, piece, region) || !can_touch(before, piece)
}

fn wants_blank(
    pieces: &[&Piece<'_>],
    index: usize,
    before: &Piece<'_>,
    piece: &Piece<'_>,
    region: Region,
) -> bool {
    if piece.is_one_of(&[",", ";", ")", "]", ".", ":", "?"])
        || before.is_one_of(&["(", "[", "@", ".", ":", "#", "!"])
    {
        return false;
    }
    if region == Region::Annotation {
        let joins = |it: &Piece<'_>| it.is_one_of(&["=", "-"]);
        return !(piece.is_mark("(") || joins(piece) || joins(before));
    }
    match (piece.kind, piece.text) {
        (Kind::Mark, "(") => {
            region == Region::Attributes || !is_name(before) || before.is_word_of(OPERATOR_WORDS)
        }
        (Kind::Mark, "[") => !(is_name(before) || before.is_one_of(&[")", "]"])),
        (Kind::Mark, "#" | "!") => {
            let behind_operand = is_name(before) && !before.is_word_of(OPERATOR_WORDS);
            !(behind_operand || before.is_one_of(&["=", ")", "]"]))
        }
        (Kind::Mark, "=") => region != Region::Input,
        _ if before.is_mark("=") => region != Region::Input,
        _ if region == Region::Input && in_count(pieces, index) => false,
        (Kind::Mark, "*" | "+") if region == Region::Input => !is_quantifier(pieces, index),
        _ => !(is_sign(pieces, index - 1) && piece.kind == Kind::Value),
    }
}

/// True for what can be a name: words and quoted names.
fn is_name(piece: &Piece<'_>) -> bool {
    piece.kind == Kind::Word || piece.text.starts_with('`') || piece.has_variable
}

/// True when the token at `index` is inside a count such as `<2:3>`, its brackets included, and
/// is glued to the one before.
fn in_count(pieces: &[&Piece<'_>], index: usize) -> bool {
    // A count has at most five tokens, so its opening bracket is near.
    (0..=4).filter_map(|back| index.checked_sub(back)).any(|open| {
        let length = count_length(pieces, open);
        length > 0 && index <= open + length
    })
}

/// How many tokens follow `<` at `open` up to the `>` of a count; 0 when there is no count.
fn count_length(pieces: &[&Piece<'_>], open: usize) -> usize {
    if !pieces.get(open).is_some_and(|it| it.is_mark("<")) {
        return 0;
    }
    let rest = pieces.iter().skip(open + 1);
    let inner = rest.take_while(|it| it.is_mark(":") || is_number(it)).count();
    let closed = pieces.get(open + 1 + inner).is_some_and(|it| it.is_mark(">"));
    if closed && (1..=3).contains(&inner) { inner + 1 } else { 0 }
}

fn is_number(piece: &Piece<'_>) -> bool {
    piece.kind == Kind::Value && piece.text.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for a `*` or `+` that says how often an event of a sequence comes.
fn is_quantifier(pieces: &[&Piece<'_>], index: usize) -> bool {
    pieces
        .get(index + 1)
        .is_none_or(|next| next.is_one_of(&[",", ")"]) || next.is_word_of(INPUT_ENDS))
}

/// True for a `-` or `+` that belongs to the number behind it.
fn is_sign(pieces: &[&Piece<'_>], index: usize) -> bool {
    if !pieces.get(index).is_some_and(|it| it.is_one_of(&["-", "+"])) {
        return false;
    }
    let Some(before) = index.checked_sub(1).and_then(|it| pieces.get(it)) else {
        return true;
    };
    match before.kind {
        Kind::Mark => !before.is_one_of(&[")", "]"]),
        Kind::Word => before.is_word_of(OPERATOR_WORDS),
        _ => false,
    }
}

/// True when two tokens are still the same two with nothing between them.
fn can_touch(before: &Piece<'_>, piece: &Piece<'_>) -> bool {
    // Where a script ends depends on more than its neighbours, and three points are one token.
    if before.kind == Kind::Script || piece.kind == Kind::Script {
        return piece.is_mark(";");
    }
    if before.text.ends_with('.') && piece.text.starts_with('.') {
        return false;
    }
    if before.has_variable || piece.has_variable {
        return before.kind == Kind::Mark || piece.kind == Kind::Mark;
    }
    let glued = format!("{}{}", before.text, piece.text);
    let tokens = Scan::new(&glued).tokens;
    let mut ends = tokens.iter().map(|token| token.span.range().end);
    ends.next() == Some(before.text.len()) && ends.next() == Some(glued.len())
}
