//! Partitions.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::constant::unquoted;
use crate::ast::{Annotation, Partition, PartitionBy, PartitionKey, PartitionRange};
use crate::diagnostic::{Code, Diagnostic};

impl Builder<'_> {
    /// A partition.
    pub(in super::super) fn partition(&mut self, node: Node<'_>) -> Option<Partition> {
        let span = self.span(&node);
        let mut header = None;
        let mut queries = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::partition_header => header = Some(self.partition_header(part)?),
                Rule::query => queries.push(self.query(part)?),
                _ => {}
            }
        }
        let (annotations, keys) = header?;
        Some(Partition { annotations, keys, queries, span })
    }

    /// `partition with (…) begin` with the annotations before it.
    pub(in super::super) fn partition_header(
        &mut self,
        node: Node<'_>,
    ) -> Option<(Vec<Annotation>, Vec<PartitionKey>)> {
        let mut annotations = Vec::new();
        let mut keys: Vec<PartitionKey> = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::annotation => annotations.push(self.annotation(part)?),
                Rule::partition_key => keys.push(self.partition_key(part)?),
                _ => {}
            }
        }
        for (index, key) in keys.iter().enumerate() {
            let before = keys.iter().take(index).find(|it| it.stream.name == key.stream.name);
            if let Some(first) = before {
                self.report(
                    Diagnostic::error(
                        Code::DUPLICATE_PARTITION_KEY,
                        format!("the stream `{}` has two keys", key.stream.name),
                        key.stream.span,
                        "the second key",
                    )
                    .with_secondary(first.stream.span, "the first key"),
                );
            }
        }
        Some((annotations, keys))
    }

    fn partition_key(&mut self, node: Node<'_>) -> Option<PartitionKey> {
        let span = self.span(&node);
        let mut first = None;
        let mut ranges = Vec::new();
        let mut stream = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expression => first = Some(self.expression(part)?),
                Rule::string => {
                    let condition = first.take()?;
                    let label = unquoted(Self::token(&part)).to_owned();
                    let span = condition.span.to(self.span(&part));
                    ranges.push(PartitionRange { condition, label, span });
                }
                Rule::partition_range => ranges.push(self.partition_range(part)?),
                Rule::name => stream = Some(self.ident(&part)),
                _ => {}
            }
        }
        let by = match first {
            Some(expression) => PartitionBy::Value(expression),
            None => PartitionBy::Ranges(ranges),
        };
        Some(PartitionKey { stream: stream?, by, span })
    }

    fn partition_range(&mut self, node: Node<'_>) -> Option<PartitionRange> {
        let span = self.span(&node);
        let mut condition = None;
        let mut label = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expression => condition = Some(self.expression(part)?),
                Rule::string => label = Some(unquoted(Self::token(&part)).to_owned()),
                _ => {}
            }
        }
        Some(PartitionRange { condition: condition?, label: label?, span })
    }
}
