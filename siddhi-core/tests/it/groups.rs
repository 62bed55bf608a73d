//! Groups whose rows have all left are given back, and nobody can tell.

use siddhi_core::{Switches, Value};

use crate::drive::{Event, Play, Step};

const DEFINITION: &str = "define stream S (symbol string, price double, volume long);";

/// Queries whose windows are finite, over ever new symbols.
const QUERIES: &[&str] = &[
    "from S#window.length(7) select symbol, avg(price) as a, count() as c group by symbol insert into O;",
    "from S#window.time(20) select symbol, max(price) as m group by symbol insert into O;",
    "from S#window.lengthBatch(9) select symbol, sum(volume) as v group by symbol insert into O;",
    "from S#window.lengthBatch(9) select symbol, sum(volume) as v group by symbol having v > 1 insert into O;",
    "from S#window.timeBatch(20) select symbol, volume, min(price) as m group by symbol, volume insert into O;",
    "from S select symbol, price group by symbol insert into O;",
    "partition with (volume of S) begin from S#window.length(3) \
     select symbol, sum(price) as p group by symbol insert into O; end;",
];

/// Every third event is of a symbol that stays, the others are of symbols that never come again.
fn event(number: i64) -> Event {
    let symbol = if number % 3 == 0 {
        format!("stays {}", number % 5)
    } else {
        format!("one of the many symbols: {number}")
    };
    let price = f64::from(u8::try_from(number % 50).unwrap());
    let values = vec![Value::from(symbol), Value::Double(price), Value::Long(number % 4)];
    Event { late: 0, values }
}

/// Events in singles and batches, while time passes.
fn steps(first: i64, count: i64) -> Vec<Step> {
    let mut steps = Vec::new();
    for start in (first..first + count).step_by(40) {
        steps.extend((start..start + 20).map(|number| Step::Single("S", event(number))));
        steps.push(Step::Batch("S", (start + 20..start + 40).map(event).collect()));
        steps.push(Step::Pass(7));
    }
    steps
}

#[test]
fn outputs_are_those_of_a_query_that_keeps_its_groups() {
    for query in QUERIES {
        let text = format!("{DEFINITION}\n{query}");
        let (mut given_back, mut kept) =
            (Play::new(&text, Switches::default()), Play::new(&text, Switches::none()));
        for (number, step) in steps(0, 6_000).iter().enumerate() {
            given_back.step(step);
            kept.step(step);
            assert_eq!(given_back.take(), kept.take(), "step {number} of {query}");
            if number == 3_000 {
                given_back.restart();
            }
        }
    }
}

#[test]
fn state_does_not_grow_with_groups_that_have_left() {
    for query in QUERIES {
        let mut play = Play::new(&format!("{DEFINITION}\n{query}"), Switches::default());
        let mut size = |first, count| {
            for step in &steps(first, count) {
                play.step(step);
            }
            play.take();
            play.app.snapshot().unwrap().len()
        };
        let (early, late) = (size(0, 6_000), size(6_000, 30_000));
        assert!(late < early * 3, "{early} bytes became {late}: {query}");
    }
}
