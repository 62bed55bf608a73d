//! A pair of memory barriers, one for free and one dear: of two threads that each write, pass a barrier
//! of their own and read what the other writes, at least one sees the other's write.
//!
//! The light one only keeps the compiler from reordering. The heavy one makes the system run a full
//! barrier on every processor that runs a thread of this process, so that it stands for the missing
//! one of the others, whatever they were doing. Source: membarrier(2); the pair is known from
//! user-space RCU and as "asymmetric fences" (C++ proposal P1202).

use std::sync::atomic::{Ordering, compiler_fence};

/// For the thread that passes often.
#[inline]
pub(super) fn light() {
    compiler_fence(Ordering::SeqCst);
}

/// Whether the heavy barrier works here; else the pair must not be relied on.
#[cfg(all(target_os = "linux", not(miri)))]
pub(super) fn works() -> bool {
    use std::sync::OnceLock;
    static WORKS: OnceLock<bool> = OnceLock::new();
    *WORKS.get_or_init(|| register().is_ok())
}

/// For the thread that passes seldom: a few microseconds.
#[cfg(all(target_os = "linux", not(miri)))]
pub(super) fn heavy() {
    use rustix::thread::{MembarrierCommand, membarrier};
    std::sync::atomic::fence(Ordering::SeqCst);
    // It fails only where the process is not registered, as that of a fork may be.
    while membarrier(MembarrierCommand::PrivateExpedited).is_err() {
        if register().is_err() {
            std::thread::yield_now();
        }
    }
    std::sync::atomic::fence(Ordering::SeqCst);
}

#[cfg(all(target_os = "linux", not(miri)))]
fn register() -> rustix::io::Result<()> {
    use rustix::thread::{MembarrierCommand, membarrier};
    membarrier(MembarrierCommand::RegisterPrivateExpedited)
}

/// Elsewhere there is none.
#[cfg(not(all(target_os = "linux", not(miri))))]
pub(super) fn works() -> bool {
    false
}

/// Elsewhere nobody asks for it.
#[cfg(not(all(target_os = "linux", not(miri))))]
pub(super) fn heavy() {
    std::sync::atomic::fence(Ordering::SeqCst);
}
