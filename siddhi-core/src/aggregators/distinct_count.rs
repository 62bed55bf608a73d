//! `distinctCount(x)`: how many different values there are.

use std::hash::Hash;

use hashbrown::HashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use siddhi_query::ast::DataType;

use super::group::Group;
use super::{bound, one, wrong_type};
use crate::event::text::Text;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `distinctCount`.
#[derive(Debug)]
pub(super) struct DistinctCount;

impl AggregatorFactory for DistinctCount {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "distinctCount",
            syntax: "distinctCount(x)",
            description: "Counts the different numbers or texts that are in. Null is a value like \
                          another; 0.0 and -0.0 are two, NaN is one.",
            example: "from Trades#window.length(20) select distinctCount(symbol) as symbols \
                      insert into Variety;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        match one("distinctCount", parameters)? {
            DataType::Int => Ok(bound::<i32, Distinct<i32>>(DataType::Long)),
            DataType::Long => Ok(bound::<i64, Distinct<i64>>(DataType::Long)),
            DataType::Float => Ok(bound::<f32, Distinct<u32>>(DataType::Long)),
            DataType::Double => Ok(bound::<f64, Distinct<u64>>(DataType::Long)),
            DataType::String => Ok(bound::<Text, Distinct<Text>>(DataType::Long)),
            other => Err(wrong_type("distinctCount", "a number or string", other)),
        }
    }
}

/// A value that can be told from others.
trait Keyed {
    type Key: Clone + Eq + Hash + Ord + Send + Serialize + DeserializeOwned;
    fn key(&self) -> Self::Key;
}

impl Keyed for i32 {
    type Key = Self;
    fn key(&self) -> Self {
        *self
    }
}

impl Keyed for i64 {
    type Key = Self;
    fn key(&self) -> Self {
        *self
    }
}

impl Keyed for f32 {
    type Key = u32;
    fn key(&self) -> u32 {
        if self.is_nan() { Self::NAN.to_bits() } else { self.to_bits() }
    }
}

impl Keyed for f64 {
    type Key = u64;
    fn key(&self) -> u64 {
        if self.is_nan() { Self::NAN.to_bits() } else { self.to_bits() }
    }
}

impl Keyed for Text {
    type Key = Self;
    fn key(&self) -> Self {
        self.clone()
    }
}

/// How often each value is in: a value that leaves before it came counts below zero.
struct Distinct<K> {
    counts: HashMap<K, i64>,
    nulls: i64,
    /// Values with a count above zero, null not among them.
    present: i64,
}

impl<K> Default for Distinct<K> {
    fn default() -> Self {
        Self { counts: HashMap::new(), nulls: 0, present: 0 }
    }
}

impl<K: Eq + Hash> Distinct<K> {
    fn change(&mut self, key: K, by: i64) {
        use hashbrown::hash_map::Entry;
        match self.counts.entry(key) {
            Entry::Vacant(place) => {
                place.insert(by);
                self.present += i64::from(by > 0);
            }
            Entry::Occupied(mut place) => {
                let before = *place.get();
                *place.get_mut() += by;
                self.present += i64::from(before + by > 0) - i64::from(before > 0);
                if before + by == 0 {
                    place.remove();
                }
            }
        }
    }
}

impl<T: Keyed> Group<T> for Distinct<T::Key> {
    type Out = i64;

    fn add(&mut self, value: &T) {
        self.change(value.key(), 1);
    }

    fn remove(&mut self, value: &T) {
        self.change(value.key(), -1);
    }

    fn add_null(&mut self) {
        self.nulls += 1;
    }

    fn remove_null(&mut self) {
        self.nulls -= 1;
    }

    fn value(&self) -> Option<i64> {
        Some(self.present + i64::from(self.nulls > 0))
    }

    fn clear(&mut self) {
        self.counts.clear();
        (self.nulls, self.present) = (0, 0);
    }
}

impl<K: Ord + Serialize> Serialize for Distinct<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Sorted, so that equal states have equal bytes.
        let mut counts: Vec<(&K, i64)> =
            self.counts.iter().map(|(key, count)| (key, *count)).collect();
        counts.sort_unstable();
        (counts, self.nulls).serialize(serializer)
    }
}

impl<'de, K: Eq + Hash + Deserialize<'de>> Deserialize<'de> for Distinct<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (counts, nulls) = <(Vec<(K, i64)>, i64)>::deserialize(deserializer)?;
        let present = counts.iter().filter(|(_, count)| *count > 0).map(|_| 1).sum();
        Ok(Self { counts: counts.into_iter().collect(), nulls, present })
    }
}
