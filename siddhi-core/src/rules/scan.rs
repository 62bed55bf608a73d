//! Rules that are asked one by one: a loop over their bounds, without an object for each.

use super::condition::Range;
use crate::event::column::{Column, Element, Values};

/// The rules that compare one column by range, where an index would not pay.
#[derive(Debug)]
pub(crate) struct RangeScan {
    pub(crate) column: usize,
    rules: Vec<(Range, u32)>,
}

impl RangeScan {
    /// Rules in the order of the text.
    pub(crate) fn new(column: usize, rules: Vec<(Range, u32)>) -> Self {
        Self { column, rules }
    }

    /// Calls `visit` with the rules that accept the value of a row, in the order of the text.
    #[inline]
    pub(crate) fn find(&self, column: &Column, row: usize, mut visit: impl FnMut(u32)) {
        if column.is_null(row) {
            return;
        }
        let value = match &column.values {
            Values::Int(v) => v.get(row).map(|v| f64::from(*v)),
            Values::Float(v) => v.get(row).map(|v| f64::from(*v)),
            Values::Double(v) => v.get(row).copied(),
            _ => None,
        };
        if let Some(value) = value {
            for (range, rule) in &self.rules {
                if range.contains(value) {
                    visit(*rule);
                }
            }
        }
    }
}

/// The rows of a column that a range accepts, into `out`: branch-free over all `count` rows.
pub(crate) fn select(range: &Range, column: &Column, count: usize, out: &mut Vec<u32>) {
    match &column.values {
        Values::Int(v) => select_of(range, v, column, count, out, |v| f64::from(*v)),
        Values::Float(v) => select_of(range, v, column, count, out, |v| f64::from(*v)),
        Values::Double(v) => select_of(range, v, column, count, out, |v| *v),
        _ => out.clear(),
    }
}

#[inline]
fn select_of<T: Element>(
    range: &Range,
    values: &[T],
    column: &Column,
    count: usize,
    out: &mut Vec<u32>,
    number: impl Fn(&T) -> f64,
) {
    if out.len() < count {
        out.resize(count, 0);
    }
    // One comparison where there is one bound.
    let above = range.high == f64::INFINITY && range.high_inside && !range.low_inside;
    let below = range.low == f64::NEG_INFINITY && range.low_inside && !range.high_inside;
    let kept = if above {
        fill(values, count, out, |v| number(v) > range.low)
    } else if below {
        fill(values, count, out, |v| number(v) < range.high)
    } else {
        fill(values, count, out, |v| range.contains(number(v)))
    };
    out.truncate(kept);
    if column.nulls.any() {
        out.retain(|row| !column.nulls.get(*row as usize));
    }
}

/// Writes each row before it is known to be accepted: a coin toss costs no mispredicted branch.
#[inline]
fn fill<T>(values: &[T], count: usize, out: &mut [u32], accepts: impl Fn(&T) -> bool) -> usize {
    let mut kept = 0;
    for (row, value) in (0_u32..).zip(values).take(count) {
        if let Some(place) = out.get_mut(kept) {
            *place = row;
        }
        kept += usize::from(accepts(value));
    }
    kept
}
