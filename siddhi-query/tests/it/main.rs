//! What the crate promises, checked from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod conformance;
mod corpus;
mod diagnostics;
mod formatting;
mod limits;
mod printing;
#[cfg(feature = "serde")]
mod serialization;
mod trees;
mod variables;
