//! Between JSON values and Siddhi's.

use serde_json::Value as Json;
use siddhi_core::event::column::{Column, Values};
use siddhi_core::{Object, Text, Value};

use crate::convert::push_text;

/// Appends a JSON value to a column of its type. With `converts` a text is read as a value of the
/// type, as Siddhi does where `@attributes` maps. What does not fit leaves the column alone, and
/// `false` comes back.
pub(crate) fn push(column: &mut Column, json: &Json, converts: bool) -> bool {
    let value = match (&column.values, json) {
        (_, Json::Null) => Value::Null,
        (Values::Bool(_), Json::Bool(truth)) => Value::Bool(*truth),
        (Values::Int(_), Json::Number(number)) => match number.as_i64().map(i32::try_from) {
            Some(Ok(number)) => Value::Int(number),
            _ => return false,
        },
        (Values::Long(_), Json::Number(number)) => match number.as_i64() {
            Some(number) => Value::Long(number),
            None => return false,
        },
        (Values::Double(_), Json::Number(number)) => match number.as_f64() {
            Some(number) => Value::Double(number),
            None => return false,
        },
        // The shortest digits of the number, so that 0.1 is the float nearest to 0.1.
        (Values::Float(_), Json::Number(number)) => match number.to_string().parse() {
            Ok(number) => Value::Float(number),
            Err(_) => return false,
        },
        (Values::String(_), Json::String(text)) => Value::from(text.as_str()),
        (Values::String(_), json) => Value::from(json.to_string()),
        (Values::Object(_), json) => from_json(json),
        (_, Json::String(text)) if converts => return push_text(column, text),
        _ => return false,
    };
    column.push(value)
}

/// A JSON value as an attribute of type `object` holds it.
fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::String(text) => Value::from(text.as_str()),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => i32::try_from(whole).map_or(Value::Long(whole), Value::Int),
            None => Value::from(number.as_f64()),
        },
        Json::Array(items) => Object::List(items.iter().map(from_json).collect()).into(),
        Json::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), from_json(value)));
            Object::Map(entries.collect()).into()
        }
    }
}

/// A value as JSON. What JSON has no word for, such as NaN, is its text.
pub(crate) fn to_json(value: &Value) -> Json {
    let number = |number: f64, text: String| {
        serde_json::Number::from_f64(number).map_or(Json::String(text), Json::Number)
    };
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(number) => Json::from(*number),
        Value::Long(number) => Json::from(*number),
        // By its own digits: the double nearest to the float 0.1 prints as 0.10000000149011612.
        Value::Float(float) => {
            let digits = value.to_string();
            number(digits.parse().unwrap_or_else(|_| f64::from(*float)), digits)
        }
        Value::Double(double) => number(*double, value.to_string()),
        Value::String(text) => Json::from(Text::as_str(text)),
        Value::Object(object) => match object.as_ref() {
            Object::List(items) | Object::Set(items) => items.iter().map(to_json).collect(),
            Object::Map(entries) => {
                entries.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()
            }
            Object::Error(message) => Json::from(message.as_str()),
        },
    }
}
