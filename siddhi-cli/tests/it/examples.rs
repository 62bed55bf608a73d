//! The examples that the README shows run and say what it says.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

fn siddhi(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let program = Command::new(env!("CARGO_BIN_EXE_siddhi"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&program.stderr);
    assert_eq!(program.status.code(), Some(0), "{err}");
    String::from_utf8(program.stdout).unwrap()
}

fn run(app: &str) -> String {
    siddhi(&["run", "--quiet", &format!("examples/flights/{app}.siddhi")])
}

#[test]
fn late_carriers() {
    let out = run("late-carriers");
    assert_snapshot!(out);
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(&out), "the README shows another output");
}

#[test]
fn busiest_routes() {
    assert_snapshot!(run("busiest-routes").lines().take(20).collect::<Vec<_>>().join("\n"));
}

#[test]
fn growing_delay() {
    assert_snapshot!(run("growing-delay"));
}

#[test]
fn gust_delays() {
    assert_snapshot!(run("gust-delays"));
}

#[test]
fn examples_are_formatted() {
    for app in ["late-carriers", "busiest-routes", "growing-delay", "gust-delays"] {
        siddhi(&["fmt", "--check", &format!("examples/flights/{app}.siddhi")]);
    }
}
