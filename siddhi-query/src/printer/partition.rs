//! Partitions.

use super::definition::annotated;
use super::{Layout, constant, display, expression, query};
use crate::ast::{Partition, PartitionBy, PartitionKey, PartitionRange};
use crate::names::{Place, written};

display! {
    Partition: print;
    PartitionKey: key;
    PartitionRange: range;
}

pub(super) fn print(partition: &Partition) -> String {
    let layout = Layout::TOP;
    let keys: Vec<String> = partition.keys.iter().map(key).collect();
    let mut lines = vec![layout.list("partition with (", &keys, ")"), "begin".to_owned()];
    let inner = layout.deeper();
    let queries: Vec<String> =
        partition.queries.iter().map(|it| inner.line() + &query::print(it, inner)).collect();
    // The begin of the first query's line is the end of the line of `begin`.
    if let Some(begin) = lines.last_mut() {
        begin.push_str(&queries.join(";\n"));
        begin.push(';');
    }
    lines.push("end".to_owned());
    annotated(&partition.annotations, layout, lines)
}

fn key(key: &PartitionKey) -> String {
    let by = match &key.by {
        PartitionBy::Value(value) => expression::print(value),
        PartitionBy::Ranges(ranges) => ranges.iter().map(range).collect::<Vec<_>>().join(" or "),
    };
    format!("{by} of {}", written(&key.stream, Place::Name))
}

fn range(range: &PartitionRange) -> String {
    format!("{} as {}", expression::print(&range.condition), constant::string(&range.label))
}
