//! Whether what the engine gave agrees with what is recorded, and where it first does not.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use siddhi_core::{Object, Value};

use super::case::{Case, Outcome, Output, Row};
use super::value::value_text;

/// What two doubles may differ by, relative to the larger.
const DOUBLE_TOLERANCE: f64 = 1e-9;
/// The same of two floats.
const FLOAT_TOLERANCE: f64 = 1e-6;

/// What the engine gave for an app that runs.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Every stream with its attributes as `"name type"`.
    pub definitions: BTreeMap<String, Vec<String>>,
    /// What the callbacks received, in order.
    pub outputs: Vec<Output<Value>>,
}

/// The first difference between the recorded answer and the engine's.
pub(crate) fn first_difference(case: &Case, answer: &Answer) -> Option<String> {
    definitions_difference(&case.definitions, &answer.definitions)
        .or_else(|| outputs_difference(&case.outputs, &answer.outputs, case.unordered))
}

fn definitions_difference(
    expected: &BTreeMap<String, Vec<String>>,
    actual: &BTreeMap<String, Vec<String>>,
) -> Option<String> {
    for (stream, attributes) in expected {
        match actual.get(stream) {
            None => return Some(format!("stream {stream} is not defined")),
            Some(found) if found != attributes => {
                return Some(format!(
                    "stream {stream}: expected ({}), got ({})",
                    attributes.join(", "),
                    found.join(", ")
                ));
            }
            Some(_) => {}
        }
    }
    let extra = actual.keys().find(|stream| !expected.contains_key(*stream))?;
    Some(format!("stream {extra} is defined, but should not be"))
}

fn outputs_difference(
    expected: &[Output<Json>],
    actual: &[Output<Value>],
    unordered: bool,
) -> Option<String> {
    for (index, want) in expected.iter().enumerate() {
        let Some(got) = actual.get(index) else {
            return Some(format!(
                "output {index}: expected {}, got nothing more",
                show(want, Json::to_string)
            ));
        };
        if !outputs_agree(want, got, unordered) {
            return Some(format!(
                "output {index}: expected {}, got {}",
                show(want, Json::to_string),
                show(got, value_text)
            ));
        }
    }
    let extra = actual.get(expected.len())?;
    Some(format!(
        "output {}: expected nothing more, got {}",
        expected.len(),
        show(extra, value_text)
    ))
}

fn outputs_agree(expected: &Output<Json>, actual: &Output<Value>, unordered: bool) -> bool {
    let rows =
        |expected: &[Row<Json>], actual: &[Row<Value>]| rows_agree(expected, actual, unordered);
    let some_rows = |expected: &Option<Vec<Row<Json>>>, actual: &Option<Vec<Row<Value>>>| match (
        expected, actual,
    ) {
        (None, None) => true,
        (Some(expected), Some(actual)) => rows(expected, actual),
        _ => false,
    };
    expected.step == actual.step
        && match (&expected.what, &actual.what) {
            (
                Outcome::Stream { name, rows: expected },
                Outcome::Stream { name: actual_name, rows: actual },
            ) => name == actual_name && rows(expected, actual),
            (
                Outcome::Query { name, at, current, expired },
                Outcome::Query {
                    name: actual_name,
                    at: actual_at,
                    current: actual_current,
                    expired: actual_expired,
                },
            ) => {
                name == actual_name
                    && at == actual_at
                    && some_rows(current, actual_current)
                    && some_rows(expired, actual_expired)
            }
            (Outcome::Answer { rows: expected }, Outcome::Answer { rows: actual }) => {
                some_rows(expected, actual)
            }
            (Outcome::Error { .. }, Outcome::Error { .. }) => true,
            _ => false,
        }
}

fn rows_agree(expected: &[Row<Json>], actual: &[Row<Value>], unordered: bool) -> bool {
    if expected.len() != actual.len() {
        return false;
    }
    if !unordered {
        return expected.iter().zip(actual).all(|(want, got)| row_agrees(want, got));
    }
    let mut left: Vec<&Row<Value>> = actual.iter().collect();
    expected.iter().all(|want| {
        let partner = left.iter().position(|got| row_agrees(want, got));
        partner.map(|index| left.swap_remove(index)).is_some()
    })
}

fn row_agrees(expected: &Row<Json>, actual: &Row<Value>) -> bool {
    expected.timestamp == actual.timestamp && all_agree(&expected.values, &actual.values)
}

fn all_agree<'a>(
    expected: &[Json],
    actual: impl IntoIterator<Item = &'a Value, IntoIter: ExactSizeIterator>,
) -> bool {
    let actual = actual.into_iter();
    expected.len() == actual.len()
        && expected.iter().zip(actual).all(|(want, got)| value_agrees(want, got))
}

fn value_agrees(expected: &Json, actual: &Value) -> bool {
    match actual {
        Value::Null => expected.is_null(),
        Value::Bool(value) => expected.as_bool() == Some(*value),
        // `as_i64` gives nothing for a number with a point.
        Value::Int(value) => expected.as_i64() == Some(i64::from(*value)),
        Value::Long(value) => expected.as_i64() == Some(*value),
        Value::Float(value) => number_agrees(expected, f64::from(*value), FLOAT_TOLERANCE),
        Value::Double(value) => number_agrees(expected, *value, DOUBLE_TOLERANCE),
        Value::String(text) => expected.as_str() == Some(text.as_str()),
        Value::Object(object) => object_agrees(expected, object),
    }
}

fn number_agrees(expected: &Json, actual: f64, tolerance: f64) -> bool {
    match expected {
        Json::Number(number) if number.is_f64() => number.as_f64().is_some_and(|expected| {
            let larger = expected.abs().max(actual.abs());
            expected.to_bits() == actual.to_bits()
                || (expected - actual).abs() <= tolerance * larger
        }),
        Json::String(name) => match name.as_str() {
            "NaN" => actual.is_nan(),
            "Infinity" => actual == f64::INFINITY,
            "-Infinity" => actual == f64::NEG_INFINITY,
            _ => false,
        },
        _ => false,
    }
}

fn object_agrees(expected: &Json, actual: &Object) -> bool {
    if expected.get("object").is_some() {
        return true;
    }
    match actual {
        Object::List(items) => {
            expected.as_array().is_some_and(|expected| all_agree(expected, items))
        }
        Object::Set(items) => {
            let mut items: Vec<(String, &Value)> =
                items.iter().map(|item| (value_text(item), item)).collect();
            items.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            let expected = expected.get("set").and_then(Json::as_array);
            expected.is_some_and(|expected| {
                let items: Vec<&Value> = items.iter().map(|(_, item)| *item).collect();
                all_agree(expected, items)
            })
        }
        Object::Map(entries) => {
            let expected = expected.get("map").and_then(Json::as_object);
            expected.is_some_and(|expected| {
                expected.len() == entries.len()
                    && entries.iter().all(|(key, entry)| {
                        expected.get(key).is_some_and(|expected| value_agrees(expected, entry))
                    })
            })
        }
        Object::Error(_) => false,
    }
}

/// One line that says what an output is, cut when its rows are many.
fn show<V>(output: &Output<V>, value: impl Fn(&V) -> String) -> String {
    const ROWS_SHOWN: usize = 20;
    let rows = |rows: &[Row<V>]| {
        let mut text: Vec<String> = rows
            .iter()
            .take(ROWS_SHOWN)
            .map(|row| {
                let mut parts = vec![row.timestamp.to_string()];
                parts.extend(row.values.iter().map(&value));
                format!("[{}]", parts.join(","))
            })
            .collect();
        if let Some(hidden) = rows.len().checked_sub(ROWS_SHOWN).filter(|hidden| *hidden > 0) {
            text.push(format!("and {hidden} more"));
        }
        format!("[{}]", text.join(","))
    };
    let some_rows =
        |some: &Option<Vec<Row<V>>>| some.as_deref().map_or_else(|| "null".into(), rows);
    let what = match &output.what {
        Outcome::Stream { name, rows: all } => format!("stream {name} {}", rows(all)),
        Outcome::Query { name, at, current, expired } => {
            let (current, expired) = (some_rows(current), some_rows(expired));
            format!("query {name} at {at} current {current} expired {expired}")
        }
        Outcome::Answer { rows } => format!("answer {}", some_rows(rows)),
        Outcome::Error { message } if message.is_empty() => "error".to_owned(),
        Outcome::Error { message } => format!("error ({message})"),
    };
    format!("step {} {what}", output.step)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "what each test says is easier to read")]
    fn agrees(expected: Json, actual: impl Into<Value>) -> bool {
        value_agrees(&expected, &actual.into())
    }

    #[test]
    fn doubles_agree_to_nine_digits_and_floats_to_six() {
        assert!(agrees(json!(0.3), 0.1 + 0.2));
        assert!(agrees(json!(1_000_000_000.0), 1_000_000_000.9));
        assert!(!agrees(json!(1.0), 1.000_000_01));
        assert!(agrees(json!(1.0), 1.000_000_5_f32));
        assert!(!agrees(json!(1.0), 1.000_01_f32));
        assert!(!agrees(json!(0.0), 1e-300));
        assert!(agrees(json!(0.0), -0.0));
    }

    #[test]
    fn an_integer_is_not_a_double() {
        assert!(agrees(json!(1), 1));
        assert!(agrees(json!(1), 1_i64));
        assert!(!agrees(json!(1), 1.0));
        assert!(!agrees(json!(1.0), 1));
        assert!(!agrees(json!(2), 1_i64));
    }

    #[test]
    fn what_is_not_a_number_is_a_text() {
        assert!(agrees(json!("NaN"), f64::NAN));
        assert!(agrees(json!("-Infinity"), f32::NEG_INFINITY));
        assert!(!agrees(json!("Infinity"), f64::NEG_INFINITY));
        assert!(!agrees(json!("NaN"), 1.0));
        assert!(agrees(json!("NaN"), "NaN"));
        assert!(agrees(json!(null), Value::Null));
        assert!(!agrees(json!(null), "null"));
        assert!(!agrees(json!("1"), 1));
    }

    #[test]
    fn sets_compare_without_order_and_lists_with() {
        let items = || vec![Value::Int(3), Value::Int(1)];
        assert!(agrees(json!({"set": [1, 3]}), Object::Set(items())));
        assert!(!agrees(json!({"set": [1, 3]}), Object::List(items())));
        assert!(agrees(json!([3, 1]), Object::List(items())));
        assert!(!agrees(json!([1, 3]), Object::List(items())));
        assert!(!agrees(json!([3, 1, 1]), Object::List(items())));
        let map = Object::Map([("k".to_owned(), Value::Double(1.0))].into());
        assert!(agrees(json!({"map": {"k": 1.0}}), map));
    }

    #[test]
    fn of_other_objects_only_their_presence_counts() {
        assert!(agrees(json!({"object": "SiddhiAppRuntimeException"}), Object::Error("e".into())));
        assert!(!agrees(json!({"object": "X"}), Value::Null));
        assert!(!agrees(json!({"object": "X"}), "X"));
    }

    fn stream(step: i64, rows: &[i32]) -> Output<Value> {
        let rows = rows.iter().map(|v| Row { timestamp: 5, values: vec![Value::Int(*v)] });
        Output { step, what: Outcome::Stream { name: "O".into(), rows: rows.collect() } }
    }

    fn difference(expected: &str, unordered: bool, actual: Vec<Output<Value>>) -> Option<String> {
        let case = format!(
            r#"{{"app": "", "unordered": {unordered}, "definitions": {{"O": ["v int"]}}, "outputs": {expected}}}"#
        );
        let definitions = [("O".to_owned(), vec!["v int".to_owned()])].into();
        first_difference(&Case::read(&case).unwrap(), &Answer { definitions, outputs: actual })
    }

    #[test]
    fn outputs_agree_in_order_and_step() {
        let expected = r#"[{"step": 0, "kind": "stream", "name": "O", "rows": [[5, 1], [5, 2]]}]"#;
        assert_eq!(difference(expected, false, vec![stream(0, &[1, 2])]), None);
        assert_eq!(difference(expected, true, vec![stream(0, &[2, 1])]), None);
        assert!(difference(expected, true, vec![stream(0, &[2, 2])]).is_some());
        assert_eq!(
            difference(expected, false, vec![stream(0, &[2, 1])]).unwrap(),
            "output 0: expected step 0 stream O [[5,1],[5,2]], got step 0 stream O [[5,2],[5,1]]"
        );
        assert!(difference(expected, false, vec![stream(1, &[1, 2])]).is_some());
        assert_eq!(
            difference(expected, false, vec![]).unwrap(),
            "output 0: expected step 0 stream O [[5,1],[5,2]], got nothing more"
        );
        assert_eq!(
            difference("[]", false, vec![stream(0, &[1])]).unwrap(),
            "output 0: expected nothing more, got step 0 stream O [[5,1]]"
        );
    }

    #[test]
    fn definitions_agree_both_ways() {
        let case = Case::read(r#"{"app": "", "definitions": {"O": ["v int"]}}"#).unwrap();
        let found = |stream: &str, attribute: &str| {
            let definitions = [(stream.to_owned(), vec![attribute.to_owned()])].into();
            first_difference(&case, &Answer { definitions, outputs: vec![] })
        };
        assert_eq!(found("O", "v int"), None);
        assert_eq!(found("O", "v long").unwrap(), "stream O: expected (v int), got (v long)");
        assert_eq!(found("P", "v int").unwrap(), "stream O is not defined");
    }
}
