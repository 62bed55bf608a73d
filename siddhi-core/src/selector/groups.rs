//! Group-by keys and partition keys as dense numbers.

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use crate::event::column::{Column, Values};
use crate::event::text::{Text, fold};
use crate::event::value::Value;
use crate::event::view::View;

/// Numbers for the combinations of values that have occurred, dense from 0, in order of their first
/// occurrence.
///
/// Values are compared as values: 0.0 and -0.0 are two groups, NaN is one, null is one of its own,
/// objects go by their text. Each combination belongs to a partition key; without partition that is
/// key 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupTable {
    columns: Vec<Column>,
    /// The partition key of each group.
    keys: Vec<u32>,
    hashes: Vec<u64>,
    table: HashTable<u32>,
    /// Hashes of the chunk at hand; only a buffer.
    scratch: Vec<u64>,
}

impl GroupTable {
    /// A table for keys of these types.
    pub(crate) fn new(types: &[DataType]) -> Self {
        Self { columns: types.iter().map(|t| Column::new(*t)).collect(), ..Self::default() }
    }

    /// Groups so far.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The groups of a partition key.
    pub(crate) fn of_key(&self, key: u32, groups: &mut Vec<u32>) {
        let own = self.keys.iter().enumerate().filter(|(_, k)| **k == key);
        groups.extend(own.map(|(group, _)| u32::try_from(group).unwrap_or(u32::MAX)));
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
            for row in view.selection.iter() {
                if let (Some(text), Some(place)) = (texts.get(row), groups.get_mut(row)) {
                    *place = self.of_text(text, key);
                }
            }
            return;
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

    #[inline]
    fn of_text(&mut self, text: &Text, key: u32) -> u32 {
        let hash = seed(key) ^ text.fast_hash();
        let Self { columns, keys, hashes, table, .. } = self;
        let Some(Column { values: Values::String(texts), nulls }) = columns.first_mut() else {
            return 0;
        };
        let found = table.find(hash, |group| {
            let group = *group as usize;
            keys.get(group) == Some(&key) && texts.get(group) == Some(text) && !nulls.get(group)
        });
        if let Some(group) = found {
            return *group;
        }
        let group = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        texts.push(text.clone());
        keys.push(key);
        hashes.push(hash);
        table.insert_unique(hash, group, |group| hash_of(hashes, *group));
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
        let Self { columns: known, keys, hashes, table, .. } = self;
        let found = table.find(hash, |group| {
            let group = *group as usize;
            keys.get(group) == Some(&key)
                && known.iter().zip(columns).all(|(known, column)| {
                    view.columns.get(*column).is_some_and(|new| same(known, group, new, row))
                })
        });
        if let Some(group) = found {
            return *group;
        }
        let group = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        for (known, column) in known.iter_mut().zip(columns) {
            if let Some(new) = view.columns.get(*column) {
                known.push_from(new, row);
            }
        }
        keys.push(key);
        hashes.push(hash);
        table.insert_unique(hash, group, |group| hash_of(hashes, *group));
        group
    }
}

/// The number of a text, for tables with one text column.
impl GroupTable {
    /// The group of a text under key 0.
    pub(crate) fn number(&mut self, text: &Text) -> u32 {
        self.of_text(text, 0)
    }

    /// The text of a group.
    pub(crate) fn text(&self, group: u32) -> Value {
        self.columns.first().map_or(Value::Null, |column| column.value(group as usize))
    }
}

fn hash_of(hashes: &[u64], group: u32) -> u64 {
    hashes.get(group as usize).copied().unwrap_or_default()
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
        let group_hash = |(group, key): (usize, &u32)| {
            let parts = columns.iter().enumerate();
            parts.fold(seed(*key), |hash, (place, column)| add_value(hash, place, column, group))
        };
        let hashes: Vec<u64> = keys.iter().enumerate().map(group_hash).collect();
        let mut table = HashTable::with_capacity(hashes.len());
        for (group, hash) in hashes.iter().enumerate() {
            let group = u32::try_from(group).unwrap_or(u32::MAX);
            table.insert_unique(*hash, group, |group| hash_of(&hashes, *group));
        }
        Ok(Self { columns, keys, hashes, table, scratch: Vec::new() })
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
        assert_eq!(own, [4, 5, 6, 7]);
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
