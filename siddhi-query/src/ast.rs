//! The syntax tree of SiddhiQL.
//!
//! Plain data with a [`Span`] on every node. Two trees compare equal when they say the same thing:
//! spans take no part in equality, so `parse(print(tree)) == tree` can be asked directly.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// A range of bytes of the text that a node was read from; `0..0` for nodes built in Rust.
///
/// All spans compare equal, so that equality of trees is equality of meaning.
#[derive(Clone, Copy, Debug, Default, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct Span {
    /// Offset in bytes of the first character.
    pub start: u32,
    /// Offset in bytes behind the last character.
    pub end: u32,
}

impl Span {
    /// The span of the bytes `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span as a range of byte offsets.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::hash::Hash for Span {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

macro_rules! node {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
        pub $kind $name $body
    )*};
}

node! {
    /// A name as the user means it: back quotes are taken off, case is kept.
    pub struct Ident {
        /// The name.
        pub name: String,
        /// Where it stands, quotes included.
        pub span: Span,
    }

    /// A whole app: annotations, definitions, then queries and partitions in the order of the text.
    pub struct App {
        /// The `@app:…` annotations; `name` holds what follows the colon.
        pub annotations: Vec<Annotation>,
        /// The definitions in the order of the text.
        pub definitions: Vec<Definition>,
        /// Queries and partitions in the order of the text.
        pub elements: Vec<ExecutionElement>,
        /// The whole text.
        pub span: Span,
    }

    /// `@name(key = 'value', 'value', @nested(…))`.
    pub struct Annotation {
        /// The name as written; looked up ignoring case. For `@app:name(…)` it is `name`.
        pub name: Ident,
        /// The elements in order.
        pub elements: Vec<AnnotationElement>,
        /// The nested annotations in order.
        pub annotations: Vec<Annotation>,
        /// From `@` to the closing bracket.
        pub span: Span,
    }

    /// One `key = 'value'` or `'value'` of an annotation.
    pub struct AnnotationElement {
        /// The key, its parts and separators run together without blanks.
        pub key: Option<Ident>,
        /// The text between the quotes.
        pub value: String,
        /// Key and value.
        pub span: Span,
    }

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

    /// A query or a partition.
    #[allow(clippy::large_enum_variant, reason = "an app holds few partitions and the tree is built once")]
    pub enum ExecutionElement {
        /// A query.
        Query(Query),
        /// A partition.
        Partition(Partition),
    }

    /// `partition with (…) begin … end`.
    pub struct Partition {
        /// The annotations before `partition`.
        pub annotations: Vec<Annotation>,
        /// The keys, one a stream.
        pub keys: Vec<PartitionKey>,
        /// The queries; never empty.
        pub queries: Vec<Query>,
        /// The whole partition.
        pub span: Span,
    }

    /// The key of one stream of a partition.
    pub struct PartitionKey {
        /// The stream.
        pub stream: Ident,
        /// The key.
        pub by: PartitionBy,
        /// The whole item.
        pub span: Span,
    }

    /// How a partition finds the key of an event.
    pub enum PartitionBy {
        /// The value of an expression.
        Value(Expression),
        /// The labels of all conditions that hold, tried in order.
        Ranges(Vec<PartitionRange>),
    }

    /// `condition as 'label'`.
    pub struct PartitionRange {
        /// The condition.
        pub condition: Expression,
        /// The label.
        pub label: String,
        /// The whole item.
        pub span: Span,
    }

    /// `from … select … output … insert into …`.
    pub struct Query {
        /// The annotations before `from`.
        pub annotations: Vec<Annotation>,
        /// What it reads.
        pub input: Input,
        /// What it selects.
        pub selector: Selector,
        /// The output rate.
        pub rate: Option<OutputRate>,
        /// Where the output goes.
        pub output: Output,
        /// The whole query.
        pub span: Span,
    }

    /// The input of a query.
    #[allow(clippy::large_enum_variant, reason = "one per query; the tree is built once")]
    pub enum Input {
        /// One stream.
        Single(SingleInput),
        /// A join.
        Join(Box<JoinInput>),
        /// A pattern or sequence.
        Pattern(PatternInput),
        /// `(from … return)`; parses, refused at creation.
        Inner(Box<InnerQuery>),
    }

    /// A query in place of a stream.
    pub struct InnerQuery {
        /// Its input.
        pub input: Input,
        /// Its selection.
        pub selector: Selector,
        /// Its rate.
        pub rate: Option<OutputRate>,
        /// Which events it returns.
        pub events: OutputEvents,
        /// With the brackets.
        pub span: Span,
    }

    /// A stream's name with its mark: none, `#` (inner) or `!` (fault).
    pub struct Source {
        /// The name without mark.
        pub name: Ident,
        /// `#name`.
        pub inner: bool,
        /// `!name`.
        pub fault: bool,
        /// With the mark.
        pub span: Span,
    }

    /// A stream with its handlers.
    pub struct SingleInput {
        /// The stream.
        pub source: Source,
        /// Handlers in order, the window among them.
        pub handlers: Vec<Handler>,
        /// The whole input.
        pub span: Span,
    }

    /// What stands behind a stream's name.
    pub enum Handler {
        /// `[condition]` or `#[condition]`.
        Filter(Expression),
        /// `#function(…)`.
        Function(Call),
        /// `#window.name(…)`; at most one.
        Window(Call),
    }

    /// A call: of a function, an aggregator, a window, a stream function.
    pub struct Call {
        /// The namespace before the colon.
        pub namespace: Option<Ident>,
        /// The name.
        pub name: Ident,
        /// The arguments; empty when `star`.
        pub arguments: Vec<Expression>,
        /// `f(*)`.
        pub star: bool,
        /// The whole call.
        pub span: Span,
    }

    /// `left join right on … within … per …`.
    pub struct JoinInput {
        /// The left side.
        pub left: JoinSide,
        /// The right side.
        pub right: JoinSide,
        /// The kind.
        pub kind: JoinKind,
        /// The side marked `unidirectional`: it alone triggers.
        pub unidirectional: Option<Side>,
        /// The condition.
        pub on: Option<Expression>,
        /// `within`: one or two expressions.
        pub within: Option<(Expression, Option<Expression>)>,
        /// `per`.
        pub per: Option<Expression>,
        /// The whole input.
        pub span: Span,
    }

    /// One side of a join.
    pub struct JoinSide {
        /// The stream, table, window or aggregation with its handlers.
        pub input: SingleInput,
        /// The alias.
        pub alias: Option<Ident>,
    }

    /// A pattern or a sequence.
    pub struct PatternInput {
        /// `->` or `,`.
        pub kind: PatternKind,
        /// The elements.
        pub element: PatternElement,
        /// `within` for the whole.
        pub within: Option<TimeValue>,
        /// The whole input.
        pub span: Span,
    }

    /// An element of a pattern or sequence.
    #[allow(clippy::large_enum_variant, reason = "the tree is built once")]
    pub enum PatternElement {
        /// One event.
        Stream(PatternStream),
        /// No event: `not S for TIME`, or without time inside a logical element.
        Absent(AbsentStream),
        /// `S<least:most>`.
        Count(CountElement),
        /// `A and B`, `A or B`; with one absent part, that part is first.
        Logical(Box<LogicalElement>),
        /// `first -> second` or `first, second`, read from the left.
        Next(Box<PatternElement>, Box<PatternElement>),
        /// `every inner`.
        Every(Box<PatternElement>, Span),
    }

    /// `e = S[…]`.
    pub struct PatternStream {
        /// The name of the event.
        pub reference: Option<Ident>,
        /// The stream with its handlers.
        pub input: SingleInput,
        /// The whole element.
        pub span: Span,
    }

    /// `not S[…] for TIME`.
    pub struct AbsentStream {
        /// The stream with its handlers.
        pub input: SingleInput,
        /// How long it must stay away.
        pub waiting: Option<TimeValue>,
        /// The whole element.
        pub span: Span,
    }

    /// `S<least:most>`.
    pub struct CountElement {
        /// The stream.
        pub stream: PatternStream,
        /// The least number; none for `<:m>`, which means 0.
        pub least: Option<i32>,
        /// The most; none is without limit.
        pub most: Option<i32>,
        /// With the count.
        pub span: Span,
    }

    /// `first and second`, `first or second`.
    pub struct LogicalElement {
        /// `and` or `or`.
        pub kind: LogicalKind,
        /// The first part: the absent one when there is just one.
        pub first: PatternElement,
        /// The second part.
        pub second: PatternElement,
        /// The whole element.
        pub span: Span,
    }

    /// What is selected.
    #[derive(Default)]
    pub struct Selector {
        /// The items; empty for `*` and for an absent `select`.
        pub items: Vec<SelectItem>,
        /// `group by`.
        pub group_by: Vec<Variable>,
        /// `having`.
        pub having: Option<Expression>,
        /// `order by`.
        pub order_by: Vec<OrderBy>,
        /// `limit`: one constant.
        pub limit: Option<Expression>,
        /// `offset`: one constant.
        pub offset: Option<Expression>,
        /// From `select` to the end of its clauses; empty when absent.
        pub span: Span,
    }

    /// `expression as name`.
    pub struct SelectItem {
        /// The expression.
        pub expression: Expression,
        /// The name of the output attribute: of a plain reference its attribute's.
        pub name: Ident,
        /// True when `as` was written.
        pub renamed: bool,
        /// The whole item.
        pub span: Span,
    }

    /// One item of `order by`.
    pub struct OrderBy {
        /// The output attribute.
        pub variable: Variable,
        /// `desc`.
        pub descending: bool,
        /// The whole item.
        pub span: Span,
    }

    /// `output … every …`.
    pub struct OutputRate {
        /// What is put out, and when.
        pub kind: RateKind,
        /// The whole clause.
        pub span: Span,
    }

    /// The forms of an output rate.
    pub enum RateKind {
        /// `every N events`.
        Events(RateSelection, i32),
        /// `every TIME`.
        Time(RateSelection, TimeValue),
        /// `snapshot every TIME`.
        Snapshot(TimeValue),
    }

    /// Where a query's output goes.
    pub struct Output {
        /// The action.
        pub action: OutputAction,
        /// The kinds of events; current when not written.
        pub events: OutputEvents,
        /// The whole clause.
        pub span: Span,
    }

    /// What happens with the output.
    pub enum OutputAction {
        /// `insert into`.
        Insert(Source),
        /// `delete T on …`.
        Delete(Source, Option<Expression>),
        /// `update T set … on …`.
        Update(Source, Vec<SetItem>, Expression),
        /// `update or insert into T set … on …`.
        UpdateOrInsert(Source, Vec<SetItem>, Expression),
        /// `return`.
        Return,
    }

    /// `T.a = expression` of a `set` clause.
    pub struct SetItem {
        /// The attribute of the table.
        pub target: Variable,
        /// The new value.
        pub value: Expression,
        /// The whole item.
        pub span: Span,
    }

    /// A query that is run once on a table, window or aggregation.
    pub struct OnDemandQuery {
        /// What it does.
        pub action: OnDemandAction,
        /// The selection; empty when absent.
        pub selector: Selector,
        /// The whole query.
        pub span: Span,
    }

    /// The forms of an on-demand query.
    #[allow(clippy::large_enum_variant, reason = "the tree is built once")]
    pub enum OnDemandAction {
        /// `from S on … within … per …`.
        Find(OnDemandFind),
        /// `select … insert into T`.
        Insert(Source),
        /// `delete T on …`.
        Delete(Source, Option<Expression>),
        /// `update T set … on …`.
        Update(Source, Vec<SetItem>, Expression),
        /// `update or insert into T set … on …`.
        UpdateOrInsert(Source, Vec<SetItem>, Expression),
    }

    /// The input of an on-demand search.
    pub struct OnDemandFind {
        /// The store.
        pub store: Ident,
        /// The alias.
        pub alias: Option<Ident>,
        /// The condition.
        pub on: Option<Expression>,
        /// `within`: one or two expressions.
        pub within: Option<(Expression, Option<Expression>)>,
        /// `per`.
        pub per: Option<Expression>,
    }

    /// An expression and its place.
    pub struct Expression {
        /// What it is.
        pub kind: ExpressionKind,
        /// The whole expression, without brackets around it.
        pub span: Span,
    }

    /// The forms of an expression.
    pub enum ExpressionKind {
        /// A constant.
        Constant(Constant),
        /// A reference to an attribute.
        Variable(Variable),
        /// A call of a function or aggregator.
        Call(Call),
        /// `left op right`.
        Binary(BinaryOperator, Box<Expression>, Box<Expression>),
        /// `not x`.
        Not(Box<Expression>),
        /// `x is null` where x is an attribute or call.
        IsNull(Box<Expression>),
        /// `e is null` where e may be an event: the binder decides by the inputs it knows.
        ///
        /// The parser cannot know whether `x` is an input or an attribute, so every bare `x`,
        /// `x[i]`, `#x`, `!x` before `is null` comes in this form.
        IsNullStream(StreamReference),
        /// `x in T`.
        In(Box<Expression>, Ident),
    }

    /// `x`, `x[i]`, `#x`, `!x` before `is null`.
    pub struct StreamReference {
        /// The name with its mark.
        pub source: Source,
        /// The index.
        pub index: Option<EventIndex>,
        /// The whole reference.
        pub span: Span,
    }

    /// A reference to an attribute.
    pub struct Variable {
        /// The stream, alias or event; none for a bare attribute.
        pub stream: Option<Source>,
        /// The index behind the stream.
        pub index: Option<EventIndex>,
        /// `#name[index]` behind the stream; parsed, of no use.
        pub function: Option<(Ident, Option<EventIndex>)>,
        /// The attribute.
        pub attribute: Ident,
        /// The whole reference.
        pub span: Span,
    }

    /// A constant.
    pub enum Constant {
        /// `true`, `false`.
        Bool(bool),
        /// 32 bits.
        Int(i32),
        /// 64 bits.
        Long(i64),
        /// Single precision.
        Float(f32),
        /// Double precision.
        Double(f64),
        /// A text.
        String(String),
        /// A time value: a long with the mark that it is a time.
        Time(TimeValue),
    }

    /// A time value such as `1 min 30 sec`.
    pub struct TimeValue {
        /// The sum in milliseconds, wrapping around in 64 bits.
        pub millis: i64,
        /// Where it stands.
        pub span: Span,
    }
}

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// The words of SiddhiQL for it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
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

    /// Kinds of events that a query puts out or a named window shows.
    OutputEvents {
        /// `current events`.
        Current = "current events",
        /// `expired events`.
        Expired = "expired events",
        /// `all events`.
        All = "all events",
    }

    /// The kinds of join.
    JoinKind {
        /// `join`.
        Inner = "join",
        /// `left outer join`.
        LeftOuter = "left outer join",
        /// `right outer join`.
        RightOuter = "right outer join",
        /// `full outer join`.
        FullOuter = "full outer join",
    }

    /// A side of a join.
    Side {
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
    }

    /// Pattern or sequence.
    PatternKind {
        /// Elements joined by `->`.
        Pattern = "pattern",
        /// Elements joined by `,`.
        Sequence = "sequence",
    }

    /// The two logical elements.
    LogicalKind {
        /// Both.
        And = "and",
        /// One of them.
        Or = "or",
    }

    /// Which rows an output rate passes.
    RateSelection {
        /// All of them, together.
        All = "all",
        /// The first.
        First = "first",
        /// The last.
        Last = "last",
    }

    /// The binary operators.
    BinaryOperator {
        /// `*`.
        Multiply = "*",
        /// `/`.
        Divide = "/",
        /// `%`.
        Modulo = "%",
        /// `+`.
        Add = "+",
        /// `-`.
        Subtract = "-",
        /// `<`.
        Less = "<",
        /// `<=`.
        LessOrEqual = "<=",
        /// `>`.
        Greater = ">",
        /// `>=`.
        GreaterOrEqual = ">=",
        /// `==`.
        Equal = "==",
        /// `!=`.
        NotEqual = "!=",
        /// `and`.
        And = "and",
        /// `or`.
        Or = "or",
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

/// Which event of a counted element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub enum EventIndex {
    /// `[n]`, from 0.
    At(i32),
    /// `[last - n]`; 0 is the last.
    FromLast(i32),
}
