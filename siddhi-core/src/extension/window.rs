//! Windows: which rows are in, and when they leave.

use std::fmt;
use std::sync::Arc;

use siddhi_state::StateHolder;

use super::function::{BindError, Documentation, ParameterValue};
use crate::event::store::RowStore;

/// A window of the language: checks the parameters of each use.
pub trait WindowFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the name in the language.
    fn documentation(&self) -> Documentation;

    /// Checks a use.
    ///
    /// # Errors
    /// When number, types or values of the parameters do not fit.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundWindow, BindError>;
}

/// A window bound to its parameters.
#[derive(Clone)]
pub struct BoundWindow {
    /// Makes one with nothing in it; a partition makes one for each key.
    pub make: Arc<dyn Fn() -> Box<dyn Window> + Send + Sync>,
    /// Rows leave and come one after the other, every row that comes in goes out at once as
    /// current, and a reset never happens.
    pub sliding: bool,
    /// Rows leave in the order in which they came.
    pub in_order: bool,
    /// In a partition the window of a key starts anew when time has let its last row go.
    pub starts_anew: bool,
    /// Whether rows come out pane by pane.
    pub panes: Panes,
    /// The window is the last so many rows and nothing else.
    pub last_rows: Option<u64>,
    /// The window looks at timestamps of the rows that are in to know when they leave. The timestamps
    /// of rows that it puts out, marks among them, are kept where somebody sees them.
    pub needs_timestamps: bool,
}

/// How rows come out, where they come out pane by pane: whatever goes out as current is all that has
/// come since the last time, and a reset of everything stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panes {
    /// They do not.
    No,
    /// When the window says so.
    Yes,
    /// Whenever so many rows have come, at least one, and at no other time.
    OfRows(u64),
}

impl fmt::Debug for BoundWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundWindow").field("sliding", &self.sliding).finish_non_exhaustive()
    }
}

/// One step of what a window puts out. Rows stand in the window's store in the order in which they
/// came; two cursors walk over them: one for the rows that leave, one for the rows that go out as
/// current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowStep {
    /// The oldest rows leave, with this timestamp.
    Expire {
        /// How many.
        count: u32,
        /// Their timestamp, in milliseconds.
        at: i64,
    },
    /// The oldest rows leave, unseen by anybody; those that were not yet current never will be.
    Forget(u32),
    /// The next rows go out as current.
    Current(u32),
    /// This many times: the oldest row leaves with this timestamp, the next goes out as current.
    Slide {
        /// How many times.
        count: u32,
        /// The timestamp of those that leave, in milliseconds.
        at: i64,
    },
    /// A mark that all rows before it are over: with the attributes of the row of this number.
    Reset {
        /// The row whose attributes the mark carries.
        row: u64,
        /// Its timestamp, in milliseconds.
        at: i64,
    },
    /// What was put out since the last end is one chunk.
    End,
}

/// What a window works with while it takes in rows or time.
pub struct WindowPass<'a> {
    /// The rows: those that are in, then those that have just come.
    pub store: &'a RowStore,
    /// The number of the first row that has just come.
    pub first_new: u64,
    /// Whether somebody asks for the rows that leave.
    pub wants_expired: bool,
    pub(crate) now: &'a dyn Fn() -> i64,
    pub(crate) steps: &'a mut Vec<WindowStep>,
    pub(crate) wake_ups: &'a mut Vec<i64>,
}

impl fmt::Debug for WindowPass<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowPass").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl WindowPass<'_> {
    /// The time of the app in milliseconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// Asks to be woken at a time.
    pub fn wake_at(&mut self, time: i64) {
        self.wake_ups.push(time);
    }

    /// Puts out a step.
    #[inline]
    pub fn put(&mut self, step: WindowStep) {
        self.steps.push(step);
    }
}

/// One window: decides which rows leave and when; the rows themselves, aggregates and outputs are
/// the engine's.
pub trait Window: StateHolder + Send {
    /// Takes in the rows of a chunk, `pass.first_new..pass.store.end()`.
    fn rows(&mut self, pass: &mut WindowPass<'_>);

    /// A time that the window asked for has come.
    fn wake(&mut self, time: i64, pass: &mut WindowPass<'_>);
}
