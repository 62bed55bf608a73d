//! Rules by equality: a hash from a value to the rules that ask for it.

use hashbrown::hash_table::Entry;
use hashbrown::{HashMap, HashTable};

use super::condition::Key;
use crate::event::column::{Column, Values};
use crate::event::text::Text;

/// The rules that compare one column by equality.
#[derive(Debug, Default)]
pub(crate) struct EqualityIndex {
    pub(crate) column: usize,
    /// By a text's own fast hash.
    texts: HashTable<(Text, Vec<u32>)>,
    integers: HashMap<i64, Vec<u32>>,
    bools: [Vec<u32>; 2],
    numbers: HashMap<u64, Vec<u32>>,
}

impl EqualityIndex {
    /// An index over one column.
    pub(crate) fn new(column: usize) -> Self {
        Self { column, ..Self::default() }
    }

    /// Adds a rule; rules come in the order of the text.
    pub(crate) fn add(&mut self, key: Key, rule: u32) {
        match key {
            Key::Text(text) => {
                let hash = text.fast_hash();
                let same = |(known, _): &(Text, Vec<u32>)| *known == text;
                match self.texts.entry(hash, same, |(known, _)| known.fast_hash()) {
                    Entry::Occupied(mut entry) => entry.get_mut().1.push(rule),
                    Entry::Vacant(entry) => drop(entry.insert((text, vec![rule]))),
                }
            }
            Key::Integer(value) => self.integers.entry(value).or_default().push(rule),
            Key::Bool(value) => {
                let [no, yes] = &mut self.bools;
                if value { yes } else { no }.push(rule);
            }
            Key::Number(bits) => self.numbers.entry(bits).or_default().push(rule),
        }
    }

    /// The rules that accept the value of a row, in the order of the text.
    #[inline]
    pub(crate) fn find(&self, column: &Column, row: usize) -> &[u32] {
        if column.is_null(row) {
            return &[];
        }
        let found = match &column.values {
            Values::String(v) => v.get(row).and_then(|text| {
                let same = |(known, _): &(Text, Vec<u32>)| known == text;
                self.texts.find(text.fast_hash(), same).map(|(_, rules)| rules)
            }),
            Values::Int(v) => v.get(row).and_then(|v| self.integers.get(&i64::from(*v))),
            Values::Long(v) => v.get(row).and_then(|v| self.integers.get(v)),
            Values::Bool(v) => v.get(row).and_then(|v| self.bools.get(usize::from(*v))),
            Values::Float(v) => v.get(row).and_then(|v| self.number((*v).into())),
            Values::Double(v) => v.get(row).and_then(|v| self.number(*v)),
            Values::Object(_) => None,
        };
        found.map_or(&[], Vec::as_slice)
    }

    fn number(&self, value: f64) -> Option<&Vec<u32>> {
        match Key::number(value)? {
            Key::Number(bits) => self.numbers.get(&bits),
            _ => None,
        }
    }
}
