//! The text cut into what the formatter moves about: tokens and comments.

use std::ops::Range;

use crate::parser::scan::{Scan, TokenKind};
use crate::variables::references;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An identifier or keyword.
    Word,
    /// Punctuation.
    Mark,
    /// `{ … }`.
    Script,
    /// A quoted name, a number, a string; a stray character where variables left one.
    Value,
    /// `-- …`, which ends with its line.
    LineComment,
    /// `/* … */`.
    BlockComment,
}

/// A token or a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'text> {
    /// What it is.
    pub(super) kind: Kind,
    /// The piece itself.
    pub(super) text: &'text str,
    /// How many lines end between the piece before and this one.
    pub(super) lines_before: usize,
    /// True when a `${VARIABLE}` is the piece or a part of it, other than of a string or comment.
    pub(super) has_variable: bool,
}

impl Piece<'_> {
    /// True for both kinds of comments.
    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }

    /// True for this punctuation.
    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// True for one of these punctuations.
    pub(super) fn is_one_of(&self, marks: &[&str]) -> bool {
        self.kind == Kind::Mark && marks.contains(&self.text)
    }

    /// True for this word, in any mixture of cases.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// True for one of these words.
    pub(super) fn is_word_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    /// True for a comment that stands on a line of its own.
    pub(super) fn is_own_line(&self) -> bool {
        self.is_comment() && self.lines_before > 0
    }

    /// True for a block comment that is never closed: all the rest of the text.
    pub(super) fn is_open_comment(&self) -> bool {
        self.kind == Kind::BlockComment && (self.text.len() < 4 || !self.text.ends_with("*/"))
    }
}

/// Cuts a text into all its tokens and comments.
pub(super) fn cut(text: &str) -> Vec<Piece<'_>> {
    let mut cutter = Cutter { text, end: 0, pieces: Vec::new() };
    for (range, kind, has_variable) in tokens(text) {
        cutter.comments_until(range.start);
        cutter.push(range, kind, has_variable);
    }
    cutter.comments_until(text.len());
    cutter.pieces
}

/// The tokens; those that touch a variable are one with it, as its value may run into them.
fn tokens(text: &str) -> Vec<(Range<usize>, Kind, bool)> {
    let mut variables = references(text).peekable();
    let mut tokens: Vec<(Range<usize>, Kind, bool)> = Vec::new();
    for token in Scan::new(text).tokens {
        let range = token.span.range();
        while variables.next_if(|variable| variable.end <= range.start).is_some() {}
        let kind = match token.kind {
            TokenKind::Word => Kind::Word,
            TokenKind::Punctuation => Kind::Mark,
            TokenKind::Script => Kind::Script,
            TokenKind::Quoted
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::Unclosed
            | TokenKind::Stray => Kind::Value,
        };
        let in_variable = token.kind != TokenKind::Text
            && variables.peek().is_some_and(|it| it.start <= range.start && range.end <= it.end);
        match tokens.last_mut() {
            Some((last, last_kind, has_variable))
                if last.end == range.start
                    && (in_variable || *has_variable)
                    && kind != Kind::Mark
                    && *last_kind != Kind::Mark =>
            {
                last.end = range.end;
                *last_kind = Kind::Value;
                *has_variable = true;
            }
            _ => tokens.push((range, if in_variable { Kind::Value } else { kind }, in_variable)),
        }
    }
    tokens
}

struct Cutter<'text> {
    text: &'text str,
    /// How far the text is cut.
    end: usize,
    pieces: Vec<Piece<'text>>,
}

#[expect(
    clippy::string_slice,
    reason = "tokens and comments begin and end between characters, and blanks are one byte long"
)]
impl Cutter<'_> {
    /// Takes the comments out of the gap that begins where the last piece ends.
    fn comments_until(&mut self, limit: usize) {
        let mut offset = self.end;
        while offset < limit {
            let gap = &self.text[offset..limit];
            let (length, kind) = if gap.starts_with("--") {
                (gap.find(['\r', '\n']).unwrap_or(gap.len()), Kind::LineComment)
            } else if let Some(body) = gap.strip_prefix("/*") {
                (body.find("*/").map_or(gap.len(), |end| end + 4), Kind::BlockComment)
            } else {
                offset += 1;
                continue;
            };
            self.push(offset..offset + length, kind, false);
            offset += length;
        }
    }

    fn push(&mut self, range: Range<usize>, kind: Kind, has_variable: bool) {
        let gap = &self.text[self.end..range.start];
        let lines_before = gap.replace("\r\n", "\n").matches(['\r', '\n']).count();
        self.end = range.end;
        self.pieces.push(Piece { kind, text: &self.text[range], lines_before, has_variable });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        cut(text).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn finds_comments_between_tokens() {
        assert_eq!(
            texts("a --b\r\nc/*d\n*/ e '--f' /* g"),
            ["a", "--b", "c", "/*d\n*/", "e", "'--f'", "/* g"]
        );
        let lines: Vec<_> = cut("a\r\n\r\nb\rc d").iter().map(|piece| piece.lines_before).collect();
        assert_eq!(lines, [0, 2, 1, 0]);
    }

    #[test]
    fn a_variable_is_one_with_the_words_it_touches() {
        assert_eq!(
            texts("S${n}x[a>${v}] '${s}'"),
            ["S${n}x", "[", "a", ">", "${v}", "]", "'${s}'"]
        );
        let variables: Vec<_> = cut("a ${v} '${s}'").iter().map(|it| it.has_variable).collect();
        assert_eq!(variables, [false, true, false]);
    }
}
