//! A partition: its keys and its queries.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, PartitionBy, Source};

use super::query::{Names, info_name};
use super::scopes::{Gaps, StreamScope};
use super::{AppBinder, annotations, extract_aggregates, fingerprint};
use crate::plan::codes;
use crate::plan::logical::{
    ConditionPlan, PartitionByPlan, PartitionKeyPlan, PartitionPlan, StreamId,
};

impl AppBinder<'_> {
    /// Binds a partition whose first query has the given number in the app.
    pub(super) fn partition(&mut self, partition: &ast::Partition, names: &Names, first: usize) {
        if let Some(purge) = annotations::named(&partition.annotations, "purge").next() {
            self.not_supported("partition purge", purge.span);
        }
        let index = self.app.partitions.len();
        let given = info_name(&partition.annotations);
        self.app.partitions.push(PartitionPlan {
            name: given.map_or_else(|| format!("partition_{}", index + 1), |(name, _)| name.into()),
            named: given.is_some(),
            text: partition.to_string(),
            keys: Vec::new(),
            queries: Vec::new(),
            fingerprint: 0,
        });
        self.inner.clear();
        self.read.clear();
        let streams = self.key_streams(partition);
        let before = self.app.queries.len();
        for (offset, query) in partition.queries.iter().enumerate() {
            self.query(query, names.get(first + offset), Some(index));
        }
        self.inner.clear();
        let mut keys = Vec::new();
        for (key, stream) in partition.keys.iter().zip(streams) {
            // The key of a stream that no query reads is not looked at.
            if let Some(stream) = stream.filter(|stream| self.read.contains(stream)) {
                keys.extend(self.key(key, stream));
            }
        }
        let queries = (before..self.app.queries.len()).collect();
        if let Some(plan) = self.app.partitions.get_mut(index) {
            plan.keys = keys;
            plan.queries = queries;
            plan.fingerprint = fingerprint::of_partition(partition, plan, &self.app.streams);
        }
    }

    fn key_streams(&mut self, partition: &ast::Partition) -> Vec<Option<StreamId>> {
        let mut streams = Vec::new();
        for key in &partition.keys {
            let name = &key.stream.name;
            let id = self.streams.get(name).copied();
            if id.is_none() && !self.unknowable.contains(name) {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::UNKNOWN_STREAM,
                        format!("stream `{name}` is not defined"),
                        key.stream.span,
                        "neither defined nor filled by a query above",
                    )
                    .with_help(format!("define it with `define stream {name} (…)`")),
                );
                self.unknowable.insert(name.clone());
            }
            streams.push(id);
        }
        streams
    }

    fn key(&mut self, key: &ast::PartitionKey, stream: StreamId) -> Option<PartitionKeyPlan> {
        let source =
            Source { name: key.stream.clone(), inner: false, fault: false, span: key.stream.span };
        let scope = StreamScope {
            name: super::scopes::marked_name(&source),
            attributes: self.attributes(stream).to_vec(),
            gaps: Gaps::NONE,
            what: "the partitioned stream",
        };
        let by = match &key.by {
            PartitionBy::Value(expression) => {
                let mut value = self.expressions(&scope, true).expression(expression)?;
                let mut aggregates = Vec::new();
                extract_aggregates(&mut value, scope.attributes.len(), &mut aggregates);
                PartitionByPlan::Value { aggregates, value }
            }
            PartitionBy::Ranges(ranges) => {
                let plans: Vec<Option<_>> = ranges
                    .iter()
                    // A label that is written twice means one instance, which sees an event once.
                    .map(|range| Some((self.range(range, &scope)?, range.label.clone())))
                    .collect();
                PartitionByPlan::Ranges(plans.into_iter().collect::<Option<_>>()?)
            }
        };
        Some(PartitionKeyPlan { stream, by })
    }

    fn range(&mut self, range: &ast::PartitionRange, scope: &StreamScope) -> Option<ConditionPlan> {
        let mut condition = self.expressions(scope, true).condition(&range.condition)?;
        self.refuse_bare(&condition, &range.condition, "the condition of a range")?;
        let mut aggregates = Vec::new();
        extract_aggregates(&mut condition, scope.attributes.len(), &mut aggregates);
        Some(ConditionPlan { aggregates, condition })
    }
}
