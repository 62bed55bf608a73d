//! The windows of all keys of a partition side by side, where each is just the last n rows.
//!
//! A million small windows as objects would be a million of everything; here a key has n places in
//! each column and four bytes beside them. The columns hold only what aggregators read.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::{Pass, RowKeys, WindowStage, copy_groups};
use crate::aggregators::feed::{Given, Rows};
use crate::event::column::{Column, Element, Values};
use crate::event::view::{Selection, View};
use crate::selector::context::EvalContext;

/// The longest window that is kept in a slab: its places are reserved as soon as a key occurs.
pub(crate) const LENGTH_MAX: u64 = 64;

/// The last n rows of every key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Slab {
    length: usize,
    /// For each key n places.
    columns: Vec<Column>,
    /// For each key how many of its places are taken, and the place of the next row.
    keys: Vec<(u16, u16)>,
}

/// What rows pushed out, row by row at their places.
#[derive(Debug, Default)]
pub(crate) struct SlabWork {
    slots: Vec<usize>,
    /// Whether a row pushed another out.
    pub(crate) leaves: Vec<bool>,
    /// The values of the rows that were pushed out.
    pub(crate) leaving: Vec<Column>,
}

impl WindowStage {
    /// Takes in the rows of a chunk, of one key or of many: the aggregates' values stand at the rows'
    /// places afterwards.
    pub(crate) fn slab_rows(
        &self,
        view: &View<'_>,
        keys: RowKeys<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) {
        self.sweep_groups(pass.state, pass.selector_state);
        let Pass { selector, state, selector_state, work, selector_work, .. } = pass;
        state.rows_in += view.len() as u64;
        work.wake_ups.clear();
        if !self.arguments.computes_nothing() {
            self.arguments.run(view, &mut work.scratch, &mut context.calls(view));
        }
        let group_count = selector.assign_row_groups(view, keys, selector_state, selector_work);
        if self.group_column.is_some() {
            copy_groups(view, &selector_work.groups, &mut work.groups);
        }
        let slab = state.slab.get_or_insert_with(|| self.fresh_slab());
        let key_of = |row: usize| match keys {
            RowKeys::One(key) => key,
            RowKeys::Each(keys, _) => keys.get(row).copied().unwrap_or_default(),
        };
        let mut own = std::mem::take(&mut work.slab);
        let column = |n: usize| self.stored_column(n, view, work);
        state.rows_expired += slab.push(view.selection, key_of, column, &mut own);
        work.slab = own;
        let leaving_groups = match self.group_column.and_then(|n| work.slab.leaving.get(n)) {
            Some(Column { values: Values::Int(groups), .. }) => {
                work.leaving_groups.clear();
                work.leaving_groups.extend(groups.iter().map(|group| group.cast_unsigned()));
                &work.leaving_groups
            }
            // All rows of a key are one group: what leaves is of the group of what comes.
            _ => &selector_work.groups,
        };
        selector.aggregation.feed(
            |own| Rows::Slices {
                selection: view.selection,
                coming: Given {
                    program: &self.arguments,
                    view,
                    scratch: &work.scratch,
                    first: own.start,
                    count: own.len(),
                },
                leaving: work.slab.leaving.get(own).unwrap_or_default(),
                leaves: &work.slab.leaves,
                groups: &selector_work.groups,
                leaving_groups,
            },
            group_count,
            None,
            &mut selector_state.aggregators,
            &mut selector_work.aggregation,
        );
    }
}

impl WindowStage {
    pub(super) fn fresh_slab(&self) -> Slab {
        Slab::new(self.bound.last_rows.unwrap_or(1), &self.store_types())
    }
}

impl Slab {
    /// Room for windows of `length` rows with columns of these types.
    pub(crate) fn new(length: u64, types: &[DataType]) -> Self {
        Self {
            length: usize::try_from(length.min(LENGTH_MAX)).unwrap_or(1),
            columns: types.iter().map(|data_type| Column::new(*data_type)).collect(),
            keys: Vec::new(),
        }
    }

    /// Fresh buffers.
    pub(crate) fn work(types: &[DataType]) -> SlabWork {
        SlabWork {
            slots: Vec::new(),
            leaves: Vec::new(),
            leaving: types.iter().map(|data_type| Column::new(*data_type)).collect(),
        }
    }

    /// Rows that are in, over all keys.
    pub(crate) fn rows_held(&self) -> u64 {
        self.keys.iter().map(|(taken, _)| u64::from(*taken)).sum()
    }

    /// The columns, places that no row has taken yet included.
    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// All columns, for rows to be put in.
    pub(super) fn columns_mut(&mut self) -> &mut [Column] {
        &mut self.columns
    }

    /// Takes in rows, each for its key; `column` gives the n-th column of the rows. What they push
    /// out stands in `work` afterwards. Says how many rows were pushed out.
    pub(crate) fn push<'c>(
        &mut self,
        rows: Selection<'_>,
        key_of: impl Fn(usize) -> u32,
        column: impl Fn(usize) -> Option<&'c Column>,
        work: &mut SlabWork,
    ) -> u64 {
        let extent = rows.extent();
        if work.leaves.len() < extent {
            work.leaves.resize(extent, false);
        }
        work.slots.resize(rows.len(), 0);
        let mut gone = 0;
        for (row, place) in rows.iter().zip(&mut work.slots) {
            let (slot, full) = self.take_slot(key_of(row));
            *place = slot;
            gone += u64::from(full);
            if let Some(place) = work.leaves.get_mut(row) {
                *place = full;
            }
        }
        for (index, (held, leaving)) in self.columns.iter_mut().zip(&mut work.leaving).enumerate() {
            leaving.grow(extent);
            if let Some(coming) = column(index) {
                exchange(held, leaving, coming, rows, &work.slots);
            }
        }
        gone
    }

    /// Takes the next place of a key for a row; says whether a row of the key stands there, which is its
    /// oldest.
    #[inline]
    pub(super) fn take_slot(&mut self, key: u32) -> (usize, bool) {
        let key = key as usize;
        if self.keys.len() <= key {
            self.grow(key + 1);
        }
        #[expect(clippy::indexing_slicing, reason = "in range by the growth")]
        let (taken, next) = &mut self.keys[key];
        let slot = key * self.length + usize::from(*next);
        let is_full = usize::from(*taken) == self.length;
        *taken += u16::from(!is_full);
        *next = if usize::from(*next) + 1 == self.length { 0 } else { *next + 1 };
        (slot, is_full)
    }

    #[cold]
    fn grow(&mut self, keys: usize) {
        self.keys.resize(keys, (0, 0));
        for column in &mut self.columns {
            column.resize(keys * self.length);
        }
    }
}

/// Moves what stands at each row's slot to the row's place in `leaving`, and the row's value in.
fn exchange(
    held: &mut Column,
    leaving: &mut Column,
    coming: &Column,
    rows: Selection<'_>,
    slots: &[usize],
) {
    if held.nulls.any() || coming.nulls.any() {
        for (row, slot) in rows.iter().zip(slots) {
            leaving.set_from(row, held, *slot);
            held.set_from(*slot, coming, row);
        }
        return;
    }
    leaving.nulls.clear();
    match &held.values {
        Values::Bool(_) => exchange_of::<bool>(held, leaving, coming, rows, slots),
        Values::Int(_) => exchange_of::<i32>(held, leaving, coming, rows, slots),
        Values::Long(_) => exchange_of::<i64>(held, leaving, coming, rows, slots),
        Values::Float(_) => exchange_of::<f32>(held, leaving, coming, rows, slots),
        Values::Double(_) => exchange_of::<f64>(held, leaving, coming, rows, slots),
        Values::String(_) => exchange_of::<crate::Text>(held, leaving, coming, rows, slots),
        Values::Object(_) => exchange_of::<crate::Value>(held, leaving, coming, rows, slots),
    }
}

#[inline]
fn exchange_of<T: Element>(
    held: &mut Column,
    leaving: &mut Column,
    coming: &Column,
    rows: Selection<'_>,
    slots: &[usize],
) {
    let (Some(held), Some(leaving), Some(coming)) =
        (T::vector(&mut held.values), T::vector(&mut leaving.values), T::slice(&coming.values))
    else {
        return;
    };
    if let Selection::All(count) = rows {
        // Side by side but in what is held.
        let beside = leaving.iter_mut().zip(coming).zip(slots).take(count);
        for ((leaving, coming), slot) in beside {
            if let Some(held) = held.get_mut(*slot) {
                *leaving = std::mem::replace(held, coming.clone());
            }
        }
        return;
    }
    for (row, slot) in rows.iter().zip(slots) {
        let places = (held.get_mut(*slot), leaving.get_mut(row), coming.get(row));
        if let (Some(held), Some(leaving), Some(coming)) = places {
            *leaving = std::mem::replace(held, coming.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::value::Value;

    #[test]
    fn each_key_keeps_its_last_rows() {
        let types = [DataType::Long];
        let mut slab = Slab::new(2, &types);
        let mut work = Slab::work(&types);
        let mut column = Column::new(DataType::Long);
        for value in [Value::Long(1), Value::Long(2), Value::Null, Value::Long(4), Value::Long(5)] {
            column.push(value);
        }
        let keys = [1, 2, 1, 1, 1];
        let gone = slab.push(Selection::All(5), |row| keys[row], |_| Some(&column), &mut work);
        assert_eq!((gone, slab.rows_held()), (2, 3));
        assert_eq!(work.leaves, [false, false, false, true, true]);
        assert_eq!(work.leaving[0].value(3), Value::Long(1));
        assert_eq!(work.leaving[0].value(4), Value::Null);
    }
}
