//! The rows of a window's store with their groups, stretch by stretch.

use crate::event::column::{Element, Nulls};
use crate::event::store::RowStore;

/// Where the argument and the group of each row of a store stand.
#[derive(Clone, Copy)]
pub(super) struct WindowRows<'a> {
    pub(super) store: &'a RowStore,
    /// The column of the store that holds the argument.
    pub(super) argument: Option<usize>,
    /// The column of the store that holds the groups; none: all are of `group`.
    pub(super) groups: Option<usize>,
    pub(super) group: u32,
}

/// A group and the argument's value.
pub(super) type GroupValue<'a, T> = (usize, Option<&'a T>);

impl<'a> WindowRows<'a> {
    /// The values from a row on, and their groups, as far as they lie in one segment.
    #[inline]
    fn stretch<T: Element>(&self, row: u64) -> Stretch<'a, T> {
        let (columns, index, rows) = self.store.stretch(row);
        let argument = self.argument.and_then(|column| columns.get(column));
        let groups = self.groups.and_then(|column| columns.get(column));
        let range = index..index + rows;
        Stretch {
            values: argument.map(|column| {
                T::slice(&column.values).and_then(|v| v.get(range.clone())).unwrap_or_default()
            }),
            nulls: argument.map(|column| &column.nulls).filter(|nulls| nulls.any()),
            groups: groups.map(|column| {
                i32::slice(&column.values).and_then(|v| v.get(range)).unwrap_or_default()
            }),
            group: self.group as usize,
            index,
            rows,
        }
    }

    /// Visits rows from one on.
    #[inline]
    pub(super) fn each<T: Element>(
        &self,
        mut row: u64,
        mut count: u64,
        mut visit: impl FnMut(usize, Option<&T>),
    ) {
        let unit = T::default();
        while count > 0 {
            let stretch = self.stretch::<T>(row);
            let length = stretch.rows.min(usize::try_from(count).unwrap_or(usize::MAX));
            if length == 0 {
                return;
            }
            for place in 0..length {
                let (group, value) = stretch.get(place, &unit);
                visit(group, value);
            }
            row += length as u64;
            count -= length as u64;
        }
    }

    /// Visits rows from two places on in pairs: one that goes out, one that comes in.
    #[inline]
    pub(super) fn slide<T: Element>(
        &self,
        mut head: u64,
        mut next: u64,
        mut count: u64,
        mut visit: impl FnMut(GroupValue<'_, T>, GroupValue<'_, T>),
    ) {
        let unit = T::default();
        while count > 0 {
            let (gone, come) = (self.stretch::<T>(head), self.stretch::<T>(next));
            let length = gone.rows.min(come.rows).min(usize::try_from(count).unwrap_or(usize::MAX));
            if length == 0 {
                return;
            }
            match (gone.plain(length), come.plain(length)) {
                (Some((a, b)), Some((c, d))) => {
                    // Values, groups, no nulls: one loop without a question.
                    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
                        visit((number(*b), Some(a)), (number(*d), Some(c)));
                    }
                }
                _ => {
                    for place in 0..length {
                        visit(gone.get(place, &unit), come.get(place, &unit));
                    }
                }
            }
            head += length as u64;
            next += length as u64;
            count -= length as u64;
        }
    }
}

/// The number of a group, as a column holds it.
#[inline]
fn number(group: i32) -> usize {
    group.cast_unsigned() as usize
}

struct Stretch<'a, T> {
    /// The argument's values; none when there is no argument.
    values: Option<&'a [T]>,
    /// The nulls of the segment, when there are any.
    nulls: Option<&'a Nulls>,
    /// The groups; none when all rows are of one.
    groups: Option<&'a [i32]>,
    group: usize,
    /// The place of the first row in its segment.
    index: usize,
    rows: usize,
}

impl<'a, T> Stretch<'a, T> {
    /// The first values and their groups, when there are both and no nulls.
    #[inline]
    fn plain(&self, length: usize) -> Option<(&'a [T], &'a [i32])> {
        match (self.values, self.nulls, self.groups) {
            (Some(values), None, Some(groups)) => {
                Some((values.get(..length)?, groups.get(..length)?))
            }
            _ => None,
        }
    }

    #[inline]
    fn get<'v>(&'v self, place: usize, unit: &'v T) -> GroupValue<'v, T>
    where
        'a: 'v,
    {
        let group = match self.groups {
            Some(groups) => groups.get(place).map_or(0, |group| number(*group)),
            None => self.group,
        };
        let value = match self.values {
            Some(_) if self.nulls.is_some_and(|nulls| nulls.get(self.index + place)) => None,
            Some(values) => values.get(place),
            None => Some(unit),
        };
        (group, value)
    }
}
