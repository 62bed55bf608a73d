//! An aggregator of somebody else, written over rows with all their arguments: the same in every
//! form in which a window may run.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use siddhi_core::event::column::Column;
use siddhi_core::extension::{
    Aggregator, AggregatorFactory, BindError, BoundAggregator, Documentation, Feed, ParameterValue,
    ResetGroups, RowStep,
};
use siddhi_core::{Registry, Switches, Value};
use siddhi_query::ast::DataType;
use siddhi_state::{StateError, StateHolder};

use crate::apps::steps;
use crate::drive::{Play, Step};

/// `weighted(x, weight)`: the sum of the products, and of how many.
#[derive(Debug)]
struct Weighted;

impl AggregatorFactory for Weighted {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "weighted",
            syntax: "weighted(x, weight)",
            description: "Adds up products, and counts them in thousandths.",
            example: "from S select weighted(a, b) as w insert into O;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        if parameters.len() != 2 {
            return Err(BindError::call("weighted takes a value and its weight"));
        }
        Ok(BoundAggregator {
            return_type: DataType::Double,
            fallible: false,
            make: Arc::new(|_| Box::new(Sums::default())),
        })
    }
}

#[derive(Default)]
struct Sums(BTreeMap<usize, (f64, f64)>);

/// A number of any type; a null counts as 1.
fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::Int(v)) => f64::from(*v),
        #[allow(clippy::cast_precision_loss, reason = "the numbers of these tests are small")]
        Some(Value::Long(v)) => *v as f64,
        Some(Value::Double(v)) => *v,
        _ => 1.0,
    }
}

impl Aggregator for Sums {
    fn run(&mut self, feed: &mut Feed<'_>, out: &mut Column) {
        feed.each_row(2, out, |step| {
            let (group, values, sign) = match step {
                RowStep::Add(group, values) => (group, values, 1.0),
                RowStep::Remove(group, values) => (group, values, -1.0),
                RowStep::Value(group) => (group, &[][..], 0.0),
                RowStep::Reset(groups) => {
                    match groups {
                        ResetGroups::All => self.0.clear(),
                        ResetGroups::Only(groups) => {
                            self.0.retain(|group, _| {
                                !groups.contains(&u32::try_from(*group).unwrap())
                            });
                        }
                    }
                    return None;
                }
            };
            let state = self.0.entry(group).or_default();
            state.0 += sign * number(values.first()) * number(values.get(1));
            state.1 += sign;
            (state.1 > 0.0).then(|| Value::Double(state.0 + state.1 / 1000.0))
        });
    }

    fn forget(&mut self, group: usize) {
        self.0.remove(&group);
    }
}

impl StateHolder for Sums {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let groups: Vec<_> = self.0.iter().map(|(group, state)| (*group, *state)).collect();
        siddhi_state::encode(&groups)
    }

    fn restore(&mut self, _version: u32, bytes: &[u8]) -> Result<(), StateError> {
        let groups: Vec<(usize, (f64, f64))> = siddhi_state::decode(bytes)?;
        self.0 = groups.into_iter().collect();
        Ok(())
    }
}

fn registry() -> Registry {
    let mut registry = Registry::with_builtins();
    registry.register_aggregator(Arc::new(Weighted));
    registry
}

fn texts() -> impl Strategy<Value = String> {
    let window = proptest::sample::select(vec![
        "",
        "#window.length(3)",
        "#window.time(100 milliseconds)",
        "#window.lengthBatch(3)",
        "#window.timeBatch(200)",
        "#window.lengthBatch(2, true)",
    ]);
    let group = proptest::sample::select(vec!["", "group by k", "group by a, k"]);
    let having = proptest::sample::select(vec!["", "having not (w is null)"]);
    let partition = any::<bool>();
    (window, group, having, partition).prop_map(|(window, group, having, partition)| {
        let query = format!(
            "from S{window} select k, weighted(a, b) as w, count() as c {group} {having} insert into O;"
        );
        let query = if partition {
            format!("partition with (k of S) begin {query} end;")
        } else {
            query
        };
        format!("define stream S (k string, a int, b long, d double);
                 define stream T (k string, a int, b long, d double); {query}")
    })
}

fn play(text: &str, switches: Switches, steps: &[Step], restarts: bool) -> Vec<String> {
    let mut play = Play::with_registry(text, switches, registry());
    let mut calls = Vec::new();
    for step in steps {
        play.step(step);
        calls.push(format!("{:?}", play.take()));
        if restarts {
            play.restart();
        }
    }
    calls
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn it_is_the_same_in_every_form(text in texts(), steps in steps()) {
        let expected = play(&text, Switches::none(), &steps, false);
        for restarts in [false, true] {
            let found = play(&text, Switches::default(), &steps, restarts);
            prop_assert_eq!(&found, &expected, "{} restarts: {}", restarts, text);
        }
    }
}
