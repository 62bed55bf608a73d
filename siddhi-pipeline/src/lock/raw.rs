//! A lock without data: one atomic exchange to take it, a plain store to give it back.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Given back by a plain store it costs half of what a fair lock does. The price is that a waiter can
/// be overlooked in the moment in which it goes to sleep; then it looks again by itself, a
/// millisecond later. It is not fair: who has just given it back may take it again before a waiter
/// does.
#[derive(Debug)]
pub(super) struct RawLock {
    locked: AtomicBool,
    /// Threads that sleep or are about to.
    sleepers: AtomicU32,
    bed: Mutex<()>,
    bell: Condvar,
}

/// How often a thread looks before it goes to sleep.
const LOOKS: u32 = 100;
/// The longest that a thread sleeps without looking.
const NAP: Duration = Duration::from_millis(1);

impl RawLock {
    pub(super) const fn new() -> Self {
        Self {
            locked: AtomicBool::new(false),
            sleepers: AtomicU32::new(0),
            bed: Mutex::new(()),
            bell: Condvar::new(),
        }
    }

    #[inline]
    pub(super) fn lock(&self) {
        if !self.take() {
            // Looking does not write: the holder keeps the cache line.
            self.wait_until(|| !self.locked.load(Ordering::Relaxed) && self.take());
        }
    }

    /// For the holder alone.
    #[inline]
    pub(super) fn unlock(&self) {
        self.locked.store(false, Ordering::Release);
        if self.sleepers.load(Ordering::Relaxed) > 0 {
            self.bell.notify_one();
        }
    }

    #[inline]
    fn take(&self) -> bool {
        !self.locked.swap(true, Ordering::Acquire)
    }

    /// Looks until it is true, after a while only now and then.
    #[cold]
    pub(super) fn wait_until(&self, is_true: impl Fn() -> bool) {
        for _ in 0..LOOKS {
            if is_true() {
                return;
            }
            std::hint::spin_loop();
        }
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        let mut bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        while !is_true() {
            bed = self.bell.wait_timeout(bed, NAP).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
    }
}
