//! The scopes of queries over one stream.

use std::cell::RefCell;

use siddhi_query::ast::{DataType, Source, Span, StreamReference, Variable};
use siddhi_query::{Diagnostic, did_you_mean};

use crate::expression::codes;
use crate::expression::scope::{EventPresence, Scope, ScopeColumn, Unknown};
use crate::expression::typed::{Expr, ExprKind};
use crate::pattern::scope::PatternScope;
use crate::plan::logical::Attribute;

/// The attributes of one stream, or of a query's output.
#[derive(Clone, Debug)]
pub(crate) struct StreamScope {
    /// The name with its mark; what a qualified reference must say.
    pub(crate) name: String,
    /// The attributes.
    pub(crate) attributes: Vec<Attribute>,
    /// The attributes that are there and not known.
    pub(super) gaps: Gaps,
    /// What to call it in messages: `the input stream`, `the output`.
    pub(crate) what: &'static str,
}

/// The attributes that mistakes keep from being known: these mistakes are reported, and nothing more
/// is said of names that may be those of such an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Gaps {
    /// Those of these names.
    Named(Vec<String>),
    /// Of any name and number.
    Any,
}

impl Gaps {
    /// Nothing is missing.
    pub(super) const NONE: Self = Self::Named(Vec::new());

    /// Whether an attribute of this name may be missing.
    fn may_hold(&self, name: &str) -> bool {
        match self {
            Self::Named(names) => names.iter().any(|missing| missing == name),
            Self::Any => true,
        }
    }
}

/// A source's name with its mark.
pub(crate) fn marked_name(source: &Source) -> String {
    let mark = match (source.inner, source.fault) {
        (true, _) => "#",
        (_, true) => "!",
        _ => "",
    };
    format!("{mark}{}", source.name.name)
}

impl StreamScope {
    fn position(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|attribute| attribute.name == name)
    }

    fn unknown(&self, variable: &Variable) -> Unknown {
        let name = &variable.attribute.name;
        if self.gaps.may_hold(name) {
            return None;
        }
        let known = self.attributes.iter().map(|attribute| attribute.name.as_str());
        let guess = did_you_mean(name, known);
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_ATTRIBUTE,
            format!("no attribute `{name}` in {} `{}`", self.what, self.name),
            variable.attribute.span,
            "not an attribute",
        );
        if let Some(guess) = guess {
            diagnostic = diagnostic.with_help(format!("did you mean `{guess}`?"));
        }
        // A list that leaves out those that are not known would mislead.
        if self.gaps != Gaps::NONE || self.attributes.is_empty() {
            return Some(Box::new(diagnostic));
        }
        let list: Vec<String> =
            self.attributes.iter().map(|a| format!("{} {}", a.name, a.data_type)).collect();
        Some(Box::new(diagnostic.with_note(format!("its attributes are {}", list.join(", ")))))
    }
}

impl Scope for StreamScope {
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Unknown> {
        if let Some(stream) = &variable.stream
            && marked_name(stream) != self.name
        {
            return Err(Some(Box::new(
                Diagnostic::error(
                    codes::UNKNOWN_STREAM_REFERENCE,
                    format!("`{}` is not known here", marked_name(stream)),
                    stream.span,
                    "not an input of this expression",
                )
                .with_help(format!("{} is `{}`", self.what, self.name)),
            )));
        }
        let index =
            self.position(&variable.attribute.name).ok_or_else(|| self.unknown(variable))?;
        let data_type = self.attributes.get(index).ok_or_else(|| self.unknown(variable))?.data_type;
        Ok(ScopeColumn { index, data_type })
    }

    fn presence(&self, reference: &StreamReference) -> Option<EventPresence> {
        (marked_name(&reference.source) == self.name).then_some(EventPresence::Always)
    }

    fn star(&self) -> Option<Vec<ScopeColumn>> {
        if self.gaps != Gaps::NONE {
            return None;
        }
        let column = |(index, attribute): (usize, &Attribute)| ScopeColumn {
            index,
            data_type: attribute.data_type,
        };
        Some(self.attributes.iter().enumerate().map(column).collect())
    }

    fn event_timestamp(&self, _name: &Variable) -> Option<ScopeColumn> {
        None
    }
}

/// What `having` and `order by` of a pattern can name: output attributes first, then the events, be
/// they selected or not.
pub(super) struct MatchScope<'a> {
    pub(super) output: StreamScope,
    pub(super) events: &'a PatternScope,
    /// The columns of the events that were named, in this order behind the output attributes.
    pub(super) hidden: RefCell<Vec<Expr>>,
}

impl MatchScope<'_> {
    /// How many columns there are by now.
    pub(super) fn width(&self) -> usize {
        self.output.attributes.len() + self.hidden.borrow().len()
    }

    /// A column of the events as one behind the output attributes.
    fn hide(&self, column: ScopeColumn, span: Span) -> ScopeColumn {
        let mut hidden = self.hidden.borrow_mut();
        let known =
            hidden.iter().position(|e| matches!(e.kind, ExprKind::Column(c) if c == column.index));
        let place = known.unwrap_or_else(|| {
            hidden.push(Expr::column(column.index, column.data_type, span));
            hidden.len() - 1
        });
        ScopeColumn { index: self.output.attributes.len() + place, ..column }
    }
}

impl Scope for MatchScope<'_> {
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Unknown> {
        let known = self.output.attribute(variable);
        if !matches!(known, Err(Some(_))) {
            return known;
        }
        let column = self.events.attribute(variable)?;
        Ok(self.hide(column, variable.span))
    }

    fn presence(&self, reference: &StreamReference) -> Option<EventPresence> {
        match self.events.presence(reference)? {
            EventPresence::Always => Some(EventPresence::Always),
            EventPresence::Column(index) => {
                let column = ScopeColumn { index, data_type: DataType::Object };
                Some(EventPresence::Column(self.hide(column, reference.span).index))
            }
        }
    }

    fn star(&self) -> Option<Vec<ScopeColumn>> {
        self.output.star()
    }

    fn event_timestamp(&self, name: &Variable) -> Option<ScopeColumn> {
        let column = self.events.event_timestamp(name)?;
        Some(self.hide(column, name.span))
    }
}
