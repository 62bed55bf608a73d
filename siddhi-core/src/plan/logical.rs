//! The logical plan: an app as plain data, with every name resolved and every type checked.

use siddhi_query::ast::{DataType, OutputEvents, Span};

use crate::expression::typed::{AggregateCall, Expr};
use crate::extension::{BoundStreamFunction, BoundStreamProcessor, BoundWindow};

/// A stream by its place in [`LogicalApp::streams`].
pub type StreamId = usize;

/// An attribute of a stream or of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The type.
    pub data_type: DataType,
}

/// A whole app.
#[derive(Clone, Debug, Default)]
pub struct LogicalApp {
    /// The name, when one is given.
    pub name: Option<String>,
    /// Time comes from the events.
    pub playback: Option<Playback>,
    /// Streams: defined ones in the order of the text, then what queries defined.
    pub streams: Vec<StreamPlan>,
    /// All queries in the order of the text, those of partitions too.
    pub queries: Vec<QueryPlan>,
    /// Partitions in the order of the text.
    pub partitions: Vec<PartitionPlan>,
}

/// `@app:playback`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Playback {
    /// When this much wall clock has passed without an event, time moves by the increment; both in
    /// milliseconds.
    pub idle: Option<Idle>,
}

/// `idle.time` and `increment`, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// How long nothing may come.
    pub time_ms: i64,
    /// By how much time then moves.
    pub increment_ms: i64,
}

/// A stream.
#[derive(Clone, Debug)]
pub struct StreamPlan {
    /// The name, with `#` for inner and `!` for fault streams.
    pub name: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// Where it comes from.
    pub origin: StreamOrigin,
    /// What happens with rows that fail in a reader.
    pub on_error: OnError,
    /// The fault stream, with `@OnError(action='STREAM')`.
    pub fault: Option<StreamId>,
}

impl StreamPlan {
    /// The name with the attributes and their types.
    #[must_use]
    pub fn signature(&self) -> String {
        let attribute = |it: &Attribute| format!("{} {}", it.name, it.data_type);
        let list: Vec<String> = self.attributes.iter().map(attribute).collect();
        format!("{} ({})", self.name, list.join(", "))
    }
}

/// Where a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamOrigin {
    /// A definition.
    Defined,
    /// The first query that inserts into it.
    Inferred,
    /// The faults of a stream.
    FaultOf(StreamId),
    /// `#name` within a partition.
    Inner(usize),
}

/// What happens with rows that fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// They are logged and counted.
    #[default]
    Log,
    /// They go to the fault stream.
    Stream,
    /// They go to the error store; without one they are logged and counted.
    Store,
}

/// A query.
#[derive(Clone, Debug)]
pub struct QueryPlan {
    /// The given name or `query_N`.
    pub name: String,
    /// Whether the name was given.
    pub named: bool,
    /// The partition that it stands in.
    pub partition: Option<usize>,
    /// What it reads.
    pub input: InputPlan,
    /// What it selects.
    pub selector: SelectorPlan,
    /// The kinds of events that it puts out.
    pub events: OutputEvents,
    /// Where they go.
    pub target: StreamId,
    /// Where it stands in the text.
    pub span: Span,
    /// Its text as the printer writes it: what names its state when it has no name.
    pub text: String,
    /// What its state belongs to; none when it keeps nothing.
    pub fingerprint: Option<u64>,
}

impl QueryPlan {
    /// Whether something is remembered from one chunk to the next.
    #[must_use]
    pub fn keeps_state(&self) -> bool {
        let InputPlan::Stream(input) = &self.input else { return true };
        let handler_keeps = |handler: &HandlerPlan| match handler {
            HandlerPlan::Filter(filter) => !filter.aggregates.is_empty(),
            HandlerPlan::Function(_) => false,
            HandlerPlan::Processor(_) => true,
        };
        input.window.is_some()
            || input.before.iter().chain(&input.after).any(handler_keeps)
            || !self.selector.group_by.is_empty()
            || self.selector.has_aggregates()
    }
}

/// What a query reads.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "one per query; plans are built once")]
pub enum InputPlan {
    /// One stream.
    Stream(StreamInputPlan),
    /// A pattern.
    Pattern(crate::pattern::plan::PatternPlan),
}

impl InputPlan {
    /// The streams that are read, each once.
    #[must_use]
    pub fn streams(&self) -> Vec<StreamId> {
        match self {
            Self::Stream(input) => vec![input.stream],
            Self::Pattern(pattern) => pattern.streams(),
        }
    }
}

/// One stream with its handlers.
#[derive(Clone, Debug)]
pub struct StreamInputPlan {
    /// The stream.
    pub stream: StreamId,
    /// Handlers before the window, or all when there is none.
    pub before: Vec<HandlerPlan>,
    /// The window.
    pub window: Option<WindowPlan>,
    /// Handlers behind the window.
    pub after: Vec<HandlerPlan>,
    /// The types of the columns at the window: the stream's and those that handlers before it added.
    pub window_types: Vec<DataType>,
}

/// A handler.
#[derive(Clone, Debug)]
pub enum HandlerPlan {
    /// Rows pass where the condition is true.
    Filter(ConditionPlan),
    /// Rows get more attributes.
    Function(StreamFunctionPlan),
    /// Rows are dropped or repeated and get more attributes.
    Processor(StreamProcessorPlan),
}

impl HandlerPlan {
    /// The attributes that it adds behind those of its input.
    #[must_use]
    pub fn added(&self) -> &[(String, DataType)] {
        match self {
            Self::Filter(_) => &[],
            Self::Function(function) => &function.bound.added,
            Self::Processor(processor) => &processor.bound.added,
        }
    }
}

/// A condition with its aggregators.
#[derive(Clone, Debug)]
pub struct ConditionPlan {
    /// Aggregators, in the order in which they run; their values are columns behind the input's.
    pub aggregates: Vec<AggregatePlan>,
    /// The condition over input and aggregates.
    pub condition: Expr,
}

/// A stream function with its arguments.
#[derive(Clone, Debug)]
pub struct StreamFunctionPlan {
    /// The name, for explain.
    pub name: String,
    /// What is called.
    pub bound: BoundStreamFunction,
    /// The arguments.
    pub arguments: Vec<Expr>,
}

/// A stream processor with its arguments.
#[derive(Clone, Debug)]
pub struct StreamProcessorPlan {
    /// The name, for explain.
    pub name: String,
    /// Makes it.
    pub bound: BoundStreamProcessor,
    /// The arguments.
    pub arguments: Vec<Expr>,
}

/// A window.
#[derive(Clone, Debug)]
pub struct WindowPlan {
    /// The name, for explain.
    pub name: String,
    /// The parameters as written, for explain.
    pub parameters: String,
    /// Makes it.
    pub bound: BoundWindow,
}

/// An aggregator in its place.
#[derive(Clone, Debug)]
pub struct AggregatePlan {
    /// The call. Its arguments may refer to aggregates before it as columns.
    pub call: AggregateCall,
    /// The type of its value.
    pub data_type: DataType,
    /// It sees only rows where this is true: the left side of the `and` it stands in, and such.
    pub guard: Option<Expr>,
}

/// What a query selects.
#[derive(Clone, Debug)]
pub struct SelectorPlan {
    /// The types of the input's columns.
    pub input_types: Vec<DataType>,
    /// The columns to group by; empty for none.
    pub group_by: Vec<usize>,
    /// Aggregators of the items.
    pub aggregates: Vec<AggregatePlan>,
    /// The output attributes, over input and aggregates.
    pub items: Vec<ItemPlan>,
    /// Values of the input that `having` reads beside the output attributes; only patterns have any.
    pub hidden: Vec<Expr>,
    /// `having`, over the output attributes and what stands in `hidden` behind them.
    pub having: Option<ConditionPlan>,
    /// `order by`: output attributes, true for descending.
    pub order_by: Vec<(usize, bool)>,
    /// `limit`.
    pub limit: Option<u64>,
    /// `offset`.
    pub offset: u64,
}

/// One output attribute.
#[derive(Clone, Debug)]
pub struct ItemPlan {
    /// Its name.
    pub name: String,
    /// Its value.
    pub expression: Expr,
}

impl SelectorPlan {
    /// The output attributes.
    #[must_use]
    pub fn attributes(&self) -> Vec<Attribute> {
        let attribute = |item: &ItemPlan| Attribute {
            name: item.name.clone(),
            data_type: item.expression.data_type,
        };
        self.items.iter().map(attribute).collect()
    }

    /// The columns of the input that it reads, each once, ascending.
    #[must_use]
    pub fn input_columns(&self) -> Vec<usize> {
        let mut read = vec![false; self.input_types.len()];
        let mut look = |column: usize| {
            if let Some(seen) = read.get_mut(column) {
                *seen = true;
            }
        };
        let items = self.items.iter().map(|item| &item.expression);
        items.chain(&self.hidden).for_each(|e| e.columns(&mut look));
        for aggregate in &self.aggregates {
            aggregate.call.arguments.iter().for_each(|e| e.columns(&mut look));
            aggregate.guard.iter().for_each(|e| e.columns(&mut look));
        }
        self.group_by.iter().for_each(|column| look(*column));
        read.iter().enumerate().filter_map(|(column, seen)| seen.then_some(column)).collect()
    }

    /// Whether an aggregator stands in the items or in `having`.
    #[must_use]
    pub fn has_aggregates(&self) -> bool {
        !self.aggregates.is_empty()
            || self.having.as_ref().is_some_and(|having| !having.aggregates.is_empty())
    }
}

/// A partition.
#[derive(Clone, Debug)]
pub struct PartitionPlan {
    /// The given name or `partition_N`.
    pub name: String,
    /// Whether the name was given.
    pub named: bool,
    /// Its text as the printer writes it: what names its state when it has no name.
    pub text: String,
    /// The keys of its streams.
    pub keys: Vec<PartitionKeyPlan>,
    /// Its queries, by their place in [`LogicalApp::queries`].
    pub queries: Vec<usize>,
    /// What the numbers of its keys belong to.
    pub fingerprint: u64,
}

/// The key of one stream.
#[derive(Clone, Debug)]
pub struct PartitionKeyPlan {
    /// The stream.
    pub stream: StreamId,
    /// How its rows find their key.
    pub by: PartitionByPlan,
}

/// How rows find their key.
#[derive(Clone, Debug)]
pub enum PartitionByPlan {
    /// By the text of a value.
    Value {
        /// Its aggregators, as in a condition: over the rows of all keys.
        aggregates: Vec<AggregatePlan>,
        /// The value, over input and aggregates.
        value: Expr,
    },
    /// By the labels of all conditions that hold.
    Ranges(Vec<(ConditionPlan, String)>),
}
