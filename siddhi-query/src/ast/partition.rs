//! Partitions and their keys.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Annotation, Expression, Ident, Query, Span};

node! {
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
}
