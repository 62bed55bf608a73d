//! One row at a time: how single events reach an aggregator.

use super::{Feed, Fold, Given, Rows, Sink, add, add_for_value, remove};
use crate::event::column::{Column, Element};
use crate::event::value::Value;

/// A row that an aggregator takes in or lets go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowAt<'a> {
    pub(crate) arguments: RowArguments<'a>,
    /// Its place in the columns of the arguments.
    pub(crate) index: usize,
    pub(crate) group: u32,
}

/// Where the arguments of a row stand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowArguments<'a> {
    /// In the chunk that it came with.
    Given(Given<'a>),
    /// Where a window holds it: a column for each argument.
    Held(&'a [Column]),
}

impl RowAt<'_> {
    /// The first argument; `unit` when there is none.
    #[expect(clippy::inline_always, reason = "a call costs more than what it does; two call sites")]
    #[inline(always)]
    fn value<'v, T: Element>(&'v self, unit: &'v T) -> Option<&'v T> {
        let column = match &self.arguments {
            RowArguments::Given(given) => given.get(0),
            RowArguments::Held(columns) => columns.first(),
        };
        match column {
            None => Some(unit),
            Some(column) if column.is_null(self.index) => None,
            Some(column) => T::slice(&column.values)?.get(self.index),
        }
    }

    /// The values of all arguments, as many as fit.
    pub(super) fn read(&self, values: &mut [Value]) {
        match &self.arguments {
            RowArguments::Given(given) => given.read(self.index, values),
            RowArguments::Held(columns) => {
                for (value, column) in values.iter_mut().zip(*columns) {
                    *value = column.value(self.index);
                }
            }
        }
    }
}

impl Feed<'_> {
    #[inline]
    pub(super) fn fold_row<T: Element, F: Fold<T>>(
        &self,
        fold: &mut F,
        sink: &mut Sink<'_, F::Out>,
    ) {
        let Rows::Row { gone, come, place } = &self.rows else { return };
        let unit = T::default();
        if let Some(gone) = gone {
            remove(fold, gone.group as usize, gone.value(&unit));
        }
        let (group, value) = (come.group as usize, come.value(&unit));
        match place {
            Some(place) => sink.put(*place, add_for_value(fold, group, value)),
            None => add(fold, group, value),
        }
    }
}
