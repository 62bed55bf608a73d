//! The state of an app is refused by another in which something of the same name has changed, and
//! taken where nothing that is kept has.

use std::sync::Arc;

use siddhi_core::{App, AppError, SiddhiManager, Value};
use siddhi_pipeline::TestClock;
use siddhi_state::StateError;

const STREAM: &str = "define stream S (k string, v string, n long);";

fn app(text: &str) -> App {
    let mut manager = SiddhiManager::new();
    manager.set_clock(Arc::new(TestClock::new(0)));
    let app = manager.create_app(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    app.start().unwrap();
    app
}

/// What `restore` of one app says to the state of another, which has seen events.
fn restored(before: &str, after: &str) -> Result<(), AppError> {
    let before = app(before);
    let input = before.input("S").unwrap();
    for n in 0..4 {
        input.send(n, &[Value::from("a"), Value::from("b"), Value::Long(n)]).unwrap();
    }
    app(after).restore(&before.snapshot().unwrap())
}

#[track_caller]
fn refused(component: &str, before: &str, after: &str) {
    // The same text goes on, so it is the change that is refused.
    restored(before, before).unwrap();
    restored(after, after).unwrap();
    match restored(before, after) {
        Err(AppError::State(StateError::Misfit { component: found, found: state, .. })) => {
            assert_eq!(found, component);
            assert!(state.contains("fingerprint") || state == "nothing", "{state}");
        }
        other => panic!("{other:?}"),
    }
}

/// A query of the name `q`, alone or in a partition.
fn query(query: &str) -> String {
    format!("{STREAM} @info(name = 'q') {query};")
}

fn partition(inside: &str) -> String {
    format!(
        "{STREAM} @info(name = 'p') partition with (k of S) begin @info(name = 'q') {inside}; end;"
    )
}

#[test]
fn a_shorter_window_in_a_slab() {
    let text = |length| {
        partition(&format!("from S#window.length({length}) select sum(n) as n insert into O"))
    };
    refused("partition:p/query:q", &text(4), &text(2));
}

#[test]
fn a_shorter_batch_in_panes() {
    let text = |length| {
        query(&format!("from S#window.lengthBatch({length}) select sum(n) as n insert into O"))
    };
    refused("query:q", &text(5), &text(3));
}

#[test]
fn a_shorter_batch_in_the_general_form() {
    let text = |length| {
        query(&format!("from S#window.lengthBatch({length}) select n insert all events into O"))
    };
    refused("query:q", &text(5), &text(3));
}

#[test]
fn a_shorter_sliding_window() {
    let text =
        |length| query(&format!("from S#window.length({length}) select sum(n) as n insert into O"));
    refused("query:q", &text(4), &text(2));
}

#[test]
fn other_groups() {
    let text = |by| query(&format!("from S select k, v, sum(n) as n group by {by} insert into O"));
    refused("query:q", &text("k"), &text("v"));
}

#[test]
fn a_pattern_with_fewer_elements() {
    let text = |chain: &str| query(&format!("from every {chain} select e1.n as n insert into O"));
    refused(
        "query:q",
        &text("e1 = S[n >= 0] -> e2 = S[n < 0] -> e3 = S[n < 0]"),
        &text("e1 = S[n >= 0] -> e2 = S[n < 0]"),
    );
}

#[test]
fn columns_that_change_places() {
    let text = query("from S#window.length(2) select k, v insert all events into O");
    let turned = text.replace("k string, v string", "v string, k string");
    refused("query:q", &text, &turned);
}

#[test]
fn a_query_that_kept_nothing() {
    let text = |before: &str| query(&format!("from S{before} select n insert all events into O"));
    refused("query:q", &text(""), &text("#window.length(2)"));
    refused("query:q", &text("#window.length(2)"), &text(""));
}

#[test]
fn other_keys() {
    let text = partition("from S select n insert into O");
    refused("partition:p", &text, &text.replace("k of S", "v of S"));
    // The partition is known by its name; the query in it has not changed.
    let windowed = partition("from S#window.length(2) select n insert all events into O");
    refused("partition:p", &windowed, &windowed.replace("k of S", "n of S"));
}

#[test]
fn a_key_that_counts_another_type() {
    let text = partition("from S select k insert into O").replace("k of S", "sum(n) of S");
    let wider = text.replace("n long", "n long, m long");
    refused("partition:p", &text, &wider);
}

#[test]
fn what_is_written_in_another_way_has_not_changed() {
    let text = partition("from S#window.length(2) select sum(n) as n insert into O");
    let spaced = text
        .replace("from S", "/* the same */ from   S")
        .replace("@info(name = 'q')", "@info(name = 'q') @description('new')");
    restored(&text, &spaced).unwrap();
}

#[test]
fn what_keeps_nothing_may_change() {
    let text = |filter| query(&format!("from S[n > {filter}] select n insert into O"));
    restored(&text(1), &text(2)).unwrap();
    let function = query("from S#pol2Cart(1.0, 2.0) select x, y insert into O");
    restored(&text(1), &function).unwrap();
    // What a partition keeps are its keys.
    let inside = |filter| partition(&format!("from S[n > {filter}] select n insert into O"));
    restored(&inside(1), &inside(2)).unwrap();
    let more = inside(1).replace("end;", "from S#window.length(3) select n insert into P; end;");
    restored(&inside(1), &more).unwrap();
}

/// As docs/format/snapshot.md says, in every process and version.
#[test]
fn a_fingerprint_is_the_hash_of_a_text() {
    let text =
        |length| query(&format!("from S#window.length({length}) select sum(n) as n insert into O"));
    let print = |length| {
        let lines = format!(
            "from S#window.length({length})\nselect sum(n) as n\ninsert into O\n\
             S (k string, v string, n long)"
        );
        siddhi_state::fnv1a(lines.as_bytes())
    };
    let Err(AppError::State(error)) = restored(&text(4), &text(2)) else { panic!("not refused") };
    assert_eq!(
        error.to_string(),
        format!(
            "state of `query:q` does not fit: it has the fingerprint {:016x}, not the fingerprint \
             {:016x}: the query, or a stream that it reads, has changed",
            print(4),
            print(2)
        )
    );
}
