//! The arrows between our crates, and what the default build may pull in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::workspace;

/// What each crate may use of ours; arrows are transitive and written out here. A crate that is not
/// named may use nothing.
const ARROWS: &[(&str, &[&str])] = &[
    ("siddhi-query", &[]),
    ("siddhi-pipeline", &[]),
    ("siddhi-state", &[]),
    ("siddhi-core", &["siddhi-query", "siddhi-state", "siddhi-pipeline"]),
    ("siddhi-extensions", &["siddhi-core", "siddhi-query", "siddhi-state", "siddhi-pipeline"]),
    (
        "siddhi-cli",
        &["siddhi-extensions", "siddhi-core", "siddhi-query", "siddhi-state", "siddhi-pipeline"],
    ),
    ("xtask", OURS),
    ("siddhi-benches", OURS),
];
const OURS: &[&str] =
    &["siddhi-extensions", "siddhi-core", "siddhi-query", "siddhi-state", "siddhi-pipeline"];

/// The default build stays below this number of packages, ours included.
const PACKAGES_MAX: usize = 150;

/// Packages whose presence means that building needs a C compiler or another foreign tool.
const FOREIGN_TOOLS: &[&str] = &["cc", "cmake", "bindgen", "psm", "pkg-config", "autotools"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

/// Every broken rule, in words.
pub(crate) fn complaints() -> anyhow::Result<Vec<String>> {
    let metadata = workspace::cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Metadata = serde_json::from_str(&workspace::output(metadata)?)?;
    let mut complaints = arrow_complaints(&metadata);
    let tree = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
    complaints.extend(build_complaints(&workspace::output(workspace::cargo(&tree))?));
    Ok(complaints)
}

fn arrow_complaints(metadata: &Metadata) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let ours: BTreeSet<&str> =
        metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut complaints = Vec::new();
    for package in &metadata.packages {
        let allowed = allowed.get(package.name.as_str()).copied().unwrap_or_default();
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if ours.contains(name) && !allowed.contains(&name) && name != package.name {
                complaints.push(format!("{} must not depend on {name}", package.name));
            }
        }
    }
    complaints
}

fn build_complaints(tree: &str) -> Vec<String> {
    // A line is `name vVERSION`, with more behind it for paths and procedural macros.
    let packages: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    let mut complaints: Vec<String> = FOREIGN_TOOLS
        .iter()
        .filter(|tool| packages.iter().any(|(name, _)| name == *tool))
        .map(|tool| format!("the default build uses {tool}: it would need a foreign compiler"))
        .collect();
    if packages.len() >= PACKAGES_MAX {
        let count = packages.len();
        complaints
            .push(format!("the default build has {count} packages, not under {PACKAGES_MAX}"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_against_the_layers_is_told() {
        let package = |name: &str, dependency: &str| Package {
            name: name.to_owned(),
            dependencies: vec![Dependency { name: dependency.to_owned() }],
        };
        let packages = vec![
            package("siddhi-query", "siddhi-core"),
            package("siddhi-core", "siddhi-query"),
            package("siddhi-new", "siddhi-query"),
            package("xtask", "siddhi-extensions"),
            package("siddhi-extensions", "serde"),
        ];
        assert_eq!(
            arrow_complaints(&Metadata { packages }),
            [
                "siddhi-query must not depend on siddhi-core",
                "siddhi-new must not depend on siddhi-query"
            ]
        );
    }

    #[test]
    fn a_build_that_needs_a_c_compiler_is_told() {
        let tree = "siddhi-query v0.1.0 (/somewhere)\npest v2.8.0\ncc v1.2.0\n\npest v2.8.0 (*)\n";
        assert_eq!(
            build_complaints(tree),
            ["the default build uses cc: it would need a foreign compiler"]
        );
    }
}
