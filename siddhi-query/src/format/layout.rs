//! Where lines begin and may be broken.
//!
//! Keywords can be names, and only the grammar tells which is which. The layout guesses by the
//! order of the clauses and the neighbours of the word; a wrong guess costs beauty, not meaning.

use super::pieces::Piece;

mod comments;
mod statements;

use comments::Comments;
use statements::{Statements, Summary};

/// What comes before a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// Nothing or a blank.
    None,
    /// A line may end here when it would become too long.
    Weak,
    /// The line ends here when all of it does not fit into one.
    Strong,
    /// The line ends here and goes on further in: a line comment is before or around.
    Forced,
    /// A new line begins, so far in.
    Line {
        /// Steps of indentation.
        depth: usize,
        /// With an empty line above.
        blank: bool,
    },
}

/// A piece and what comes before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    /// The piece.
    pub(super) piece: &'a Piece<'a>,
    /// The break before it.
    pub(super) before: Break,
    /// True when a blank comes before it, if no break does.
    pub(super) spaced: bool,
    /// The number of its statement.
    statement: usize,
}

/// Says for each piece what comes before it.
pub(super) fn lay_out<'a>(pieces: &'a [Piece<'a>]) -> Vec<Item<'a>> {
    let code: Vec<&Piece<'_>> = pieces.iter().filter(|piece| !piece.is_comment()).collect();
    let mut statements = Statements::new(&code);
    let mut comments = Comments::new(pieces.len());
    let mut index = 0;
    for piece in pieces {
        if piece.is_comment() {
            comments.hold(piece);
            continue;
        }
        let placed = statements.place(index);
        comments.push(piece, placed);
        index += 1;
    }
    let (mut items, summaries) = (comments.finish(), statements.finish());
    separate(&mut items, &summaries);
    items
}

/// Sets the empty lines between statements.
fn separate(items: &mut [Item<'_>], summaries: &[Summary]) {
    let mut done = None;
    for item in items {
        let Break::Line { depth, .. } = item.before else {
            continue;
        };
        if done == Some(item.statement) {
            continue;
        }
        done = Some(item.statement);
        let above = item.statement.checked_sub(1).and_then(|it| summaries.get(it));
        let blank = match (above, summaries.get(item.statement)) {
            (Some(above), Some(own)) if !own.is_first && !own.is_end => {
                let differ = above.is_app_annotation != own.is_app_annotation;
                item.piece.lines_before > 1 || differ || above.is_long() || own.is_long()
            }
            _ => false,
        };
        item.before = Break::Line { depth, blank };
    }
}
