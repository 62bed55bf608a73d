//! Plans as text, with each optimization that they show and without it.

use insta::assert_snapshot;
use siddhi_core::Switches;

use crate::drive::Play;

const STREAM: &str = "define stream S (k string, a int, b double);";

/// Both plans of queries that read `S`.
fn plans(queries: &str, switches: Switches) -> String {
    let app = Play::new(&format!("{STREAM}\n{queries}"), switches).app;
    format!("{}\n{}", app.explain(false), app.explain(true))
}

/// The lines of both plans that come and go when an optimization is off.
fn changes(queries: &str, without: Switches) -> String {
    let (with, without) = (plans(queries, Switches::default()), plans(queries, without));
    let only = |one: &str, other: &str, sign: &str| -> Vec<String> {
        let lines = one.lines().filter(|line| !other.lines().any(|it| it == *line));
        lines.map(|line| format!("{sign} {line}")).collect()
    };
    [only(&with, &without, "-"), only(&without, &with, "+")].concat().join("\n")
}

/// Both plans; then what is different when an optimization is off.
fn with_and_without(queries: &str, without: Switches) -> String {
    let plans = plans(queries, Switches::default());
    format!("{plans}\nwithout it:\n{}", changes(queries, without))
}

#[test]
fn handlers_stand_before_and_behind_the_window() {
    let text =
        "from S[a > 1]#window.length(3)[b > 2.0]#log('x') select a, sum(b) as t insert into O;";
    assert_snapshot!(plans(text, Switches::default()));
}

#[test]
fn constant_folding() {
    let text = "from S[a > 2 + 1] select a * (2 * 3) as a insert into O;";
    let without = Switches { constant_folding: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}

#[test]
fn expired_elision() {
    let text = "from S#window.length(3) select k, sum(a) as t group by k insert into O;
                from S#window.lengthBatch(3) select k, b, sum(a) as t group by k insert into P;";
    let without = Switches { expired_elision: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}

#[test]
fn column_pruning() {
    let text = "from S#window.length(3) select k insert all events into O;
                from S#window.timeBatch(1 sec) select k, sum(a) as t insert into P;
                from every e1 = S[a > 1] -> e2 = S[a > e1.a] select e1.k as k insert into Q;";
    let without = Switches { column_pruning: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}

#[test]
fn pattern_index() {
    let text =
        "from every e1 = S -> e2 = S[k == e1.k and b > e1.b] select e1.a as a insert into O;";
    let without = Switches { pattern_index: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}

#[test]
fn rule_index() {
    let rule = |n| format!("from S[a == {n}] select k insert into O;\n");
    let text: String = (0..8).map(rule).collect();
    let without = Switches { rule_index: false, ..Switches::default() };
    assert_snapshot!(changes(&text, without));
}

#[test]
fn light_form() {
    let text = "from S[a > 1] select k insert into O;";
    let without = Switches { light_form: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}

#[test]
fn partition_chunks() {
    let text = "partition with (k of S) begin
                from S#window.length(3) select sum(a) as t insert into O; end;";
    let without = Switches { partition_chunks: false, ..Switches::default() };
    assert_snapshot!(with_and_without(text, without));
}
