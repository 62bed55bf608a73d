//! Runs the program as a user does and looks at what it prints.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod check;
mod examples;
mod manual;
mod program;
mod run;
