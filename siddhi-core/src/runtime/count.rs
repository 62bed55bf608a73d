//! How often something has happened.

use std::cell::Cell;

/// A count of rows. Whoever counts has the region of the app to itself.
///
/// A build with `RUSTFLAGS='--cfg siddhi_uncounted'` counts nothing: that is how the cost of counting
/// is measured. Tests of counters fail in it.
#[derive(Debug, Default)]
pub(crate) struct Count(Cell<u64>);

impl Count {
    /// So many more.
    #[inline]
    pub(crate) fn add(&self, count: u64) {
        if !cfg!(siddhi_uncounted) {
            self.0.set(self.0.get() + count);
        }
    }

    /// How many there were.
    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.get()
    }
}
