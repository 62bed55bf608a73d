//! Values: from the JSON of a step to the engine's, and from the engine's to JSON text.

use std::fmt::Write as _;

use anyhow::{Context, bail};
use serde_json::Value as Json;
use siddhi_core::{Object, Value};
use siddhi_query::ast::DataType;

/// The value that a case means for an attribute of type `target`; none is an attribute that does
/// not exist, which takes a value as an object would.
///
/// `{"type": …, "value": …}` forces another type. What cannot be read as its type is an error, as a
/// sender's own mistake would be.
pub(crate) fn read_value(json: &Json, target: Option<DataType>) -> anyhow::Result<Value> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Array(items) => {
            let items = items.iter().map(|item| read_value(item, None));
            Object::List(items.collect::<anyhow::Result<_>>()?).into()
        }
        Json::Object(entries) => {
            if let Some(forced) = entries.get("type") {
                let forced = read_type(forced.as_str().context("a type is a text")?)?;
                read_value(entries.get("value").unwrap_or(&Json::Null), Some(forced))?
            } else {
                let entries = entries.iter().map(|(k, v)| Ok((k.clone(), read_value(v, None)?)));
                Object::Map(entries.collect::<anyhow::Result<_>>()?).into()
            }
        }
        plain => match target.unwrap_or(DataType::Object) {
            DataType::String => plain_text(plain).into(),
            DataType::Bool => (plain_text(plain).eq_ignore_ascii_case("true")).into(),
            #[allow(
                clippy::cast_possible_truncation,
                reason = "Java's intValue keeps the low bits"
            )]
            DataType::Int => Value::Int(read_long(plain)? as i32),
            DataType::Long => Value::Long(read_long(plain)?),
            DataType::Float => Value::Float(plain_text(plain).parse()?),
            DataType::Double => Value::Double(plain_text(plain).parse()?),
            DataType::Object => read_any(plain)?,
        },
    })
}

fn read_type(name: &str) -> anyhow::Result<DataType> {
    Ok(match name {
        "string" => DataType::String,
        "int" => DataType::Int,
        "long" => DataType::Long,
        "float" => DataType::Float,
        "double" => DataType::Double,
        "bool" => DataType::Bool,
        "object" => DataType::Object,
        other => bail!("no type is called {other}"),
    })
}

fn plain_text(plain: &Json) -> String {
    plain.as_str().map_or_else(|| plain.to_string(), str::to_owned)
}

/// An integer; a fraction is cut off, what is beyond 64 bits wraps.
fn read_long(plain: &Json) -> anyhow::Result<i64> {
    if let Some(value) = plain.as_i64() {
        return Ok(value);
    }
    if let Some(value) = plain.as_u64() {
        return Ok(value.cast_signed());
    }
    let value: f64 = plain_text(plain).parse()?;
    #[allow(clippy::cast_possible_truncation, reason = "Java cuts the fraction off, too")]
    Ok(value as i64)
}

/// A plain value inside an object: numbers without a point are int when they fit, else long.
fn read_any(plain: &Json) -> anyhow::Result<Value> {
    Ok(match plain {
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => i32::try_from(value).map_or(Value::Long(value), Value::Int),
            None => Value::Double(number.as_f64().context("a number")?),
        },
        other => plain_text(other).into(),
    })
}

/// The value as the corpus writes it: JSON with Java's numbers, sets sorted by their text, other
/// objects by their kind.
pub(crate) fn value_text(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => write_string(text.as_str(), out),
        // Not JSON numbers, so they stand as texts.
        Value::Float(v) if !v.is_finite() => write_string(&value.to_string(), out),
        Value::Double(v) if !v.is_finite() => write_string(&value.to_string(), out),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Long(_)
        | Value::Float(_)
        | Value::Double(_) => write_display(value, out),
        Value::Object(object) => match &**object {
            Object::List(items) => write_list(items.iter().map(value_text), out),
            Object::Set(items) => {
                let mut items: Vec<String> = items.iter().map(value_text).collect();
                items.sort_unstable();
                out.push_str("{\"set\":");
                write_list(items.into_iter(), out);
                out.push('}');
            }
            Object::Map(entries) => {
                out.push_str("{\"map\":{");
                for (i, (key, entry)) in entries.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    write_value(entry, out);
                }
                out.push_str("}}");
            }
            Object::Error(_) => out.push_str("{\"object\":\"…\"}"),
        },
    }
}

fn write_display(value: &Value, out: &mut String) {
    // Writing to a text cannot fail.
    if write!(out, "{value}").is_err() {
        out.push('…');
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push_str(&Json::from(text).to_string());
}

fn write_list(items: impl Iterator<Item = String>, out: &mut String) {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_take_the_type_of_their_attribute() {
        let read = |json: Json, target| read_value(&json, Some(target)).unwrap();
        assert_eq!(read(json!(7), DataType::Long), Value::Long(7));
        assert_eq!(read(json!(7), DataType::Double), Value::Double(7.0));
        assert_eq!(read(json!(0.1), DataType::Float), Value::Float(0.1));
        assert_eq!(read(json!(7.9), DataType::Int), Value::Int(7));
        assert_eq!(read(json!("NaN"), DataType::Double).to_string(), "NaN");
        assert_eq!(read(json!("-Infinity"), DataType::Float), Value::Float(f32::NEG_INFINITY));
        assert_eq!(read(json!(5), DataType::String), "5".into());
        assert_eq!(read(json!(null), DataType::Int), Value::Null);
        assert_eq!(read(json!({"type": "long", "value": 1}), DataType::String), Value::Long(1));
        assert_eq!(read(json!(3_000_000_000_u64), DataType::Object), Value::Long(3_000_000_000));
        assert!(read_value(&json!("x"), Some(DataType::Int)).is_err());
    }

    #[test]
    fn values_print_as_the_corpus_writes_them() {
        let set = Object::Set(vec![Value::Int(3), Value::Int(1), "b".into()]);
        assert_eq!(value_text(&set.into()), r#"{"set":["b",1,3]}"#);
        assert_eq!(value_text(&Value::Double(1.0)), "1.0");
        assert_eq!(value_text(&Value::Double(f64::NAN)), "\"NaN\"");
        assert_eq!(value_text(&"a\"b".into()), r#""a\"b""#);
    }
}
