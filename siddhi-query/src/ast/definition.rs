//! Definitions: streams, tables, windows, triggers, functions, aggregations.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{
    Annotation, Call, Ident, OutputEvents, Selector, SingleInput, Span, TimeValue, Variable,
};

node! {
    /// One of the six kinds of definition.
    #[allow(clippy::large_enum_variant, reason = "the tree is built once")]
    pub enum Definition {
        /// `define stream`.
        Stream(StreamDefinition),
        /// `define table`; the fields are those of a stream.
        Table(StreamDefinition),
        /// `define window`.
        Window(WindowDefinition),
        /// `define trigger`.
        Trigger(TriggerDefinition),
        /// `define function`.
        Function(FunctionDefinition),
        /// `define aggregation`.
        Aggregation(AggregationDefinition),
    }

    /// `define stream NAME (attribute type, …)`, or the same of a table.
    pub struct StreamDefinition {
        /// The annotations before `define`.
        pub annotations: Vec<Annotation>,
        /// The name.
        pub name: Ident,
        /// The attributes in order; never empty.
        pub attributes: Vec<AttributeDefinition>,
        /// From the first annotation to the closing bracket.
        pub span: Span,
    }

    /// An attribute and its type.
    pub struct AttributeDefinition {
        /// The name.
        pub name: Ident,
        /// The type.
        pub data_type: DataType,
        /// Where the type stands.
        pub type_span: Span,
    }

    /// `define window NAME (…) function(…) output …`.
    pub struct WindowDefinition {
        /// The annotations before `define`.
        pub annotations: Vec<Annotation>,
        /// The name.
        pub name: Ident,
        /// The attributes in order.
        pub attributes: Vec<AttributeDefinition>,
        /// The window function.
        pub function: Call,
        /// The kinds of events that readers see; all when not written.
        pub output: OutputEvents,
        /// The whole definition.
        pub span: Span,
    }

    /// `define trigger NAME at …`.
    pub struct TriggerDefinition {
        /// The name.
        pub name: Ident,
        /// When it ticks.
        pub at: TriggerAt,
        /// The whole definition.
        pub span: Span,
    }

    /// When a trigger ticks.
    pub enum TriggerAt {
        /// `every TIME`, in milliseconds.
        Every(TimeValue),
        /// `'start'` or a cron expression, unchecked.
        Text(String, Span),
    }

    /// `define function NAME[language] return type { body }`.
    pub struct FunctionDefinition {
        /// The name.
        pub name: Ident,
        /// The language, as written.
        pub language: Ident,
        /// The type of the result.
        pub return_type: DataType,
        /// The body: what stands between the braces, to the last character.
        pub body: String,
        /// The body's place, braces excluded.
        pub body_span: Span,
        /// The whole definition.
        pub span: Span,
    }

    /// `define aggregation NAME from … select … aggregate by … every …`.
    pub struct AggregationDefinition {
        /// The annotations before `define`.
        pub annotations: Vec<Annotation>,
        /// The name.
        pub name: Ident,
        /// The input: a stream with handlers, without window.
        pub input: SingleInput,
        /// What is aggregated, with group by only.
        pub selector: Selector,
        /// The attribute that gives the time, when it is not the event's.
        pub by: Option<Variable>,
        /// The periods.
        pub every: AggregationPeriods,
        /// The whole definition.
        pub span: Span,
    }

    /// The periods of an aggregation.
    pub enum AggregationPeriods {
        /// `first ... last`.
        Range(TimeUnit, TimeUnit),
        /// A list in the order of the text.
        List(Vec<TimeUnit>),
    }
}

words! {
    /// The type of an attribute.
    DataType {
        /// Text.
        String = "string",
        /// 32-bit integer.
        Int = "int",
        /// 64-bit integer.
        Long = "long",
        /// Single precision.
        Float = "float",
        /// Double precision.
        Double = "double",
        /// Truth.
        Bool = "bool",
        /// Anything else.
        Object = "object",
    }

    /// The units of aggregations, from short to long.
    TimeUnit {
        /// Seconds.
        Second = "sec",
        /// Minutes.
        Minute = "min",
        /// Hours.
        Hour = "hour",
        /// Days.
        Day = "day",
        /// Weeks.
        Week = "week",
        /// Months.
        Month = "month",
        /// Years.
        Year = "year",
    }
}
