//! A reentrant mutex that costs its usual holder no atomic exchange.

mod barrier;
mod raw;

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use self::raw::RawLock;

/// A mutex that the thread that holds it can take again.
///
/// It is made for data that one thread uses almost always. A thread that has taken it many times in a
/// row becomes its *favourite*: from then on taking it is a store and a look, without the exchange
/// that waits for everything written before. When another thread wants it, the favour is withdrawn,
/// which costs that thread a few microseconds; after some withdrawals no favour is given any more,
/// and taking it is one atomic exchange for everybody. It is not fair.
///
/// ```
/// let lock = siddhi_pipeline::ReentrantMutex::new(std::cell::Cell::new(1));
/// let outer = lock.lock();
/// lock.lock().set(2);
/// assert_eq!(outer.get(), 2);
/// ```
pub struct ReentrantMutex<T> {
    /// Which favour counts; [`NONE`] where none does. Written by holders of `raw` only.
    favour: AtomicUsize,
    /// For each favour that is given: its thread holds the mutex, or is about to look whether the favour
    /// still counts. None is used twice, for a thread can come late and write to that of a favour
    /// long withdrawn.
    is_in: [AtomicBool; FAVOURS],
    /// Who holds the mutex. A thread can rely on it only for its own number.
    owner: AtomicUsize,
    /// Taken by everybody who is not the favourite.
    raw: RawLock,
    holder: Holder,
    data: T,
}

/// What only the holder reads and writes.
#[derive(Debug)]
struct Holder {
    /// How many guards it has.
    depth: Cell<usize>,
    /// The favour that it came by; [`FAVOURS`] when it came without.
    came_by: Cell<usize>,
    /// Who took `raw` last, and how often in a row.
    last: Cell<usize>,
    streak: Cell<u32>,
    /// How many favours were given.
    given: Cell<usize>,
}

/// The number of no thread.
const NOBODY: usize = 0;
/// No favour.
const NONE: usize = 0;
/// So often in a row a thread takes the mutex before it becomes the favourite.
const STREAK: u32 = 64;
/// So many favours are given.
const FAVOURS: usize = 8;

/// The n-th favour, to a thread, as one word.
const fn favour(thread: usize, n: usize) -> usize {
    thread * FAVOURS + n
}

impl<T> ReentrantMutex<T> {
    /// A mutex that nobody holds.
    pub const fn new(data: T) -> Self {
        Self {
            favour: AtomicUsize::new(NONE),
            is_in: [const { AtomicBool::new(false) }; FAVOURS],
            owner: AtomicUsize::new(NOBODY),
            raw: RawLock::new(),
            holder: Holder {
                depth: Cell::new(0),
                came_by: Cell::new(FAVOURS),
                last: Cell::new(NOBODY),
                streak: Cell::new(0),
                given: Cell::new(0),
            },
            data,
        }
    }

    /// Takes the mutex; waits while another thread holds it.
    #[inline]
    pub fn lock(&self) -> ReentrantGuard<'_, T> {
        let own = thread_number();
        if self.owner.load(Ordering::Relaxed) == own {
            self.holder.depth.set(self.holder.depth.get() + 1);
        } else {
            if !self.enter_favoured(own) {
                self.enter(own);
            }
            self.owner.store(own, Ordering::Relaxed);
            self.holder.depth.set(1);
        }
        ReentrantGuard { mutex: self, stays: PhantomData }
    }

    /// The data, when nobody else has the mutex any more.
    pub fn into_inner(self) -> T {
        self.data
    }

    /// The favourite's way in. It writes that it is in and then looks whether the favour still counts; who
    /// withdraws the favour writes that and then looks whether it is in. With the barriers between at
    /// least one of them sees the other.
    #[inline]
    fn enter_favoured(&self, own: usize) -> bool {
        let favour = self.favour.load(Ordering::Relaxed);
        let (thread, n) = (favour / FAVOURS, favour % FAVOURS);
        let (true, Some(is_in)) = (thread == own, self.is_in.get(n)) else { return false };
        is_in.store(true, Ordering::Relaxed);
        barrier::light();
        if self.favour.load(Ordering::Relaxed) != favour {
            is_in.store(false, Ordering::Release);
            return false;
        }
        self.holder.came_by.set(n);
        true
    }

    /// Everybody else's way in.
    #[inline(never)]
    fn enter(&self, own: usize) {
        self.raw.lock();
        self.withdraw_favour();
        let Holder { came_by, last, streak, given, .. } = &self.holder;
        came_by.set(FAVOURS);
        streak.set(if last.replace(own) == own { streak.get() + 1 } else { 1 });
        if streak.get() >= STREAK && given.get() < FAVOURS {
            streak.set(0);
            if barrier::works() {
                self.favour.store(favour(own, given.get()), Ordering::Relaxed);
                given.set(given.get() + 1);
            }
        }
    }

    /// Withdraws the favour, if there is one, and waits until the favourite is outside.
    fn withdraw_favour(&self) {
        let favour = self.favour.load(Ordering::Relaxed);
        if favour == NONE {
            return;
        }
        self.favour.store(NONE, Ordering::Relaxed);
        barrier::heavy();
        let is_in = self.is_in.get(favour % FAVOURS);
        // Acquires what the favourite wrote before it left.
        let is_outside = || is_in.is_none_or(|is_in| !is_in.load(Ordering::Acquire));
        if !is_outside() {
            self.raw.wait_until(is_outside);
        }
    }

    #[inline]
    fn leave(&self) {
        let depth = self.holder.depth.get() - 1;
        self.holder.depth.set(depth);
        if depth > 0 {
            return;
        }
        self.owner.store(NOBODY, Ordering::Relaxed);
        match self.is_in.get(self.holder.came_by.get()) {
            Some(is_in) => is_in.store(false, Ordering::Release),
            None => self.raw.unlock(),
        }
    }
}

#[allow(unsafe_code, reason = "a mutex makes data that only one thread may use fit for many")]
// SAFETY: the data and `holder` are reached only through a guard or between `enter` or
// `enter_favoured` and the guard's drop, which one thread at a time can be: `raw` lets one thread
// in, and it goes on only when no favour counts or, after it has withdrawn the favour and passed the
// heavy barrier, has seen the favourite outside; the favourite goes in only when it has written that
// it is in and seen, after the light barrier, that its favour still counts. What each wrote is
// acquired by the next through `raw` or `is_in`. A thread that finds its own number in `owner` wrote it
// itself, so it is in. `T: Send` because whoever holds it uses and may replace what is in it.
unsafe impl<T: Send> Sync for ReentrantMutex<T> {}

impl<T: fmt::Debug> fmt::Debug for ReentrantMutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The data may be in use by another thread.
        f.debug_struct("ReentrantMutex").finish_non_exhaustive()
    }
}

/// Access to the data of a [`ReentrantMutex`], for the thread that took it, until it is dropped.
#[derive(Debug)]
pub struct ReentrantGuard<'a, T> {
    mutex: &'a ReentrantMutex<T>,
    /// A guard must be dropped by the thread that took it.
    stays: PhantomData<*const ()>,
}

impl<T> Deref for ReentrantGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.mutex.data
    }
}

impl<T> Drop for ReentrantGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.leave();
    }
}

/// The number of this thread, which no other ever has.
#[inline]
fn thread_number() -> usize {
    thread_local!(static NUMBER: Cell<usize> = const { Cell::new(NOBODY) });
    NUMBER.with(|number| match number.get() {
        NOBODY => first_number(number),
        own => own,
    })
}

#[cold]
fn first_number(number: &Cell<usize>) -> usize {
    static LAST: AtomicUsize = AtomicUsize::new(NOBODY);
    let own = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    number.set(own);
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads count up together, each in turn a while alone, so that favours are given and withdrawn.
    fn count_together(lock: ReentrantMutex<Cell<(u64, u64)>>, threads: u64, rounds: u64) {
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let lock = &lock;
                scope.spawn(move || {
                    for round in 0..rounds {
                        let outer = lock.lock();
                        let (a, b) = outer.get();
                        assert_eq!(a, b);
                        outer.set((a + 1, b));
                        if round % 61 == thread {
                            // Long enough for the others to go to sleep.
                            std::thread::yield_now();
                        }
                        let inner = lock.lock();
                        inner.set((a + 1, b + 1));
                        drop(inner);
                        drop(outer);
                        if round % 257 == 0 {
                            // Let the others alone with it, long enough to become favourites.
                            std::thread::yield_now();
                        }
                    }
                });
            }
        });
        assert_eq!(lock.into_inner().get(), (threads * rounds, threads * rounds));
    }

    #[test]
    fn one_thread_at_a_time_is_in() {
        // Few rounds each, so that many mutexes go through all their favours.
        let (mutexes, rounds) = if cfg!(miri) { (1, 100) } else { (50, 2_000) };
        for threads in [2, 4] {
            for _ in 0..mutexes {
                count_together(ReentrantMutex::new(Cell::new((0, 0))), threads, rounds);
            }
        }
    }

    #[test]
    fn who_takes_it_often_becomes_the_favourite_until_another_wants_it() {
        let lock = ReentrantMutex::new(Cell::new(0));
        let take = || lock.lock().set(lock.lock().get() + 1);
        (0..STREAK).for_each(|_| take());
        let own = if barrier::works() { favour(thread_number(), 0) } else { NONE };
        assert_eq!(lock.favour.load(Ordering::Relaxed), own);
        take();
        assert_eq!(lock.holder.came_by.get() == 0, barrier::works());
        std::thread::scope(|scope| {
            scope.spawn(take);
        });
        assert_eq!(lock.favour.load(Ordering::Relaxed), NONE);
        take();
        assert_eq!(lock.holder.came_by.get(), FAVOURS);
        assert_eq!(lock.into_inner().get(), STREAK + 3);
    }

    #[test]
    fn a_held_mutex_is_not_taken_by_another() {
        for streak in [0, STREAK] {
            let lock = ReentrantMutex::new(Cell::new(0));
            (0..streak).for_each(|_| drop(lock.lock()));
            let held = lock.lock();
            let (sender, receiver) = std::sync::mpsc::channel();
            std::thread::scope(|scope| {
                let lock = &lock;
                scope.spawn(move || {
                    sender.send(()).unwrap();
                    lock.lock().set(2);
                });
                receiver.recv().unwrap();
                for _ in 0..100 {
                    std::thread::yield_now();
                    assert_eq!(held.get(), 0);
                }
                held.set(1);
                drop(held);
            });
            assert_eq!(lock.into_inner().get(), 2);
        }
    }
}
