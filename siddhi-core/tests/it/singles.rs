//! Where Siddhi says so, a batch is its events one by one: filters, projections and sliding windows
//! without aggregators put out the same rows, in other chunks.
//!
//! Live apps only: in playback a batch moves the time once, to its last timestamp.

use std::collections::BTreeMap;

use proptest::prelude::*;
use siddhi_core::Switches;

use crate::apps::{seamless_apps, steps};
use crate::drive::{Call, Seen, Step, run};

/// Batches cut up.
fn singles(step: Step) -> Vec<Step> {
    match step {
        Step::Batch(stream, events) => {
            events.into_iter().map(|event| Step::Single(stream, event)).collect()
        }
        other => vec![other],
    }
}

/// The rows of each stream, and the current and expired rows of each query.
fn rows(calls: Vec<Vec<Call>>) -> BTreeMap<String, Vec<Seen>> {
    let mut rows: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for call in calls.into_iter().flatten() {
        match call {
            Call::Stream(name, seen) => rows.entry(name).or_default().extend(seen),
            Call::Query { name, current, expired, .. } => {
                for (kind, seen) in [("current", current), ("expired", expired)] {
                    rows.entry(format!("{name} {kind}"))
                        .or_default()
                        .extend(seen.unwrap_or_default());
                }
            }
        }
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_batch_is_its_events(text in seamless_apps(), steps in steps()) {
        let together = rows(run(&text, Switches::default(), &steps));
        let steps: Vec<Step> = steps.into_iter().flat_map(singles).collect();
        let alone = rows(run(&text, Switches::default(), &steps));
        prop_assert_eq!(together, alone, "{}", text);
    }
}
