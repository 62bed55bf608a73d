//! Rules that are asked one by one: a loop over their bounds, without an object for each.

use super::condition::{Range, number_at};
use crate::event::column::{Column, Element, Values};

/// Ranges with their rules, to compare one value with many of them in a tight loop.
///
/// Bounds stand in columns of their own. They are open, and an absent bound is NaN: `!(value <= low)`
/// then always holds.
#[derive(Debug, Default)]
pub(super) struct OpenRanges {
    lows: Vec<f64>,
    highs: Vec<f64>,
    rules: Vec<u32>,
}

impl OpenRanges {
    pub(super) fn push(&mut self, range: &Range, rule: u32) {
        self.lows.push(match (range.low_inside, range.low) {
            (true, f64::NEG_INFINITY) => f64::NAN,
            (true, low) => low.next_down(),
            (false, low) => low,
        });
        self.highs.push(match (range.high_inside, range.high) {
            (true, f64::INFINITY) => f64::NAN,
            (true, high) => high.next_up(),
            (false, high) => high,
        });
        self.rules.push(rule);
    }

    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Calls `visit` with the rules among `places` whose ranges contain a value, in their order.
    #[inline]
    pub(super) fn find(&self, places: Places, value: f64, visit: &mut impl FnMut(u32)) {
        if value.is_nan() {
            // In no range.
            return;
        }
        let lows = self.lows.get(places.clone()).unwrap_or_default().chunks(WORD);
        let highs = self.highs.get(places.clone()).unwrap_or_default().chunks(WORD);
        let rules = self.rules.get(places).unwrap_or_default().chunks(WORD);
        for ((lows, highs), rules) in lows.zip(highs).zip(rules) {
            // All answers first, without a branch, then those that are yes.
            let mut inside = 0_u64;
            for (place, (low, high)) in lows.iter().zip(highs).enumerate() {
                #[expect(
                    clippy::neg_cmp_op_on_partial_ord,
                    clippy::needless_bitwise_bool,
                    reason = "an absent bound is NaN, and the loop has no branch"
                )]
                let holds = !(value <= *low) & !(value >= *high);
                inside |= u64::from(holds) << place;
            }
            while inside != 0 {
                if let Some(rule) = rules.get(inside.trailing_zeros() as usize) {
                    visit(*rule);
                }
                inside &= inside - 1;
            }
        }
    }
}

type Places = std::ops::Range<usize>;

/// Answers that are collected before they are looked at: the bits of a word.
const WORD: usize = 64;

/// The rules that compare one column by range, where an index would not pay.
#[derive(Debug)]
pub(crate) struct RangeScan {
    pub(crate) column: usize,
    ranges: OpenRanges,
}

impl RangeScan {
    /// Rules in the order of the text.
    pub(crate) fn new(column: usize, rules: &[(Range, u32)]) -> Self {
        let mut ranges = OpenRanges::default();
        for (range, rule) in rules {
            ranges.push(range, *rule);
        }
        Self { column, ranges }
    }

    /// Calls `visit` with the rules that accept the value of a row, in the order of the text.
    #[inline]
    pub(crate) fn find(&self, column: &Column, row: usize, mut visit: impl FnMut(u32)) {
        if let Some(value) = number_at(column, row) {
            self.ranges.find(0..self.ranges.len(), value, &mut visit);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::value::Value;
    use proptest::prelude::*;
    use siddhi_query::ast::DataType;

    fn bound() -> impl Strategy<Value = f64> {
        prop_oneof![
            (0_i32..10).prop_map(f64::from),
            Just(f64::NEG_INFINITY),
            Just(f64::INFINITY),
            Just(-0.0),
        ]
    }

    proptest! {
        #[test]
        fn finds_what_the_ranges_contain(
            ranges in proptest::collection::vec((bound(), any::<bool>(), bound(), any::<bool>()), 1..20),
            value in prop_oneof![bound(), Just(f64::NAN)],
        ) {
            let rules: Vec<(Range, u32)> = ranges
                .iter()
                .zip(0..)
                .map(|((low, low_inside, high, high_inside), rule)| {
                    let range = Range {
                        low: *low,
                        low_inside: *low_inside,
                        high: *high,
                        high_inside: *high_inside,
                    };
                    (range, rule)
                })
                .collect();
            let mut column = Column::new(DataType::Double);
            column.push(Value::Double(value));
            let mut found = Vec::new();
            RangeScan::new(0, &rules).find(&column, 0, |rule| found.push(rule));
            let expected: Vec<u32> =
                rules.iter().filter(|(r, _)| r.contains(value)).map(|(_, n)| *n).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
