//! `cargo xtask test`: everything that must hold.

use crate::{conformance, workspace};

/// Runs the tests of all crates, then the conformance corpus; whether all passed.
///
/// The corpus runs also when a test has failed: its counts are the last line in any case.
pub(crate) fn run() -> anyhow::Result<bool> {
    let tests_pass =
        workspace::run(workspace::cargo(&["test", "--workspace", "--no-fail-fast", "--quiet"]))?;
    if !tests_pass {
        eprintln!("cargo test failed; the conformance corpus follows");
    }
    Ok(conformance::run_corpus()? && tests_pass)
}
