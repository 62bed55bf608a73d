//! The two clocks of a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use siddhi_core::{App, AppError};
use siddhi_pipeline::{Clock, SystemClock, TestClock};

/// The wall clock of an app. It stands still until it is known what moves it, which the app says,
/// and the app needs a clock to be created.
#[derive(Debug, Default)]
pub(super) struct RunClock {
    events: TestClock,
    is_system: AtomicBool,
}

impl Clock for RunClock {
    fn now_ms(&self) -> i64 {
        // Relaxed: set once, before the app starts.
        if self.is_system.load(Ordering::Relaxed) {
            SystemClock.now_ms()
        } else {
            self.events.now_ms()
        }
    }
}

/// What moves the time of the app.
#[derive(Debug)]
pub(super) enum Time {
    /// The system's clock.
    Wall,
    /// The events. The wall clock of the app starts at the time of the first and follows them, so
    /// that a week of old events plays as it would have run then.
    Events {
        clock: Arc<RunClock>,
        /// The time of the first event has been seen.
        started: bool,
    },
}

impl Time {
    /// The time of an app that has this clock.
    pub(super) fn of(app: &App, clock: Arc<RunClock>) -> Self {
        if app.is_playback() {
            return Self::Events { clock, started: false };
        }
        clock.is_system.store(true, Ordering::Relaxed);
        Self::Wall
    }

    /// Whether the system's clock moves the app.
    pub(super) fn is_wall(&self) -> bool {
        matches!(self, Self::Wall)
    }

    /// The wall clock of the app.
    pub(super) fn now_ms(&self) -> i64 {
        match self {
            Self::Wall => SystemClock.now_ms(),
            Self::Events { clock, .. } => clock.now_ms(),
        }
    }

    /// An event of this time comes next.
    pub(super) fn follow(&mut self, app: &App, event_ms: i64) -> Result<(), AppError> {
        match self {
            Self::Events { clock, started } if !*started || event_ms > clock.now_ms() => {
                *started = true;
                clock.events.set(event_ms);
                app.advance(event_ms)
            }
            _ => Ok(()),
        }
    }

    /// Moves the app on to a time at which a timer is due, without waiting for it.
    pub(super) fn jump(&mut self, app: &App, due_ms: i64) -> Result<(), AppError> {
        if let Self::Events { clock, .. } = self {
            clock.events.set(due_ms.max(clock.now_ms()));
        }
        app.move_time(due_ms)
    }
}
