//! Partitions.

use super::{List, NOWHERE};
use crate::ast::{
    Annotation, Expression, Ident, Partition, PartitionBy, PartitionKey, PartitionRange, Query,
};

impl Partition {
    /// A partition in which the events of `stream` are kept apart by the value of `key`.
    ///
    /// ```
    /// use siddhi_query::ast::{Partition, Query};
    /// use siddhi_query::builder::{Operators, attr, range};
    ///
    /// let partition = Partition::by("S", attr("k"))
    ///     .ranges("T", range(attr("a").gt(5), "high"), [range(attr("a").le(5), "low")])
    ///     .query(Query::from("S").insert_into("O"));
    /// assert_eq!(
    ///     partition.to_string(),
    ///     "\
    /// partition with (k of S, a > 5 as 'high' or a <= 5 as 'low' of T)
    /// begin
    ///     from S
    ///     select *
    ///     insert into O;
    /// end"
    /// );
    /// ```
    pub fn by(stream: impl Into<Ident>, key: impl Into<Expression>) -> PartitionBuilder {
        PartitionBuilder::default().by(stream, key)
    }

    /// A partition in which the events of `stream` are kept apart by the ranges they fall into.
    pub fn by_ranges(
        stream: impl Into<Ident>,
        first: PartitionRange,
        others: impl List<PartitionRange>,
    ) -> PartitionBuilder {
        PartitionBuilder::default().ranges(stream, first, others)
    }

    /// Adds a query.
    #[must_use]
    pub fn query(mut self, query: Query) -> Self {
        self.queries.push(query);
        self
    }
}

/// A range of a partition: `condition as 'label'`.
#[must_use]
pub fn range(condition: impl Into<Expression>, label: impl Into<String>) -> PartitionRange {
    PartitionRange { condition: condition.into(), label: label.into(), span: NOWHERE }
}

/// A partition with its keys, until it has a query.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PartitionBuilder {
    annotations: Vec<Annotation>,
    keys: Vec<PartitionKey>,
}

impl PartitionBuilder {
    /// Adds an annotation.
    pub fn annotation(mut self, annotation: Annotation) -> Self {
        self.annotations.push(annotation);
        self
    }

    /// Adds a stream whose events are kept apart by a value.
    pub fn by(self, stream: impl Into<Ident>, key: impl Into<Expression>) -> Self {
        self.key(stream.into(), PartitionBy::Value(key.into()))
    }

    /// Adds a stream whose events are kept apart by ranges, tried in order.
    pub fn ranges(
        self,
        stream: impl Into<Ident>,
        first: PartitionRange,
        others: impl List<PartitionRange>,
    ) -> Self {
        let ranges = std::iter::once(first).chain(others.into_list()).collect();
        self.key(stream.into(), PartitionBy::Ranges(ranges))
    }

    fn key(mut self, stream: Ident, by: PartitionBy) -> Self {
        self.keys.push(PartitionKey { stream, by, span: NOWHERE });
        self
    }

    /// Adds the first query.
    #[must_use]
    pub fn query(self, query: Query) -> Partition {
        Partition {
            annotations: self.annotations,
            keys: self.keys,
            queries: vec![query],
            span: NOWHERE,
        }
    }
}
