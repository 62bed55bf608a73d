//! A log that does not grow with bad input.

use std::sync::atomic::{AtomicU64, Ordering};

/// So many of a kind are logged one by one: whoever reads of a hundred knows what is wrong.
const LOGGED_MAX: u64 = 100;

/// Counts what may happen without bound, and lets the first hundred be logged. Relaxed: the count
/// guards nothing else.
#[derive(Debug, Default)]
pub(crate) struct LogLimit(AtomicU64);

impl LogLimit {
    /// One more: `log` is called for the first hundred, with what stands at the end of its line.
    pub(crate) fn count(&self, log: impl FnOnce(&str)) {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        if count < LOGGED_MAX {
            log("");
        } else if count == LOGGED_MAX {
            log(" (any more of this kind will be counted and not shown)");
        }
    }

    /// How many there were.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
