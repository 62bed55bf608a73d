//! A reentrant mutex that costs one atomic exchange where nobody waits.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use lock_api::{GuardNoSend, RawMutex};

/// A mutex that the thread that holds it can take again.
///
/// Unlike that of `parking_lot` it is given back by a plain store, which takes half off the cost of
/// a pair of taking and giving back. The price is that a waiter can be overlooked in the moment in
/// which it goes to sleep; then it looks again by itself, a millisecond later. It is not fair: who has
/// just given it back may take it again before a waiter does, but not before one that has waited for
/// some milliseconds.
///
/// ```
/// let lock = siddhi_pipeline::ReentrantMutex::new(std::cell::Cell::new(1));
/// let outer = lock.lock();
/// lock.lock().set(2);
/// assert_eq!(outer.get(), 2);
/// ```
pub type ReentrantMutex<T> = lock_api::ReentrantMutex<RawLock, parking_lot::RawThreadId, T>;

/// What a [`ReentrantMutex`] is locked by.
#[derive(Debug)]
pub struct RawLock {
    locked: AtomicBool,
    /// Threads that sleep or are about to.
    sleepers: AtomicU32,
    /// Some have waited for long: nobody else takes it before one of them has.
    starved: AtomicBool,
    bed: Mutex<()>,
    bell: Condvar,
}

/// How often a thread looks before it goes to sleep.
const LOOKS: u32 = 100;
/// The longest that a thread sleeps without looking.
const NAP: Duration = Duration::from_millis(1);
/// After so many naps a waiter has waited for long.
const NAPS: u32 = 4;

impl RawLock {
    #[inline]
    fn take(&self) -> bool {
        !self.locked.swap(true, Ordering::Acquire)
    }

    /// As [`RawLock::take`], unless somebody has waited for long.
    #[inline]
    fn take_in_turn(&self) -> bool {
        !self.starved.load(Ordering::Relaxed) && self.take()
    }

    #[cold]
    fn wait(&self) {
        for _ in 0..LOOKS {
            // Looking does not write: the holder keeps the cache line.
            if !self.locked.load(Ordering::Relaxed) && self.take_in_turn() {
                return;
            }
            std::hint::spin_loop();
        }
        self.sleepers.fetch_add(1, Ordering::Relaxed);
        let mut bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut naps = 0;
        while !if naps < NAPS { self.take_in_turn() } else { self.take() } {
            bed = self.bell.wait_timeout(bed, NAP).unwrap_or_else(PoisonError::into_inner).0;
            naps += 1;
            if naps >= NAPS {
                self.starved.store(true, Ordering::Relaxed);
            }
        }
        if naps >= NAPS {
            // Who else starves says so again after the next nap.
            self.starved.store(false, Ordering::Relaxed);
        }
        self.sleepers.fetch_sub(1, Ordering::Relaxed);
    }
}

#[allow(unsafe_code, reason = "the trait is unsafe: whoever implements it answers for exclusion")]
// SAFETY: `lock` and `try_lock` succeed only when their exchange found `locked` false and made it
// true, which one thread at a time can do; only `unlock`, which by its contract the holder alone
// calls, makes it false again. The exchange acquires what the store of `unlock` releases.
unsafe impl RawMutex for RawLock {
    #[allow(clippy::declare_interior_mutable_const, reason = "the trait asks for it")]
    const INIT: Self = Self {
        locked: AtomicBool::new(false),
        sleepers: AtomicU32::new(0),
        starved: AtomicBool::new(false),
        bed: Mutex::new(()),
        bell: Condvar::new(),
    };

    type GuardMarker = GuardNoSend;

    #[inline]
    fn lock(&self) {
        if !self.take_in_turn() {
            self.wait();
        }
    }

    #[inline]
    fn try_lock(&self) -> bool {
        self.take()
    }

    #[inline]
    unsafe fn unlock(&self) {
        self.locked.store(false, Ordering::Release);
        if self.sleepers.load(Ordering::Relaxed) > 0 {
            self.bell.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn one_thread_at_a_time_is_in() {
        let rounds = if cfg!(miri) { 50 } else { 20_000 };
        let lock = ReentrantMutex::new(Cell::new((0_u64, 0_u64)));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..rounds {
                        let outer = lock.lock();
                        let (a, b) = outer.get();
                        assert_eq!(a, b);
                        outer.set((a + 1, b));
                        if round % 64 == 0 {
                            // Long enough for the others to go to sleep.
                            std::thread::yield_now();
                        }
                        let inner = lock.lock();
                        inner.set((a + 1, b + 1));
                    }
                });
            }
        });
        assert_eq!(lock.into_inner().get(), (4 * rounds, 4 * rounds));
    }

    #[test]
    fn who_waits_gets_it_from_one_that_takes_it_again_and_again() {
        let lock = ReentrantMutex::new(Cell::new(false));
        let held = lock.lock();
        std::thread::scope(|scope| {
            scope.spawn(|| lock.lock().set(true));
            drop(held);
            // Nearly always held: without its turn the other would hardly ever find it free.
            loop {
                let held = lock.lock();
                if held.get() {
                    break;
                }
                (0..10_000).for_each(|_| std::hint::spin_loop());
            }
        });
    }

    #[test]
    fn a_held_lock_is_not_taken_by_another() {
        let lock = ReentrantMutex::new(());
        let held = lock.lock();
        assert!(lock.try_lock().is_some());
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(lock.try_lock().is_none()));
        });
        drop(held);
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(lock.try_lock().is_some()));
        });
    }
}
