//! Texts with `{{attribute}}` in them: dynamic options of sinks, and payloads.

use std::fmt::Write as _;

use super::options::{OptionError, Schema};
use crate::event::value::Value;
use crate::event::view::View;

/// A text that may depend on the event.
///
/// ```
/// use siddhi_core::extension::{Schema, Template};
/// use siddhi_query::ast::DataType;
/// let schema = Schema { stream: "S".into(), attributes: vec![("k".into(), DataType::String)] };
/// let template = Template::parse("alerts/{{k}}", "topic", &schema)?;
/// assert!(!template.is_constant());
/// assert!(Template::parse("alerts/{{x}}", "topic", &schema).is_err());
/// # Ok::<(), siddhi_core::extension::OptionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Attribute(usize),
}

impl Template {
    /// Reads a template; `option` is where it stands.
    ///
    /// # Errors
    /// When it names an attribute that the stream does not have.
    pub fn parse(text: &str, option: &str, schema: &Schema) -> Result<Self, OptionError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = placeholder(rest) {
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            let position = schema.position(name).ok_or_else(|| OptionError::UnknownAttribute {
                attribute: name.into(),
                stream: schema.stream.clone(),
                option: option.into(),
            })?;
            parts.push(Part::Attribute(position));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        Ok(Self { parts })
    }

    /// Whether the text is the same for every event.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Attribute(_)))
    }

    /// Appends the text for a row; a null prints as `null`.
    pub fn render(&self, view: &View<'_>, row: usize, out: &mut String) {
        self.render_with(view, row, out, |value, out| {
            // Writing to a String cannot fail.
            write!(out, "{value}").unwrap_or_default();
        });
    }

    /// Appends the text for a row with values written by `write`.
    pub fn render_with(
        &self,
        view: &View<'_>,
        row: usize,
        out: &mut String,
        mut write: impl FnMut(&Value, &mut String),
    ) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Attribute(position) => write(&view.value(*position, row), out),
            }
        }
    }
}

/// The text before the first `{{name}}`, the name, and the text behind it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("{{")?;
        let inner = text.get(start + 2..)?;
        let end = inner.find("}}")?;
        let name = inner.get(..end)?;
        if name.contains(['{', '}']) {
            // `{{{name}}}` and JSON such as `{"a":{{a}}}`: the innermost pair is the placeholder.
            from = start + 1;
            continue;
        }
        return Some((text.get(..start)?, name, inner.get(end + 2..)?));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::batch::Batch;
    use crate::event::view::Kind;
    use siddhi_query::ast::DataType;

    fn render(text: &str) -> String {
        let schema = Schema {
            stream: "S".into(),
            attributes: vec![("k".into(), DataType::String), ("v".into(), DataType::Int)],
        };
        let mut batch = Batch::new(&schema.types());
        batch.push_row(0, Kind::Current, [Value::from("A"), Value::Null]);
        let mut out = String::new();
        Template::parse(text, "x", &schema).unwrap().render(&batch.view(), 0, &mut out);
        out
    }

    #[test]
    fn attributes_are_filled_in() {
        assert_eq!(render("{{k}}"), "A");
        assert_eq!(render("a {{k}} b {{v}}"), "a A b null");
        assert_eq!(render(r#"{"e":{"k":"{{k}}","v":{{v}}}}"#), r#"{"e":{"k":"A","v":null}}"#);
        assert_eq!(render("{ {k} } {{"), "{ {k} } {{");
        assert_eq!(render(""), "");
    }
}
