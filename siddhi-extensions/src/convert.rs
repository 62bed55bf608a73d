//! Between texts and typed values, for the mappers whose payloads are texts.

use siddhi_core::event::column::{Column, Values};
use siddhi_core::{Text, Value};
use siddhi_query::ast::DataType;

/// Appends what a text means in the type of a column. A text that means nothing there leaves the
/// column alone, and `false` comes back.
pub(crate) fn push_text(column: &mut Column, text: &str) -> bool {
    fn push<T>(vector: &mut Vec<T>, value: Option<T>) -> bool {
        value.map(|value| vector.push(value)).is_some()
    }
    let trimmed = text.trim();
    match &mut column.values {
        Values::String(values) => push(values, Some(Text::from(text))),
        Values::Object(values) => push(values, Some(Value::from(text))),
        Values::Int(values) => push(values, trimmed.parse().ok()),
        Values::Long(values) => push(values, trimmed.parse().ok()),
        Values::Float(values) => push(values, trimmed.parse().ok()),
        Values::Double(values) => push(values, trimmed.parse().ok()),
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
