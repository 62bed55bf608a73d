//! What a query reads.

use siddhi_query::ast::{self, Input, Source};
use siddhi_query::{Diagnostic, did_you_mean, fitting_definition};

use super::AppBinder;
use super::scopes::{Gaps, StreamScope, marked_name};
use crate::expression::scope::Scope;
use crate::pattern;
use crate::plan::codes;
use crate::plan::logical::{Attribute, InputPlan, StreamId, StreamInputPlan};

/// A bound input with the names that it offers to the selection.
pub(super) struct BoundInput {
    /// None when something in it is wrong or not supported yet.
    pub(super) plan: Option<InputPlan>,
    pub(super) scope: InputScope,
}

/// The scope of a selection.
pub(super) enum InputScope {
    /// Over one stream.
    Stream(StreamScope),
    /// Over the events of a pattern.
    Pattern(pattern::scope::PatternScope),
}

impl InputScope {
    pub(super) fn as_scope(&self) -> &dyn Scope {
        match self {
            Self::Stream(scope) => scope,
            Self::Pattern(scope) => scope,
        }
    }

    /// The attributes of `select *`, by column; none when not all of them are known.
    pub(super) fn all(&self) -> Option<Vec<(usize, Attribute)>> {
        match self {
            Self::Stream(scope) => (scope.gaps == Gaps::NONE)
                .then(|| scope.attributes.iter().cloned().enumerate().collect()),
            Self::Pattern(scope) => scope.all(),
        }
    }

    /// The types of all columns.
    pub(super) fn types(&self) -> Vec<ast::DataType> {
        match self {
            Self::Stream(scope) => scope.attributes.iter().map(|a| a.data_type).collect(),
            Self::Pattern(scope) => scope.types(),
        }
    }
}

impl AppBinder<'_> {
    /// None when nothing can be said of what the query makes of its input.
    pub(super) fn input(&mut self, query: &ast::Query) -> Option<BoundInput> {
        match &query.input {
            Input::Single(single) => Some(self.single(single, query)),
            Input::Join(join) => {
                self.not_supported("joins", join.span);
                None
            }
            Input::Inner(inner) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::INPUT,
                        "a query cannot stand in place of a stream",
                        inner.span,
                        "Siddhi parses this and refuses to run it",
                    )
                    .with_help("let the inner query insert into a stream and read that"),
                );
                None
            }
            Input::Pattern(input) => {
                let bound = pattern::binder::bind(self, input, query)?;
                Some(BoundInput {
                    plan: bound.plan.map(InputPlan::Pattern),
                    scope: InputScope::Pattern(bound.scope),
                })
            }
        }
    }

    fn single(&mut self, single: &ast::SingleInput, query: &ast::Query) -> BoundInput {
        let stream = self.source(&single.source, query);
        let scope = StreamScope {
            name: marked_name(&single.source),
            attributes: stream.map(|stream| self.stream_attributes(stream)).unwrap_or_default(),
            gaps: if stream.is_some() { Gaps::NONE } else { Gaps::Any },
            what: "the input stream",
        };
        let bound = self.handlers(&single.handlers, scope);
        let plan = stream.filter(|_| bound.complete).map(|stream| {
            InputPlan::Stream(StreamInputPlan {
                stream,
                before: bound.before,
                window: bound.window,
                after: bound.after,
                window_types: bound.window_types,
            })
        });
        BoundInput { plan, scope: InputScope::Stream(bound.scope) }
    }

    /// The stream that a source names; an unknown one is reported with the definition that would
    /// fit its use in `query`.
    pub(crate) fn source(&mut self, source: &Source, query: &ast::Query) -> Option<StreamId> {
        let name = marked_name(source);
        if let Some(id) = self.inner.get(&name).or_else(|| self.streams.get(&name)).copied() {
            self.read.insert(id);
            return Some(id);
        }
        if self.unknowable.contains(&source.name.name) || self.unknowable.contains(&name) {
            return None;
        }
        let diagnostic = if source.fault {
            Diagnostic::error(
                codes::UNKNOWN_STREAM,
                format!("`{}` has no fault stream", source.name.name),
                source.span,
                "not a fault stream",
            )
            .with_help(format!(
                "put `@OnError(action = 'STREAM')` on the definition of `{}`",
                source.name.name
            ))
        } else {
            self.unknown_stream(source, &name, query)
        };
        self.diagnostics.push(diagnostic);
        self.unknowable.insert(name);
        None
    }

    fn unknown_stream(&self, source: &Source, name: &str, query: &ast::Query) -> Diagnostic {
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_STREAM,
            format!("stream `{name}` is not defined"),
            source.span,
            "neither defined nor filled by a query above",
        );
        let known = self.streams.keys().chain(self.inner.keys()).map(String::as_str);
        if let Some(guess) = did_you_mean(name, known) {
            return diagnostic.with_help(format!("did you mean `{guess}`?"));
        }
        if source.inner {
            return diagnostic
                .with_help(format!("let a query of this partition insert into `{name}` first"));
        }
        let definition = fitting_definition(&source.name.name, query);
        diagnostic.with_help(format!("define it, for example: {definition}")).with_suggestion(
            format!("define `{name}`"),
            self.definitions_end,
            definition + "\n",
        )
    }

    /// The attributes of a stream, for patterns.
    pub(crate) fn stream_attributes(&self, stream: StreamId) -> Vec<Attribute> {
        self.attributes(stream).to_vec()
    }

    /// Adds a mistake.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds a feature that is not built yet.
    pub(crate) fn report_unsupported(&mut self, feature: &str, span: ast::Span) {
        self.not_supported(feature, span);
    }
}
