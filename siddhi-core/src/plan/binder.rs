//! From the tree to the logical plan: names are resolved, types checked, defaults filled in.
//!
//! Every mistake is reported, not the first alone. What Siddhi has and this engine does not build
//! yet is collected apart from mistakes: an app that uses it is refused as "not supported yet".

use hashbrown::{HashMap, HashSet};
use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, DataType, Definition, ExecutionElement, Span};

use super::codes;
use super::logical::{Attribute, LogicalApp, OnError, StreamId, StreamOrigin, StreamPlan};
use crate::extension::Registry;

mod aggregates;
mod annotations;
mod fingerprint;
mod handlers;
mod input;
mod output;
mod partition;
mod query;
mod scopes;
mod selector;
mod spelling;

pub(crate) use aggregates::extract_aggregates;
pub(crate) use scopes::marked_name;

/// What binding an app gives.
pub(crate) struct Bound {
    /// The plan; meaningful only when nothing was found.
    pub(crate) app: LogicalApp,
    /// The mistakes.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What is not supported yet, and where it is used.
    pub(crate) unsupported: Vec<(String, Span)>,
}

/// Binds an app.
pub(crate) fn bind(app: &ast::App, registry: &Registry) -> Bound {
    let mut binder = AppBinder {
        registry,
        definitions_end: definitions_end(app),
        app: LogicalApp::default(),
        streams: HashMap::new(),
        inner: HashMap::new(),
        read: HashSet::new(),
        unknowable: HashSet::new(),
        diagnostics: spelling::check(app),
        unsupported: Vec::new(),
    };
    binder.app_annotations(&app.annotations);
    for definition in &app.definitions {
        binder.definition(definition);
    }
    let names = query::Names::assign(app, &mut binder.diagnostics);
    let mut number = 0;
    for element in &app.elements {
        match element {
            ExecutionElement::Query(query) => {
                binder.query(query, names.get(number), None);
                number += 1;
            }
            ExecutionElement::Partition(partition) => {
                binder.partition(partition, &names, number);
                number += partition.queries.len();
            }
        }
    }
    Bound { app: binder.app, diagnostics: binder.diagnostics, unsupported: binder.unsupported }
}

/// The place before the first query or partition.
fn definitions_end(app: &ast::App) -> Span {
    let start = app.elements.first().map_or(app.span.end, |element| match element {
        ExecutionElement::Query(query) => query.span.start,
        ExecutionElement::Partition(partition) => partition.span.start,
    });
    Span { start, end: start }
}

pub(crate) struct AppBinder<'a> {
    registry: &'a Registry,
    /// Where one more definition could stand.
    definitions_end: Span,
    app: LogicalApp,
    /// Streams that can be read at this point of the text, by name with its mark.
    streams: HashMap<String, StreamId>,
    /// Inner streams of the partition at hand.
    inner: HashMap<String, StreamId>,
    /// The streams that the queries of the partition at hand read, be these right or wrong.
    read: HashSet<StreamId>,
    /// Names whose attributes a mistake or an unsupported feature keeps from being known: nothing
    /// is reported of their readers.
    unknowable: HashSet<String>,
    diagnostics: Vec<Diagnostic>,
    unsupported: Vec<(String, Span)>,
}

impl AppBinder<'_> {
    /// Notes a feature that is not built yet.
    fn not_supported(&mut self, feature: impl Into<String>, span: Span) {
        self.unsupported.push((feature.into(), span));
    }

    fn definition(&mut self, definition: &Definition) {
        match definition {
            Definition::Stream(stream) => self.stream_definition(stream),
            Definition::Table(table) => self.later("tables", &table.name),
            Definition::Window(window) => self.later("named windows", &window.name),
            Definition::Trigger(trigger) => self.later("triggers", &trigger.name),
            Definition::Aggregation(aggregation) => {
                self.later("incremental aggregations", &aggregation.name);
            }
            Definition::Function(function) => {
                let language = &function.language;
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::DEFINITION,
                        format!("functions in {} are not built in", language.name),
                        language.span,
                        "no script engine for this language",
                    )
                    .with_help("call the functions that `siddhi functions` lists"),
                );
            }
        }
    }

    fn later(&mut self, feature: &str, name: &ast::Ident) {
        self.not_supported(feature, name.span);
        self.unknowable.insert(name.name.clone());
    }

    fn stream_definition(&mut self, definition: &ast::StreamDefinition) {
        let name = &definition.name.name;
        if self.streams.contains_key(name) {
            // An equal definition is accepted and means the same stream; an unequal one was
            // refused by the parser's checks.
            return;
        }
        let attributes: Vec<Attribute> = definition
            .attributes
            .iter()
            .map(|a| Attribute { name: a.name.name.clone(), data_type: a.data_type })
            .collect();
        let on_error = self.on_error(&definition.annotations);
        self.check_async(&definition.annotations);
        let id = self.add_stream(StreamPlan {
            name: name.clone(),
            attributes: attributes.clone(),
            origin: StreamOrigin::Defined,
            on_error,
            fault: None,
        });
        if on_error == OnError::Stream {
            let mut attributes = attributes;
            attributes.push(Attribute { name: "_error".into(), data_type: DataType::Object });
            let fault = self.add_stream(StreamPlan {
                name: format!("!{name}"),
                attributes,
                origin: StreamOrigin::FaultOf(id),
                on_error: OnError::Log,
                fault: None,
            });
            if let Some(stream) = self.app.streams.get_mut(id) {
                stream.fault = Some(fault);
            }
        }
    }

    fn add_stream(&mut self, stream: StreamPlan) -> StreamId {
        let id = self.app.streams.len();
        let names = match stream.origin {
            StreamOrigin::Inner(_) => &mut self.inner,
            _ => &mut self.streams,
        };
        names.insert(stream.name.clone(), id);
        self.app.streams.push(stream);
        id
    }

    /// The attributes of a stream.
    fn attributes(&self, stream: StreamId) -> &[Attribute] {
        self.app.streams.get(stream).map_or(&[], |stream| &stream.attributes)
    }
}
