//! Rules by range: blocks of sorted bounds, each with all rules that reach into it.

use super::condition::{Range, number_at};
use super::scan::OpenRanges;
use crate::event::column::Column;

/// Bounds in a block.
const BLOCK: usize = 16;
/// Above so many rules a block on average, a look-up costs no less than asking every rule; the same
/// holds above a quarter of all rules.
const CROWDED: usize = 64;

/// The rules that compare one column by range.
///
/// The bounds of all rules, sorted, are cut into blocks of 16; a block holds, in the order of the
/// text, every rule whose range reaches into it, with its bounds. A value is looked up by a binary
/// search for its block, and the rules of that block are asked one by one.
#[derive(Debug)]
pub(crate) struct RangeIndex {
    pub(crate) column: usize,
    /// The lower end of each block but the first, which has none.
    starts: Vec<f64>,
    /// Where the rules of each block begin in `entries`; one more at the end.
    offsets: Vec<u32>,
    entries: OpenRanges,
}

impl RangeIndex {
    /// An index over one column, of rules in the order of the text; none when the ranges overlap so
    /// much that it would not pay.
    pub(crate) fn new(column: usize, rules: &[(Range, u32)]) -> Option<Self> {
        let mut bounds: Vec<f64> = rules
            .iter()
            .flat_map(|(range, _)| [range.low, range.high])
            .filter(|bound| bound.is_finite())
            .collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let starts: Vec<f64> = bounds.iter().copied().step_by(BLOCK).skip(1).collect();
        let mut blocks: Vec<Vec<(Range, u32)>> = vec![Vec::new(); starts.len() + 1];
        let most = blocks.len() * (rules.len() / 4).clamp(BLOCK, CROWDED);
        let mut count = 0;
        for (range, rule) in rules {
            // A block holds the values from its start up to and with that of the next: a value that
            // is a start may be looked for on either side.
            let first = starts.partition_point(|start| *start < range.low);
            let last = starts.partition_point(|start| *start <= range.high);
            for block in blocks.get_mut(first..=last).unwrap_or_default() {
                block.push((*range, *rule));
                count += 1;
            }
            if count > most {
                return None;
            }
        }
        let mut offsets = Vec::with_capacity(blocks.len() + 1);
        let mut entries = OpenRanges::default();
        for block in blocks {
            offsets.push(u32::try_from(entries.len()).ok()?);
            for (range, rule) in block {
                entries.push(&range, rule);
            }
        }
        offsets.push(u32::try_from(entries.len()).ok()?);
        Some(Self { column, starts, offsets, entries })
    }

    /// Calls `visit` with the rules that accept the value of a row, in the order of the text.
    #[inline]
    pub(crate) fn find(&self, column: &Column, row: usize, mut visit: impl FnMut(u32)) {
        let Some(value) = number_at(column, row) else { return };
        let block = self.starts.partition_point(|start| *start <= value);
        let bounds = (self.offsets.get(block), self.offsets.get(block + 1));
        let (Some(from), Some(to)) = bounds else { return };
        self.entries.find(*from as usize..*to as usize, value, &mut visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::value::Value;
    use proptest::prelude::*;
    use siddhi_query::ast::DataType;

    proptest! {
        #[test]
        fn finds_what_asking_every_rule_finds(
            ranges in proptest::collection::vec((0_i32..200, 0_i32..12, any::<bool>(), any::<bool>()), 1..300),
            values in proptest::collection::vec(0_i32..220, 1..40),
        ) {
            let rules: Vec<(Range, u32)> = ranges
                .iter()
                .zip(0..)
                .map(|((low, width, low_inside, high_inside), rule)| {
                    let (low, high) = (f64::from(*low), f64::from(*low + *width));
                    let range =
                        Range { low, low_inside: *low_inside, high, high_inside: *high_inside };
                    (range, rule)
                })
                .collect();
            let Some(index) = RangeIndex::new(0, &rules) else { return Ok(()) };
            for value in values {
                let value = f64::from(value);
                let mut column = Column::new(DataType::Double);
                column.push(Value::Double(value));
                let mut found = Vec::new();
                index.find(&column, 0, |rule| found.push(rule));
                let asked: Vec<u32> =
                    rules.iter().filter(|(r, _)| r.contains(value)).map(|(_, n)| *n).collect();
                prop_assert_eq!(found, asked);
            }
        }
    }
}
