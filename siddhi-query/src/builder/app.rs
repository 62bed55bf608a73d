//! Apps.

use std::marker::PhantomData;

use super::{List, NOWHERE};
use crate::ast::{
    AggregationDefinition, Annotation, AnnotationElement, App, Definition, ExecutionElement,
    FunctionDefinition, Ident, Partition, Query, StreamDefinition, TriggerDefinition,
    WindowDefinition,
};

/// An app without any definition yet: it cannot be built.
#[derive(Clone, Copy, Debug)]
pub enum Empty {}

/// An app with at least one definition.
#[derive(Clone, Copy, Debug)]
pub enum Defined {}

impl App {
    /// An app to which definitions, queries and partitions are added.
    ///
    /// ```
    /// use siddhi_query::ast::{App, DataType, Query, StreamDefinition};
    ///
    /// let app = App::builder()
    ///     .stream(StreamDefinition::named("S").attribute("a", DataType::Int))
    ///     .query(Query::from("S").insert_into("O"))
    ///     .build();
    /// assert_eq!(
    ///     app.to_string(),
    ///     "define stream S (a int);\n\nfrom S\nselect *\ninsert into O;\n"
    /// );
    /// ```
    ///
    /// No app is without definition:
    ///
    /// ```compile_fail
    /// siddhi_query::ast::App::builder().build();
    /// ```
    pub fn builder() -> AppBuilder<Empty> {
        AppBuilder {
            app: App {
                annotations: Vec::new(),
                definitions: Vec::new(),
                elements: Vec::new(),
                span: NOWHERE,
            },
            state: PhantomData,
        }
    }
}

/// An app being made.
///
/// Definitions come before queries in the text whatever the order of the calls.
#[derive(Clone, Debug)]
#[must_use]
pub struct AppBuilder<State> {
    app: App,
    state: PhantomData<State>,
}

impl<State> AppBuilder<State> {
    /// `@app:name('name')`.
    pub fn name(self, name: &str) -> Self {
        self.annotation("name", [name])
    }

    /// `@app:name(elements)`; an annotation of the app has values, alone or with keys, and no
    /// annotations inside.
    ///
    /// ```
    /// # use siddhi_query::ast::{App, DataType, StreamDefinition};
    /// let app = App::builder()
    ///     .annotation("statistics", [("reporter", "console"), ("interval", "5")])
    ///     .annotation("playback", ())
    /// #   .stream(StreamDefinition::named("S").attribute("a", DataType::Int))
    ///     // …
    ///     .build();
    /// assert_eq!(
    ///     app.annotations[0].to_string(),
    ///     "@statistics(reporter='console', interval='5')"
    /// );
    /// ```
    pub fn annotation(
        mut self,
        name: impl Into<Ident>,
        elements: impl List<AnnotationElement>,
    ) -> Self {
        let elements = elements.into_list();
        self.app.annotations.push(Annotation { elements, ..Annotation::named(name) });
        self
    }

    /// Adds a stream.
    pub fn stream(self, stream: StreamDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Stream(stream))
    }

    /// Adds a table.
    pub fn table(self, table: StreamDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Table(table))
    }

    /// Adds a named window.
    pub fn window(self, window: WindowDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Window(window))
    }

    /// Adds a trigger.
    pub fn trigger(self, trigger: TriggerDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Trigger(trigger))
    }

    /// Adds a function.
    pub fn function(self, function: FunctionDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Function(function))
    }

    /// Adds an aggregation.
    pub fn aggregation(self, aggregation: AggregationDefinition) -> AppBuilder<Defined> {
        self.definition(Definition::Aggregation(aggregation))
    }

    /// Adds a definition of any kind.
    pub fn definition(mut self, definition: Definition) -> AppBuilder<Defined> {
        self.app.definitions.push(definition);
        AppBuilder { app: self.app, state: PhantomData }
    }

    /// Adds a query.
    pub fn query(mut self, query: Query) -> Self {
        self.app.elements.push(ExecutionElement::Query(query));
        self
    }

    /// Adds a partition.
    pub fn partition(mut self, partition: Partition) -> Self {
        self.app.elements.push(ExecutionElement::Partition(partition));
        self
    }
}

impl AppBuilder<Defined> {
    /// The app.
    #[must_use]
    pub fn build(self) -> App {
        self.app
    }
}
