//! A stream processor of somebody else, which drops rows, repeats them, counts and remembers.

use std::sync::Arc;

use siddhi_core::extension::{
    BindError, BoundStreamProcessor, CallContext, Documentation, ParameterValue, ProcessorInput,
    ProcessorOutput, StreamProcessor, StreamProcessorFactory,
};
use siddhi_core::{ElementCounters, Registry, Switches, Value};
use siddhi_query::ast::DataType;
use siddhi_state::{StateError, StateHolder, check_version};

use crate::drive::{Call, Event, Play, Step};

/// `repeat(n)`: each row n times.
#[derive(Debug)]
struct Repeat;

impl StreamProcessorFactory for Repeat {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "repeat",
            syntax: "repeat(long n)",
            description: "Repeats rows, numbers the copies, and counts what it has seen.",
            example: "from S#repeat(n) select copy, seen insert into O;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundStreamProcessor, BindError> {
        match parameters {
            [ParameterValue { data_type: DataType::Long, .. }] => Ok(BoundStreamProcessor {
                make: Arc::new(|| Box::new(Repeater { seen: 0 })),
                added: vec![("copy".into(), DataType::Long), ("seen".into(), DataType::Long)],
            }),
            _ => Err(BindError::call("repeat takes a long")),
        }
    }
}

struct Repeater {
    seen: i64,
}

impl StreamProcessor for Repeater {
    fn process(
        &mut self,
        input: &ProcessorInput<'_>,
        output: &mut ProcessorOutput,
        context: &mut CallContext<'_>,
    ) {
        for row in input.rows.iter() {
            self.seen += 1;
            let Some(Value::Long(times)) = input.arguments.first().map(|n| n.value(row)) else {
                context.fail(row, "how often?");
                output.put(row, []);
                continue;
            };
            for copy in 0..times {
                output.put(row, [copy.into(), self.seen.into()]);
            }
        }
    }
}

impl StateHolder for Repeater {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        siddhi_state::encode(&self.seen)
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("repeat", 1, version)?;
        self.seen = siddhi_state::decode(bytes)?;
        Ok(())
    }
}

fn event(key: &str, times: impl Into<Value>) -> Event {
    Event { late: 0, values: vec![key.into(), times.into()] }
}

/// The rows of a stream, step by step, in an app that is restarted before each.
fn run(text: &str, steps: Vec<Vec<Event>>, stream: &str) -> (Vec<String>, Vec<ElementCounters>) {
    let mut registry = Registry::with_builtins();
    registry.register_stream_processor(Arc::new(Repeat));
    let text = format!("@OnError(action = 'STREAM') define stream S (k string, n long); {text}");
    let mut play = Play::with_registry(&text, Switches::default(), registry);
    let mut rows = Vec::new();
    let mut counters = Vec::new();
    for events in steps {
        play.restart();
        play.step(&Step::Batch("S", events));
        for call in play.take() {
            if let Call::Stream(name, seen) = call
                && name == stream
            {
                rows.extend(seen.into_iter().map(|seen| seen.1));
            }
        }
        counters = play.app.counters();
    }
    (rows, counters)
}

/// Rows of longs as a callback shows them.
fn longs(rows: &[&[i64]]) -> Vec<String> {
    rows.iter()
        .map(|row| {
            let values: Vec<Value> = row.iter().map(|value| Value::Long(*value)).collect();
            format!("{values:?}")
        })
        .collect()
}

#[test]
fn rows_are_dropped_repeated_and_counted() {
    let text = "from S#repeat(n)[copy < 2L] select n, copy, seen insert into O;";
    let steps = vec![
        vec![event("a", 2_i64), event("b", 0_i64), event("a", 3_i64)],
        vec![event("a", 1_i64)],
    ];
    let (rows, counters) = run(text, steps, "O");
    assert_eq!(rows, longs(&[&[2, 0, 1], &[2, 1, 1], &[3, 0, 3], &[3, 1, 3], &[1, 0, 4]]));
    let of = |element: &str| counters.iter().find(|own| own.element == element).unwrap();
    // Since the last restart.
    let own = of("query query_1 processor 1");
    assert_eq!(own.counts, [("in", 1), ("out", 1)]);
}

#[test]
fn a_row_that_fails_goes_where_its_stream_says() {
    let text = "from S#repeat(n) select n, copy, seen insert into O;
                from !S select n insert into F;";
    let steps = || vec![vec![event("a", Value::Null), event("b", 1_i64)]];
    assert_eq!(run(text, steps(), "O").0, longs(&[&[1, 0, 2]]));
    assert_eq!(run(text, steps(), "F").0, [format!("{:?}", [Value::Null])]);
}

#[test]
fn marks_of_a_window_keep_their_places() {
    // What is left of the batch before is reset, though nothing of it comes out.
    let text = "from S#window.lengthBatch(2)#repeat(n)
                select count() as c, sum(copy) as s, max(seen) as m insert into O;";
    let steps = vec![
        vec![event("a", 2_i64), event("b", 3_i64)],
        vec![event("a", 1_i64), event("b", 1_i64)],
    ];
    assert_eq!(run(text, steps, "O").0, longs(&[&[5, 4, 2], &[2, 0, 4]]));
}

#[test]
fn what_leaves_a_window_is_repeated_as_it_came() {
    // Of the copies, which are one chunk, the last says how many are in.
    let text = "from S#window.length(1)#repeat(n) select count() as c insert into O;";
    let steps = vec![vec![event("a", 2_i64)], vec![event("a", 3_i64)], vec![event("a", 1_i64)]];
    assert_eq!(run(text, steps, "O").0, longs(&[&[2], &[3], &[1]]));
}

#[test]
fn each_key_of_a_partition_has_its_own() {
    let text = "partition with (k of S) begin
                from S#repeat(n)#window.length(2) select seen, count() as c insert into O; end;";
    let steps = vec![
        vec![event("a", 1_i64), event("b", 1_i64), event("a", 2_i64)],
        vec![event("b", 1_i64)],
        vec![event("a", 1_i64)],
    ];
    let expected = longs(&[&[1, 1], &[1, 1], &[2, 2], &[2, 2], &[3, 2]]);
    assert_eq!(run(text, steps, "O").0, expected);
}
