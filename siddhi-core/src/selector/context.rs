//! What expressions need beside their columns.

use siddhi_pipeline::Random;

use crate::event::view::View;
use crate::extension::CallContext;

/// Time and randomness of the app, and the rows that fail in the step at hand.
pub(crate) struct EvalContext<'a> {
    pub(crate) now: &'a dyn Fn() -> i64,
    pub(crate) random: &'a mut Random,
    /// Rows that failed since the list was last cleared, with the reason.
    pub(crate) failures: Vec<(u32, String)>,
}

impl EvalContext<'_> {
    /// The context of calls over the rows of a view.
    pub(crate) fn calls<'c>(&'c mut self, view: &View<'c>) -> CallContext<'c> {
        CallContext {
            timestamps: view.timestamps,
            now: self.now,
            random: self.random,
            failures: &mut self.failures,
        }
    }

    /// The numbers of the rows that failed, ascending.
    pub(crate) fn failed_rows(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.failures.iter().map(|(row, _)| *row).collect();
        rows.sort_unstable();
        rows
    }
}
