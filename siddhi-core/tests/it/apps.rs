//! Random apps and what is sent to them.
//!
//! All streams look alike, so that any query can read any stream: two are fed, `S` and `T`; what
//! queries put out goes to `Q0`, `Q1`, …, and what rules share to `Shared`. A query reads only what comes earlier.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use siddhi_core::Value;

use crate::drive::{Event, Step};

const FED: [&str; 2] = ["S", "T"];

const FILTERS: [&str; 12] = [
    "a > 1",
    "a <= 3",
    "k == 'x'",
    "k != 'y' or a is null",
    "b >= 2 and d < 1.0",
    "not (a == 2)",
    "2 + 1 > a",
    "a > 7 - 6 and 1 < 2",
    "1 > 2 or not (d is null)",
    "2 > 1",
    "2 < 1",
    "ifThenElse(a > 2, k == 'x', k == 'z')",
];

/// Windows that slide.
pub(crate) const SLIDING: [&str; 5] =
    ["length(1)", "length(2)", "length(5)", "time(100 milliseconds)", "time(1 sec)"];

const WINDOWS: [&str; 12] = [
    "length(1)",
    "length(2)",
    "length(5)",
    "time(100 milliseconds)",
    "time(1 sec)",
    "lengthBatch(1)",
    "lengthBatch(3)",
    "lengthBatch(4)",
    "lengthBatch(3, true)",
    "timeBatch(100 milliseconds)",
    "timeBatch(700)",
    "timeBatch(300, 50)",
];

const PLAIN: [[&str; 4]; 6] = [
    ["k", "a", "b", "d"],
    // Two that look alike when their constants are written out.
    ["coalesce(k, \"x', 'y\")", "a", "b", "d"],
    ["coalesce(k, 'x', 'y')", "a", "b", "d"],
    ["k", "a + (2 * 3)", "b - a", "d / 2.0"],
    ["coalesce(k, 'none')", "ifThenElse(a > 2, a, 0)", "eventTimestamp()", "d * a"],
    // A row with a = 0 has no remainder.
    ["k", "a", "b % a", "d"],
];

const AGGREGATED: [[&str; 4]; 6] = [
    ["k", "a", "sum(a)", "avg(d)"],
    ["k", "max(a)", "count()", "sum(d)"],
    ["k", "min(a)", "sum(b) + count()", "d"],
    ["k", "maxForever(a)", "distinctCount(k)", "stdDev(a)"],
    ["k", "a", "max(b)", "min(d)"],
    ["k", "a", "ifThenElse(a > 1, sum(b), count())", "max(d) - min(d)"],
];

const HAVING: [&str; 4] = ["a > 1", "b < 6", "not (d is null)", "k != 'x' and b >= 0"];
const ORDER: [&str; 4] = ["a", "b desc", "k, d", "d desc, a"];

/// A query over one stream, but for where it reads and writes.
#[derive(Clone, Debug)]
struct Query {
    reads: Index,
    before: Option<&'static str>,
    window: Option<&'static str>,
    after: Option<&'static str>,
    select: [&'static str; 4],
    group: Option<&'static str>,
    having: Option<&'static str>,
    order: Option<&'static str>,
    limit: Option<&'static str>,
    events: &'static str,
}

impl Query {
    fn text(&self, from: &str, into: &str) -> String {
        let mut text = format!("from {from}");
        let mut part = |before: &str, part: Option<&str>, after: &str| {
            if let Some(part) = part {
                text += &format!("{before}{part}{after}");
            }
        };
        part("[", self.before, "]");
        part("#window.", self.window, "");
        part("[", self.after, "]");
        let [k, a, b, d] = self.select;
        part(" select ", Some(&format!("{k} as k, {a} as a, {b} as b, {d} as d")), "");
        part(" group by ", self.group, "");
        part(" having ", self.having, "");
        part(" order by ", self.order, "");
        part(" limit ", self.limit, "");
        part(" insert ", Some(self.events), "");
        part(" into ", Some(into), ";");
        text
    }
}

prop_compose! {
    fn query()(
        reads in any::<Index>(),
        before in option::weighted(0.4, select(&FILTERS[..])),
        window in option::weighted(0.7, select(&WINDOWS[..])),
        after in option::weighted(0.15, select(&FILTERS[..])),
        select in prop_oneof![select(&PLAIN[..]), select(&AGGREGATED[..]), select(&AGGREGATED[..])],
        group in option::weighted(0.4, select(&["k", "k, a"][..])),
        having in option::weighted(0.2, select(&HAVING[..])),
        order in option::weighted(0.15, select(&ORDER[..])),
        limit in option::weighted(0.15, select(&["1", "2", "3 offset 1"][..])),
        events in select(&["", "", "", "current events", "all events", "expired events"][..]),
    ) -> Query {
        Query { reads, before, window, after, select, group, having, order, limit, events }
    }
}

prop_compose! {
    /// A query whose rows do not depend on how the events are cut into chunks.
    fn seamless_query()(
        reads in any::<Index>(),
        before in option::weighted(0.5, select(&FILTERS[..])),
        window in option::weighted(0.6, select(&SLIDING[..])),
        after in option::weighted(0.2, select(&FILTERS[..])),
        select in select(&PLAIN[..4]),
        events in select(&["", "all events", "all events", "expired events"][..]),
    ) -> Query {
        let (group, having, order, limit) = (None, None, None, None);
        Query { reads, before, window, after, select, group, having, order, limit, events }
    }
}

/// A part of an app.
#[derive(Clone, Debug)]
enum Part {
    Query(Query),
    /// A filter that the engine can look up, in front of a projection; into a stream of its own or
    /// one that rules share.
    Rule {
        condition: String,
        select: [&'static str; 4],
        shared: bool,
    },
    Pattern(&'static str),
    /// Queries by `k` of `S`; the second, if any, reads what the first puts out inside.
    Partition(Query, Option<Query>),
    /// A query in a partition over a stream that has no key there.
    EachKey(Query, Query),
    PatternByKey(&'static str),
}

const PATTERNS: [&str; 3] = [
    "every e1=S[a > 1] -> e2=S[k == e1.k] within 300 milliseconds",
    "every e1=S -> e2=S[b > e1.b and k == e1.k]",
    "e1=S[a == 2] -> e2=S[a == 3] within 1 sec",
];

/// A range with one bound.
fn open(name: &'static str) -> impl Strategy<Value = String> {
    (select(&["<", "<=", ">", ">="][..]), -3..8)
        .prop_map(move |(operator, v)| format!("{name} {operator} {v}"))
}

/// Conditions that can be looked up, all of one kind: an index wants several on one column.
fn conditions(kind: usize) -> BoxedStrategy<String> {
    let narrow = |name: &'static str| {
        let operators = (select(&[">", ">="][..]), select(&["<", "<="][..]));
        (operators, -10..60, 0..12).prop_map(move |((from, to), v, width)| {
            format!("{name} {from} {v} and {name} {to} {}", v + width)
        })
    };
    match kind {
        0 => select(&["x", "y", "z", "w"][..]).prop_map(|v| format!("k == '{v}'")).boxed(),
        1 => (-2..7).prop_map(|v| format!("a == {v}")).boxed(),
        2 => (-2..7).prop_map(|v| format!("{v}L == b")).boxed(),
        3 => select(&["0.1", "0.7", "3"][..]).prop_map(|v| format!("d == {v}")).boxed(),
        4 => narrow("a").boxed(),
        5 => open("a").boxed(),
        6 => prop_oneof![narrow("d"), open("d")].boxed(),
        _ => (0..7_usize).prop_flat_map(conditions).boxed(),
    }
}

fn rule(kind: usize, sharing: bool) -> impl Strategy<Value = Part> {
    let more = option::weighted(0.2, select(&FILTERS[..]));
    let condition = (conditions(kind), more).prop_map(|(condition, more)| match more {
        Some(more) => format!("{condition} and ({more})"),
        None => condition,
    });
    (condition, select(&PLAIN[..3]), any::<bool>().prop_map(move |shared| shared && sharing))
        .prop_map(|(condition, select, shared)| Part::Rule { condition, select, shared })
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        6 => query().prop_map(Part::Query),
        1 => select(&PATTERNS[..]).prop_map(Part::Pattern),
        3 => (query(), option::weighted(0.4, query())).prop_map(|(a, b)| Part::Partition(a, b)),
        1 => (query(), query()).prop_map(|(keyed, other)| Part::EachKey(keyed, other)),
        1 => select(&PATTERNS[..]).prop_map(Part::PatternByKey),
    ]
}

/// How the rules of an app get their rows: as they are sent, or as another query puts them out.
const BEFORE_RULES: [&str; 4] = [
    "",
    "from S[a > 0] select k, a, b, d insert into Before;",
    "from S#window.lengthBatch(3) select k, a, b, d insert all events into Before;",
    "partition with (k of S) begin
     from S#window.length(2) select k, max(a) as a, b, d insert all events into Before; end;",
];

/// The text of an app, of parts some of which have names.
fn text((playback, before_rules, parts): (bool, &str, Vec<(Part, bool)>)) -> String {
    let mut text = String::new();
    if playback {
        text += "@app:playback\n";
    }
    for stream in FED {
        writeln!(text, "define stream {stream} (k string, a int, b long, d double);").unwrap();
    }
    let rules_read = if before_rules.is_empty() { "S" } else { "Before" };
    writeln!(text, "define stream Shared (k string, a int, b long, d double);").unwrap();
    writeln!(text, "{before_rules}").unwrap();
    let mut streams: Vec<String> = FED.map(str::to_owned).to_vec();
    let select = "select e1.k as k, e2.a as a, e1.b as b, e2.d as d";
    for (number, (part, named)) in parts.into_iter().enumerate() {
        let mut into = format!("Q{number}");
        let name = if named { format!("@info(name = 'n{number}') ") } else { String::new() };
        let by_key = |queries: &str| format!("partition with (k of S) begin {queries} end;");
        let line = match part {
            Part::Query(query) => name + &query.text(query.reads.get::<String>(&streams), &into),
            Part::Rule { condition, select: [k, a, b, d], shared } => {
                if shared {
                    "Shared".clone_into(&mut into);
                }
                format!(
                    "{name}from {rules_read}[{condition}] select {k} as k, {a} as a, {b} as b, \
                     {d} as d insert into {into};"
                )
            }
            Part::Pattern(pattern) => {
                format!("{name}from {pattern} {select} insert into {into};")
            }
            Part::Partition(query, None) => by_key(&query.text("S", &into)),
            Part::Partition(query, Some(second)) => by_key(
                &(query.text("S", &format!("#I{number}"))
                    + " "
                    + &second.text(&format!("#I{number}"), &into)),
            ),
            Part::EachKey(keyed, other) => {
                let other_into = format!("E{number}");
                by_key(&(keyed.text("S", &into) + " " + &other.text("T", &other_into)))
            }
            Part::PatternByKey(pattern) => {
                by_key(&format!("from {pattern} {select} insert into {into};"))
            }
        };
        writeln!(text, "{line}").unwrap();
        streams.push(into);
    }
    text
}

/// Apps of a few queries of all kinds.
pub(crate) fn apps() -> impl Strategy<Value = String> {
    let parts = vec((part(), prop::bool::weighted(0.2)), 1..6);
    (any::<bool>(), Just(""), parts).prop_map(text)
}

fn rules_between(
    other: BoxedStrategy<Part>,
    sharing: bool,
) -> impl Strategy<Value = Vec<(Part, bool)>> {
    (0..8_usize).prop_flat_map(move |kind| {
        let part = prop_oneof![7 => rule(kind, sharing).boxed(), 1 => other.clone()];
        vec((part, prop::bool::weighted(0.2)), 8..40)
    })
}

/// Apps of many rules with other readers between them.
pub(crate) fn rule_apps() -> impl Strategy<Value = String> {
    (any::<bool>(), select(&BEFORE_RULES[..]), rules_between(part().boxed(), true)).prop_map(text)
}

/// Apps of so many open ranges on one column that all are asked, as they come or behind a query.
pub(crate) fn crowded_rule_apps() -> impl Strategy<Value = String> {
    let parts = select(&["a", "d"][..]).prop_flat_map(|name| {
        let rule = (open(name), select(&PLAIN[..3]), any::<bool>())
            .prop_map(|(condition, select, shared)| Part::Rule { condition, select, shared });
        vec((rule, prop::bool::weighted(0.2)), 20..40)
    });
    (any::<bool>(), select(&BEFORE_RULES[..3]), parts).prop_map(text)
}

/// Live apps that put out the same rows however the events are cut into chunks; no two queries
/// write to one stream, because a chunk goes through one after the other.
pub(crate) fn seamless_apps() -> impl Strategy<Value = String> {
    let query = || seamless_query().prop_map(Part::Query).boxed();
    let few = vec((query(), prop::bool::weighted(0.3)), 1..6).boxed();
    let parts = prop_oneof![3 => few, 1 => rules_between(query(), false).boxed()];
    (Just(false), Just(""), parts).prop_map(text)
}

fn event() -> impl Strategy<Value = Event> {
    let k = option::weighted(0.9, select(&["x", "y", "z"][..]));
    let a = option::weighted(0.9, prop_oneof![4 => -1..6_i32, 1 => -10..60_i32]);
    let b = option::weighted(0.9, -1..8_i64);
    let d = option::weighted(0.9, select(&[0.1, 0.7, 0.25, -1.5, 3.0, 0.0, -0.0][..]));
    // Ints that are widened, and values that are missing.
    let (is_int, length) =
        (prop::bool::weighted(0.1), prop_oneof![9 => Just(4_usize), 1 => 0..4_usize]);
    let late = prop_oneof![4 => Just(0_i64), 1 => -300..300_i64];
    (k, a, b, d, late, is_int, length).prop_map(|(k, a, b, d, late, is_int, length)| {
        fn value<T: Into<Value>>(value: Option<T>) -> Value {
            value.map_or(Value::Null, Into::into)
        }
        let b = if is_int { value(a) } else { value(b) };
        let mut values = vec![value(k), value(a), b, value(d)];
        values.truncate(length);
        Event { late, values }
    })
}

/// Events, alone and in batches, and time that passes between them.
pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let stream = || prop_oneof![3 => Just("S"), 1 => Just("T")];
    let step = prop_oneof![
        3 => (stream(), event()).prop_map(|(stream, event)| Step::Single(stream, event)),
        3 => (stream(), prop_oneof![5 => vec(event(), 1..12), 1 => vec(event(), 30..50)]).prop_map(|(stream, events)| Step::Batch(stream, events)),
        2 => prop_oneof![1..150_i64, 1..1500_i64].prop_map(Step::Pass),
    ];
    vec(step, 1..16)
}

/// Chunks of as many events as rules want to be asked for at once, and about as many.
pub(crate) fn big_batches() -> impl Strategy<Value = Vec<Step>> {
    let batch = vec(event(), 20..60).prop_map(|events| Step::Batch("S", events));
    vec(batch, 1..4)
}
