//! The engine through its public API: what must hold for every app, with random apps and events,
//! and how apps behave when they are used oddly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod aggregator;
mod apps;
mod changed;
mod counters;
mod drive;
mod feedback;
mod functions;
mod groups;
mod mistakes;
mod optimized;
mod panics;
mod patterns;
mod plans;
mod processors;
mod restore;
mod singles;
mod snapshots;
mod windows;
