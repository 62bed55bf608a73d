//! The syntax tree of SiddhiQL.
//!
//! Plain data with a [`Span`] on every node. Two trees compare equal when they say the same thing:
//! spans take no part in equality, so `parse(print(tree)) == tree` can be asked directly.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// Makes nodes: plain data that can be compared, and with the feature be serialized.
macro_rules! node {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
        pub $kind $name $body
    )*};
}

/// Makes choices that are written as words.
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

mod constant;
mod definition;
mod expression;
mod input;
mod on_demand;
mod output;
mod partition;
mod pattern;
mod query;

pub use constant::{Constant, TimeValue};
pub use definition::{
    AggregationDefinition, AggregationPeriods, AttributeDefinition, DataType, Definition,
    FunctionDefinition, StreamDefinition, TimeUnit, TriggerAt, TriggerDefinition, WindowDefinition,
};
pub use expression::{
    BinaryOperator, Call, EventIndex, Expression, ExpressionKind, StreamReference, Variable,
};
pub use input::{
    Handler, InnerQuery, Input, JoinInput, JoinKind, JoinSide, Side, SingleInput, Source,
};
pub use on_demand::{OnDemandAction, OnDemandFind, OnDemandQuery};
pub use output::{
    Output, OutputAction, OutputEvents, OutputRate, RateKind, RateSelection, SetItem,
};
pub use partition::{Partition, PartitionBy, PartitionKey, PartitionRange};
pub use pattern::{
    AbsentStream, CountElement, LogicalElement, LogicalKind, PatternElement, PatternInput,
    PatternKind, PatternStream,
};
pub use query::{OrderBy, Query, SelectItem, Selector};

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

    /// A query or a partition.
    #[allow(clippy::large_enum_variant, reason = "an app holds few partitions and the tree is built once")]
    pub enum ExecutionElement {
        /// A query.
        Query(Query),
        /// A partition.
        Partition(Partition),
    }
}
