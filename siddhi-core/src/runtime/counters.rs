//! What every element has counted.

use hashbrown::HashMap;

use super::handlers::Handler;
use super::junction::Junction;
use super::query::{Query, QueryInput};
use super::region::Region;
use super::windowing::WindowState;

/// The counts of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementCounters {
    /// The element: `stream S`, `query q`, `query q filter 1`, …; `app` where chunks were given up.
    pub element: String,
    /// The counts by name. What comes in is accounted for: `filter` in = out + filtered; `function`
    /// in = out + failed; `window` in = held + expired + dropped; `selector` in = out + absorbed;
    /// `pattern` started = matched + expired + pending. A `processor` puts out what it likes.
    pub counts: Vec<(&'static str, u64)>,
}

/// What comes into an element, and what may become of it.
const ACCOUNTS: [(&str, &[&str]); 5] = [
    ("in", &["out", "filtered"]),
    ("in", &["out", "failed"]),
    ("in", &["held", "expired", "dropped"]),
    ("in", &["out", "absorbed"]),
    ("started", &["matched", "expired", "pending"]),
];

impl ElementCounters {
    /// Whether everything that came in is accounted for.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        ACCOUNTS.iter().all(|(whole, parts)| {
            let parts: Option<Vec<u64>> = parts.iter().map(|part| self.get(part)).collect();
            match (self.get(whole), parts) {
                (Some(whole), Some(parts)) => whole == parts.iter().sum(),
                // An account of another kind of element.
                _ => true,
            }
        })
    }

    /// A count by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<u64> {
        self.counts.iter().find(|(known, _)| *known == name).map(|(_, count)| *count)
    }
}

pub(crate) fn read(region: &Region) -> Vec<ElementCounters> {
    let junctions = region.junctions.iter().map(of_junction);
    let rules = rules(region);
    let queries = region.queries.iter().enumerate();
    let queries = queries.flat_map(|(index, query)| of_query(query, rules.get(&index).copied()));
    of_app(region).into_iter().chain(junctions).chain(queries).collect()
}

/// What belongs to no element alone.
fn of_app(region: &Region) -> Option<ElementCounters> {
    let given_up = region.chunks_given_up();
    let counts = vec![("given_up", given_up)];
    (given_up > 0).then(|| ElementCounters { element: "app".into(), counts })
}

fn of_junction(junction: &Junction) -> ElementCounters {
    let mut counts = vec![("in", junction.rows.get())];
    let seldom = [("refused", &junction.rows_refused), ("failed", &junction.rows_failed)];
    counts.extend(seldom.map(|(name, count)| (name, count.get())).iter().filter(|it| it.1 > 0));
    ElementCounters { element: format!("stream {}", junction.name), counts }
}

/// What the elements of a query have counted, in the order in which rows go through; `rule` when it
/// is one.
pub(super) fn of_query(query: &Query, rule: Option<RuleCounts>) -> Vec<ElementCounters> {
    let name = &query.name;
    let mut list = Vec::new();
    let (mut rows, mut out) = (query.rows_selected.get(), query.rows_out.get());
    match &query.input {
        QueryInput::Light(light) => {
            // A rule that is looked up and not run counts its rows itself.
            let found = rule.and_then(|rule| rule.rows_out);
            let counts = light.filter_counts(rule.map(|rule| rule.rows_in));
            for (number, (rows, out)) in counts.enumerate() {
                let element = format!("query {name} filter {}", number + 1);
                list.push(passing(element, rows, found.unwrap_or(out), Some("filtered")));
            }
            let passed = found.unwrap_or_else(|| light.rows_selected());
            (rows, out) = (passed, passed);
        }
        QueryInput::Stream(input) => {
            let before = input.before.len();
            list.extend(of_handlers(name, 0, &input.before));
            list.extend(input.window.as_ref().map(|(_, state)| of_window(name, &state.borrow())));
            list.extend(of_handlers(name, before, &input.after));
        }
        QueryInput::Pattern(pattern) => list.push(ElementCounters {
            element: format!("query {name} pattern"),
            counts: pattern.borrow().counts(),
        }),
    }
    list.push(passing(format!("query {name} selector"), rows, out, Some("absorbed")));
    list
}

/// An element that lets rows through; those that it does not are its `rest`. When more have come out
/// than in, the account does not add up.
fn passing(element: String, rows: u64, out: u64, rest: Option<&'static str>) -> ElementCounters {
    let mut counts = vec![("in", rows), ("out", out)];
    counts.extend(rest.map(|rest| (rest, rows.saturating_sub(out))));
    ElementCounters { element, counts }
}

/// Those of handlers, of which so many stand before them.
fn of_handlers(
    query: &str,
    before: usize,
    handlers: &[Handler],
) -> impl Iterator<Item = ElementCounters> {
    handlers.iter().enumerate().map(move |(number, handler)| {
        let (kind, rows, out) = handler.counts();
        let rest = match handler {
            Handler::Filter(_) => Some("filtered"),
            Handler::Function(_) => Some("failed"),
            Handler::Processor(_) => None,
        };
        passing(format!("query {query} {kind} {}", before + number + 1), rows, out, rest)
    })
}

fn of_window(query: &str, state: &WindowState) -> ElementCounters {
    ElementCounters {
        element: format!("query {query} window"),
        counts: vec![
            ("in", state.rows_in),
            ("held", state.rows_held()),
            ("expired", state.rows_expired),
            ("dropped", state.rows_dropped),
        ],
    }
}

/// What is counted of a rule beside its query.
#[derive(Clone, Copy)]
pub(super) struct RuleCounts {
    /// The rows of its stream.
    rows_in: u64,
    /// What it let through when it is not run itself.
    rows_out: Option<u64>,
}

/// The queries that are rules.
pub(super) fn rules(region: &Region) -> HashMap<usize, RuleCounts> {
    let mut rules = HashMap::new();
    for junction in &region.junctions {
        for (query, rows_out) in junction.rules.iter().flat_map(|set| set.rows_out()) {
            rules.insert(query, RuleCounts { rows_in: junction.rows.get(), rows_out });
        }
    }
    rules
}
