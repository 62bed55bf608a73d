//! What is said of wrong patterns and of running ones, and what no random test meets.

use std::sync::{Arc, Mutex};

use super::expiry::VISITS;
use crate::{App, CreateError, SiddhiManager, Value};

const STREAMS: &str = "define stream A (s string, p int); define stream B (s string, p double);
    define stream E (q int, r double); @OnError(action = 'STREAM') define stream F (t int, o object);\n";

fn create(query: &str) -> Result<App, CreateError> {
    SiddhiManager::new().create_app(&format!("{STREAMS}{query}"))
}

/// The code, message, place and help of the only mistake in a query.
fn mistake(query: &str) -> (String, String, String, String) {
    let text = format!("{STREAMS}{query}");
    let Err(CreateError::Refused(list)) = create(query) else { panic!("not refused: {query}") };
    assert_eq!(list.len(), 1, "{list:?}");
    let diagnostic = &list[0];
    let span = diagnostic.labels[0].span;
    let place = text.get(span.range()).expect("a place between characters").to_owned();
    let help = diagnostic.help.first().map(ToString::to_string).unwrap_or_default();
    (diagnostic.code.to_string(), diagnostic.message.clone(), place, help)
}

#[test]
fn mistakes_are_named_in_their_place() {
    for (query, code, message, place, help) in [
        (
            "from every e1=A[p > e2.p] -> e2=B select e1.p as a insert into O;",
            "SID0202",
            "`e2` comes later in this pattern",
            "e2",
            "put the condition into the filter of `e2`",
        ),
        (
            "from every e1=A -> e2=B select p as a insert into O;",
            "SID0201",
            "`e1` and `e2` both have an attribute `p`",
            "p",
            "write `e1.p` or `e2.p`",
        ),
        (
            "from every e1=A -> e2=B select A.p as a insert into O;",
            "SID0202",
            "`A` is not known here",
            "A",
            "its event is called `e1` here",
        ),
        (
            "from every first=A -> e2=B select frist.p as a insert into O;",
            "SID0202",
            "`frist` is not known here",
            "frist",
            "did you mean `first`?",
        ),
        (
            "from every e1=A -> e2=E[p > 0] select e1.p as a insert into O;",
            "SID0201",
            "no attribute `p` in stream `E`",
            "p",
            "in a filter this is the element's own attribute; did you mean `e1.p`?",
        ),
        (
            "from every e1=A#log('seen') -> e2=B select e1.p as a insert into O;",
            "SID0316",
            "the stream processor `log` cannot stand in an element of a pattern",
            "#log('seen')",
            "let a query with the stream processor insert into a stream, and let the element read that",
        ),
        (
            "from every e1=A -> e2=B select * insert into O;",
            "SID0312",
            "`select *` would give two attributes `s`",
            "select *",
            "",
        ),
    ] {
        let (found_code, found_message, found_place, found_help) = mistake(query);
        assert_eq!((found_code.as_str(), found_message.as_str()), (code, message));
        assert!(
            found_place.trim_start_matches('#') == place.trim_start_matches('#'),
            "{found_place}"
        );
        if !help.is_empty() {
            assert_eq!(found_help, help);
        }
    }
}

#[test]
fn what_comes_later_is_refused_by_name() {
    for (pattern, feature) in [
        ("e1=A<2:3> -> e2=B", "counts in patterns"),
        ("e1=A and e2=B", "logical elements in patterns"),
        ("e1=A -> not B for 1 sec", "absent elements in patterns"),
        ("every e1=A, e2=B", "sequences"),
        ("e1=A[sum(p) > 3] -> e2=B", "aggregators in filters of patterns"),
        ("e1=E -> e2=B#pol2Cart(e1.r, p)", "stream functions over earlier events in patterns"),
    ] {
        let query = format!("from {pattern} select 1 as a insert into O;");
        match create(&query) {
            Err(CreateError::Unsupported { features, .. }) => assert_eq!(features, [feature]),
            other => panic!("{pattern}: {other:?}"),
        }
    }
}

/// The rows of stream `O` that a few events give.
fn rows(query: &str, events: &[(&str, i64, &[Value])]) -> Vec<Vec<Value>> {
    let app = create(query).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let rows = Arc::clone(&seen);
    let listen = move |chunk: &crate::Chunk<'_>| {
        rows.lock().unwrap().extend(chunk.rows().map(|row| row.values()));
    };
    app.on_stream("O", listen).unwrap();
    app.start().unwrap();
    for (stream, timestamp, values) in events {
        app.input(stream).unwrap().send(*timestamp, values).unwrap();
    }
    drop(app);
    Arc::into_inner(seen).unwrap().into_inner().unwrap()
}

#[test]
fn attributes_of_functions_have_their_values() {
    let query = "from every e1=E#pol2Cart(r, r)[x > 0.0] -> e2=B[e1.x > p]
        select e1.q as q, e1.x as x, y, e2.p as p insert into O;";
    let found = rows(
        query,
        &[
            ("E", 1, &[Value::Int(1), Value::Double(3.0)]),
            ("E", 2, &[Value::Int(2), Value::Double(4.0)]),
            ("B", 3, &[Value::from("b"), Value::Double(3.5)]),
        ],
    );
    let [row] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(row[0], Value::Int(2));
    assert_eq!(row[1], Value::Double(4.0 * 4.0_f64.to_radians().cos()));
    assert_eq!(row[2], Value::Double(4.0 * 4.0_f64.to_radians().sin()));
}

#[test]
fn a_later_element_may_be_named_before_is_null() {
    let query = "from e1=A[e2 is null] -> e2=B[e1 is null or p > 1.0]
        select e1.p as a, e2.p as b, e1[1] is null as c, e1 as event insert into O;";
    let found = rows(
        query,
        &[
            ("A", 1, &[Value::from("a"), Value::Int(1)]),
            ("B", 2, &[Value::from("b"), Value::Double(1.0)]),
            ("B", 3, &[Value::from("b"), Value::Double(2.0)]),
        ],
    );
    let [row] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(row[..3], [Value::Int(1), Value::Double(2.0), Value::Bool(true)]);
    assert_eq!(row[3].to_string(), "{p=1, s=a}");
}

#[test]
fn an_event_that_fails_in_a_filter_leaves_no_trace() {
    // The second filter of the first element would begin a match with the event that fails in the
    // filter of the second element.
    let query = "from every e1=F[t > 0] -> e2=F[cast(o, 'int') > 3]
        select e1.t as a, e2.t as b insert into O;
        from !F select t as a, t as b insert into O;";
    let found = rows(
        query,
        &[
            ("F", 1, &[Value::Int(1), Value::Int(9)]),
            ("F", 2, &[Value::Int(2), Value::from("x")]),
            ("F", 3, &[Value::Int(3), Value::Int(9)]),
            ("F", 4, &[Value::Int(4), Value::Int(9)]),
        ],
    );
    let pair = |a, b| vec![Value::Int(a), Value::Int(b)];
    assert_eq!(found, [pair(2, 2), pair(1, 3), pair(3, 4)]);
}

#[test]
fn explain_says_how_matches_are_found() {
    let app = create(
        "from every e1=A[p > 9 and s != 'x'] -> e2=B[s == e1.s and p < 1.0 and p != e1.p]
            within 1 sec select e1.s as s insert into O;",
    )
    .unwrap();
    let physical = app.explain(true);
    for line in [
        "slot 0: whole chunks by (#8 > 9) and (#7 != 'x'), walks its matches",
        "slot 1: whole chunks by (#12 < 1.0), finds its matches by [#7], then (#12 != double(#8))",
        "matches keep [#7, #8]",
    ] {
        assert!(physical.contains(line), "{line} in\n{physical}");
    }
    let logical = app.explain(false);
    assert!(logical.contains("slot 0: e1=A columns #7..#10, again from slot 0"), "{logical}");
}

/// How many matches expiry looks at for each event, in a pattern of whose elements the third never
/// comes, while `width` matches wait for it: they begin `block` by block, and get there in the
/// opposite order. Every other first event is late.
fn visits_per_event(width: i64, block: i64, late: i64) -> u64 {
    let app = create(&format!(
        "from every e1=A -> e2=B[s == e1.s] -> e3=E[q == e1.p] within {width} millisec
            select e1.p as p insert into O;"
    ))
    .unwrap();
    app.start().unwrap();
    let (a, b) = (app.input("A").unwrap(), app.input("B").unwrap());
    let text = |key: i64| Value::from(key.to_string().as_str());
    let mut before = 0;
    for first in (0..4 * width).step_by(usize::try_from(block).unwrap()) {
        if first == 2 * width {
            before = VISITS.get();
        }
        let time = |key: i64| 100_000 + key - if key % 2 == 0 { late } else { 0 };
        for key in first..first + block {
            a.send(time(key), &[text(key), Value::Int(0)]).unwrap();
        }
        for key in (first..first + block).rev() {
            b.send(time(first + block - 1), &[text(key), Value::Double(0.0)]).unwrap();
        }
    }
    (VISITS.get() - before) / (4 * width).unsigned_abs()
}

#[test]
fn expiry_costs_no_more_where_more_matches_wait() {
    for late in [0, 50, 150] {
        for part in [2, 50] {
            // Blocks of two events, and of half as many as wait.
            for block in [2, 100 * part / 2] {
                let few = visits_per_event(100, block.min(50), late);
                let many = visits_per_event(100 * part, block, late);
                assert!(many <= few + 8, "{few} and {many} with blocks of {block}, {late} late");
            }
        }
    }
}
