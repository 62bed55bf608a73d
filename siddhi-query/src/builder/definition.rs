//! Definitions of streams, tables, windows, triggers, functions and aggregations.

use super::{List, NOWHERE, Plain, Stream};
use crate::ast::{
    AggregationDefinition, AggregationPeriods, Annotation, AttributeDefinition, Call, DataType,
    FunctionDefinition, Ident, OutputEvents, SelectItem, Selector, SingleInput, StreamDefinition,
    TimeUnit, TimeValue, TriggerAt, TriggerDefinition, Variable, WindowDefinition,
};

/// A definition that has a name and needs its first attribute.
#[derive(Clone, Debug)]
#[must_use]
pub struct WithoutAttributes(Ident);

impl WithoutAttributes {
    /// Gives the first attribute.
    pub fn attribute(self, name: impl Into<Ident>, data_type: DataType) -> StreamDefinition {
        let definition = StreamDefinition {
            annotations: Vec::new(),
            name: self.0,
            attributes: Vec::new(),
            span: NOWHERE,
        };
        definition.attribute(name, data_type)
    }
}

impl StreamDefinition {
    /// A stream, a table or, with [`window`](Self::window), a window of this name.
    ///
    /// ```
    /// use siddhi_query::ast::{Annotation, DataType, StreamDefinition};
    /// use siddhi_query::builder::call;
    ///
    /// let definition = StreamDefinition::named("S")
    ///     .attribute("symbol", DataType::String)
    ///     .attribute("price", DataType::Double);
    /// assert_eq!(definition.to_string(), "define stream S (symbol string, price double)");
    ///
    /// let window = definition.window(call("length", [5]));
    /// assert_eq!(
    ///     window.to_string(),
    ///     "define window S (symbol string, price double) length(5)"
    /// );
    /// ```
    pub fn named(name: impl Into<Ident>) -> WithoutAttributes {
        WithoutAttributes(name.into())
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<Ident>, data_type: DataType) -> Self {
        let name = name.into();
        self.attributes.push(AttributeDefinition { name, data_type, type_span: NOWHERE });
        self
    }

    /// Adds an annotation.
    #[must_use]
    pub fn annotation(mut self, annotation: Annotation) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// Makes it a named window that holds events as `function` says.
    #[must_use]
    pub fn window(self, function: Call) -> WindowDefinition {
        WindowDefinition {
            annotations: self.annotations,
            name: self.name,
            attributes: self.attributes,
            function,
            output: OutputEvents::All,
            span: NOWHERE,
        }
    }
}

impl WindowDefinition {
    /// Says which events readers see: all of them when not said.
    #[must_use]
    pub fn output(self, events: OutputEvents) -> Self {
        Self { output: events, ..self }
    }
}

impl TriggerDefinition {
    /// A trigger that ticks again and again.
    ///
    /// ```
    /// use siddhi_query::ast::{TimeValue, TriggerDefinition};
    ///
    /// let trigger = TriggerDefinition::every("Tick", TimeValue::minutes(5));
    /// assert_eq!(trigger.to_string(), "define trigger Tick at every 5 min");
    /// ```
    #[must_use]
    pub fn every(name: impl Into<Ident>, time: TimeValue) -> Self {
        Self { name: name.into(), at: TriggerAt::Every(time), span: NOWHERE }
    }

    /// A trigger that ticks once, when the app starts.
    #[must_use]
    pub fn at_start(name: impl Into<Ident>) -> Self {
        Self::cron(name, "start")
    }

    /// A trigger that ticks as a cron expression says; the expression is checked with the app.
    #[must_use]
    pub fn cron(name: impl Into<Ident>, expression: impl Into<String>) -> Self {
        let at = TriggerAt::Text(expression.into(), NOWHERE);
        Self { name: name.into(), at, span: NOWHERE }
    }
}

impl FunctionDefinition {
    /// A function written in another language.
    ///
    /// ```
    /// use siddhi_query::ast::{DataType, FunctionDefinition};
    ///
    /// let double = FunctionDefinition::new("twice", "javascript", DataType::Int, " return 2 * data[0]; ");
    /// assert_eq!(
    ///     double.to_string(),
    ///     "define function twice[javascript] return int { return 2 * data[0]; }"
    /// );
    /// ```
    #[must_use]
    pub fn new(
        name: impl Into<Ident>,
        language: impl Into<Ident>,
        return_type: DataType,
        body: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            language: language.into(),
            return_type,
            body: body.into(),
            body_span: NOWHERE,
            span: NOWHERE,
        }
    }
}

impl AggregationDefinition {
    /// An aggregation of a stream, which may have filters and stream functions but no window.
    ///
    /// ```
    /// use siddhi_query::ast::{AggregationDefinition, TimeUnit};
    /// use siddhi_query::builder::{Operators, attr, call, stream};
    ///
    /// let aggregation = AggregationDefinition::named("Totals", stream("Trades"))
    ///     .select((attr("symbol"), call("sum", [attr("price")]).named("total")))
    ///     .group_by([attr("symbol")])
    ///     .by(attr("timestamp"))
    ///     .range(TimeUnit::Second, TimeUnit::Year);
    /// assert_eq!(
    ///     aggregation.to_string(),
    ///     "\
    /// define aggregation Totals
    /// from Trades
    /// select symbol, sum(price) as total
    /// group by symbol
    /// aggregate by timestamp every sec ... year"
    /// );
    /// ```
    pub fn named(name: impl Into<Ident>, input: Stream<Plain>) -> AggregationBuilder {
        AggregationBuilder {
            annotations: Vec::new(),
            name: name.into(),
            input: input.into(),
            selector: Selector::default(),
            by: None,
        }
    }
}

/// An aggregation being made, until its periods are said.
#[derive(Clone, Debug)]
#[must_use]
pub struct AggregationBuilder {
    annotations: Vec<Annotation>,
    name: Ident,
    input: SingleInput,
    selector: Selector,
    by: Option<Variable>,
}

impl AggregationBuilder {
    /// Adds an annotation.
    pub fn annotation(mut self, annotation: Annotation) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// Says what is aggregated; all attributes when not said.
    pub fn select(mut self, items: impl List<SelectItem>) -> Self {
        self.selector.items = items.into_list();
        self
    }

    /// Says by what it is grouped.
    pub fn group_by(mut self, variables: impl List<Variable>) -> Self {
        self.selector.group_by = variables.into_list();
        self
    }

    /// Says which attribute gives the time, when it is not that of the event.
    pub fn by(self, variable: Variable) -> Self {
        Self { by: Some(variable), ..self }
    }

    /// All periods from `first` to `last`.
    #[must_use]
    pub fn range(self, first: TimeUnit, last: TimeUnit) -> AggregationDefinition {
        self.every(AggregationPeriods::Range(first, last))
    }

    /// The period `first` and those of `others`.
    #[must_use]
    pub fn periods(self, first: TimeUnit, others: &[TimeUnit]) -> AggregationDefinition {
        let units = std::iter::once(first).chain(others.iter().copied()).collect();
        self.every(AggregationPeriods::List(units))
    }

    fn every(self, every: AggregationPeriods) -> AggregationDefinition {
        AggregationDefinition {
            annotations: self.annotations,
            name: self.name,
            input: self.input,
            selector: self.selector,
            by: self.by,
            every,
            span: NOWHERE,
        }
    }
}
