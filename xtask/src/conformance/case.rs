//! One case of the corpus: an app or a text, what happens to it, and the recorded answer.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// The wall clock when an app starts, unless the case says otherwise.
const DEFAULT_START_MS: i64 = 1_000_000;

/// A case as it stands in a line of a `.jsonl` file.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    /// The `SiddhiQL` text.
    pub app: String,
    /// The wall clock when the app is created.
    #[serde(default = "default_start")]
    pub start: i64,
    /// The queries and streams listened to; the default rule when absent.
    pub callbacks: Option<Vec<String>>,
    /// What happens, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// A case of grammar alone: the entry point of the parser.
    pub parse: Option<String>,
    /// The text of a grammar case is accepted.
    #[serde(default)]
    pub accepted: bool,
    /// The app cannot be created or started, or the text is not accepted.
    #[serde(default)]
    pub rejected: bool,
    /// The rows of one output come in any order.
    #[serde(default)]
    pub unordered: bool,
    /// Every stream with its attributes as `"name type"`.
    #[serde(default)]
    pub definitions: BTreeMap<String, Vec<String>>,
    /// What the callbacks received.
    #[serde(default)]
    pub outputs: Vec<Output<Json>>,
}

fn default_start() -> i64 {
    DEFAULT_START_MS
}

impl Case {
    /// Reads one line.
    pub(crate) fn read(line: &str) -> anyhow::Result<Self> {
        let case: Self = serde_json::from_str(line).context("this is not a case")?;
        ensure!(
            case.parse.is_none() || case.accepted != case.rejected,
            "a grammar case is either accepted or rejected"
        );
        Ok(case)
    }
}

/// A step: an event, a batch, an on-demand query, a restart, or nothing but time.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    /// Where the wall clock goes first; it stays when absent.
    pub at: Option<i64>,
    /// The stream that an event or a batch is sent to.
    pub stream: Option<String>,
    /// The values of one event.
    pub data: Option<Vec<Json>>,
    /// The values of each event of one chunk.
    pub batch: Option<Vec<Vec<Json>>>,
    /// The timestamp of the event, or those of the batch.
    pub ts: Option<Timestamps>,
    /// An on-demand query.
    pub query: Option<String>,
    /// Snapshot, shut down, create again, start, restore.
    #[serde(default)]
    pub restart: bool,
}

/// Timestamps other than the clock's.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Timestamps {
    /// Of one event.
    One(i64),
    /// Of each event of a batch.
    Each(Vec<i64>),
}

/// What one call of a callback brought, or what a step answered. `V` is a value: JSON when it was
/// recorded, the engine's own when it has just been received.
#[derive(Debug, Deserialize)]
pub(crate) struct Output<V> {
    /// The index of the step; -1 while the app starts.
    pub step: i64,
    /// What it is.
    #[serde(flatten)]
    pub what: Outcome<V>,
}

/// The kinds of output.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Outcome<V> {
    /// A chunk of a stream.
    Stream {
        /// The stream.
        name: String,
        /// The events of the chunk.
        rows: Vec<Row<V>>,
    },
    /// A call of a query callback.
    Query {
        /// The query.
        name: String,
        /// The time the callback is told.
        at: i64,
        /// The rows that came in.
        current: Option<Vec<Row<V>>>,
        /// The rows that went out.
        expired: Option<Vec<Row<V>>>,
    },
    /// The answer of an on-demand query.
    Answer {
        /// The rows; none when there are none.
        rows: Option<Vec<Row<V>>>,
    },
    /// The call of the step failed.
    Error {
        /// What the engine said. The recorded wording is Java's and takes no part.
        #[serde(default)]
        message: String,
    },
}

/// An event: its timestamp, then its values.
#[derive(Debug, PartialEq)]
pub(crate) struct Row<V> {
    /// Milliseconds.
    pub timestamp: i64,
    /// The values.
    pub values: Vec<V>,
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Row<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<V>(std::marker::PhantomData<V>);
        impl<'de, V: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<V> {
            type Value = Row<V>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an array of a timestamp and values")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut items: A,
            ) -> Result<Self::Value, A::Error> {
                let timestamp = items
                    .next_element()?
                    .ok_or_else(|| serde::de::Error::custom("a row without its timestamp"))?;
                let mut values = Vec::new();
                while let Some(value) = items.next_element()? {
                    values.push(value);
                }
                Ok(Row { timestamp, values })
            }
        }
        deserializer.deserialize_seq(Visitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_outputs_of_every_kind() {
        let case = Case::read(
            r#"{"name": "n", "app": "…", "steps": [{"at": 5, "stream": "S", "batch": [[1]], "ts": [4]},
                {"restart": true}], "definitions": {"S": ["v int"]}, "outputs": [
                {"step": -1, "kind": "stream", "name": "O", "rows": [[5, 1, 1.0]]},
                {"step": 0, "kind": "query", "name": "q", "at": 5, "current": [[5]], "expired": null},
                {"step": 0, "kind": "answer", "rows": null},
                {"step": 1, "kind": "error", "message": "m"}]}"#,
        )
        .unwrap();
        assert_eq!(case.start, DEFAULT_START_MS);
        assert!(matches!(&case.steps[0].ts, Some(Timestamps::Each(ts)) if ts == &[4]));
        assert!(case.steps[1].restart);
        assert!(
            matches!(&case.outputs[0].what, Outcome::Stream { rows, .. } if rows[0].values.len() == 2)
        );
        assert!(matches!(&case.outputs[1].what, Outcome::Query { at: 5, expired: None, .. }));
        assert!(matches!(&case.outputs[2].what, Outcome::Answer { rows: None }));
        assert!(matches!(&case.outputs[3].what, Outcome::Error { .. }));
    }

    #[test]
    fn refuses_a_grammar_case_without_an_answer() {
        assert!(Case::read(r#"{"name": "n", "app": "", "parse": "app"}"#).is_err());
    }
}
