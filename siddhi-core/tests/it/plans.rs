//! Plans as text.

use insta::assert_snapshot;
use siddhi_core::Switches;

use crate::drive::Play;

const STREAM: &str = "define stream S (k string, a int, b double);";

/// Both plans of queries that read `S`.
fn plans(queries: &str, switches: Switches) -> String {
    let app = Play::new(&format!("{STREAM}\n{queries}"), switches).app;
    format!("{}\n{}", app.explain(false), app.explain(true))
}

#[test]
fn handlers_stand_before_and_behind_the_window() {
    let text =
        "from S[a > 1]#window.length(3)[b > 2.0]#log('x') select a, sum(b) as t insert into O;";
    assert_snapshot!(plans(text, Switches::default()));
}
