//! Whether the counts of elements that stand behind each other agree: for tests of the engine alone.
//!
//! Each element counts for itself: what one has put out came to the next, unless somebody has lost or
//! doubled rows on the way.

use super::counters::{self, ElementCounters};
use super::junction::Reader;
use super::query::{Query, QueryInput};
use super::region::Region;
use crate::plan::logical::StreamId;

/// The elements that do not agree, as lines of text; `is_fed` says which streams got rows from
/// outside.
pub(super) fn check(region: &Region, is_fed: impl Fn(StreamId, &str) -> bool) -> Vec<String> {
    let rules = counters::rules(region);
    let mut found = Vec::new();
    // The selectors that feed each stream.
    let mut fed = vec![0; region.junctions.len()];
    for (index, query) in region.queries.iter().enumerate() {
        let elements = counters::of_query(query, rules.get(&index).copied());
        let first = elements.first().filter(|it| !(region.was_restored.get() && is_state(it)));
        if let (Some(rows), Some(first)) = (rows_read(region, index, query), first) {
            found.extend(differ("its streams", rows, first));
        }
        for (number, pair) in elements.windows(2).enumerate() {
            let [one, next] = pair else { continue };
            // What brings its counts along, and alone does, tells of other rows.
            let is_older = region.was_restored.get() && (is_state(one) || is_state(next));
            if let Some(rows) = hands_on(query, number, one).filter(|_| !is_older) {
                found.extend(differ(&one.element, rows, next));
            }
        }
        let out = elements.last().and_then(|selector| selector.get("out"));
        if let (Some(sum), Some(out)) = (fed.get_mut(query.target), out) {
            *sum += out;
        }
    }
    if region.chunks_given_up() == 0 {
        found.extend(unequal_targets(region, &fed, is_fed));
    }
    found
}

/// The rows of the streams that a query reads, where it gets them as they are: a partition with a key
/// leaves out rows without one, and doubles those that are in several ranges.
fn rows_read(region: &Region, index: usize, query: &Query) -> Option<u64> {
    let reads = |stream: StreamId| {
        let junction = region.junctions.get(stream)?;
        junction.readers.contains(&Reader::Query(index)).then(|| junction.rows.get())
    };
    match &query.input {
        QueryInput::Stream(input) => reads(input.stream),
        // A rule takes its count from the stream; of the others there is one stream that they read.
        QueryInput::Light(_) => (0..region.junctions.len()).find_map(reads),
        QueryInput::Pattern(pattern) => pattern.borrow().streams().map(reads).sum(),
    }
}

/// What the element of a query at a place has handed on, where that is known: a window puts out rows
/// as often as it likes, but for those that let pass what comes in.
fn hands_on(query: &Query, place: usize, element: &ElementCounters) -> Option<u64> {
    match &query.input {
        QueryInput::Light(_) => element.get("out"),
        QueryInput::Pattern(_) => element.get("matched"),
        QueryInput::Stream(input) => match &input.window {
            Some((stage, _)) if place == input.before.len() => {
                stage.passes_rows().then(|| element.get("in"))?
            }
            // Behind a window there are marks among the rows, which the selector does not count.
            Some(_) if place == input.before.len() + input.after.len() => None,
            _ => element.get("out"),
        },
    }
}

/// Whether the counts of an element are part of its state: windows and patterns.
fn is_state(element: &ElementCounters) -> bool {
    element.get("out").is_none()
}

/// How many rows were handed on, and how many came, when that is not the same.
fn differ(from: &str, handed: u64, to: &ElementCounters) -> Option<String> {
    let come = to.get("in")?;
    let says = || format!("{from} handed on {handed}, and to {} came {come}", to.element);
    (handed != come).then(says)
}

/// The streams to which not as much came as queries put out; of those that are fed from outside, too,
/// that less came. Of fault streams nothing is known.
fn unequal_targets(
    region: &Region,
    fed: &[u64],
    is_fed: impl Fn(StreamId, &str) -> bool,
) -> Vec<String> {
    let is_fault = |stream: StreamId| region.junctions.iter().any(|it| it.fault == Some(stream));
    let mut found = Vec::new();
    for (stream, (junction, put_out)) in region.junctions.iter().zip(fed).enumerate() {
        let come = junction.rows.get();
        let agrees =
            if is_fed(stream, &junction.name) { come >= *put_out } else { come == *put_out };
        if !agrees && !is_fault(stream) {
            let name = &junction.name;
            found.push(format!("queries put {put_out} into {name}, and {come} came"));
        }
    }
    found
}
