//! `cargo xtask check`: what a reader of the code relies on.

use crate::{depcheck, tidy, workspace};

/// The features of siddhi-extensions, each of which must build alone.
const EXTENSIONS: [&str; 8] =
    ["csv", "file", "inMemory", "json", "log", "passThrough", "stdout", "text"];

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
    for feature in EXTENSIONS {
        let alone = ["--no-default-features", "--features", feature, "--quiet"];
        let clippy = ["clippy", "-p", "siddhi-extensions"];
        note(feature, cargo(&[&clippy[..], &alone, &["--", "-D", "warnings"]].concat())?);
    }
    let mut doc = workspace::cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    note("doc", workspace::run(doc)?);
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
