//! `cargo xtask check`: what a reader of the code relies on.

use crate::{depcheck, tidy, workspace};

/// Runs every check, also behind one that failed; whether all passed.
pub(crate) fn run() -> anyhow::Result<bool> {
    let mut failed = Vec::new();
    let mut note = |name: &'static str, passed: bool| {
        if !passed {
            failed.push(name);
        }
    };
    let cargo = |arguments: &[&str]| workspace::run(workspace::cargo(arguments));
    note("fmt", cargo(&["fmt", "--all", "--check"])?);
    note("tidy", is_clean("tidy", &tidy::complaints()?));
    note("depcheck", is_clean("depcheck", &depcheck::complaints()?));
    note(
        "clippy",
        cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?,
    );
    if has_deny()? {
        note("deny", cargo(&["deny", "check", "licenses", "bans", "sources"])?);
    } else {
        println!("deny: skipped, cargo-deny is not installed");
    }
    if failed.is_empty() {
        println!("all checks passed");
    } else {
        println!("failed: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}

fn is_clean(check: &str, complaints: &[String]) -> bool {
    for complaint in complaints {
        println!("{check}: {complaint}");
    }
    complaints.is_empty()
}

fn has_deny() -> anyhow::Result<bool> {
    let commands = workspace::output(workspace::cargo(&["--list"]))?;
    Ok(commands.lines().any(|line| line.split_whitespace().next() == Some("deny")))
}
