//! The names of a pattern's events.

use siddhi_query::ast::{DataType, EventIndex, Ident, Source, StreamReference, Variable};
use siddhi_query::{Diagnostic, did_you_mean};

use super::plan::{NULLS, null_column};
use crate::expression::codes;
use crate::expression::scope::{EventPresence, Scope, ScopeColumn, Unknown};
use crate::plan::binder::marked_name;
use crate::plan::logical::Attribute;

/// The events of a pattern as far as an expression may refer to them.
///
/// In a filter an attribute without a name in front is the element's own, and only this and the
/// earlier elements can be named; in the selection it is that of the one element which has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PatternScope {
    /// The elements in the order of their slots.
    pub(crate) elements: Vec<ScopeElement>,
    /// The element whose filter this is; none for the selection.
    pub(crate) own: Option<usize>,
}

/// An element with what it offers to expressions.
#[derive(Clone, Debug)]
pub(crate) struct ScopeElement {
    /// The name of its event.
    pub(crate) reference: Option<String>,
    /// The name of its stream, with its mark.
    pub(crate) stream: String,
    /// The number of its first column.
    pub(crate) base: usize,
    /// The attributes of its event.
    pub(crate) attributes: Vec<Attribute>,
    /// Whether there may be more, which a mistake that is reported elsewhere keeps from being known.
    pub(crate) is_open: bool,
}

impl ScopeElement {
    /// The name by which expressions know it: the event's, else the stream's.
    fn name(&self) -> &str {
        self.reference.as_deref().unwrap_or(&self.stream)
    }

    /// The column of an attribute.
    fn attribute(&self, name: &str) -> Option<ScopeColumn> {
        let place = self.attributes.iter().position(|attribute| attribute.name == name)?;
        let data_type = self.attributes.get(place)?.data_type;
        Some(ScopeColumn { index: self.base + place, data_type })
    }

    fn timestamp(&self) -> ScopeColumn {
        let index = self.base + self.attributes.len();
        ScopeColumn { index, data_type: DataType::Long }
    }

    fn event(&self) -> ScopeColumn {
        let index = self.base + self.attributes.len() + 1;
        ScopeColumn { index, data_type: DataType::Object }
    }

    fn columns(&self) -> impl Iterator<Item = (usize, &Attribute)> {
        self.attributes.iter().enumerate().map(|(place, a)| (self.base + place, a))
    }

    /// Why it has no attribute of a name, unless it may have one.
    fn unknown(&self, name: &Ident) -> Unknown {
        (!self.is_open).then(|| Box::new(self.unknown_attribute(name)))
    }

    fn unknown_attribute(&self, name: &Ident) -> Diagnostic {
        let known = self.attributes.iter().map(|attribute| attribute.name.as_str());
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_ATTRIBUTE,
            format!("no attribute `{}` in stream `{}`", name.name, self.stream),
            name.span,
            "not an attribute",
        );
        if let Some(guess) = did_you_mean(&name.name, known) {
            diagnostic = diagnostic.with_help(format!("did you mean `{guess}`?"));
        }
        let list: Vec<String> =
            self.attributes.iter().map(|a| format!("{} {}", a.name, a.data_type)).collect();
        diagnostic.with_note(format!("its attributes are {}", list.join(", ")))
    }
}

impl PatternScope {
    /// Says that the element whose filter this is may have more attributes than are known.
    pub(crate) fn open_own(&mut self) {
        if let Some(own) = self.own.and_then(|own| self.elements.get_mut(own)) {
            own.is_open = true;
        }
    }

    /// All attributes of all elements, in the order of the slots: what `select *` means. None when
    /// not all are known.
    pub(crate) fn all(&self) -> Option<Vec<(usize, Attribute)>> {
        if self.elements.iter().any(|element| element.is_open) {
            return None;
        }
        let columns = self.elements.iter().flat_map(ScopeElement::columns);
        Some(columns.map(|(column, attribute)| (column, attribute.clone())).collect())
    }

    /// The types of all columns.
    pub(crate) fn types(&self) -> Vec<DataType> {
        let mut types = NULLS.to_vec();
        for element in &self.elements {
            types.extend(element.attributes.iter().map(|attribute| attribute.data_type));
            types.extend([DataType::Long, DataType::Object]);
        }
        types
    }

    /// The first element of a name, whether it may be referred to here or not.
    fn find(&self, name: &str) -> Option<(usize, &ScopeElement)> {
        self.elements.iter().enumerate().find(|(_, element)| element.name() == name)
    }

    /// Whether an element is a later one than that whose filter this is.
    fn later(&self, slot: usize) -> bool {
        self.own.is_some_and(|own| slot > own)
    }

    /// Whether an index of an element's event means the event that the element took.
    ///
    /// An element of a chain takes one event, so `e[0]` and `e[last]` are that event and anything
    /// else is nothing. While an event is tried on its own element, `e[last]` is the one before it.
    fn is_the_event(&self, slot: usize, index: Option<EventIndex>) -> bool {
        match index {
            None | Some(EventIndex::At(0)) => true,
            Some(EventIndex::FromLast(0)) => self.own != Some(slot),
            Some(_) => false,
        }
    }

    fn qualified(&self, source: &Source, variable: &Variable) -> Result<ScopeColumn, Unknown> {
        let name = marked_name(source);
        let Some((slot, element)) = self.find(&name) else {
            return Err(Some(Box::new(self.unknown_event(source, &name))));
        };
        if self.later(slot) {
            return Err(Some(Box::new(forward(source, &name))));
        }
        let column = element
            .attribute(&variable.attribute.name)
            .ok_or_else(|| element.unknown(&variable.attribute))?;
        if self.is_the_event(slot, variable.index) {
            return Ok(column);
        }
        Ok(ScopeColumn { index: null_column(column.data_type), ..column })
    }

    fn unknown_event(&self, source: &Source, name: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_STREAM_REFERENCE,
            format!("`{name}` is not known here"),
            source.span,
            "not an event of this pattern",
        );
        let renamed = self.elements.iter().find(|element| element.stream == name);
        if let Some(reference) = renamed.and_then(|element| element.reference.as_ref()) {
            return diagnostic.with_help(format!("its event is called `{reference}` here"));
        }
        let known = self.elements.iter().map(ScopeElement::name);
        diagnostic.with_help(if let Some(guess) = did_you_mean(name, known.clone()) {
            format!("did you mean `{guess}`?")
        } else {
            format!("its events are {}", known.collect::<Vec<_>>().join(", "))
        })
    }

    fn unqualified(&self, name: &Ident) -> Result<ScopeColumn, Unknown> {
        if let Some(own) = self.own.and_then(|own| self.elements.get(own)) {
            if let Some(column) = own.attribute(&name.name) {
                return Ok(column);
            }
            if own.is_open {
                return Err(None);
            }
            let event = self.event(&name.name).map(ScopeElement::event);
            return event.ok_or_else(|| Some(Box::new(self.not_own(own, name))));
        }
        let mut having = self
            .elements
            .iter()
            .filter_map(|element| element.attribute(&name.name).map(|column| (element, column)));
        match (having.next(), having.next()) {
            (Some((_, column)), None) => Ok(column),
            (Some((first, _)), Some((second, _))) => {
                Err(Some(Box::new(ambiguous(name, first.name(), second.name()))))
            }
            (None, _) if self.elements.iter().any(|element| element.is_open) => Err(None),
            (None, _) => match self.event(&name.name) {
                Some(element) => Ok(element.event()),
                None => Err(Some(Box::new(self.nowhere(name)))),
            },
        }
    }

    /// The element of a name that may be referred to here.
    fn event(&self, name: &str) -> Option<&ScopeElement> {
        let (slot, element) = self.find(name)?;
        (!self.later(slot)).then_some(element)
    }

    fn not_own(&self, own: &ScopeElement, name: &Ident) -> Diagnostic {
        let diagnostic = own.unknown_attribute(name);
        let earlier = self.elements.iter().take(self.own.unwrap_or_default());
        match earlier.into_iter().find(|element| element.attribute(&name.name).is_some()) {
            Some(element) => diagnostic.with_help(format!(
                "in a filter this is the element's own attribute; did you mean `{}.{}`?",
                element.name(),
                name.name
            )),
            None => diagnostic,
        }
    }

    fn nowhere(&self, name: &Ident) -> Diagnostic {
        let known = self.elements.iter().flat_map(ScopeElement::columns);
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_ATTRIBUTE,
            format!("no event of this pattern has an attribute `{}`", name.name),
            name.span,
            "not an attribute",
        );
        match did_you_mean(&name.name, known.map(|(_, attribute)| attribute.name.as_str())) {
            Some(guess) => diagnostic.with_help(format!("did you mean `{guess}`?")),
            None => diagnostic,
        }
    }
}

fn forward(source: &Source, name: &str) -> Diagnostic {
    Diagnostic::error(
        codes::UNKNOWN_STREAM_REFERENCE,
        format!("`{name}` comes later in this pattern"),
        source.span,
        "has not come when this filter runs",
    )
    .with_help(format!("put the condition into the filter of `{name}`"))
}

fn ambiguous(name: &Ident, first: &str, second: &str) -> Diagnostic {
    Diagnostic::error(
        codes::UNKNOWN_ATTRIBUTE,
        format!("`{first}` and `{second}` both have an attribute `{}`", name.name),
        name.span,
        "of which event?",
    )
    .with_help(format!("write `{first}.{0}` or `{second}.{0}`", name.name))
}

impl Scope for PatternScope {
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Unknown> {
        match &variable.stream {
            Some(source) => self.qualified(source, variable),
            None => self.unqualified(&variable.attribute),
        }
    }

    fn presence(&self, reference: &StreamReference) -> Option<EventPresence> {
        let (slot, _) = self.find(&marked_name(&reference.source))?;
        // In a chain every earlier element has its event, and no later one has.
        if !self.later(slot) && self.is_the_event(slot, reference.index) {
            return Some(EventPresence::Always);
        }
        Some(EventPresence::Column(null_column(DataType::Object)))
    }

    fn star(&self) -> Option<Vec<ScopeColumn>> {
        let own = self.own.and_then(|own| self.elements.get(own));
        let elements = own.map_or(self.elements.as_slice(), std::slice::from_ref);
        if elements.iter().any(|element| element.is_open) {
            return None;
        }
        let columns = elements.iter().flat_map(ScopeElement::columns);
        let columns =
            columns.map(|(index, attribute)| ScopeColumn { index, data_type: attribute.data_type });
        Some(columns.collect())
    }

    fn event_timestamp(&self, name: &Variable) -> Option<ScopeColumn> {
        if name.stream.is_some() {
            return None;
        }
        self.event(&name.attribute.name).map(ScopeElement::timestamp)
    }
}
