//! The order of `order by`.

use std::cmp::Ordering;

use crate::event::column::{Column, Values};

/// Compares two rows by columns, each ascending or descending; null comes last either way.
pub(crate) fn compare(keys: &[(&Column, bool)], a: usize, b: usize) -> Ordering {
    for (column, descending) in keys {
        let order = match (column.is_null(a), column.is_null(b)) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let order = compare_values(&column.values, a, b);
                if *descending { order.reverse() } else { order }
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn compare_values(values: &Values, a: usize, b: usize) -> Ordering {
    match values {
        Values::Bool(v) => v.get(a).cmp(&v.get(b)),
        Values::Int(v) => v.get(a).cmp(&v.get(b)),
        Values::Long(v) => v.get(a).cmp(&v.get(b)),
        Values::Float(v) => {
            pair(v, a, b).map_or(Ordering::Equal, |(a, b)| total(f64::from(*a), f64::from(*b)))
        }
        Values::Double(v) => pair(v, a, b).map_or(Ordering::Equal, |(a, b)| total(*a, *b)),
        Values::String(v) => pair(v, a, b).map_or(Ordering::Equal, |(a, b)| {
            // By UTF-16 code units, as Java's strings compare.
            a.as_str().encode_utf16().cmp(b.as_str().encode_utf16())
        }),
        // Java sorts objects by a hash code that no two runs share.
        Values::Object(_) => Ordering::Equal,
    }
}

fn pair<T>(values: &[T], a: usize, b: usize) -> Option<(&T, &T)> {
    Some((values.get(a)?, values.get(b)?))
}

/// -0.0 before 0.0, NaN behind everything.
fn total(a: f64, b: f64) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => a.total_cmp(&b),
    }
}
