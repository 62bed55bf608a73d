//! State of stream operators: named, versioned snapshots that restore exactly.
//!
//! A component with state implements [`StateHolder`]; a [`Snapshot`] holds the bytes of many
//! components by name and is itself a checksummed sequence of bytes.
//!
//! ```
//! use siddhi_state::{Snapshot, StateError, StateHolder, check_version, decode, encode};
//!
//! struct Counter(u64);
//! impl StateHolder for Counter {
//!     fn schema_version(&self) -> u32 { 1 }
//!     fn snapshot(&self) -> Result<Vec<u8>, StateError> { encode(&self.0) }
//!     fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
//!         check_version("counter", self.schema_version(), version)?;
//!         self.0 = decode(bytes)?;
//!         Ok(())
//!     }
//! }
//!
//! let mut snapshot = Snapshot::default();
//! snapshot.save("counter", &Counter(7))?;
//! let bytes = snapshot.to_bytes()?;
//!
//! let mut restored = Counter(0);
//! Snapshot::from_bytes(&bytes)?.load("counter", &mut restored)?;
//! assert_eq!(restored.0, 7);
//! # Ok::<(), StateError>(())
//! ```

mod error;
mod hash;
mod holder;
mod snapshot;

pub use error::StateError;
pub use hash::fnv1a;
pub use holder::{StateHolder, check_version, decode, encode};
pub use snapshot::Snapshot;
