//! The cases recorded from Java Siddhi.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Every case of the corpus.
pub(crate) fn cases() -> Vec<Value> {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance"), &mut paths);
    let read = |path| std::fs::read_to_string(path).expect("a readable file");
    let parse = |line: &str| serde_json::from_str(line).expect("JSON");
    let texts = paths.into_iter().map(read);
    texts
        .flat_map(|text| {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.map(parse).collect::<Vec<Value>>()
        })
        .collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the corpus is part of the repository");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(path);
        }
    }
}
