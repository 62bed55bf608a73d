//! The rows of a window: a queue of columns in sealed segments with a mutable tail.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::column::Column;
use super::view::{Selection, View};

/// Rows of a sealed segment, and the most that the tail holds.
const SEGMENT: usize = 1024;
/// The first capacity of a tail: a million small windows must stay small.
const FIRST_TAIL: usize = 16;

/// Timestamps of a sealed segment: 32-bit offsets where they fit, which saves four bytes an event.
#[derive(Clone, Debug)]
enum Timestamps {
    Offsets { base: i64, offsets: Box<[u32]> },
    Plain(Box<[i64]>),
}

impl Timestamps {
    fn seal(timestamps: &[i64]) -> Self {
        let base = timestamps.iter().min().copied().unwrap_or_default();
        let offsets: Result<Box<[u32]>, _> = timestamps
            .iter()
            .map(|timestamp| u32::try_from(timestamp.wrapping_sub(base)))
            .collect();
        match offsets {
            Ok(offsets) => Self::Offsets { base, offsets },
            Err(_) => Self::Plain(timestamps.into()),
        }
    }

    fn get(&self, index: usize) -> i64 {
        match self {
            Self::Offsets { base, offsets } => {
                base + offsets.get(index).map_or(0, |offset| i64::from(*offset))
            }
            Self::Plain(timestamps) => timestamps.get(index).copied().unwrap_or_default(),
        }
    }
}

/// Immutable rows; shared with whoever writes a checkpoint.
#[derive(Clone, Debug)]
struct Segment {
    timestamps: Option<Timestamps>,
    columns: Vec<Column>,
}

/// A queue of rows with a running number for each: rows are appended at the end and leave at the
/// head, and a row keeps its number for life, so that indexes can point at it.
///
/// Full tails are sealed into immutable segments of 1,024 rows. A store that stays small never
/// seals: its tail is compacted in place, at a cost that is constant for each row on average.
#[derive(Clone, Debug)]
pub struct RowStore {
    types: Vec<DataType>,
    keeps_timestamps: bool,
    /// The number of the oldest row that is still in.
    head: u64,
    sealed: VecDeque<Arc<Segment>>,
    /// The number of the first row of the first sealed segment.
    sealed_start: u64,
    tail_timestamps: Vec<i64>,
    tail: Vec<Column>,
    tail_rows: usize,
    /// The number of the first row of the tail.
    tail_start: u64,
    tail_capacity: usize,
    /// The columns of a segment that has left, for the next tail.
    spare: Vec<Column>,
}

impl RowStore {
    /// An empty store of columns of these types; timestamps are kept when somebody reads them.
    #[must_use]
    pub fn new(types: &[DataType], keeps_timestamps: bool) -> Self {
        Self {
            types: types.to_vec(),
            keeps_timestamps,
            head: 0,
            sealed: VecDeque::new(),
            sealed_start: 0,
            tail_timestamps: Vec::new(),
            tail: types.iter().map(|data_type| Column::new(*data_type)).collect(),
            tail_rows: 0,
            tail_start: 0,
            // Rows without values only count.
            tail_capacity: if types.is_empty() && !keeps_timestamps {
                usize::MAX
            } else {
                FIRST_TAIL
            },
            spare: Vec::new(),
        }
    }

    /// The number of the oldest row.
    #[inline]
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The number that the next row will get.
    #[inline]
    #[must_use]
    pub fn end(&self) -> u64 {
        self.tail_start + self.tail_rows as u64
    }

    /// Rows that are in.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.end() - self.head).unwrap_or(usize::MAX)
    }

    /// Whether no row is in.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end() == self.head
    }

    /// Appends the selected rows of a view, whose columns have this store's types.
    pub fn extend(&mut self, view: &View<'_>) {
        self.append(view, |index| view.columns.get(index));
    }

    /// Appends the selected rows of a view, with the columns of the store as `column` gives them.
    #[inline]
    pub(crate) fn append<'c>(
        &mut self,
        view: &View<'_>,
        column: impl Fn(usize) -> Option<&'c Column>,
    ) {
        if let Some(row) = view.only_row() {
            self.push(view, row, column);
        } else {
            self.append_all(view, &column);
        }
    }

    fn append_all<'c>(&mut self, view: &View<'_>, column: &dyn Fn(usize) -> Option<&'c Column>) {
        let mut done = 0;
        let count = view.len();
        while done < count {
            let room = self.room();
            let take = room.min(count - done);
            match view.selection {
                Selection::All(_) => {
                    if self.keeps_timestamps {
                        let timestamps = view.timestamps.get(done..done + take);
                        self.tail_timestamps.extend_from_slice(timestamps.unwrap_or_default());
                    }
                    for (index, to) in self.tail.iter_mut().enumerate() {
                        if let Some(from) = column(index) {
                            to.extend_range(from, done..done + take);
                        }
                    }
                }
                Selection::Rows(rows) => {
                    let rows = rows.get(done..done + take).unwrap_or_default();
                    let rows = rows.iter().map(|row| *row as usize);
                    if self.keeps_timestamps {
                        self.tail_timestamps.extend(rows.clone().map(|row| view.timestamp(row)));
                    }
                    for (index, to) in self.tail.iter_mut().enumerate() {
                        if let Some(from) = column(index) {
                            to.extend_from(from, rows.clone());
                        }
                    }
                }
            }
            self.tail_rows += take;
            done += take;
        }
    }

    /// Appends one row of a view, with the columns of the store as `column` gives them.
    #[inline]
    pub(crate) fn push<'c>(
        &mut self,
        view: &View<'_>,
        row: usize,
        column: impl Fn(usize) -> Option<&'c Column>,
    ) {
        self.room();
        if self.keeps_timestamps {
            self.tail_timestamps.push(view.timestamp(row));
        }
        for (index, to) in self.tail.iter_mut().enumerate() {
            if let Some(from) = column(index) {
                to.push_from(from, row);
            }
        }
        self.tail_rows += 1;
    }

    /// Makes room in the tail and says for how many rows.
    #[inline]
    fn room(&mut self) -> usize {
        if self.tail_rows >= self.tail_capacity {
            self.make_room();
        }
        self.tail_capacity - self.tail_rows
    }

    fn make_room(&mut self) {
        let dead = usize::try_from(self.head.saturating_sub(self.tail_start)).unwrap_or(0);
        if dead * 4 >= self.tail_rows {
            if self.keeps_timestamps {
                self.tail_timestamps.drain(..dead);
            }
            for column in &mut self.tail {
                column.drop_front(dead);
            }
            self.tail_rows -= dead;
            self.tail_start = self.head;
        } else if self.tail_capacity < SEGMENT {
            self.tail_capacity *= 2;
        } else {
            self.seal();
        }
    }

    fn seal(&mut self) {
        let mut columns = std::mem::take(&mut self.spare);
        if columns.is_empty() {
            columns.extend(self.types.iter().map(|data_type| Column::new(*data_type)));
        }
        std::mem::swap(&mut columns, &mut self.tail);
        for column in &mut columns {
            column.shrink();
        }
        let timestamps = self.keeps_timestamps.then(|| Timestamps::seal(&self.tail_timestamps));
        self.tail_timestamps.clear();
        if self.sealed.is_empty() {
            self.sealed_start = self.tail_start;
        }
        self.sealed.push_back(Arc::new(Segment { timestamps, columns }));
        self.tail_start += self.tail_rows as u64;
        self.tail_rows = 0;
    }

    /// Lets the oldest rows go, up to and without the row `head`.
    pub fn drop_until(&mut self, head: u64) {
        self.head = head.min(self.end()).max(self.head);
        while !self.sealed.is_empty() && self.sealed_start + SEGMENT as u64 <= self.head {
            if let Some(Ok(mut segment)) = self.sealed.pop_front().map(Arc::try_unwrap) {
                segment.columns.iter_mut().for_each(Column::clear);
                self.spare = segment.columns;
            }
            self.sealed_start += SEGMENT as u64;
        }
        if self.head == self.end() && self.sealed.is_empty() {
            self.tail_start = self.head;
            self.tail_rows = 0;
            self.tail_timestamps.clear();
            for column in &mut self.tail {
                column.clear();
            }
        }
    }

    /// The timestamp of a row; 0 when the store keeps none.
    #[must_use]
    pub fn timestamp(&self, row: u64) -> i64 {
        match self.segment(row) {
            Some((segment, index)) => {
                segment.timestamps.as_ref().map_or(0, |timestamps| timestamps.get(index))
            }
            None => self.tail_timestamps.get(self.tail_index(row)).copied().unwrap_or_default(),
        }
    }

    /// The columns that hold a row and its place in them.
    #[inline]
    #[must_use]
    pub fn locate(&self, row: u64) -> (&[Column], usize) {
        match self.segment(row) {
            Some((segment, index)) => (&segment.columns, index),
            None => (&self.tail, self.tail_index(row)),
        }
    }

    /// The columns that hold a row, its place in them, and how many rows from it on they hold.
    #[inline]
    pub(crate) fn stretch(&self, row: u64) -> (&[Column], usize, usize) {
        if let Some((segment, index)) = self.segment(row) {
            (&segment.columns, index, SEGMENT - index)
        } else {
            let index = self.tail_index(row);
            (&self.tail, index, self.tail_rows.saturating_sub(index))
        }
    }

    /// Appends the timestamps of a range of rows.
    pub(crate) fn copy_timestamps(&self, rows: std::ops::Range<u64>, to: &mut Vec<i64>) {
        let tail = rows.start.max(self.tail_start)..rows.end;
        to.extend((rows.start..rows.end.min(self.tail_start)).map(|row| self.timestamp(row)));
        if tail.start < tail.end {
            let range = self.tail_index(tail.start)..self.tail_index(tail.end);
            to.extend_from_slice(self.tail_timestamps.get(range).unwrap_or_default());
        }
    }

    #[inline]
    fn segment(&self, row: u64) -> Option<(&Segment, usize)> {
        if row >= self.tail_start {
            return None;
        }
        let offset = usize::try_from(row.checked_sub(self.sealed_start)?).ok()?;
        Some((self.sealed.get(offset / SEGMENT)?, offset % SEGMENT))
    }

    #[inline]
    fn tail_index(&self, row: u64) -> usize {
        usize::try_from(row.wrapping_sub(self.tail_start)).unwrap_or(usize::MAX)
    }
}

/// What a snapshot keeps of a store: its rows in order, and the number of the first.
#[derive(Serialize, Deserialize)]
struct Saved {
    types: Vec<DataType>,
    keeps_timestamps: bool,
    head: u64,
    rows: usize,
    timestamps: Vec<i64>,
    columns: Vec<Column>,
}

impl Serialize for RowStore {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut columns: Vec<Column> =
            self.types.iter().map(|data_type| Column::new(*data_type)).collect();
        let mut timestamps = Vec::new();
        for row in self.head..self.end() {
            let (from, index) = self.locate(row);
            for (column, from) in columns.iter_mut().zip(from) {
                column.push_from(from, index);
            }
            if self.keeps_timestamps {
                timestamps.push(self.timestamp(row));
            }
        }
        Saved {
            types: self.types.clone(),
            keeps_timestamps: self.keeps_timestamps,
            head: self.head,
            rows: self.len(),
            timestamps,
            columns,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RowStore {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        let mut store = Self::new(&saved.types, saved.keeps_timestamps);
        store.head = saved.head;
        store.tail_start = saved.head;
        store.sealed_start = saved.head;
        let zeros;
        let timestamps = if saved.keeps_timestamps {
            &saved.timestamps
        } else {
            zeros = vec![0; saved.rows];
            &zeros
        };
        store.extend(&View {
            timestamps,
            kinds: None,
            columns: super::view::Columns::Owned(&saved.columns),
            selection: Selection::All(saved.rows),
        });
        Ok(store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::batch::Batch;
    use crate::event::value::Value;
    use crate::event::view::Kind;
    use proptest::prelude::*;

    const TYPES: [DataType; 2] = [DataType::Long, DataType::String];

    fn batch(from: i64, count: usize) -> Batch {
        let mut batch = Batch::new(&TYPES);
        for n in from..from + i64::try_from(count).unwrap() {
            let text = if n % 7 == 0 { Value::Null } else { Value::from(n.to_string()) };
            batch.push_row(n * 10, Kind::Current, [Value::Long(n), text]);
        }
        batch
    }

    proptest! {
        #[test]
        fn behaves_like_a_queue(steps in proptest::collection::vec((0_usize..1500, 0_usize..1500), 1..12)) {
            let mut store = RowStore::new(&TYPES, true);
            let mut model: VecDeque<i64> = VecDeque::new();
            let mut next = 0;
            for (add, remove) in steps {
                store.extend(&batch(next, add).view());
                model.extend(next..next + i64::try_from(add).unwrap());
                next += i64::try_from(add).unwrap();
                store.drop_until(store.head() + remove as u64);
                model.drain(..remove.min(model.len()));
                prop_assert_eq!(store.len(), model.len());
                for (place, expected) in model.iter().enumerate().step_by(97) {
                    let row = store.head() + place as u64;
                    let (columns, index) = store.locate(row);
                    prop_assert_eq!(columns[0].value(index), Value::Long(*expected));
                    prop_assert_eq!(columns[1].value(index).is_null(), expected % 7 == 0);
                    prop_assert_eq!(store.timestamp(row), expected * 10);
                }
            }
        }
    }
}
