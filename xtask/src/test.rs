//! `cargo xtask test`: everything that must hold.

use crate::{conformance, workspace};

/// Runs the tests of all crates, then the conformance corpus; whether all passed.
///
/// The corpus runs also when a test has failed: its counts are the last line when all is well.
pub(crate) fn run() -> anyhow::Result<bool> {
    let tests_pass =
        workspace::run(workspace::cargo(&["test", "--workspace", "--no-fail-fast", "--quiet"]))?;
    let corpus_passes = conformance::run_corpus()?;
    if !tests_pass {
        // The counts of the corpus alone would look like success.
        println!("failed: cargo test, above the corpus");
    }
    Ok(corpus_passes && tests_pass)
}
