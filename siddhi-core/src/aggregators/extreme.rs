//! The largest or smallest number that is in, for `max`, `min` and their forms that last for ever.
//!
//! A NaN that is the oldest number in is the result; any other is passed over. Of equal numbers the
//! oldest counts. What is kept depends on how rows leave: nothing but the result when they never
//! do, the candidates when they leave in order, a count for each number otherwise.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::each_number;
use super::group::{Group, aggregator};
use crate::event::column::Element;
use crate::extension::{BindError, BoundAggregator, Leaving};

/// Which end of the order is asked for.
pub(super) trait End: Default + Send + Sync + fmt::Debug + 'static {
    /// Whether `a` is strictly nearer to the end than `b`; false when either is NaN.
    fn better<T: PartialOrd>(a: &T, b: &T) -> bool;
    /// The end of what an iterator gives in ascending order.
    fn last<I: DoubleEndedIterator>(ascending: I) -> Option<I::Item>;
}

/// The largest.
#[derive(Debug, Default)]
pub(super) struct Largest;

impl End for Largest {
    #[inline]
    fn better<T: PartialOrd>(a: &T, b: &T) -> bool {
        a > b
    }

    fn last<I: DoubleEndedIterator>(mut ascending: I) -> Option<I::Item> {
        ascending.next_back()
    }
}

/// The smallest.
#[derive(Debug, Default)]
pub(super) struct Smallest;

impl End for Smallest {
    #[inline]
    fn better<T: PartialOrd>(a: &T, b: &T) -> bool {
        a < b
    }

    fn last<I: DoubleEndedIterator>(mut ascending: I) -> Option<I::Item> {
        ascending.next()
    }
}

/// A number that can be a key.
trait Ordered: Element + Copy + PartialOrd + Serialize + DeserializeOwned {
    /// The number in a form with a total order in which equal forms are equal bits.
    type Key: Copy + Ord + Send + Serialize + DeserializeOwned;
    /// The key; none for NaN.
    fn key(self) -> Option<Self::Key>;
    fn from_key(key: Self::Key) -> Self;
    /// NaN where there is one.
    fn nan() -> Option<Self>;
}

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl Ordered for $type {
            type Key = $type;
            fn key(self) -> Option<$type> {
                Some(self)
            }
            fn from_key(key: $type) -> Self {
                key
            }
            fn nan() -> Option<Self> {
                None
            }
        }
    )*};
}

macro_rules! floating {
    ($($type:ident, $key:ident, $bits:ident;)*) => {$(
        impl Ordered for $type {
            type Key = $key;
            // All bits but the sign of a negative number are turned, as in `total_cmp`.
            fn key(self) -> Option<$key> {
                let bits = self.to_bits().cast_signed();
                (!self.is_nan()).then_some(bits ^ (bits >> ($key::BITS - 1) & $key::MAX))
            }
            fn from_key(key: $key) -> Self {
                $type::from_bits((key ^ (key >> ($key::BITS - 1) & $key::MAX)).cast_unsigned())
            }
            fn nan() -> Option<Self> {
                Some($type::NAN)
            }
        }
    )*};
}

integer!(i32, i64);
floating! {
    f32, i32, u32;
    f64, i64, u64;
}

/// Binds `max` or `min`.
pub(super) fn bind<E: End>(name: &str, data_type: DataType) -> Result<BoundAggregator, BindError> {
    each_number!(name, data_type, T => BoundAggregator {
        return_type: data_type,
        fallible: false,
        make: Arc::new(|leaving| match leaving {
            Leaving::Never => aggregator::<T, Best<T, E, false>>(),
            Leaving::InOrder => aggregator::<T, Candidates<T, E>>(),
            Leaving::AnyOrder => aggregator::<T, Counts<T, E>>(),
        }),
    })
}

/// Binds `maxForever` or `minForever`.
pub(super) fn bind_forever<E: End>(
    name: &str,
    data_type: DataType,
) -> Result<BoundAggregator, BindError> {
    each_number!(name, data_type, T => super::bound::<T, Best<T, E, true>>(data_type))
}

/// The best number that ever came; with `FOREVER` a reset changes nothing.
#[derive(Serialize, Deserialize)]
struct Best<T, E, const FOREVER: bool> {
    best: Option<T>,
    end: PhantomData<E>,
}

impl<T, E, const FOREVER: bool> Default for Best<T, E, FOREVER> {
    fn default() -> Self {
        Self { best: None, end: PhantomData }
    }
}

impl<T: Ordered, E: End, const FOREVER: bool> Group<T> for Best<T, E, FOREVER> {
    type Out = T;
    const FOREVER: bool = FOREVER;

    #[inline]
    fn add(&mut self, value: &T) {
        if self.best.is_none_or(|best| E::better(value, &best)) {
            self.best = Some(*value);
        }
    }

    fn remove(&mut self, _: &T) {}

    #[inline]
    fn value(&self) -> Option<T> {
        self.best
    }
}

/// The numbers that can still become the best, oldest first, each better than those behind it.
///
/// Numbers are counted as they come and as they leave; since they leave in the order in which they
/// came, the count of those that left says which is the oldest.
#[derive(Serialize, Deserialize)]
struct Candidates<T, E> {
    numbers: VecDeque<(u64, T)>,
    nans: VecDeque<u64>,
    left: u64,
    came: u64,
    end: PhantomData<E>,
}

impl<T, E> Default for Candidates<T, E> {
    fn default() -> Self {
        let (numbers, nans) = (VecDeque::new(), VecDeque::new());
        Self { numbers, nans, left: 0, came: 0, end: PhantomData }
    }
}

impl<T: Ordered, E: End> Group<T> for Candidates<T, E> {
    type Out = T;

    #[inline]
    fn add(&mut self, value: &T) {
        if value.key().is_none() {
            self.nans.push_back(self.came);
        } else {
            while self.numbers.back().is_some_and(|(_, last)| E::better(value, last)) {
                self.numbers.pop_back();
            }
            self.numbers.push_back((self.came, *value));
        }
        self.came += 1;
    }

    #[inline]
    fn remove(&mut self, _: &T) {
        if self.numbers.front().is_some_and(|(number, _)| *number == self.left) {
            self.numbers.pop_front();
        }
        if self.nans.front() == Some(&self.left) {
            self.nans.pop_front();
        }
        self.left += 1;
    }

    #[inline]
    fn value(&self) -> Option<T> {
        if self.nans.front() == Some(&self.left) {
            return T::nan();
        }
        self.numbers.front().map(|(_, value)| *value)
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.nans.clear();
        (self.left, self.came) = (0, 0);
    }
}

/// How often each number is in: a number that leaves before it came counts below zero.
#[derive(Serialize, Deserialize)]
#[serde(bound = "T: Ordered")]
struct Counts<T: Ordered, E> {
    numbers: BTreeMap<T::Key, i64>,
    nans: i64,
    /// While a NaN is in: what is older than it.
    ages: Option<Box<Ages<T::Key>>>,
    end: PhantomData<E>,
}

/// When the numbers that are in came.
#[derive(Serialize, Deserialize)]
#[serde(bound = "K: Ord + Serialize + DeserializeOwned")]
struct Ages<K> {
    next: u64,
    nans: VecDeque<u64>,
    numbers: BTreeMap<K, VecDeque<u64>>,
}

impl<T: Ordered, E> Default for Counts<T, E> {
    fn default() -> Self {
        Self { numbers: BTreeMap::new(), nans: 0, ages: None, end: PhantomData }
    }
}

impl<T: Ordered, E> Counts<T, E> {
    /// Changes the count of a number and gives the new one.
    fn change(&mut self, key: T::Key, by: i64) -> i64 {
        let count = self.numbers.entry(key).or_insert(0);
        *count += by;
        let count = *count;
        if count == 0 {
            self.numbers.remove(&key);
        }
        count
    }

    fn change_nans(&mut self, by: i64) {
        self.nans += by;
        if self.nans <= 0 {
            self.ages = None;
            return;
        }
        let counts = &self.numbers;
        let ages = self.ages.get_or_insert_with(|| {
            // Everything that is in is older than the first NaN; among it order does not matter.
            let age = |(key, count): (&T::Key, &i64)| (*key, (0..*count).map(|_| 0).collect());
            let numbers = counts.iter().filter(|(_, count)| **count > 0).map(age).collect();
            Box::new(Ages { next: 1, nans: VecDeque::new(), numbers })
        });
        if by > 0 {
            ages.nans.push_back(ages.next);
            ages.next += 1;
        } else {
            ages.nans.pop_front();
        }
    }

    /// Whether the oldest number that is in is a NaN.
    fn nan_is_oldest(&self) -> bool {
        let Some(ages) = &self.ages else { return false };
        let Some(nan) = ages.nans.front() else { return false };
        ages.numbers.values().filter_map(VecDeque::front).all(|number| number > nan)
    }
}

impl<T: Ordered, E: End> Group<T> for Counts<T, E> {
    type Out = T;

    fn add(&mut self, value: &T) {
        let Some(key) = value.key() else { return self.change_nans(1) };
        let count = self.change(key, 1);
        if let Some(ages) = &mut self.ages
            && count > 0
        {
            ages.numbers.entry(key).or_default().push_back(ages.next);
            ages.next += 1;
        }
    }

    fn remove(&mut self, value: &T) {
        let Some(key) = value.key() else { return self.change_nans(-1) };
        self.change(key, -1);
        if let Some(ages) = &mut self.ages
            && let Some(came) = ages.numbers.get_mut(&key)
        {
            came.pop_front();
            if came.is_empty() {
                ages.numbers.remove(&key);
            }
        }
    }

    fn value(&self) -> Option<T> {
        if self.nan_is_oldest() {
            return T::nan();
        }
        let present = self.numbers.iter().filter(|(_, count)| **count > 0);
        E::last(present).map(|(key, _)| T::from_key(*key))
    }
}
