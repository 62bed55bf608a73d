//! Group-by keys and partition keys as dense numbers.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::ids::IdTable;
use crate::event::column::{Column, Nulls, Values};
use crate::event::text::{Text, fold};
use crate::event::value::Value;
use crate::event::view::{Selection, SelectionIter, View};

/// Numbers for the combinations of values that have occurred, dense from 0, in order of their first
/// occurrence.
///
/// Values are compared as values: 0.0 and -0.0 are two groups, NaN is one, null is one of its own,
/// objects go by their text. Each combination belongs to a partition key; without partition that is
/// key 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupTable {
    columns: Vec<Column>,
    /// The partition key of each group; [`FREE`] where there is none.
    keys: Vec<u32>,
    /// Numbers that were given back.
    free: Vec<u32>,
    /// The groups of each key as a list: its first, by key, and what comes behind each, by group.
    of_key: Vec<Option<u32>>,
    behind: Vec<Option<u32>>,
    table: IdTable,
    /// Hashes of the chunk at hand; only a buffer.
    scratch: Vec<u64>,
}

/// Stands for the partition key where a number is free.
const FREE: u32 = u32::MAX;

impl GroupTable {
    /// A table for keys of these types.
    pub(crate) fn new(types: &[DataType]) -> Self {
        Self { columns: types.iter().map(|t| Column::new(*t)).collect(), ..Self::default() }
    }

    /// Groups are numbered below this.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many groups there are.
    pub(crate) fn live(&self) -> usize {
        self.keys.len() - self.free.len()
    }

    /// Forgets the groups that are not to be kept: their numbers will be given to others.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(u32) -> bool) {
        for (group, key) in (0..).zip(&mut self.keys) {
            if *key != FREE && !keep(group) {
                *key = FREE;
                self.free.push(group);
                self.columns.iter_mut().for_each(|column| column.reset(group as usize));
            }
        }
        self.table = table_of(&self.columns, &self.keys);
        (self.of_key, self.behind) = lists_of(&self.keys);
    }

    /// The groups of a partition key.
    pub(crate) fn of_key(&self, key: u32, groups: &mut Vec<u32>) {
        let mut next = self.of_key.get(key as usize).copied().flatten();
        while let Some(group) = next {
            groups.push(group);
            next = self.behind.get(group as usize).copied().flatten();
        }
    }

    /// Writes the group of each selected row to its place in `groups`; `columns` are the columns of
    /// the view to group by.
    pub(crate) fn assign(
        &mut self,
        view: &View<'_>,
        columns: &[usize],
        key: u32,
        groups: &mut Vec<u32>,
    ) {
        let extent = view.selection.extent();
        if groups.len() < extent {
            groups.resize(extent, 0);
        }
        if let [column] = columns
            && let Some(column) = view.columns.get(*column)
            && let Values::String(texts) = &column.values
            && !column.nulls.any()
        {
            // The common case, by one text, without a pass of its own for hashes.
            return self.assign_texts(texts, view.selection, key, groups);
        }
        let mut hashes = std::mem::take(&mut self.scratch);
        hashes.clear();
        hashes.resize(view.len(), seed(key));
        for (place, column) in columns.iter().enumerate() {
            let Some(column) = view.columns.get(*column) else { continue };
            for (hash, row) in hashes.iter_mut().zip(view.selection.iter()) {
                *hash = add_value(*hash, place, column, row);
            }
        }
        for (hash, row) in hashes.iter().zip(view.selection.iter()) {
            let group = self.find_or_add(*hash, view, columns, row, key);
            if let Some(place) = groups.get_mut(row) {
                *place = group;
            }
        }
        self.scratch = hashes;
    }

    /// Writes the group of each selected row to its place in `groups`, which is long enough, in a table with
    /// one text column.
    pub(crate) fn assign_texts(
        &mut self,
        texts: &[Text],
        selection: Selection<'_>,
        key: u32,
        groups: &mut [u32],
    ) {
        let mut rows = selection.iter();
        while let Some(row) = self.assign_known(texts, &mut rows, key, groups) {
            if let (Some(text), Some(place)) = (texts.get(row), groups.get_mut(row)) {
                *place = self.add_text(text, key);
            }
        }
    }

    /// The group of one row of a view.
    pub(crate) fn of_row(
        &mut self,
        view: &View<'_>,
        columns: &[usize],
        row: usize,
        key: u32,
    ) -> u32 {
        if let [column] = columns
            && let Some(Column { values: Values::String(texts), nulls }) = view.columns.get(*column)
            && let Some(text) = texts.get(row)
            && !nulls.get(row)
        {
            return self.of_text(text, key);
        }
        let hash = columns.iter().enumerate().fold(seed(key), |hash, (place, column)| {
            view.columns.get(*column).map_or(hash, |column| add_value(hash, place, column, row))
        });
        self.find_or_add(hash, view, columns, row, key)
    }

    /// The group of a text, in a table with one text column.
    #[inline]
    fn of_text(&mut self, text: &Text, key: u32) -> u32 {
        match self.known_text(text, key) {
            Some(group) => group,
            None => self.add_text(text, key),
        }
    }

    /// The group of a text, if it has one, in a table with one text column.
    #[inline]
    fn known_text(&self, text: &Text, key: u32) -> Option<u32> {
        self.texts(key)?.find(text)
    }

    /// The groups of a key by their texts, in a table with one text column.
    #[inline]
    fn texts(&self, key: u32) -> Option<KnownTexts<'_>> {
        let Some(Column { values: Values::String(texts), nulls }) = self.columns.first() else {
            return None;
        };
        Some(KnownTexts { texts, nulls, keys: &self.keys, table: &self.table, key })
    }

    /// Writes the groups of rows, by their texts, as long as they are known; gives the first row whose
    /// group is not.
    #[inline]
    fn assign_known(
        &self,
        texts: &[Text],
        rows: &mut SelectionIter<'_>,
        key: u32,
        groups: &mut [u32],
    ) -> Option<usize> {
        let known = self.texts(key)?;
        for row in rows {
            let (Some(text), Some(place)) = (texts.get(row), groups.get_mut(row)) else { continue };
            match known.find(text) {
                Some(group) => *place = group,
                None => return Some(row),
            }
        }
        None
    }

    #[cold]
    fn add_text(&mut self, text: &Text, key: u32) -> u32 {
        let group = self.add(seed(key) ^ text.fast_hash(), key);
        if let Some(column) = self.columns.first_mut() {
            column.set(group as usize, Value::String(text.clone()));
        }
        group
    }

    /// Numbers a combination of values, which is then to be written to the columns.
    fn add(&mut self, hash: u64, key: u32) -> u32 {
        let group = self.free.pop().unwrap_or_else(|| {
            let group = self.keys.len();
            self.keys.push(FREE);
            self.columns.iter_mut().for_each(|column| column.resize(group + 1));
            u32::try_from(group).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.keys.get_mut(group as usize) {
            *place = key;
        }
        link(group, key, &mut self.of_key, &mut self.behind);
        self.table.insert(hash, group);
        group
    }

    fn find_or_add(
        &mut self,
        hash: u64,
        view: &View<'_>,
        columns: &[usize],
        row: usize,
        key: u32,
    ) -> u32 {
        let found = self.table.find(hash, |group| {
            let group = group as usize;
            self.keys.get(group) == Some(&key)
                && self.columns.iter().zip(columns).all(|(known, column)| {
                    view.columns.get(*column).is_some_and(|new| same(known, group, new, row))
                })
        });
        if let Some(group) = found {
            return group;
        }
        let group = self.add(hash, key);
        for (known, column) in self.columns.iter_mut().zip(columns) {
            if let Some(new) = view.columns.get(*column) {
                known.set_from(group as usize, new, row);
            }
        }
        group
    }
}

/// The groups of one key in a table with one text column.
struct KnownTexts<'a> {
    texts: &'a [Text],
    nulls: &'a Nulls,
    keys: &'a [u32],
    table: &'a IdTable,
    key: u32,
}

impl KnownTexts<'_> {
    #[inline]
    fn find(&self, text: &Text) -> Option<u32> {
        self.table.find(seed(self.key) ^ text.fast_hash(), |group| {
            let group = group as usize;
            self.texts.get(group).is_some_and(|known| known == text)
                && self.keys.get(group).is_some_and(|known| *known == self.key)
                && !self.nulls.get(group)
        })
    }
}

/// The number of a text, for tables with one text column.
impl GroupTable {
    /// The group of a text under key 0.
    #[inline]
    pub(crate) fn number(&mut self, text: &Text) -> u32 {
        self.of_text(text, 0)
    }

    /// The text of a group.
    pub(crate) fn text(&self, group: u32) -> Value {
        self.columns.first().map_or(Value::Null, |column| column.value(group as usize))
    }
}

/// The lists of the groups of each key.
fn lists_of(keys: &[u32]) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let (mut of_key, mut behind) = (Vec::new(), Vec::new());
    for (group, key) in (0..).zip(keys).filter(|(_, key)| **key != FREE) {
        link(group, *key, &mut of_key, &mut behind);
    }
    (of_key, behind)
}

/// Puts a group in front of the list of its key.
fn link(group: u32, key: u32, of_key: &mut Vec<Option<u32>>, behind: &mut Vec<Option<u32>>) {
    let (key, place) = (key as usize, group as usize);
    of_key.resize(of_key.len().max(key + 1), None);
    behind.resize(behind.len().max(place + 1), None);
    if let (Some(first), Some(behind)) = (of_key.get_mut(key), behind.get_mut(place)) {
        *behind = first.replace(group);
    }
}

/// The table of the groups that stand in these columns.
fn table_of(columns: &[Column], keys: &[u32]) -> IdTable {
    let mut table = IdTable::default();
    for (group, key) in (0..).zip(keys).filter(|(_, key)| **key != FREE) {
        let parts = columns.iter().enumerate();
        let add = |hash, (place, column)| add_value(hash, place, column, group as usize);
        table.insert(parts.fold(seed(*key), add), group);
    }
    table
}

fn seed(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn mix(hash: u64, value: u64) -> u64 {
    fold(hash ^ 0x243f_6a88_85a3_08d3, value ^ 0x517c_c1b7_2722_0a95)
}

/// The hash with the value of one more part of the key. The first goes in as it is: so the fast way
/// for one text has it.
#[inline]
fn add_value(hash: u64, place: usize, column: &Column, row: usize) -> u64 {
    let value = hash_value(column, row);
    if place == 0 { hash ^ value } else { mix(hash, value) }
}

/// A double by its bits, all NaNs alike.
fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

/// The hash of one value; of a text it is the text's own, as the fast way uses it.
fn hash_value(column: &Column, row: usize) -> u64 {
    if column.is_null(row) {
        return 0x6e75_6c6c;
    }
    if let Values::String(texts) = &column.values {
        return texts.get(row).map(Text::fast_hash).unwrap_or_default();
    }
    let hash = match &column.values {
        Values::Bool(v) => v.get(row).map(|v| u64::from(*v)),
        Values::Int(v) => v.get(row).map(|v| i64::from(*v).cast_unsigned()),
        Values::Long(v) => v.get(row).map(|v| v.cast_unsigned()),
        Values::Float(v) => v.get(row).map(|v| bits((*v).into())),
        Values::Double(v) => v.get(row).map(|v| bits(*v)),
        Values::String(_) => None,
        Values::Object(v) => v.get(row).map(|v| Text::from(v.to_string()).fast_hash()),
    };
    mix(0, hash.unwrap_or_default())
}

fn same(known: &Column, group: usize, new: &Column, row: usize) -> bool {
    match (known.is_null(group), new.is_null(row)) {
        (true, true) => return true,
        (false, false) => {}
        _ => return false,
    }
    match (&known.values, &new.values) {
        (Values::Bool(a), Values::Bool(b)) => a.get(group) == b.get(row),
        (Values::Int(a), Values::Int(b)) => a.get(group) == b.get(row),
        (Values::Long(a), Values::Long(b)) => a.get(group) == b.get(row),
        (Values::Float(a), Values::Float(b)) => {
            a.get(group).map(|a| bits((*a).into())) == b.get(row).map(|b| bits((*b).into()))
        }
        (Values::Double(a), Values::Double(b)) => {
            a.get(group).map(|a| bits(*a)) == b.get(row).map(|b| bits(*b))
        }
        (Values::String(a), Values::String(b)) => a.get(group) == b.get(row),
        (Values::Object(a), Values::Object(b)) => {
            a.get(group).map(ToString::to_string) == b.get(row).map(ToString::to_string)
        }
        _ => false,
    }
}

impl Serialize for GroupTable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.columns, &self.keys).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for GroupTable {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (columns, keys): (Vec<Column>, Vec<u32>) = Deserialize::deserialize(deserializer)?;
        // The hash of a long text may differ from machine to machine, so none is kept.
        let table = table_of(&columns, &keys);
        let free = (0..).zip(&keys).filter(|(_, key)| **key == FREE).map(|(group, _)| group);
        let (of_key, behind) = lists_of(&keys);
        let (free, scratch) = (free.collect(), Vec::new());
        Ok(Self { columns, keys, free, of_key, behind, table, scratch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::batch::Batch;
    use crate::event::view::Kind;

    #[test]
    fn groups_are_values_and_not_texts() {
        let types = [DataType::String, DataType::Double];
        let mut table = GroupTable::new(&types);
        let mut batch = Batch::new(&types);
        for (text, number) in [
            (Value::from("null"), 0.0),
            (Value::Null, 0.0),
            (Value::from("null"), -0.0),
            (Value::from("x"), f64::NAN),
            (Value::from("x"), -f64::NAN),
            (Value::Null, 0.0),
        ] {
            batch.push_row(0, Kind::Current, [text, Value::Double(number)]);
        }
        let mut groups = Vec::new();
        table.assign(&batch.view(), &[0, 1], 0, &mut groups);
        assert_eq!(groups, [0, 1, 2, 3, 3, 1]);
        table.assign(&batch.view(), &[0, 1], 7, &mut groups);
        assert_eq!(groups, [4, 5, 6, 7, 7, 5]);
        let mut own = Vec::new();
        table.of_key(7, &mut own);
        own.sort_unstable();
        assert_eq!(own, [4, 5, 6, 7]);
        table.retain(|group| group != 5);
        own.clear();
        table.of_key(7, &mut own);
        own.sort_unstable();
        assert_eq!(own, [4, 6, 7]);
    }

    #[test]
    fn numbers_that_are_given_back_go_to_others() {
        let types = [DataType::String, DataType::Long];
        for columns in [&[0][..], &[1], &[0, 1]] {
            let own: Vec<DataType> = columns.iter().map(|column| types[*column]).collect();
            let mut table = GroupTable::new(&own);
            let assign = |table: &mut GroupTable, values: &[i64]| {
                let mut batch = Batch::new(&types);
                for value in values {
                    let text = Value::from(format!("a text that is counted: {value}"));
                    batch.push_row(0, Kind::Current, [text, Value::Long(*value)]);
                }
                let mut groups = Vec::new();
                table.assign(&batch.view(), columns, 0, &mut groups);
                groups
            };
            assert_eq!(assign(&mut table, &[10, 11, 12, 13]), [0, 1, 2, 3]);
            table.retain(|group| group == 2);
            assert_eq!((table.live(), table.len()), (1, 4));
            let mut restored: GroupTable =
                siddhi_state::decode(&siddhi_state::encode(&table).unwrap()).unwrap();
            for table in [&mut table, &mut restored] {
                let groups = assign(table, &[11, 12, 20, 21, 22, 11]);
                assert_eq!((groups[1], groups[5], table.len()), (2, groups[0], 5));
                let mut distinct = groups.clone();
                distinct.sort_unstable();
                distinct.dedup();
                assert_eq!((distinct, table.live()), (vec![0, 1, 2, 3, 4], 5));
            }
        }
    }

    #[test]
    fn groups_are_found_again_after_a_restart() {
        for types in [&[DataType::String][..], &[DataType::Object, DataType::Double]] {
            let mut table = GroupTable::new(types);
            let mut batch = Batch::new(types);
            for text in ["a", "a text that is too long to stand inline", "null", ""] {
                batch.push_row(0, Kind::Current, [Value::from(text), Value::Double(0.5)]);
            }
            batch.push_row(0, Kind::Current, [Value::Null, Value::Null]);
            let (mut before, mut after) = (Vec::new(), Vec::new());
            let columns: Vec<usize> = (0..types.len()).collect();
            table.assign(&batch.view(), &columns, 3, &mut before);
            let bytes = siddhi_state::encode(&table).unwrap();
            let mut table: GroupTable = siddhi_state::decode(&bytes).unwrap();
            table.assign(&batch.view(), &columns, 3, &mut after);
            assert_eq!((before, table.len()), (after, 5));
        }
    }
}
