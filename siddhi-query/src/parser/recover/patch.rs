//! A text with edits made, and the way back to the places of the text without them.

use crate::ast::Span;
use crate::diagnostic::{Diagnostic, Edit};

/// A piece of a text and the edits made to it.
pub(super) struct Patch<'t> {
    original: &'t str,
    /// Where the piece begins in the whole text.
    base: usize,
    /// In the coordinates of the piece, in order, not overlapping.
    edits: Vec<Edit>,
}

impl<'t> Patch<'t> {
    /// A piece without edits.
    pub(super) fn new(original: &'t str, base: usize) -> Self {
        Self { original, base, edits: Vec::new() }
    }

    /// The piece with its edits made.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.original.len());
        let mut done = 0;
        for edit in &self.edits {
            let range = edit.span.range();
            text.push_str(self.original.get(done..range.start).unwrap_or_default());
            text.push_str(&edit.replacement);
            done = range.end;
        }
        text.push_str(self.original.get(done..).unwrap_or_default());
        text
    }

    /// Makes more edits, given in the coordinates of [`Self::text`]; false when they cannot be
    /// made because they touch what has been edited before.
    pub(super) fn apply(&mut self, edits: &[Edit]) -> bool {
        let mut next = self.edits.clone();
        for edit in edits {
            let span = self.untouched(edit.span);
            let clash = |other: &Edit| {
                span.start < other.span.end && other.span.start < span.end
                    || (span.start, span.end) == (other.span.start, other.span.end)
            };
            if next.iter().any(clash) {
                return false;
            }
            next.push(Edit { span, replacement: edit.replacement.clone() });
        }
        next.sort_by_key(|edit| (edit.span.start, edit.span.end));
        self.edits = next;
        !edits.is_empty()
    }

    /// The diagnostic with the places of the whole text.
    pub(super) fn original(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let place = |span: Span| {
            let span = self.untouched(span);
            Span::new(self.base + span.start as usize, self.base + span.end as usize)
        };
        for label in &mut diagnostic.labels {
            label.span = place(label.span);
        }
        for edit in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.span = place(edit.span);
        }
        diagnostic
    }

    /// A place of the edited piece in the coordinates of the piece itself.
    fn untouched(&self, span: Span) -> Span {
        let start = self.offset(span.start as usize, true);
        let end = self.offset(span.end as usize, span.start == span.end);
        Span::new(start, end.max(start))
    }

    /// What lies in edited text comes to the edit's beginning or end.
    fn offset(&self, edited: usize, begins: bool) -> usize {
        let mut shift = 0_isize;
        for edit in &self.edits {
            let range = edit.span.range();
            let start = range.start.saturating_add_signed(shift);
            let end = start + edit.replacement.len();
            if edited < start || edited == start && !begins {
                break;
            }
            if edited < end {
                return if begins { range.start } else { range.end };
            }
            shift += edit.replacement.len().cast_signed() - range.len().cast_signed();
        }
        edited.saturating_add_signed(-shift)
    }
}

#[cfg(test)]
mod tests {
    use super::Patch;
    use crate::ast::Span;
    use crate::diagnostic::Edit;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: Span::new(start, end), replacement: replacement.to_owned() }
    }

    #[test]
    fn places_find_their_way_back() {
        let mut patch = Patch::new("a boolean, b int", 100);
        assert!(patch.apply(&[edit(2, 9, "bool")]));
        assert_eq!(patch.text(), "a bool, b int");
        assert_eq!(patch.untouched(Span::new(8, 9)).range(), 11..12);
        assert!(patch.apply(&[edit(10, 13, "long")]));
        assert_eq!(patch.text(), "a bool, b long");
        assert_eq!(patch.untouched(Span::new(2, 6)).range(), 2..9);
        assert!(!patch.apply(&[edit(3, 4, "x")]));
    }
}
