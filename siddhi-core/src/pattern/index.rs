//! Matches by the values that the next event must have.
//!
//! A state whose filter says `own == earlier` keeps its waiting matches in buckets by the value of
//! `earlier`. A bucket is in the order of the state's list, so whoever tries an event on one bucket
//! finds its matches in the order in which a walk over the list would find them.

use hashbrown::HashTable;
use siddhi_query::ast::DataType;

use super::list::{Links, List, NONE};
use crate::event::column::{Column, Values};
use crate::event::text::{Text, fold};

/// More empty buckets than this are cleared away once they are the greater part.
const EMPTY_MAX: usize = 256;

/// A value of a key: a row of a column.
pub(super) type Part<'a> = (&'a Column, usize);

/// The most parts that a key has: further equalities are tested on the matches that it finds.
pub(super) const PARTS_MAX: usize = 2;

/// The values of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    first: Part<'a>,
    second: Option<Part<'a>>,
}

impl<'a> Key<'a> {
    /// A key of these values; none of no values.
    #[inline]
    pub(super) fn new(mut values: impl Iterator<Item = Part<'a>>) -> Option<Self> {
        Some(Self { first: values.next()?, second: values.next() })
    }

    fn values(self) -> impl Iterator<Item = Part<'a>> {
        std::iter::once(self.first).chain(self.second)
    }

    /// Its hash; none when a part of it is equal to nothing.
    #[inline]
    fn hash(self, partition: u32) -> Option<u64> {
        let seed = u64::from(partition).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (column, row) = self.first;
        let hash = fold(seed ^ 0x243f_6a88_85a3_08d3, cell(column, row)?);
        match self.second {
            None => Some(hash),
            Some((column, row)) => {
                let value = cell(column, row)? ^ 0x517c_c1b7_2722_0a95;
                Some(fold(hash ^ 0x243f_6a88_85a3_08d3, value))
            }
        }
    }

    /// Whether it is equal to the key that stands in a row of these columns.
    #[inline]
    fn equals(self, known: &[Column], row: usize) -> bool {
        let same = |place: usize, (column, new): Part<'_>| {
            known.get(place).is_some_and(|known| equal(known, row, column, new))
        };
        same(0, self.first) && self.second.is_none_or(|second| same(1, second))
    }
}

/// The links of matches within their buckets. A match waits in one state at a time, so the indexes of
/// all states share them.
#[derive(Debug, Default)]
pub(super) struct BucketLinks {
    links: Links,
    /// The bucket of each row; none while it is in no bucket.
    of: Vec<u32>,
}

impl BucketLinks {
    /// Makes place for rows below `rows`.
    fn grow(&mut self, rows: usize) {
        if self.of.len() < rows {
            self.of.resize(rows, NONE);
            self.links.grow(rows);
        }
    }

    /// Puts the rows of a bucket, in order, behind those in `rows`.
    #[inline]
    pub(super) fn collect(&self, list: List, rows: &mut Vec<u32>) {
        self.links.collect(list, rows);
    }

    /// No row is in a bucket any more.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }
}

#[derive(Debug)]
struct Bucket {
    hash: u64,
    /// The key of the partition.
    partition: u32,
    list: List,
}

/// The waiting matches of one state by key. What a bucket's key is stays known while it is empty:
/// the next match often has it again.
#[derive(Debug)]
pub(super) struct Index {
    table: HashTable<u32>,
    buckets: Vec<Bucket>,
    /// The key of each bucket, a column a part.
    keys: Vec<Column>,
    /// Buckets that are in no use.
    free: Vec<u32>,
    /// Buckets that are in use and hold no match.
    empty: usize,
}

impl Index {
    pub(super) fn new(types: &[DataType]) -> Self {
        Self {
            table: HashTable::new(),
            buckets: Vec::new(),
            keys: types.iter().map(|data_type| Column::new(*data_type)).collect(),
            free: Vec::new(),
            empty: 0,
        }
    }

    /// The matches whose key is equal to this one, in the order of the state's list.
    #[inline]
    pub(super) fn find(&self, partition: u32, key: Key<'_>) -> List {
        let Some(hash) = key.hash(partition) else { return List::EMPTY };
        self.bucket(hash, partition, key)
            .and_then(|bucket| self.buckets.get(bucket as usize))
            .map_or(List::EMPTY, |bucket| bucket.list)
    }

    #[inline]
    fn bucket(&self, hash: u64, partition: u32, key: Key<'_>) -> Option<u32> {
        let same = |id: &u32| {
            let id = *id as usize;
            self.buckets.get(id).is_some_and(|b| b.hash == hash && b.partition == partition)
                && key.equals(&self.keys, id)
        };
        self.table.find(hash, same).copied()
    }

    /// Puts a match at the end of its bucket. One whose key is equal to nothing, null or NaN, is in
    /// no bucket.
    #[inline]
    pub(super) fn add(&mut self, partition: u32, key: Key<'_>, row: u32, links: &mut BucketLinks) {
        links.grow(row as usize + 1);
        let Some(hash) = key.hash(partition) else { return };
        let id =
            self.bucket(hash, partition, key).unwrap_or_else(|| self.make(hash, partition, key));
        let Some(bucket) = self.buckets.get_mut(id as usize) else { return };
        if bucket.list.is_empty() {
            self.empty -= 1;
        }
        links.links.push_back(&mut bucket.list, row);
        if let Some(place) = links.of.get_mut(row as usize) {
            *place = id;
        }
    }

    fn make(&mut self, hash: u64, partition: u32, key: Key<'_>) -> u32 {
        let bucket = Bucket { hash, partition, list: List::EMPTY };
        self.empty += 1;
        let id = if let Some(id) = self.free.pop() {
            for (known, (new, row)) in self.keys.iter_mut().zip(key.values()) {
                known.set_from(id as usize, new, row);
            }
            if let Some(place) = self.buckets.get_mut(id as usize) {
                *place = bucket;
            }
            id
        } else {
            for (known, (new, row)) in self.keys.iter_mut().zip(key.values()) {
                known.push_from(new, row);
            }
            self.buckets.push(bucket);
            u32::try_from(self.buckets.len() - 1).unwrap_or(NONE)
        };
        let buckets = &self.buckets;
        self.table.insert_unique(hash, id, |id| {
            buckets.get(*id as usize).map_or(0, |bucket| bucket.hash)
        });
        id
    }

    /// Takes a match out of its bucket.
    #[inline]
    pub(super) fn remove(&mut self, row: u32, links: &mut BucketLinks) {
        let Some(place) = links.of.get_mut(row as usize) else { return };
        let id = std::mem::replace(place, NONE);
        let Some(bucket) = self.buckets.get_mut(id as usize) else { return };
        links.links.unlink(&mut bucket.list, row);
        if bucket.list.is_empty() {
            self.empty += 1;
            let used = self.buckets.len() - self.free.len();
            if self.empty > EMPTY_MAX && self.empty * 2 > used {
                self.sweep();
            }
        }
    }

    /// Clears empty buckets away.
    #[cold]
    fn sweep(&mut self) {
        let Self { table, buckets, free, .. } = self;
        table.retain(|id| {
            let used = buckets.get(*id as usize).is_some_and(|bucket| !bucket.list.is_empty());
            if !used {
                free.push(*id);
            }
            used
        });
        self.empty = 0;
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.table.clear();
        self.buckets.clear();
        self.free.clear();
        self.empty = 0;
        for column in &mut self.keys {
            column.clear();
        }
    }
}

/// Bits that are equal where values are; none for what is not equal to itself.
#[inline]
fn cell(column: &Column, row: usize) -> Option<u64> {
    if column.nulls.any() && column.nulls.get(row) {
        return None;
    }
    match &column.values {
        Values::String(v) => v.get(row).map(Text::fast_hash),
        Values::Long(v) => v.get(row).map(|v| v.cast_unsigned()),
        Values::Int(v) => v.get(row).map(|v| i64::from(*v).cast_unsigned()),
        Values::Double(v) => v.get(row).filter(|v| !v.is_nan()).map(|v| (*v + 0.0).to_bits()),
        Values::Float(v) => {
            v.get(row).filter(|v| !v.is_nan()).map(|v| u64::from((*v + 0.0).to_bits()))
        }
        Values::Bool(v) => v.get(row).map(|v| u64::from(*v)),
        Values::Object(_) => None,
    }
}

/// Whether two values, neither of them null, are equal as `==` has it.
#[inline]
fn equal(a: &Column, a_row: usize, b: &Column, b_row: usize) -> bool {
    match (&a.values, &b.values) {
        (Values::String(a), Values::String(b)) => a.get(a_row) == b.get(b_row),
        (Values::Long(a), Values::Long(b)) => a.get(a_row) == b.get(b_row),
        (Values::Int(a), Values::Int(b)) => a.get(a_row) == b.get(b_row),
        (Values::Double(a), Values::Double(b)) => a.get(a_row) == b.get(b_row),
        (Values::Float(a), Values::Float(b)) => a.get(a_row) == b.get(b_row),
        (Values::Bool(a), Values::Bool(b)) => a.get(a_row) == b.get(b_row),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::value::Value;

    #[test]
    fn buckets_hold_equal_values_in_order() {
        let mut column = Column::new(DataType::Double);
        let values = [1.0, 0.0, -0.0, f64::NAN, 1.0];
        for value in values {
            column.push(Value::Double(value));
        }
        column.push(Value::Null);
        let key = |row: usize| Key::new([(&column, row)].into_iter()).unwrap();
        let mut index = Index::new(&[DataType::Double]);
        let mut links = BucketLinks::default();
        for row in 0..6 {
            index.add(0, key(row as usize), row, &mut links);
        }
        let found = |index: &Index, links: &BucketLinks, row| -> Vec<u32> {
            let mut rows = Vec::new();
            links.collect(index.find(0, key(row)), &mut rows);
            rows
        };
        assert_eq!(found(&index, &links, 0), [0, 4]);
        assert_eq!(found(&index, &links, 1), [1, 2]);
        assert!(found(&index, &links, 3).is_empty());
        assert!(found(&index, &links, 5).is_empty());
        assert!(index.find(7, key(0)).is_empty());
        index.remove(0, &mut links);
        index.remove(5, &mut links);
        assert_eq!(found(&index, &links, 4), [4]);
    }

    #[test]
    fn empty_buckets_are_cleared_away() {
        let mut column = Column::new(DataType::Long);
        for value in 0..5_000 {
            column.push(Value::Long(value));
        }
        let mut index = Index::new(&[DataType::Long]);
        let mut links = BucketLinks::default();
        for row in 0..5_000_u32 {
            let key = Key::new([(&column, row as usize)].into_iter()).unwrap();
            index.add(0, key, row % 8, &mut links);
            index.remove(row % 8, &mut links);
        }
        assert!(index.buckets.len() <= 2 * EMPTY_MAX + 2, "{}", index.buckets.len());
        assert_eq!(index.table.len() + index.free.len(), index.buckets.len());
    }
}
