//! The options of a source, sink or mapper: the `key = 'value'` elements of its annotation.

use siddhi_query::ast::{Annotation, AnnotationElement, DataType, Span};

use super::template::Template;

/// What a connector knows of the stream it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// The name of the stream.
    pub stream: String,
    /// The attributes in order.
    pub attributes: Vec<(String, DataType)>,
}

impl Schema {
    /// The place of an attribute.
    #[must_use]
    pub fn position(&self, attribute: &str) -> Option<usize> {
        self.attributes.iter().position(|(name, _)| name == attribute)
    }

    /// The place of an attribute that can hold the time of an event: an `int` or `long`.
    #[must_use]
    pub fn event_time(&self, attribute: &str) -> Option<usize> {
        let is_whole = |kind: DataType| matches!(kind, DataType::Int | DataType::Long);
        self.attributes.iter().position(|(name, kind)| name == attribute && is_whole(*kind))
    }

    /// The types in order.
    #[must_use]
    pub fn types(&self) -> Vec<DataType> {
        self.attributes.iter().map(|(_, data_type)| *data_type).collect()
    }
}

/// Why an annotation does not describe a connector.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// A mandatory option is not there.
    #[error("option '{option}' is missing")]
    Missing {
        /// Its name.
        option: String,
    },
    /// The value of an option cannot be used.
    #[error("option '{option}' is '{value}', expected {expected}")]
    Invalid {
        /// Its name.
        option: String,
        /// What was given.
        value: String,
        /// What would have been right.
        expected: String,
    },
    /// A template or mapping names an attribute that the stream does not have.
    #[error("'{attribute}' is not an attribute of stream '{stream}'")]
    UnknownAttribute {
        /// The name that was given.
        attribute: String,
        /// The stream.
        stream: String,
        /// The option that holds it.
        option: String,
    },
    /// `@attributes` or `@payload` cannot be used.
    #[error("{message}")]
    Mapping {
        /// What is wrong, in one phrase.
        message: String,
    },
    /// Siddhi has it and this engine does not have it yet.
    #[error("not supported yet: {feature}")]
    Unsupported {
        /// The feature.
        feature: String,
        /// The option that asks for it.
        option: String,
    },
}

impl OptionError {
    /// `@attributes` or `@payload` is wrong.
    pub fn mapping(message: impl Into<String>) -> Self {
        Self::Mapping { message: message.into() }
    }

    /// The option at fault; none when the annotation as a whole or a nested one is.
    #[must_use]
    pub fn option(&self) -> Option<&str> {
        match self {
            Self::Missing { .. } | Self::Mapping { .. } => None,
            Self::Invalid { option, .. }
            | Self::UnknownAttribute { option, .. }
            | Self::Unsupported { option, .. } => Some(option),
        }
    }
}

/// The elements of an annotation, found by their exact key: as in Java, `Topic` is no `topic`.
///
/// Every getter names the option in its error.
///
/// ```
/// use siddhi_core::extension::Options;
/// let options = Options::new([("tailing", "false"), ("file.uri", "a.csv")]);
/// assert!(!options.bool("tailing", true)?);
/// assert_eq!(options.required("file.uri")?, "a.csv");
/// assert_eq!(options.integer("file.polling.interval", 1000, 1..=60_000)?, 1000);
/// assert_eq!(options.required("topic").unwrap_err().to_string(), "option 'topic' is missing");
/// # Ok::<(), siddhi_core::extension::OptionError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    elements: Vec<AnnotationElement>,
    nested: Vec<Annotation>,
    span: Span,
}

impl Options {
    /// Options that were not read from a text.
    pub fn new<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let span = Span::default();
        let elements = pairs
            .into_iter()
            .map(|(key, value)| AnnotationElement {
                key: Some(siddhi_query::ast::Ident { name: key.into(), span }),
                value: value.into(),
                span,
            })
            .collect();
        Self { elements, nested: Vec::new(), span }
    }

    /// The elements of an annotation.
    #[must_use]
    pub fn of(annotation: &Annotation) -> Self {
        Self {
            elements: annotation.elements.clone(),
            nested: annotation.annotations.clone(),
            span: annotation.span,
        }
    }

    /// These options, and those of `base` that are not among them: how a destination of a
    /// distributed sink takes over what its sink says.
    #[must_use]
    pub fn over(mut self, base: &Self) -> Self {
        for element in &base.elements {
            let known = element.key.as_ref().is_some_and(|key| self.get(&key.name).is_some());
            if !known {
                self.elements.push(element.clone());
            }
        }
        for annotation in &base.nested {
            if self.nested(&annotation.name.name).is_none() {
                self.nested.push(annotation.clone());
            }
        }
        self
    }

    /// The options of a nested annotation, such as `@map` in `@sink`, which is looked up ignoring
    /// case: for a connector that must know how its payloads are made.
    #[must_use]
    pub fn nested(&self, annotation: &str) -> Option<Self> {
        let is_named = |it: &&Annotation| it.name.name.eq_ignore_ascii_case(annotation);
        self.nested.iter().find(is_named).map(Self::of)
    }

    fn find(&self, option: &str) -> Option<&AnnotationElement> {
        self.elements
            .iter()
            .find(|element| element.key.as_ref().is_some_and(|key| key.name == option))
    }

    /// Where an option stands in the text of the app; the annotation when it is not there.
    #[must_use]
    pub fn span(&self, option: Option<&str>) -> Span {
        option.and_then(|option| self.find(option)).map_or(self.span, |element| element.span)
    }

    /// The names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.elements.iter().filter_map(|element| {
            element.key.as_ref().map(|key| (key.name.as_str(), element.value.as_str()))
        })
    }

    /// The value of an option.
    #[must_use]
    pub fn get(&self, option: &str) -> Option<&str> {
        self.find(option).map(|element| element.value.as_str())
    }

    /// The value of an option that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn required(&self, option: &str) -> Result<&str, OptionError> {
        self.get(option).ok_or_else(|| OptionError::Missing { option: option.into() })
    }

    /// A truth.
    ///
    /// # Errors
    /// When the value is neither `true` nor `false`, in any case.
    pub fn bool(&self, option: &str, default: bool) -> Result<bool, OptionError> {
        match self.get(option) {
            None => Ok(default),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(self.invalid(option, "'true' or 'false'")),
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// When the value is no number or outside the range.
    pub fn integer(
        &self,
        option: &str,
        default: u64,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, OptionError> {
        let Some(value) = self.get(option) else { return Ok(default) };
        value.trim().parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let expected = format!("a number from {} to {}", range.start(), range.end());
            self.invalid(option, &expected)
        })
    }

    /// One of some words, ignoring case: the choice that belongs to it.
    ///
    /// # Errors
    /// When the value is none of the words; the error lists them.
    pub fn choice<T: Copy>(
        &self,
        option: &str,
        default: T,
        choices: &[(&str, T)],
    ) -> Result<T, OptionError> {
        let Some(value) = self.get(option) else { return Ok(default) };
        let found = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(value.trim()));
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("'{word}'")).collect();
            self.invalid(option, &format!("one of {}", words.join(", ")))
        })
    }

    /// A single character; `\t` stands for the tabulator, as in Siddhi.
    ///
    /// # Errors
    /// When the value is longer or not ASCII.
    pub fn character(&self, option: &str, default: u8) -> Result<u8, OptionError> {
        match self.get(option).map(str::as_bytes) {
            None => Ok(default),
            Some(b"\\t") => Ok(b'\t'),
            Some([byte]) if byte.is_ascii() => Ok(*byte),
            Some(_) => Err(self.invalid(option, "one ASCII character")),
        }
    }

    /// A text with `{{attribute}}` in it.
    ///
    /// # Errors
    /// When it names an attribute that the stream does not have.
    pub fn template(&self, option: &str, schema: &Schema) -> Result<Option<Template>, OptionError> {
        self.get(option).map(|value| Template::parse(value, option, schema)).transpose()
    }

    /// The error for a value that cannot be used.
    #[must_use]
    pub fn invalid(&self, option: &str, expected: &str) -> OptionError {
        OptionError::Invalid {
            option: option.into(),
            value: self.get(option).unwrap_or_default().into(),
            expected: expected.into(),
        }
    }
}

/// One option on the page of a connector.
#[derive(Clone, Copy, Debug)]
pub struct OptionDocumentation {
    /// Its name in the annotation.
    pub name: &'static str,
    /// What it does, in sentences.
    pub description: &'static str,
    /// The value when it is not given; none when it must be given.
    pub default: Option<&'static str>,
}

/// The page of the manual for a source, sink or mapper.
#[derive(Clone, Copy, Debug)]
pub struct ConnectorDocumentation {
    /// The `type` in the annotation.
    pub name: &'static str,
    /// What it does, in sentences.
    pub description: &'static str,
    /// The options in the order of their importance.
    pub options: &'static [OptionDocumentation],
    /// An app that uses it.
    pub example: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_option() {
        let options =
            Options::new([("tailing", "maybe"), ("size", "-1"), ("mode", "x"), ("d", ";;")]);
        let texts = [
            options.bool("tailing", true).unwrap_err().to_string(),
            options.integer("size", 1, 1..=9).unwrap_err().to_string(),
            options.choice("mode", 0, &[("LINE", 1), ("REGEX", 2)]).unwrap_err().to_string(),
            options.character("d", b',').unwrap_err().to_string(),
        ];
        assert_eq!(
            texts,
            [
                "option 'tailing' is 'maybe', expected 'true' or 'false'",
                "option 'size' is '-1', expected a number from 1 to 9",
                "option 'mode' is 'x', expected one of 'LINE', 'REGEX'",
                "option 'd' is ';;', expected one ASCII character",
            ]
        );
    }

    #[test]
    fn keys_are_exact_and_words_in_any_case() {
        let options = Options::new([("File.URI", "a"), ("mode", "line")]);
        assert_eq!(options.get("file.uri"), None);
        assert_eq!(options.choice("mode", 0, &[("LINE", 1)]), Ok(1));
    }

    #[test]
    fn a_destination_takes_over_what_its_sink_says() {
        let destination = Options::new([("topic", "a")]);
        let both = destination.over(&Options::new([("topic", "b"), ("x", "1")]));
        assert_eq!((both.get("topic"), both.get("x")), (Some("a"), Some("1")));
    }

    #[test]
    fn nested_annotations_are_found_ignoring_case_and_taken_over() {
        let text =
            "@sink(type = 'log', @Map(type = 'csv', header = 'true')) define stream S (a int);";
        let app = siddhi_query::parse_app(text).unwrap();
        let siddhi_query::ast::Definition::Stream(stream) = &app.definitions[0] else { panic!() };
        let sink = Options::of(&stream.annotations[0]);
        let none: [(&str, &str); 0] = [];
        for options in [sink.clone(), Options::new(none).over(&sink)] {
            assert_eq!(options.nested("map").unwrap().get("header"), Some("true"));
            assert!(options.nested("distribution").is_none());
        }
    }
}
