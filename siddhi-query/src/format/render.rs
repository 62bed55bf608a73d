//! The laid-out pieces as text, with long lines broken.

use super::layout::{Break, Item};

/// How wide a line may grow where it can be broken.
const WIDTH: usize = 100;

/// One step of indentation.
const INDENT: usize = 4;

/// The whole text.
pub(super) fn render(items: &[Item<'_>]) -> String {
    let mut out = String::new();
    let mut rest = items;
    while !rest.is_empty() {
        let is_line = |item: &Item<'_>| matches!(item.before, Break::Line { .. });
        let length = rest.iter().skip(1).position(is_line).map_or(rest.len(), |it| it + 1);
        let (line, behind) = rest.split_at(length);
        render_line(&mut out, line);
        rest = behind;
    }
    // An unclosed comment would take a further line end for its own.
    if items.last().is_some_and(|last| !last.piece.is_open_comment()) {
        out.push('\n');
    }
    out
}

/// Writes what begins with a [`Break::Line`].
fn render_line(out: &mut String, line: &[Item<'_>]) {
    let Some(Break::Line { depth, blank }) = line.first().map(|first| first.before) else {
        return;
    };
    if !out.is_empty() {
        out.push_str(if blank { "\n\n" } else { "\n" });
    }
    let indent = depth * INDENT;
    let is_long = !fits(indent, line);
    out.extend(std::iter::repeat_n(' ', indent));
    let mut column = indent;
    for (index, item) in line.iter().enumerate() {
        let blank = usize::from(item.spaced && index > 0);
        let breaks = index > 0
            && match item.before {
                Break::None | Break::Line { .. } => false,
                Break::Weak => {
                    let until_break = chunk(line.get(index..).unwrap_or_default());
                    is_long && column + blank + until_break > WIDTH
                }
                Break::Strong => is_long,
                Break::Forced => true,
            };
        if breaks {
            column = indent + INDENT;
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', column));
        } else {
            column += blank;
            out.extend(std::iter::repeat_n(' ', blank));
        }
        out.push_str(item.piece.text);
        column = match item.piece.text.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => column + width(item),
        };
    }
}

/// True when no part of the line between forced breaks is too wide.
fn fits(indent: usize, line: &[Item<'_>]) -> bool {
    let mut column = indent;
    line.iter().enumerate().all(|(index, item)| {
        if item.before == Break::Forced {
            column = indent + INDENT;
        } else {
            column += usize::from(item.spaced && index > 0);
        }
        column += width(item);
        column <= WIDTH
    })
}

/// How wide the pieces are up to where the line may be broken next.
fn chunk(items: &[Item<'_>]) -> usize {
    let mut width_sum = 0;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            if item.before != Break::None {
                break;
            }
            width_sum += usize::from(item.spaced);
        }
        width_sum += width(item);
    }
    width_sum
}

/// The width of a piece; of one with several lines, that of the first. Comments count for nothing,
/// as breaking the line would not move them.
fn width(item: &Item<'_>) -> usize {
    if item.piece.is_comment() {
        return 0;
    }
    item.piece.text.lines().next().map_or(0, |line| line.chars().count())
}
