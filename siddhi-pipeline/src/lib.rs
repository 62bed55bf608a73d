//! The primitives of running an event pipeline: clocks, a lock, seeded randomness and histograms.
//!
//! ```
//! use siddhi_pipeline::{Clock, TestClock};
//! let clock = TestClock::new(1_000);
//! clock.set(2_500);
//! assert_eq!(clock.now_ms(), 2_500);
//! ```

mod clock;
mod histogram;
mod lock;
mod random;

pub use clock::{Clock, SystemClock, TestClock};
pub use histogram::Histogram;
pub use lock::{RawLock, ReentrantMutex};
pub use random::Random;
