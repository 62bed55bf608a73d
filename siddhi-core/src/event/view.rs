//! What moves between operators: borrowed columns and a selection of their rows.

use super::column::Column;
use super::value::Value;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// An event that came in.
    Current,
    /// An event that leaves a window.
    Expired,
    /// A window's mark that everything before it is over.
    Reset,
}

impl Kind {
    /// Whether a row of this kind is an event, and not a mark between events.
    #[inline]
    #[must_use]
    pub fn is_event(self) -> bool {
        matches!(self, Self::Current | Self::Expired)
    }
}

/// The rows of a view, in order.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'a> {
    /// The rows `0..n`.
    All(usize),
    /// These rows, each at most once, not necessarily ascending.
    Rows(&'a [u32]),
}

impl<'a> Selection<'a> {
    /// How many rows.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            Self::All(count) => count,
            Self::Rows(rows) => rows.len(),
        }
    }

    /// Whether no row is selected.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The rows.
    #[inline]
    pub fn iter(self) -> SelectionIter<'a> {
        match self {
            Self::All(count) => SelectionIter::All(0..count),
            Self::Rows(rows) => SelectionIter::Rows(rows.iter()),
        }
    }

    /// The row at a position of the selection.
    #[inline]
    #[must_use]
    pub fn row(self, position: usize) -> Option<usize> {
        match self {
            Self::All(count) => (position < count).then_some(position),
            Self::Rows(rows) => rows.get(position).map(|row| *row as usize),
        }
    }

    /// The row, when exactly one is selected.
    #[inline]
    pub(crate) fn only_row(self) -> Option<usize> {
        match self {
            Self::All(1) => Some(0),
            Self::Rows([row]) => Some(*row as usize),
            _ => None,
        }
    }

    /// The length that a column needs so that every selected row lies in it.
    #[must_use]
    pub fn extent(self) -> usize {
        match self {
            Self::All(count) => count,
            Self::Rows(rows) => rows.iter().max().map_or(0, |row| *row as usize + 1),
        }
    }
}

/// The rows of a [`Selection`].
#[derive(Clone, Debug)]
pub enum SelectionIter<'a> {
    /// A range.
    All(std::ops::Range<usize>),
    /// A list.
    Rows(std::slice::Iter<'a, u32>),
}

impl Iterator for SelectionIter<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Self::All(range) => range.next(),
            Self::Rows(rows) => rows.next().map(|row| *row as usize),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::All(range) => range.size_hint(),
            Self::Rows(rows) => rows.size_hint(),
        }
    }

    // One question for all rows instead of one for each.
    #[inline]
    fn fold<B, F: FnMut(B, usize) -> B>(self, init: B, mut f: F) -> B {
        match self {
            Self::All(range) => range.fold(init, f),
            Self::Rows(rows) => rows.fold(init, |all, row| f(all, *row as usize)),
        }
    }
}

impl ExactSizeIterator for SelectionIter<'_> {}

/// Where one column of a selection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnSource {
    /// It is a column of what was selected from.
    Input(usize),
    /// It was computed.
    Register(usize),
}

/// The columns of a view.
#[derive(Clone, Copy, Debug)]
pub enum Columns<'a> {
    /// The columns of a batch.
    Owned(&'a [Column]),
    /// Columns that stand in different places.
    Borrowed(&'a [&'a Column]),
    /// Columns, and others that were added behind them.
    Extended {
        /// The columns.
        base: &'a Columns<'a>,
        /// How many they are.
        width: usize,
        /// What was added.
        more: &'a [Column],
    },
    /// What a selection puts out: columns of its input and computed ones.
    Projected {
        /// Where each column stands.
        sources: &'a [ColumnSource],
        /// What was selected from.
        input: &'a Columns<'a>,
        /// What was computed.
        computed: &'a [Column],
    },
}

impl<'a> Columns<'a> {
    /// These columns and more behind them.
    #[inline]
    #[must_use]
    pub fn extended(base: &'a Self, more: &'a [Column]) -> Self {
        Self::Extended { base, width: base.len(), more }
    }

    /// How many columns.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(columns) => columns.len(),
            Self::Borrowed(columns) => columns.len(),
            Self::Extended { width, more, .. } => width + more.len(),
            Self::Projected { sources, .. } => sources.len(),
        }
    }

    /// Whether there is no column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A column; none behind the last.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a Column> {
        match self {
            Self::Owned(columns) => columns.get(index),
            Self::Borrowed(columns) => columns.get(index).copied(),
            Self::Extended { .. } | Self::Projected { .. } => self.look_up(index),
        }
    }

    /// A column that stands behind another view; not inlined, so that the two plain cases stay short.
    #[inline(never)]
    fn look_up(&self, index: usize) -> Option<&'a Column> {
        match *self {
            Self::Extended { base, width, more } => match index.checked_sub(width) {
                None => base.get(index),
                Some(index) => more.get(index),
            },
            Self::Projected { sources, input, computed } => match *sources.get(index)? {
                ColumnSource::Input(column) => input.get(column),
                ColumnSource::Register(register) => computed.get(register),
            },
            Self::Owned(_) | Self::Borrowed(_) => self.get(index),
        }
    }

    /// All columns in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a Column> + use<'a, '_> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// A chunk: columns, timestamps and kinds, and which rows of them are meant.
///
/// Nothing is copied between operators. A filter makes a smaller selection; a computed column is
/// written at the same row positions; whoever stores rows gathers them.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The timestamp of each row, in milliseconds.
    pub timestamps: &'a [i64],
    /// The kind of each row; none when all are current.
    pub kinds: Option<&'a [Kind]>,
    /// The columns.
    pub columns: Columns<'a>,
    /// The rows that are meant.
    pub selection: Selection<'a>,
}

impl<'a> View<'a> {
    /// How many rows are selected.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.selection.len()
    }

    /// Whether no row is selected.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.selection.is_empty()
    }

    /// The row of a chunk of one event.
    #[inline]
    pub(crate) fn only_row(&self) -> Option<usize> {
        self.selection.only_row()
    }

    /// The same columns with another selection.
    #[inline]
    #[must_use]
    pub fn with(&self, selection: Selection<'a>) -> Self {
        Self { selection, ..*self }
    }

    /// The same rows, all of them current: how a stream sees what a query put out.
    #[inline]
    #[must_use]
    pub fn as_current(&self) -> Self {
        Self { kinds: None, ..*self }
    }

    /// Some of the selected rows, in their order, and all marks between them: what passes a test that
    /// marks are not asked.
    pub(crate) fn with_marks(&self, rows: &[u32], out: &mut Vec<u32>) {
        out.clear();
        if self.kinds.is_none() {
            out.extend_from_slice(rows);
            return;
        }
        let mut next = rows.iter().peekable();
        for row in self.selection.iter() {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            let kept = next.next_if_eq(&&row).is_some();
            if kept || self.kind(row as usize) == Kind::Reset {
                out.push(row);
            }
        }
    }

    /// The kind of a row (not a position of the selection).
    #[inline]
    #[must_use]
    pub fn kind(&self, row: usize) -> Kind {
        self.kinds.and_then(|kinds| kinds.get(row)).copied().unwrap_or(Kind::Current)
    }

    /// The timestamp of a row (not a position of the selection).
    #[inline]
    #[must_use]
    pub fn timestamp(&self, row: usize) -> i64 {
        self.timestamps.get(row).copied().unwrap_or_default()
    }

    /// The value of a column at a row; null where there is none.
    #[must_use]
    pub fn value(&self, column: usize, row: usize) -> Value {
        self.columns.get(column).map_or(Value::Null, |column| column.value(row))
    }
}
