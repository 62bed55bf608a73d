//! The logical plan: an app as plain data, with every name resolved and every type checked.

use siddhi_query::ast::{DataType, OutputEvents};

use crate::expression::typed::{AggregateCall, Expr};
use crate::extension::{BoundStreamFunction, BoundStreamProcessor, BoundWindow};

/// A stream by its place in [`LogicalApp::streams`].
pub(crate) type StreamId = usize;

/// An attribute of a stream or of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// The name.
    pub(crate) name: String,
    /// The type.
    pub(crate) data_type: DataType,
}

/// A whole app.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogicalApp {
    /// The name, when one is given.
    pub(crate) name: Option<String>,
    /// Time comes from the events.
    pub(crate) playback: Option<Playback>,
    /// Streams: defined ones in the order of the text, then what queries defined.
    pub(crate) streams: Vec<StreamPlan>,
    /// All queries in the order of the text, those of partitions too.
    pub(crate) queries: Vec<QueryPlan>,
    /// Partitions in the order of the text.
    pub(crate) partitions: Vec<PartitionPlan>,
}

/// `@app:playback`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Playback {
    /// When this much wall clock has passed without an event, time moves by the increment; both in
    /// milliseconds.
    pub(crate) idle: Option<Idle>,
}

/// `idle.time` and `increment`, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Idle {
    /// How long nothing may come.
    pub(crate) time_ms: i64,
    /// By how much time then moves.
    pub(crate) increment_ms: i64,
}

/// A stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamPlan {
    /// The name, with `#` for inner and `!` for fault streams.
    pub(crate) name: String,
    /// The attributes.
    pub(crate) attributes: Vec<Attribute>,
    /// Where it comes from.
    pub(crate) origin: StreamOrigin,
    /// What happens with rows that fail in a reader.
    pub(crate) on_error: OnError,
    /// The fault stream, with `@OnError(action='STREAM')`.
    pub(crate) fault: Option<StreamId>,
}

impl StreamPlan {
    /// The name with the attributes and their types.
    pub(crate) fn signature(&self) -> String {
        let attribute = |it: &Attribute| format!("{} {}", it.name, it.data_type);
        let list: Vec<String> = self.attributes.iter().map(attribute).collect();
        format!("{} ({})", self.name, list.join(", "))
    }
}

/// Where a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamOrigin {
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
pub(crate) enum OnError {
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
pub(crate) struct QueryPlan {
    /// The given name or `query_N`.
    pub(crate) name: String,
    /// Whether the name was given.
    pub(crate) named: bool,
    /// The partition that it stands in.
    pub(crate) partition: Option<usize>,
    /// What it reads.
    pub(crate) input: InputPlan,
    /// What it selects.
    pub(crate) selector: SelectorPlan,
    /// The kinds of events that it puts out.
    pub(crate) events: OutputEvents,
    /// Where they go.
    pub(crate) target: StreamId,
    /// Its text as the printer writes it: what names its state when it has no name.
    pub(crate) text: String,
    /// What its state belongs to; none when it keeps nothing.
    pub(crate) fingerprint: Option<u64>,
}

impl QueryPlan {
    /// Whether something is remembered from one chunk to the next.
    pub(crate) fn keeps_state(&self) -> bool {
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
pub(crate) enum InputPlan {
    /// One stream.
    Stream(StreamInputPlan),
    /// A pattern.
    Pattern(crate::pattern::plan::PatternPlan),
}

impl InputPlan {
    /// The streams that are read, each once.
    pub(crate) fn streams(&self) -> Vec<StreamId> {
        match self {
            Self::Stream(input) => vec![input.stream],
            Self::Pattern(pattern) => pattern.streams(),
        }
    }
}

/// One stream with its handlers.
#[derive(Clone, Debug)]
pub(crate) struct StreamInputPlan {
    /// The stream.
    pub(crate) stream: StreamId,
    /// Handlers before the window, or all when there is none.
    pub(crate) before: Vec<HandlerPlan>,
    /// The window.
    pub(crate) window: Option<WindowPlan>,
    /// Handlers behind the window.
    pub(crate) after: Vec<HandlerPlan>,
    /// The types of the columns at the window: the stream's and those that handlers before it added.
    pub(crate) window_types: Vec<DataType>,
}

/// A handler.
#[derive(Clone, Debug)]
pub(crate) enum HandlerPlan {
    /// Rows pass where the condition is true.
    Filter(ConditionPlan),
    /// Rows get more attributes.
    Function(StreamFunctionPlan),
    /// Rows are dropped or repeated and get more attributes.
    Processor(StreamProcessorPlan),
}

impl HandlerPlan {
    /// The attributes that it adds behind those of its input.
    pub(crate) fn added(&self) -> &[(String, DataType)] {
        match self {
            Self::Filter(_) => &[],
            Self::Function(function) => &function.bound.added,
            Self::Processor(processor) => &processor.bound.added,
        }
    }
}

/// A condition with its aggregators.
#[derive(Clone, Debug)]
pub(crate) struct ConditionPlan {
    /// Aggregators, in the order in which they run; their values are columns behind the input's.
    pub(crate) aggregates: Vec<AggregatePlan>,
    /// The condition over input and aggregates.
    pub(crate) condition: Expr,
}

/// A stream function with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct StreamFunctionPlan {
    /// The name, for explain.
    pub(crate) name: String,
    /// What is called.
    pub(crate) bound: BoundStreamFunction,
    /// The arguments.
    pub(crate) arguments: Vec<Expr>,
}

/// A stream processor with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct StreamProcessorPlan {
    /// The name, for explain.
    pub(crate) name: String,
    /// Makes it.
    pub(crate) bound: BoundStreamProcessor,
    /// The arguments.
    pub(crate) arguments: Vec<Expr>,
}

/// A window.
#[derive(Clone, Debug)]
pub(crate) struct WindowPlan {
    /// The name, for explain.
    pub(crate) name: String,
    /// The parameters as written, for explain.
    pub(crate) parameters: String,
    /// Makes it.
    pub(crate) bound: BoundWindow,
}

/// An aggregator in its place.
#[derive(Clone, Debug)]
pub(crate) struct AggregatePlan {
    /// The call. Its arguments may refer to aggregates before it as columns.
    pub(crate) call: AggregateCall,
    /// The type of its value.
    pub(crate) data_type: DataType,
    /// It sees only rows where this is true: the left side of the `and` it stands in, and such.
    pub(crate) guard: Option<Expr>,
}

/// What a query selects.
#[derive(Clone, Debug)]
pub(crate) struct SelectorPlan {
    /// The types of the input's columns.
    pub(crate) input_types: Vec<DataType>,
    /// The columns to group by; empty for none.
    pub(crate) group_by: Vec<usize>,
    /// Aggregators of the items.
    pub(crate) aggregates: Vec<AggregatePlan>,
    /// The output attributes, over input and aggregates.
    pub(crate) items: Vec<ItemPlan>,
    /// Values of the input that `having` reads beside the output attributes; only patterns have any.
    pub(crate) hidden: Vec<Expr>,
    /// `having`, over the output attributes and what stands in `hidden` behind them.
    pub(crate) having: Option<ConditionPlan>,
    /// `order by`: output attributes, true for descending.
    pub(crate) order_by: Vec<(usize, bool)>,
    /// `limit`.
    pub(crate) limit: Option<u64>,
    /// `offset`.
    pub(crate) offset: u64,
}

/// One output attribute.
#[derive(Clone, Debug)]
pub(crate) struct ItemPlan {
    /// Its name.
    pub(crate) name: String,
    /// Its value.
    pub(crate) expression: Expr,
}

impl SelectorPlan {
    /// The output attributes.
    pub(crate) fn attributes(&self) -> Vec<Attribute> {
        let attribute = |item: &ItemPlan| Attribute {
            name: item.name.clone(),
            data_type: item.expression.data_type,
        };
        self.items.iter().map(attribute).collect()
    }

    /// The columns of the input that it reads, each once, ascending.
    pub(crate) fn input_columns(&self) -> Vec<usize> {
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
    pub(crate) fn has_aggregates(&self) -> bool {
        !self.aggregates.is_empty()
            || self.having.as_ref().is_some_and(|having| !having.aggregates.is_empty())
    }
}

/// A partition.
#[derive(Clone, Debug)]
pub(crate) struct PartitionPlan {
    /// The given name or `partition_N`.
    pub(crate) name: String,
    /// Whether the name was given.
    pub(crate) named: bool,
    /// Its text as the printer writes it: what names its state when it has no name.
    pub(crate) text: String,
    /// The keys of its streams.
    pub(crate) keys: Vec<PartitionKeyPlan>,
    /// Its queries, by their place in [`LogicalApp::queries`].
    pub(crate) queries: Vec<usize>,
    /// What the numbers of its keys belong to.
    pub(crate) fingerprint: u64,
}

/// The key of one stream.
#[derive(Clone, Debug)]
pub(crate) struct PartitionKeyPlan {
    /// The stream.
    pub(crate) stream: StreamId,
    /// How its rows find their key.
    pub(crate) by: PartitionByPlan,
}

/// How rows find their key.
#[derive(Clone, Debug)]
pub(crate) enum PartitionByPlan {
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
