//! Annotations.

use super::NOWHERE;
use crate::ast::{Annotation, AnnotationElement, Ident};

impl Annotation {
    /// `@name`, to which elements and nested annotations are added.
    ///
    /// ```
    /// use siddhi_query::ast::Annotation;
    ///
    /// let source = Annotation::named("source")
    ///     .with("type", "http")
    ///     .nested(Annotation::named("map").with("type", "json"));
    /// assert_eq!(source.to_string(), "@source(type='http', @map(type='json'))");
    /// assert_eq!(Annotation::named("index").value("symbol").to_string(), "@index('symbol')");
    /// ```
    #[must_use]
    pub fn named(name: impl Into<Ident>) -> Self {
        Self { name: name.into(), elements: Vec::new(), annotations: Vec::new(), span: NOWHERE }
    }

    /// Adds `key='value'`.
    #[must_use]
    pub fn with(mut self, key: impl Into<Ident>, value: impl Into<String>) -> Self {
        self.elements.push(AnnotationElement::new(Some(key.into()), value.into()));
        self
    }

    /// Adds a value without key.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.elements.push(AnnotationElement::new(None, value.into()));
        self
    }

    /// Adds an annotation inside this one.
    #[must_use]
    pub fn nested(mut self, annotation: Self) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// `@info(name='…')`, which names a query.
    #[must_use]
    pub(super) fn info(name: impl Into<String>) -> Self {
        Self::named("info").with("name", name)
    }
}

impl AnnotationElement {
    fn new(key: Option<Ident>, value: String) -> Self {
        Self { key, value, span: NOWHERE }
    }
}

/// A value without key.
impl From<&str> for AnnotationElement {
    fn from(value: &str) -> Self {
        Self::new(None, value.to_owned())
    }
}

/// A key and its value.
impl From<(&str, &str)> for AnnotationElement {
    fn from((key, value): (&str, &str)) -> Self {
        Self::new(Some(key.into()), value.to_owned())
    }
}
