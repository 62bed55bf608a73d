//! What a state belongs to, as a number: a state that was saved under the same name for something
//! else is known by it and refused.
//!
//! It is the hash of a text: what is written, as the printer writes it and without annotations, and
//! the attributes of streams, by whose places columns are known.

use siddhi_query::ast;
use siddhi_state::fnv1a;

use crate::plan::logical::{PartitionByPlan, PartitionPlan, QueryPlan, StreamId, StreamPlan};

/// That of a query, with the streams that it reads; none when it keeps nothing.
pub(super) fn of_query(
    query: &ast::Query,
    plan: &QueryPlan,
    streams: &[StreamPlan],
) -> Option<u64> {
    if !plan.keeps_state() {
        return None;
    }
    let query = ast::Query { annotations: Vec::new(), ..query.clone() };
    Some(hash(&[query.to_string()], &plan.input.streams(), streams))
}

/// That of a partition: its keys, with the streams of those that have aggregators. A key without is
/// a text, wherever the values stand that it is made of; a key of a stream that no query reads is not
/// looked at, and what its aggregators count is not kept.
pub(super) fn of_partition(
    partition: &ast::Partition,
    plan: &PartitionPlan,
    streams: &[StreamPlan],
) -> u64 {
    let written: Vec<String> = partition.keys.iter().map(ToString::to_string).collect();
    let counts = |by: &PartitionByPlan| match by {
        PartitionByPlan::Value { aggregates, .. } => !aggregates.is_empty(),
        PartitionByPlan::Ranges(list) => list.iter().any(|(it, _)| !it.aggregates.is_empty()),
    };
    let counting: Vec<StreamId> =
        plan.keys.iter().filter(|key| counts(&key.by)).map(|key| key.stream).collect();
    hash(&written, &counting, streams)
}

/// The hash of lines: what is written, then `NAME (ATTRIBUTE TYPE, …)` of each stream.
fn hash(written: &[String], of: &[StreamId], streams: &[StreamPlan]) -> u64 {
    let of = of.iter().filter_map(|stream| streams.get(*stream)).map(StreamPlan::signature);
    let lines: Vec<String> = written.iter().cloned().chain(of).collect();
    fnv1a(lines.join("\n").as_bytes())
}
