//! The figures, for people and as JSON.

use std::path::Path;

use serde::Serialize;
use siddhi_benches::workload::{GROWTHS, Mode, Workload};

use crate::contestant::Latency;
use crate::measure::{Measurement, Side};

/// All that was measured so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<(String, Measurement)>,
}

/// One figure of the JSON report.
#[derive(Serialize)]
struct Figure<'a> {
    workload: &'a str,
    mode: &'a str,
    ours_events_per_second: Option<f64>,
    java_events_per_second: Option<f64>,
    ratio: Option<f64>,
    ours_peak_bytes: Option<u64>,
    java_peak_bytes: Option<u64>,
}

impl Report {
    /// Takes a workload in and prints it.
    pub(crate) fn add(&mut self, workload: &Workload, measurements: Vec<Measurement>) {
        for measurement in measurements {
            print!("{}", describe(workload, &measurement));
            self.rows.push((workload.name.clone(), measurement));
        }
    }

    /// Prints how cost grows with size, as far as both sizes were measured.
    pub(crate) fn print_growth(&self) {
        for growth in GROWTHS {
            for mode in [Mode::Single, Mode::Batch] {
                let (Some(small), Some(large)) =
                    (self.rate(growth.small, mode), self.rate(growth.large, mode))
                else {
                    continue;
                };
                println!(
                    "growth: an event of {} ({}) costs {:.2} times one of {} (at most {:.1})",
                    growth.large,
                    mode.name(),
                    small / large,
                    growth.small,
                    growth.limit
                );
            }
        }
    }

    fn rate(&self, workload: &str, mode: Mode) -> Option<f64> {
        let row = self.rows.iter().find(|(name, it)| name == workload && it.mode == mode);
        row.and_then(|(_, it)| it.ours.as_ref().ok()).map(|side| side.events_per_second)
    }

    /// Writes the figures as one JSON array.
    pub(crate) fn write_json(&self, file: &Path) -> anyhow::Result<()> {
        let figures: Vec<Figure<'_>> =
            self.rows.iter().map(|(name, it)| figure(name, it)).collect();
        let mut text = serde_json::to_string_pretty(&figures)?;
        text.push('\n');
        Ok(std::fs::write(file, text)?)
    }

    /// Whether everything could be measured and both engines gave the same rows.
    pub(crate) fn is_complete(&self) -> bool {
        self.rows.iter().all(|(_, it)| {
            let rival_is_well = it.java.as_ref().is_none_or(Result::is_ok);
            it.ours.is_ok() && rival_is_well && it.disagreement.is_none()
        })
    }
}

fn figure<'a>(workload: &'a str, it: &Measurement) -> Figure<'a> {
    let ours = it.ours.as_ref().ok();
    let java = it.java.as_ref().and_then(|side| side.as_ref().ok());
    Figure {
        workload,
        mode: it.mode.name(),
        ours_events_per_second: ours.map(|side| side.events_per_second),
        java_events_per_second: java.map(|side| side.events_per_second),
        ratio: ours.zip(java).map(|(ours, java)| ours.events_per_second / java.events_per_second),
        ours_peak_bytes: ours.and_then(|side| side.peak_bytes),
        java_peak_bytes: java.and_then(|side| side.peak_bytes),
    }
}

/// A line for each contestant, and one for what is ours alone.
fn describe(workload: &Workload, it: &Measurement) -> String {
    let figure = figure(&workload.name, it);
    let ratio = figure.ratio.map(|ratio| format!(", {ratio:.1} times Java")).unwrap_or_default();
    let mut lines = vec![format!("{} ({}){ratio}", workload.name, it.mode.name())];
    lines.push(format!("  ours  {}", describe_side(&it.ours)));
    if let Some(java) = &it.java {
        let collector = it.collector.map_or("", |collector| collector.name());
        lines.push(format!("  Java  {}, {collector} collector", describe_side(java)));
    }
    if let Some(allocations) = it.allocations {
        lines.push(format!("  {allocations:.4} allocations an event"));
    }
    if let Some(bytes) = it.held_bytes {
        lines.push(format!("  {bytes:.1} live bytes for each event that filled it"));
    }
    if let Some(why) = &it.disagreement {
        lines.push(format!("  NOT THE SAME WORK: {why}"));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

fn describe_side(side: &Result<Side, String>) -> String {
    let side = match side {
        Ok(side) => side,
        Err(why) => return format!("failed: {why}"),
    };
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let mut parts = vec![format!("{:>9.3} M events/s", side.events_per_second / 1e6)];
    parts.extend(side.peak_bytes.map(|bytes| format!("peak {} MB", megabytes(bytes))));
    parts.extend(
        side.resident_bytes.map(|bytes| format!("{} MB before the rounds", megabytes(bytes))),
    );
    parts.push(format!("running after {:.3} s", side.start_seconds));
    parts.extend(side.latency.map(|Latency { p50, p99, p999, max }| {
        format!("a send p50 {p50} p99 {p99} p99.9 {p999} max {max} ns")
    }));
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(events_per_second: f64) -> Side {
        Side {
            events_per_second,
            peak_bytes: Some(5_000_000),
            resident_bytes: None,
            start_seconds: 0.5,
            latency: None,
        }
    }

    #[test]
    fn the_ratio_needs_both() {
        let mut it = Measurement {
            mode: Mode::Batch,
            ours: Ok(side(30e6)),
            java: Some(Ok(side(10e6))),
            allocations: Some(0.0),
            held_bytes: None,
            collector: None,
            disagreement: None,
        };
        assert_eq!(figure("w", &it).ratio, Some(3.0));
        it.java = Some(Err("OutOfMemoryError".to_owned()));
        assert_eq!(figure("w", &it).ratio, None);
        let report = Report { rows: vec![("w".to_owned(), it)] };
        assert!(!report.is_complete());
        assert_eq!(report.rate("w", Mode::Batch), Some(30e6));
    }
}
