//! Aggregators as a state for each group.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use siddhi_state::{StateError, StateHolder, check_version, decode, encode};

use super::feed::{Feed, Fold, ResetGroups};
use crate::event::column::{Column, Element};
use crate::extension::Aggregator;

/// What an aggregator keeps of one group, and how values of type `T` change it.
pub(super) trait Group<T>: Default + Send + Serialize + DeserializeOwned {
    /// The type of the value.
    type Out: Element;
    /// Whether [`Group::check`] can refuse a value.
    const FALLIBLE: bool = false;
    /// Whether a reset leaves it alone.
    const FOREVER: bool = false;

    /// Takes a value in.
    fn add(&mut self, value: &T);
    /// Lets a value go.
    fn remove(&mut self, value: &T);
    /// Takes a null in.
    fn add_null(&mut self) {}
    /// Lets a null go.
    fn remove_null(&mut self) {}
    /// The value; none is null.
    fn value(&self) -> Option<Self::Out>;
    /// The value when a number has just come in: there is one, even if as many have left before they
    /// came.
    #[inline]
    fn added(&self) -> Option<Self::Out> {
        self.value()
    }
    /// Forgets everything, and keeps memory that it will need again.
    fn clear(&mut self) {
        *self = Self::default();
    }
    /// Refuses a value before it leaves a trace.
    fn check(_value: &T) -> Result<(), String> {
        Ok(())
    }
}

/// The states of all groups, by their numbers.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Groups<S>(Vec<S>);

impl<T, S: Group<T>> Fold<T> for Groups<S> {
    type Out = S::Out;
    const FALLIBLE: bool = S::FALLIBLE;

    fn reserve(&mut self, groups: usize) {
        if self.0.len() < groups {
            self.0.resize_with(groups, S::default);
        }
    }

    #[inline]
    fn add(&mut self, group: usize, value: &T) {
        if let Some(state) = self.0.get_mut(group) {
            state.add(value);
        }
    }

    #[inline]
    fn remove(&mut self, group: usize, value: &T) {
        if let Some(state) = self.0.get_mut(group) {
            state.remove(value);
        }
    }

    #[inline]
    fn add_null(&mut self, group: usize) {
        if let Some(state) = self.0.get_mut(group) {
            state.add_null();
        }
    }

    #[inline]
    fn remove_null(&mut self, group: usize) {
        if let Some(state) = self.0.get_mut(group) {
            state.remove_null();
        }
    }

    #[inline]
    fn value(&self, group: usize) -> Option<S::Out> {
        self.0.get(group)?.value()
    }

    #[inline]
    fn added(&self, group: usize) -> Option<S::Out> {
        self.0.get(group)?.added()
    }

    #[inline]
    fn add_for_value(&mut self, group: usize, value: &T) -> Option<S::Out> {
        let state = self.0.get_mut(group)?;
        state.add(value);
        state.added()
    }

    fn reset(&mut self, groups: ResetGroups<'_>) {
        if S::FOREVER {
            return;
        }
        match groups {
            ResetGroups::All => self.0.iter_mut().for_each(S::clear),
            ResetGroups::Only(groups) => {
                for group in groups {
                    if let Some(state) = self.0.get_mut(*group as usize) {
                        state.clear();
                    }
                }
            }
        }
    }

    fn check(&self, value: &T) -> Result<(), String> {
        S::check(value)
    }
}

/// An aggregator of one argument of type `T`, or of none.
struct Grouped<T, S> {
    groups: Groups<S>,
    argument: PhantomData<fn(T)>,
}

/// An aggregator without rows.
pub(super) fn aggregator<T: Element, S: Group<T> + 'static>() -> Box<dyn Aggregator> {
    Box::new(Grouped::<T, S> { groups: Groups(Vec::new()), argument: PhantomData })
}

impl<T: Element, S: Group<T>> Aggregator for Grouped<T, S> {
    fn run(&mut self, feed: &mut Feed<'_>, out: &mut Column) {
        feed.fold::<T, _>(&mut self.groups, out);
    }

    fn forget(&mut self, group: usize) {
        if let Some(state) = self.groups.0.get_mut(group) {
            *state = S::default();
        }
    }

    fn is_forever(&self) -> bool {
        S::FOREVER
    }
}

impl<T, S: Group<T>> StateHolder for Grouped<T, S> {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.groups)
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("aggregator", self.schema_version(), version)?;
        self.groups = decode(bytes)?;
        Ok(())
    }
}
