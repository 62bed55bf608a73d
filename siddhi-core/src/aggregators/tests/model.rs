//! What an aggregator says of the rows that are in, worked out anew for each row.
#![allow(clippy::cast_precision_loss, reason = "numbers become doubles as in the aggregators")]

use std::cmp::Ordering;

use super::forms::Arrivals;
use crate::event::value::{Object, Value};

/// The value after each row.
pub(super) fn values(name: &str, arrivals: &Arrivals) -> Vec<Value> {
    (0..arrivals.rows.len()).map(|row| value(name, &members(name, arrivals, row))).collect()
}

/// The values of the row's group that are in after it has come, oldest first.
fn members(name: &str, arrivals: &Arrivals, row: usize) -> Vec<Value> {
    let first =
        if name.ends_with("Forever") { 0 } else { (row + 1).saturating_sub(arrivals.length) };
    let group = arrivals.rows[row].1;
    let rows = &arrivals.rows[first..=row];
    rows.iter().filter(|(_, of)| *of == group).map(|(value, _)| value.clone()).collect()
}

fn value(name: &str, members: &[Value]) -> Value {
    let present: Vec<&Value> = members.iter().filter(|value| !value.is_null()).collect();
    let numbers: Vec<f64> = present.iter().filter_map(|value| number(value)).collect();
    let some = |value: f64| if numbers.is_empty() { Value::Null } else { Value::Double(value) };
    match name {
        "count" => Value::Long(i64::try_from(members.len()).unwrap()),
        "sum" if matches!(present.first(), Some(Value::Int(_) | Value::Long(_))) => {
            let whole = |value: &&Value| match value {
                Value::Int(v) => i64::from(*v),
                Value::Long(v) => *v,
                _ => 0,
            };
            Value::Long(present.iter().map(whole).fold(0, i64::wrapping_add))
        }
        "sum" => some(numbers.iter().sum()),
        "avg" => some(numbers.iter().sum::<f64>() / numbers.len() as f64),
        "stdDev" => some(deviation(&numbers)),
        "min" | "minForever" => best(&present, Ordering::Less),
        "max" | "maxForever" => best(&present, Ordering::Greater),
        "and" => {
            Value::Bool(!present.is_empty() && present.iter().all(|v| **v == Value::Bool(true)))
        }
        "or" => Value::Bool(present.contains(&&Value::Bool(true))),
        "distinctCount" => {
            let mut texts: Vec<String> = members.iter().map(|value| format!("{value:?}")).collect();
            texts.sort_unstable();
            texts.dedup();
            Value::Long(i64::try_from(texts.len()).unwrap())
        }
        "unionSet" => {
            let mut elements: Vec<Value> = present.iter().flat_map(|value| set(value)).collect();
            elements.sort_unstable_by_key(ToString::to_string);
            elements.dedup();
            Object::Set(elements).into()
        }
        other => panic!("no model of {other}"),
    }
}

fn set(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(object) => match &**object {
            Object::Set(elements) => elements.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(v) => Some((*v).into()),
        Value::Long(v) => Some(*v as f64),
        Value::Float(v) => Some((*v).into()),
        Value::Double(v) => Some(*v),
        _ => None,
    }
}

/// The mean first, then the distances from it.
fn deviation(numbers: &[f64]) -> f64 {
    if numbers.len() == 1 {
        return 0.0;
    }
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt()
}

/// A NaN counts when it is the oldest number, else not at all; of equal numbers the oldest counts.
fn best(present: &[&Value], wanted: Ordering) -> Value {
    let is_nan = |value: &Value| number(value).is_some_and(f64::is_nan);
    let order = |a: &Value, b: &Value| match (a, b) {
        (Value::Long(a), Value::Long(b)) => Some(a.cmp(b)),
        (a, b) => number(a).partial_cmp(&number(b)),
    };
    let Some(oldest) = present.first() else { return Value::Null };
    if is_nan(oldest) {
        return (*oldest).clone();
    }
    let mut best = *oldest;
    for value in present {
        if order(value, best) == Some(wanted) {
            best = value;
        }
    }
    best.clone()
}

/// Whether two values are one: bit for bit, but for the standard deviation, which may be off by a
/// billionth, and for sets, whose order the model does not know.
#[expect(clippy::float_cmp, reason = "equal numbers agree, near ones do not")]
pub(super) fn agree(name: &str, a: &Value, b: &Value, arrivals: &Arrivals, row: usize) -> bool {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) if name == "stdDev" => {
            let largest = members(name, arrivals, row)
                .iter()
                .filter_map(number)
                .fold(0.0, |largest: f64, x| largest.max(x.abs()));
            a == b
                || a.is_nan() && b.is_nan()
                || (a - b).abs() <= 1e-9 * b.abs()
                || (a - b).abs() <= 1e-9 * largest
        }
        (Value::Float(a), Value::Float(b)) => a.is_nan() && b.is_nan() || a == b,
        (Value::Double(a), Value::Double(b)) => a.is_nan() && b.is_nan() || a == b,
        (Value::Object(_), Value::Object(_)) => {
            let sorted = |value: &Value| {
                let mut elements = set(value);
                elements.sort_unstable_by_key(ToString::to_string);
                elements
            };
            sorted(a) == sorted(b)
        }
        _ => a == b,
    }
}
