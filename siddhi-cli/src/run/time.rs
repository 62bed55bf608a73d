//! The two clocks of a run.

use std::sync::Arc;

use siddhi_core::{App, AppError};
use siddhi_pipeline::{Clock as _, SystemClock, TestClock};

/// What moves the time of the app.
#[derive(Debug)]
pub(super) enum Time {
    /// The system's clock.
    Wall(SystemClock),
    /// The events. The wall clock of the app starts at the time of the first and follows them, so
    /// that a week of old events plays as it would have run then.
    Events {
        clock: Arc<TestClock>,
        /// The time of the first event has been seen.
        started: bool,
    },
}

impl Time {
    pub(super) fn wall(clock: SystemClock) -> Self {
        Self::Wall(clock)
    }

    pub(super) fn events(clock: Arc<TestClock>) -> Self {
        Self::Events { clock, started: false }
    }

    /// Whether the system's clock moves the app.
    pub(super) fn is_wall(&self) -> bool {
        matches!(self, Self::Wall(_))
    }

    /// The wall clock of the app.
    pub(super) fn now_ms(&self) -> i64 {
        match self {
            Self::Wall(clock) => clock.now_ms(),
            Self::Events { clock, .. } => clock.now_ms(),
        }
    }

    /// An event of this time comes next.
    pub(super) fn follow(&mut self, app: &App, event_ms: i64) -> Result<(), AppError> {
        match self {
            Self::Events { clock, started } if !*started || event_ms > clock.now_ms() => {
                *started = true;
                clock.set(event_ms);
                app.advance(event_ms)
            }
            _ => Ok(()),
        }
    }

    /// Moves the app on to a time at which a timer is due, without waiting for it.
    pub(super) fn jump(&mut self, app: &App, due_ms: i64) -> Result<(), AppError> {
        if let Self::Events { clock, .. } = self {
            clock.set(due_ms.max(clock.now_ms()));
        }
        app.move_time(due_ms)
    }
}
