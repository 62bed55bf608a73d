//! The summary at the end of a run.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use siddhi_core::{App, ElementCounters};
use siddhi_pipeline::Histogram;

use super::progress::rate;
use crate::arguments::RunFormat;
use crate::console;
use crate::numbers::{counted, grouped};

/// Rows and matches that have begun and wait for more.
#[derive(Debug)]
pub(super) struct Held(Vec<(String, u64)>);

impl Held {
    pub(super) fn of(app: &App) -> Self {
        let count = |it: &ElementCounters| it.get("held").or_else(|| it.get("pending"));
        let held = app.counters().into_iter().filter_map(|it| {
            let count = count(&it)?;
            Some((it.element, count))
        });
        Self(held.filter(|(_, count)| *count > 0).collect())
    }
}

/// What a run did.
pub(super) struct Report<'a> {
    pub(super) elapsed: Duration,
    pub(super) events: u64,
    pub(super) rejected: u64,
    /// Chunks that went too deep.
    pub(super) given_up: u64,
    /// Events with a time before that of an event before them.
    pub(super) late: u64,
    pub(super) latency_ns: &'a Histogram,
    pub(super) counters: Vec<ElementCounters>,
    pub(super) held: Held,
    /// The clock, moved on, would bring rows out.
    pub(super) drainable: bool,
}

impl Report<'_> {
    /// Writes it to standard error, so that standard output holds events alone.
    pub(super) fn write(&self, format: RunFormat) {
        match format {
            RunFormat::Json => console::error_line(&self.json().to_string()),
            RunFormat::Table | RunFormat::Csv => console::error_line(&self.text()),
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "\n{} in {:.2?}, {} events/s, p50 {} p99 {} an event\n",
            counted(self.events, "event"),
            self.elapsed,
            rate(self.events, self.elapsed),
            duration(self.latency_ns.quantile(0.5)),
            duration(self.latency_ns.quantile(0.99)),
        );
        if self.rejected > 0 {
            text.push_str(&format!("{} could not be read\n", counted(self.rejected, "row")));
        }
        if self.late > 0 {
            text.push_str(&format!(
                "{} came late, with a time before that of an event before them\n",
                counted(self.late, "event")
            ));
        }
        let shown = self.counters.iter().filter(|it| it.counts.iter().any(|(_, count)| *count > 0));
        let width = shown.clone().map(|it| it.element.chars().count()).max().unwrap_or(0);
        for element in shown {
            let counts: Vec<String> = element
                .counts
                .iter()
                .map(|(name, count)| format!("{name} {}", grouped(*count)))
                .collect();
            text.push_str(&format!("  {:width$}  {}\n", element.element, counts.join(", ")));
        }
        for (element, count) in &self.held.0 {
            text.push_str(&format!("still held: {} in {element}\n", grouped(*count)));
        }
        if self.drainable {
            text.push_str("--drain moves the clock on until nothing is due\n");
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn json(&self) -> Json {
        let elements = self.counters.iter().map(|element| {
            let counts = element.counts.iter();
            let counts: Map<String, Json> =
                counts.map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            json!({ "element": element.element, "counts": counts })
        });
        let held = self.held.0.iter();
        let held = held.map(|(element, count)| json!({ "element": element, "count": count }));
        json!({
            "summary": {
                "events": self.events,
                "rejected": self.rejected,
                "given_up": self.given_up,
                "late": self.late,
                "seconds": self.elapsed.as_secs_f64(),
                "p50_ns": self.latency_ns.quantile(0.5),
                "p99_ns": self.latency_ns.quantile(0.99),
                "elements": elements.collect::<Vec<_>>(),
                "held": held.collect::<Vec<_>>(),
            }
        })
    }
}

fn duration(nanoseconds: u64) -> String {
    format!("{:.1?}", Duration::from_nanos(nanoseconds))
}
