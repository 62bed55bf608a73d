//! Between texts and typed values, for the mappers whose payloads are texts.

use siddhi_core::event::column::{Column, Values};
use siddhi_core::event::number;
use siddhi_core::{Text, Value};
use siddhi_query::ast::DataType;

/// Appends what a text means in the type of a column. A text that means nothing there leaves the
/// column alone, and `false` comes back. Numbers are read as `convert` reads them.
pub(crate) fn push_text(column: &mut Column, text: &str) -> bool {
    fn push<T>(vector: &mut Vec<T>, value: Option<T>) -> bool {
        value.map(|value| vector.push(value)).is_some()
    }
    let trimmed = text.trim();
    match &mut column.values {
        Values::String(values) => push(values, Some(Text::from(text))),
        Values::Object(values) => push(values, Some(Value::from(text))),
        Values::Int(values) => push(values, number::int(trimmed)),
        Values::Long(values) => push(values, number::long(trimmed)),
        Values::Float(values) => push(values, number::float(trimmed)),
        Values::Double(values) => push(values, number::double(trimmed)),
        Values::Bool(values) if trimmed.eq_ignore_ascii_case("true") => push(values, Some(true)),
        Values::Bool(values) if trimmed.eq_ignore_ascii_case("false") => push(values, Some(false)),
        Values::Bool(_) => false,
    }
}

/// Why a text is no value of a type.
pub(crate) fn no_value(attribute: &str, text: &str, data_type: DataType) -> String {
    const SHOWN_CHARACTERS_MAX: usize = 40;
    let mut shown: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{attribute}: '{shown}' is no {}", type_name(data_type))
}

/// The name of a type in SiddhiQL.
pub(crate) fn type_name(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Bool => "bool",
        DataType::Int => "int",
        DataType::Long => "long",
        DataType::Float => "float",
        DataType::Double => "double",
        DataType::String => "string",
        DataType::Object => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_engine_reads_them() {
        let read = |data_type: DataType, text: &str| {
            let mut column = Column::new(data_type);
            push_text(&mut column, text).then(|| column.value(0).to_string())
        };
        let all = [DataType::Int, DataType::Long, DataType::Float, DataType::Double];
        for text in ["inf", "-inf", "nan", "infinity", "1_0", "0x10", "1e", ""] {
            assert_eq!(all.map(|data_type| read(data_type, text)), [const { None }; 4], "{text}");
        }
        for (text, whole, fractional) in [
            (" +5 ", Some("5"), Some("5.0")),
            ("٣", Some("3"), None),
            ("NaN", None, Some("NaN")),
            ("-Infinity", None, Some("-Infinity")),
            ("1.5f", None, Some("1.5")),
            ("1.5D", None, Some("1.5")),
            ("0x1.8p1", None, Some("3.0")),
            ("1e999", None, Some("Infinity")),
        ] {
            let [whole, fractional] = [whole, fractional].map(|text| text.map(str::to_owned));
            let expected = [whole.clone(), whole, fractional.clone(), fractional];
            assert_eq!(all.map(|data_type| read(data_type, text)), expected, "{text}");
        }
    }

    #[test]
    fn texts_become_values_of_the_type_or_nothing() {
        for (data_type, text, expected) in [
            (DataType::Int, " 7 ", Some(Value::Int(7))),
            (DataType::Int, "2147483648", None),
            (DataType::Int, "7.0", None),
            (DataType::Long, "-9", Some(Value::Long(-9))),
            (DataType::Double, "1e3", Some(Value::Double(1000.0))),
            (DataType::Float, "x", None),
            (DataType::Bool, "TRUE", Some(Value::Bool(true))),
            (DataType::Bool, "yes", None),
            (DataType::String, " a ", Some(Value::from(" a "))),
        ] {
            let mut column = Column::new(data_type);
            let fits = push_text(&mut column, text);
            assert_eq!(fits.then(|| column.value(0)), expected, "{text}");
            assert_eq!(column.len(), usize::from(fits));
        }
    }
}
