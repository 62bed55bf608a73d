//! Measuring one workload: warm up, take turns, take medians.

use std::time::Duration;

use siddhi_benches::workload::{BATCH, Mode, POOL, Workload};

use crate::contestant::{Contestant, Latency};
use crate::java::{Collector, Java};

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Seconds that a JVM is warmed.
    java_warm_seconds: f64,
    /// Seconds that our engine is warmed.
    warm_seconds: f64,
    /// Rounds of each contestant; the median counts.
    rounds: usize,
    /// Seconds that a round lasts.
    round_seconds: f64,
    /// Seconds that single sends are timed one by one.
    latency_seconds: f64,
    /// In how many modes the collectors of the JVM compete; the others take the winner's word.
    contested_modes: usize,
}

impl Pace {
    /// For figures to be published.
    pub(crate) const FULL: Self = Self {
        java_warm_seconds: 10.0,
        warm_seconds: 1.0,
        rounds: 7,
        round_seconds: 0.7,
        latency_seconds: 2.0,
        contested_modes: 2,
    };
    /// For a first look.
    pub(crate) const QUICK: Self = Self {
        java_warm_seconds: 3.0,
        warm_seconds: 0.3,
        rounds: 3,
        round_seconds: 0.3,
        latency_seconds: 0.5,
        contested_modes: 1,
    };
}

/// What was measured of one workload in one mode.
#[derive(Debug)]
pub(crate) struct Measurement {
    /// The mode.
    pub mode: Mode,
    /// Our engine, or why it could not be measured.
    pub ours: Result<Side, String>,
    /// The rival, when there is one.
    pub java: Option<Result<Side, String>>,
    /// Allocations an event in steady state.
    pub allocations: Option<f64>,
    /// Live bytes that the fill left, for each of its events.
    pub held_bytes: Option<f64>,
    /// The collector of the rival.
    pub collector: Option<Collector>,
    /// How the rival's output for the first events differs from ours.
    pub disagreement: Option<String>,
}

/// What was measured of one contestant.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// The median rate.
    pub events_per_second: f64,
    /// The most memory resident.
    pub peak_bytes: Option<u64>,
    /// Memory resident once app and fill are there, before the rounds.
    pub resident_bytes: Option<u64>,
    /// From text to running app.
    pub start_seconds: f64,
    /// Of single sends.
    pub latency: Option<Latency>,
}

/// A contestant that has been warmed.
struct Warm {
    contestant: Contestant,
    start_seconds: f64,
    filled: Filled,
    check: (f64, f64),
    rate: f64,
}

/// Memory once the app and what it was filled with are there.
struct Filled {
    resident_bytes: Option<u64>,
    /// Allocated since the app was started; ours alone tells.
    held_bytes: Option<i64>,
}

/// A rival for one mode, or why there is none.
type Rival = Result<Warm, String>;

/// Events of the first comparison of outputs.
const CHECKED: u64 = 2 * BATCH as u64;

/// Measures a workload in all its modes.
pub(crate) fn measure(workload: &Workload, java: Option<&Java>, pace: &Pace) -> Vec<Measurement> {
    let java = java.filter(|_| workload.has_rival);
    let (collector, rivals) = match java.map(|java| choose(java, workload, pace)) {
        Some((collector, rivals)) => (Some(collector), rivals.into_iter().map(Some).collect()),
        None => (None, workload.modes.iter().map(|_| None).collect::<Vec<_>>()),
    };
    let modes = workload.modes.iter().zip(rivals);
    modes.map(|(&mode, rival)| duel(workload, mode, rival, collector, pace)).collect()
}

/// Warms a JVM with each collector in the contested modes; the collector that is faster over them,
/// and its JVMs, one for each mode.
fn choose(java: &Java, workload: &Workload, pace: &Pace) -> (Collector, Vec<Rival>) {
    let enter = |collector: Collector, modes: &[Mode]| -> Vec<Rival> {
        let warmed = modes.iter().map(|&mode| {
            let contestant = java.start(collector).map_err(|error| format!("{error:#}"))?;
            warm_up(contestant, workload, mode, pace.java_warm_seconds)
        });
        warmed.collect()
    };
    let (contested, rest) = workload.modes.split_at(pace.contested_modes.min(workload.modes.len()));
    let score = |rivals: &[Rival]| -> f64 {
        rivals.iter().map(|it| it.as_ref().map_or(0.0, |warm| warm.rate)).product()
    };
    let mut best = (Collector::G1, enter(Collector::G1, contested));
    let parallel = enter(Collector::Parallel, contested);
    if score(&parallel) > score(&best.1) {
        best = (Collector::Parallel, parallel);
    }
    let (collector, mut rivals) = best;
    rivals.extend(enter(collector, rest));
    (collector, rivals)
}

fn warm_up(
    mut contestant: Contestant,
    workload: &Workload,
    mode: Mode,
    seconds: f64,
) -> Result<Warm, String> {
    let mut warm = || -> anyhow::Result<_> {
        let start_seconds = contestant.start_app(workload, mode)?;
        contestant.fill(workload)?;
        let filled = Filled {
            resident_bytes: contestant.resident_bytes(),
            held_bytes: contestant.held_bytes().ok(),
        };
        contestant.load(workload)?;
        let check = contestant.check(CHECKED)?;
        let (mut spent, mut rate) = (0.0, 0.0);
        let mut events = BATCH as u64;
        while spent < seconds {
            let round = contestant.round(events)?;
            rate = round.rate();
            spent += Duration::from_nanos(round.nanos.max(1)).as_secs_f64();
            events = events_for(rate, seconds / 8.0).min(events * 8);
        }
        Ok((start_seconds, filled, check, rate))
    };
    match warm() {
        Ok((start_seconds, filled, check, rate)) => {
            Ok(Warm { contestant, start_seconds, filled, check, rate })
        }
        Err(error) => Err(format!("{error:#}")),
    }
}

/// How many events fill so many seconds, in whole batches, at least one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a positive number far below 2^63"
)]
fn events_for(rate: f64, seconds: f64) -> u64 {
    let batches = (rate * seconds / BATCH as f64).round() as u64;
    batches.max(1) * BATCH as u64
}

/// Rounds of ours and of the rival take turns.
fn duel(
    workload: &Workload,
    mode: Mode,
    mut rival: Option<Rival>,
    collector: Option<Collector>,
    pace: &Pace,
) -> Measurement {
    let ours = Contestant::ours().map_err(|error| format!("{error:#}"));
    let mut ours = ours.and_then(|ours| warm_up(ours, workload, mode, pace.warm_seconds));
    let disagreement = match (&ours, &rival) {
        (Ok(ours), Some(Ok(java))) => disagreement(ours.check, java.check),
        _ => None,
    };
    let mut own_rates = Vec::new();
    let mut java_rates = Vec::new();
    for _ in 0..pace.rounds {
        play(&mut ours, pace, &mut own_rates);
        if let Some(java) = &mut rival {
            play(java, pace, &mut java_rates);
        }
    }
    let weighed = workload.fill.filter(|_| workload.weighs_fill);
    let held_bytes = ours.as_ref().ok().and_then(|warm| warm.filled.held_bytes).zip(weighed);
    let allocations = ours.as_mut().ok().and_then(|warm| allocations(&mut warm.contestant).ok());
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    Measurement {
        mode,
        ours: ours.and_then(|warm| finish(warm, mode, own_rates, pace)),
        java: rival.map(|java| java.and_then(|warm| finish(warm, mode, java_rates, pace))),
        allocations,
        held_bytes: held_bytes.map(|(bytes, (_, events))| bytes as f64 / events as f64),
        collector,
        disagreement,
    }
}

/// Plays one round; a contestant that fails is out.
fn play(side: &mut Result<Warm, String>, pace: &Pace, rates: &mut Vec<f64>) {
    if let Ok(warm) = side {
        match warm.contestant.round(events_for(warm.rate, pace.round_seconds)) {
            Ok(round) => rates.push(round.rate()),
            Err(error) => *side = Err(format!("{error:#}")),
        }
    }
}

/// Allocations an event in steady state.
#[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn allocations(ours: &mut Contestant) -> anyhow::Result<f64> {
    let events = POOL as u64;
    Ok(ours.allocations(events)? as f64 / events as f64)
}

fn finish(mut warm: Warm, mode: Mode, rates: Vec<f64>, pace: &Pace) -> Result<Side, String> {
    /// The most single sends that are timed one by one.
    const TIMED: u64 = 1_000_000;
    let peak_bytes = warm.contestant.peak_bytes();
    let latency = match mode {
        Mode::Single => {
            let events = events_for(warm.rate, pace.latency_seconds).min(TIMED);
            Some(warm.contestant.latency(events).map_err(|error| format!("{error:#}"))?)
        }
        Mode::Batch => None,
    };
    Ok(Side {
        events_per_second: median(rates).ok_or("no round was played")?,
        peak_bytes,
        resident_bytes: warm.filled.resident_bytes,
        start_seconds: warm.start_seconds,
        latency,
    })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// How the outputs for the same first events differ: rows exactly, sums to nine digits.
#[expect(clippy::float_cmp, reason = "rows are counted, and whole numbers are exact")]
fn disagreement((rows, total): (f64, f64), (java_rows, java_total): (f64, f64)) -> Option<String> {
    let close = (total - java_total).abs() <= 1e-9 * total.abs().max(java_total.abs());
    (rows != java_rows || !close).then(|| {
        format!("ours gave {rows} rows that add up to {total}, Java {java_rows} to {java_total}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_whole_batches() {
        assert_eq!(events_for(10.0, 1.0), 1_000);
        assert_eq!(events_for(3_400.0, 1.0), 3_000);
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn equal_work_agrees() {
        assert_eq!(disagreement((5.0, 1.0), (5.0, 1.0 + 1e-12)), None);
        assert!(disagreement((5.0, 1.0), (4.0, 1.0)).is_some());
        assert!(disagreement((5.0, 1.0), (5.0, 1.1)).is_some());
    }
}
