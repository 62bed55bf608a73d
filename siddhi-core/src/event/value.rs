//! A single value, as it enters and leaves the engine.

use std::collections::BTreeMap;
use std::fmt;
use std::mem::Discriminant;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::text::Text;

/// A value of an attribute.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A truth.
    Bool(bool),
    /// A 32-bit integer.
    Int(i32),
    /// A 64-bit integer.
    Long(i64),
    /// A number of single precision.
    Float(f32),
    /// A number of double precision.
    Double(f64),
    /// A text.
    String(Text),
    /// Anything else; only attributes of type `object` hold one.
    Object(Arc<Object>),
}

/// What an attribute of type `object` can hold beside the plain values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Object {
    /// A list, such as the values of a counted pattern element.
    List(Vec<Value>),
    /// A map with text keys.
    Map(BTreeMap<String, Value>),
    /// A set in order of insertion, as `createSet` and `unionSet` make it.
    Set(Vec<Value>),
    /// What went wrong, as `_error` of a fault stream holds it.
    Error(String),
}

impl Value {
    /// The type of the value itself; none for null.
    #[must_use]
    pub fn data_type(&self) -> Option<DataType> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => DataType::Bool,
            Self::Int(_) => DataType::Int,
            Self::Long(_) => DataType::Long,
            Self::Float(_) => DataType::Float,
            Self::Double(_) => DataType::Double,
            Self::String(_) => DataType::String,
            Self::Object(_) => DataType::Object,
        })
    }

    /// What all values of a type but null have in common: cheaper to compare than the types
    /// themselves.
    pub(crate) fn discriminant(data_type: DataType) -> Discriminant<Self> {
        std::mem::discriminant(&match data_type {
            DataType::Bool => Self::Bool(false),
            DataType::Int => Self::Int(0),
            DataType::Long => Self::Long(0),
            DataType::Float => Self::Float(0.0),
            DataType::Double => Self::Double(0.0),
            DataType::String => Self::String(Text::EMPTY),
            DataType::Object => Self::Object(Arc::new(Object::List(Vec::new()))),
        })
    }

    /// Whether both are of one type and equal to the last bit.
    pub(crate) fn identical(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }

    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value as an attribute of type `target` holds it: itself when the types agree, widened
    /// int → long → float → double, null for null; none when it does not fit.
    #[must_use]
    pub fn fit(self, target: DataType) -> Option<Self> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "Siddhi's widening of integers to floats rounds"
        )]
        Some(match (self, target) {
            (Self::Null, _) => Self::Null,
            (value, DataType::Object) => value,
            (value, _) if value.data_type() == Some(target) => value,
            (Self::Int(v), DataType::Long) => Self::Long(v.into()),
            (Self::Int(v), DataType::Float) => Self::Float(v as f32),
            (Self::Int(v), DataType::Double) => Self::Double(v.into()),
            (Self::Long(v), DataType::Float) => Self::Float(v as f32),
            (Self::Long(v), DataType::Double) => Self::Double(v as f64),
            (Self::Float(v), DataType::Double) => Self::Double(v.into()),
            _ => return None,
        })
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Long(value)
    }
}

impl From<f32> for Value {
    fn from(value: f32) -> Self {
        Self::Float(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value.into())
    }
}

impl From<Text> for Value {
    fn from(value: Text) -> Self {
        Self::String(value)
    }
}

impl From<Object> for Value {
    fn from(value: Object) -> Self {
        Self::Object(Arc::new(value))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The text of the value as Java prints it: what `convert(x, 'string')`, group-by keys of objects and
/// partition keys use. Null prints as `null`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(v) => write!(f, "{v}"),
            Self::Int(v) => write!(f, "{v}"),
            Self::Long(v) => write!(f, "{v}"),
            Self::Float(v) => f.write_str(&float_text(*v)),
            Self::Double(v) => f.write_str(&double_text(*v)),
            Self::String(v) => f.write_str(v.as_str()),
            Self::Object(v) => v.fmt(f),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(items) | Self::Set(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{key}={value}")?;
                }
                f.write_str("}")
            }
            Self::Error(message) => f.write_str(message),
        }
    }
}

/// The text of a double as Java writes it: the fewest digits that give the value back, but at least
/// two, plain for magnitudes from 0.001 to below ten million, else with one digit before the point
/// and an `E`.
#[must_use]
pub fn double_text(value: f64) -> String {
    java_text(value, value.is_nan(), &scientific(&value))
}

/// The text of a float as Java writes it, with its own shortest digits.
#[must_use]
pub fn float_text(value: f32) -> String {
    java_text(value.into(), value.is_nan(), &scientific(&value))
}

/// Where one digit would do, the two that come nearest: the smallest double is `4.9E-324`, which
/// `5E-324` gives back too.
fn scientific(value: &impl fmt::LowerExp) -> String {
    let shortest = format!("{value:e}");
    let two = format!("{value:.1e}");
    if shortest.contains('.') || two.contains(".0e") { shortest } else { two }
}

fn java_text(value: f64, is_nan: bool, scientific: &str) -> String {
    if is_nan {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0.0".into() } else { "0.0".into() };
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if !(-3..7).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { "0" } else { rest };
        return format!("{sign}{first}.{rest}E{exponent}");
    }
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent.unsigned_abs() as usize + 1;
    if digits.len() <= whole {
        format!("{sign}{digits}{}.0", "0".repeat(whole - digits.len()))
    } else {
        let (before, after) = digits.split_at(whole);
        format!("{sign}{before}.{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_in_java() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100.0, "100.0"),
            (0.001, "0.001"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (9.9e-4, "9.9E-4"),
            (1e-10, "1.0E-10"),
            (-1234.5, "-1234.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double_text(value), text);
        }
        assert_eq!(double_text(f64::from_bits(1)), "4.9E-324");
        assert_eq!(float_text(f32::from_bits(1)), "1.4E-45");
        assert_eq!(float_text(2e10), "2.0E10");
        assert_eq!(float_text(0.5), "0.5");
        assert_eq!(float_text(0.1), "0.1");
        assert_eq!(float_text(16_777_216.0), "1.6777216E7");
    }

    #[test]
    fn values_widen_and_never_narrow() {
        assert_eq!(Value::Int(1).fit(DataType::Double), Some(Value::Double(1.0)));
        assert_eq!(Value::Long(1).fit(DataType::Int), None);
        assert_eq!(Value::Int(1).fit(DataType::String), None);
        assert_eq!(Value::Null.fit(DataType::Int), Some(Value::Null));
        assert_eq!(Value::Int(1).fit(DataType::Object), Some(Value::Int(1)));
    }
}
