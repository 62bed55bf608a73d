//! Runs the program as a user does and looks at what it prints.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the program reads")]

mod check;
mod examples;
mod manual;
mod program;
mod run;
