//! Comments among the code: a comment stays on the line of what stands before it, or alone.

use super::super::pieces::{Kind, Piece};
use super::statements::Placed;
use super::{Break, Item};

/// The items laid out so far, and the comments that wait for the code behind them.
pub(super) struct Comments<'a> {
    items: Vec<Item<'a>>,
    held: Vec<&'a Piece<'a>>,
}

impl<'a> Comments<'a> {
    /// Nothing yet, with room for so many items.
    pub(super) fn new(capacity: usize) -> Self {
        Self { items: Vec::with_capacity(capacity), held: Vec::new() }
    }

    /// Takes a comment, to be placed with the code behind it.
    pub(super) fn hold(&mut self, comment: &'a Piece<'a>) {
        self.held.push(comment);
    }

    /// Places a piece of code and the comments before it.
    pub(super) fn push(&mut self, piece: &'a Piece<'a>, placed: Placed) {
        self.release(placed);
        let (before, after_comment) = match self.items.last() {
            Some(last) if last.piece.is_comment() => (behind(last, piece, placed.before), true),
            _ => (placed.before, false),
        };
        let spaced = placed.spaced || after_comment;
        self.items.push(Item { piece, before, spaced, statement: placed.statement });
    }

    /// All items; comments behind the last piece of code end the text.
    pub(super) fn finish(mut self) -> Vec<Item<'a>> {
        let statement = self.items.last().map_or(0, |last| last.statement);
        let before = Break::Line { depth: 0, blank: false };
        self.release(Placed { before, spaced: true, statement });
        self.items
    }

    /// Places the held comments before a piece of code that is placed so.
    fn release(&mut self, placed: Placed) {
        for piece in self.held.drain(..) {
            let first = self.items.is_empty();
            let statement = self.items.last().map_or(0, |last| last.statement);
            let (before, statement) = match placed.before {
                _ if !piece.is_own_line() && !first => (Break::None, statement),
                Break::Line { depth, .. } => {
                    let blank = piece.lines_before > 1 && !first;
                    (Break::Line { depth, blank }, placed.statement)
                }
                _ => (Break::Forced, statement),
            };
            self.items.push(Item { piece, before, spaced: true, statement });
        }
    }
}

/// The break before a piece of code that would stand behind `before` but for the comment `last`.
fn behind(last: &Item<'_>, piece: &Piece<'_>, before: Break) -> Break {
    let alone = last.before != Break::None;
    match before {
        // The empty line above a statement goes above its comments; one below them is the user's.
        Break::Line { depth, .. } => Break::Line { depth, blank: alone && piece.lines_before > 1 },
        _ if alone || last.piece.kind == Kind::LineComment => Break::Forced,
        _ => before,
    }
}
