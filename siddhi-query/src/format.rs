//! The formatter: a text in a readable layout, with every token and comment kept.
//!
//! It works on tokens, not on the tree, so white space is all it can change: comments stay, and
//! so do quotes, brackets and keywords as the user wrote them. Each clause gets a line, the
//! queries of a partition are indented, and lines stay within 100 columns where tokens let them.
//! To print a tree, use its `Display`.

mod layout;
mod pieces;
mod render;
mod spacing;

use crate::{Diagnostics, parse_app};
use pieces::{Piece, cut};

/// Lays an app out anew.
///
/// A text with `${VARIABLE}`s outside strings and comments is laid out unparsed: what it means is
/// not known before the variables are.
///
/// # Errors
///
/// What the parser finds wrong with the text.
///
/// # Examples
///
/// ```
/// use siddhi_query::format::format;
///
/// let text = "define stream S(a int,b int);-- prices\nfrom S[a>5] select a,b insert into O";
/// assert_eq!(
///     format(text)?,
///     "\
/// define stream S (a int, b int); -- prices
///
/// from S[a > 5]
/// select a, b
/// insert into O
/// "
/// );
/// # Ok::<(), siddhi_query::Diagnostics>(())
/// ```
pub fn format(text: &str) -> Result<String, Diagnostics> {
    let pieces = cut(text);
    if !pieces.iter().any(|piece| piece.has_variable) {
        parse_app(text)?;
    }
    Ok(lay_out(text, &pieces))
}

/// The text laid out anew, whatever it means.
fn lay_out(text: &str, pieces: &[Piece<'_>]) -> String {
    let formatted = render::render(&layout::lay_out(pieces));
    // Where a script ends depends on all that follows it. Should new line ends ever move that end,
    // the text is better left alone.
    let same = texts(&cut(&formatted)).eq(texts(pieces));
    if same { formatted } else { text.to_owned() }
}

fn texts<'a>(pieces: &'a [Piece<'_>]) -> impl Iterator<Item = &'a str> {
    pieces.iter().map(|piece| piece.text)
}
