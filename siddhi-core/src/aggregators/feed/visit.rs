//! Rows with all their arguments as values, for aggregators that are written over rows.

use super::{Feed, ResetGroups, Rows, Step, group_at, reset_groups};
use crate::event::column::Column;
use crate::event::value::Value;
use crate::event::view::Kind;

/// One row for an aggregator that is written over rows.
#[derive(Clone, Copy, Debug)]
pub enum RowStep<'a> {
    /// A row of a group comes in; the value after it is wanted.
    Add(usize, &'a [Value]),
    /// A row of a group goes out; the value after it may be wanted.
    Remove(usize, &'a [Value]),
    /// No row: the value of a group is wanted.
    Value(usize),
    /// These groups are over.
    Reset(ResetGroups<'a>),
}

impl Feed<'_> {
    /// Runs `visit` over the rows with all their arguments as values, for aggregators that are
    /// written over rows; what it gives back is written to the row's place.
    pub fn each_row(
        &mut self,
        arguments: usize,
        out: &mut Column,
        mut visit: impl FnMut(RowStep<'_>) -> Option<Value>,
    ) {
        let mut values = vec![Value::Null; arguments];
        match self.rows {
            Rows::Chunk { selection, kinds, arguments, groups } => {
                for row in selection.iter() {
                    let kind = kinds.and_then(|kinds| kinds.get(row)).copied();
                    let group = groups.and_then(|g| g.get(row)).map_or(0, |g| *g as usize);
                    arguments.read(row, &mut values);
                    let result = match kind.unwrap_or(Kind::Current) {
                        Kind::Current => visit(RowStep::Add(group, &values)),
                        Kind::Expired => visit(RowStep::Remove(group, &values)),
                        Kind::Reset => {
                            visit(RowStep::Reset(reset_groups(self.reset_groups)));
                            continue;
                        }
                    };
                    out.set(row, result.unwrap_or_default());
                }
            }
            Rows::Window { .. } => self.visit_window(&mut values, out, &mut visit),
            Rows::Slices { selection, coming, leaving, leaves, groups, leaving_groups } => {
                for row in selection.iter() {
                    if leaves.get(row).copied().unwrap_or(false) {
                        for (value, column) in values.iter_mut().zip(leaving) {
                            *value = column.value(row);
                        }
                        let group = leaving_groups.get(row).copied().unwrap_or_default();
                        visit(RowStep::Remove(group as usize, &values));
                    }
                    coming.read(row, &mut values);
                    let group = groups.get(row).copied().unwrap_or_default();
                    let result = visit(RowStep::Add(group as usize, &values));
                    out.set(row, result.unwrap_or_default());
                }
            }
            Rows::Come { selection, positions: (start, end), arguments, groups, group } => {
                for row in (start..end).filter_map(|position| selection.row(position)) {
                    arguments.read(row, &mut values);
                    let group = groups.and_then(|groups| groups.get(row)).map_or(group, |g| *g);
                    visit(RowStep::Add(group as usize, &values));
                }
            }
            Rows::Row { .. } => self.visit_row(&mut values, out, &mut visit),
            Rows::Close { groups, first } => {
                for (place, group) in groups.iter().enumerate() {
                    let result = visit(RowStep::Value(*group as usize));
                    out.set(first + place, result.unwrap_or_default());
                }
                visit(RowStep::Reset(ResetGroups::Only(groups)));
            }
        }
    }

    /// As [`Feed::each_row`], of the rows of a window.
    fn visit_window(
        &self,
        values: &mut [Value],
        out: &mut Column,
        visit: &mut impl FnMut(RowStep<'_>) -> Option<Value>,
    ) {
        let Rows::Window { store, steps, head, next, arguments, groups, group, places } = self.rows
        else {
            return;
        };
        let (mut head, mut next, mut place) = (head, next, 0);
        let read = |row: u64, values: &mut [Value]| {
            let (columns, index) = store.locate(row);
            for (value, column) in values.iter_mut().zip(arguments) {
                *value = columns.get(*column).map_or(Value::Null, |c| c.value(index));
            }
            group_at(columns, groups, index).unwrap_or(group) as usize
        };
        for step in steps {
            let (count, removes, adds) = match *step {
                Step::Remove(count) => (count, true, false),
                Step::Add(count) => (count, false, true),
                Step::Slide(count) => (count, true, true),
                Step::Skip { gone, come } => {
                    head += u64::from(gone);
                    next += u64::from(come);
                    continue;
                }
                Step::Reset => {
                    visit(RowStep::Reset(reset_groups(self.reset_groups)));
                    continue;
                }
            };
            for _ in 0..count {
                if removes {
                    let group = read(head, values);
                    visit(RowStep::Remove(group, values));
                    head += 1;
                }
                if adds {
                    let group = read(next, values);
                    let result = visit(RowStep::Add(group, values)).unwrap_or_default();
                    if let Some(row) = places.row(place) {
                        out.set(row, result);
                    }
                    place += 1;
                    next += 1;
                }
            }
        }
    }

    /// As [`Feed::each_row`], of a single row.
    fn visit_row(
        &self,
        values: &mut [Value],
        out: &mut Column,
        visit: &mut dyn FnMut(RowStep<'_>) -> Option<Value>,
    ) {
        let Rows::Row { gone, come, place } = &self.rows else { return };
        if let Some(gone) = gone {
            gone.read(values);
            visit(RowStep::Remove(gone.group as usize, values));
        }
        come.read(values);
        let result = visit(RowStep::Add(come.group as usize, values));
        if let Some(place) = place {
            out.set(*place, result.unwrap_or_default());
        }
    }
}
