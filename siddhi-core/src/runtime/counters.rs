//! What every element has counted.

use super::handlers::Handler;
use hashbrown::HashMap;

use super::query::QueryInput;
use super::region::Region;

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
    let mut list: Vec<ElementCounters> = of_app(region).into_iter().collect();
    for junction in &region.junctions {
        let mut counts = vec![("in", junction.rows.get())];
        for (name, count) in
            [("refused", junction.rows_refused.get()), ("failed", junction.rows_failed.get())]
        {
            if count > 0 {
                counts.push((name, count));
            }
        }
        list.push(ElementCounters { element: format!("stream {}", junction.name), counts });
    }
    let rules = rules(region);
    for (index, query) in region.queries.iter().enumerate() {
        let name = &query.name;
        let (mut rows, mut out) = (query.rows_selected.get(), query.rows_out.get());
        match &query.input {
            QueryInput::Light(light) => {
                let rule = rules.get(&index);
                for (number, (rows, out)) in light.filter_counts(rule.map(|r| r.0)).enumerate() {
                    // A rule that is looked up and not run counts its rows itself.
                    let out = rule.and_then(|rule| rule.1).unwrap_or(out);
                    list.push(ElementCounters {
                        element: format!("query {name} filter {}", number + 1),
                        counts: vec![("in", rows), ("out", out), ("filtered", rows - out)],
                    });
                }
                (rows, out) = match rule.and_then(|rule| rule.1) {
                    Some(out) => (out, out),
                    None => (light.rows_selected(), light.rows_out.get()),
                };
            }
            QueryInput::Stream(input) => {
                let handlers = input.before.iter().chain(&input.after);
                for (number, handler) in handlers.enumerate() {
                    let (kind, rows, out) = handler.counts();
                    let mut counts = vec![("in", rows), ("out", out)];
                    match handler {
                        Handler::Filter(_) => counts.push(("filtered", rows - out)),
                        Handler::Function(_) => counts.push(("failed", rows - out)),
                        Handler::Processor(_) => {}
                    }
                    let element = format!("query {name} {kind} {}", number + 1);
                    list.push(ElementCounters { element, counts });
                }
                if let Some((_, state)) = &input.window {
                    let state = state.borrow();
                    list.push(ElementCounters {
                        element: format!("query {name} window"),
                        counts: vec![
                            ("in", state.rows_in),
                            ("held", state.rows_held()),
                            ("expired", state.rows_expired),
                            ("dropped", state.rows_dropped),
                        ],
                    });
                }
            }
            QueryInput::Pattern(pattern) => list.push(ElementCounters {
                element: format!("query {name} pattern"),
                counts: pattern.borrow().counts(),
            }),
        }
        list.push(ElementCounters {
            element: format!("query {name} selector"),
            counts: vec![("in", rows), ("out", out), ("absorbed", rows.saturating_sub(out))],
        });
    }
    list
}

/// What belongs to no element alone.
fn of_app(region: &Region) -> Option<ElementCounters> {
    let given_up = region.chunks_given_up();
    let counts = vec![("given_up", given_up)];
    (given_up > 0).then(|| ElementCounters { element: "app".into(), counts })
}

/// The queries that are rules: the rows of their stream, and what they let through when they are
/// not run themselves.
fn rules(region: &Region) -> HashMap<usize, (u64, Option<u64>)> {
    let mut rules = HashMap::new();
    for junction in &region.junctions {
        for (query, out) in junction.rules.iter().flat_map(|set| set.rows_out()) {
            rules.insert(query, (junction.rows.get(), out));
        }
    }
    rules
}
