//! Finding and reading cases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

/// A case that is still text; workers read the whole of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name of the case.
    pub name: String,
    /// The line.
    pub line: String,
}

/// The cases of files and trees whose name contains `filter`, in the order of the paths given and,
/// inside a tree, of the names of its files. A file given by name may be called anything; in a tree
/// only `*.jsonl` counts. A line that two paths lead to is one case; one that names no case has the
/// name of its place, and fails when it is run.
pub(crate) fn read(paths: &[PathBuf], filter: &str) -> anyhow::Result<Vec<Entry>> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, true, &mut files)?;
    }
    let mut entries = Vec::new();
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for file in &files {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = || format!("{}:{}", file.display(), number + 1);
            let name = read_name(line).unwrap_or_else(place);
            if name.contains(filter) && known.insert((name.clone(), line.to_owned())) {
                entries.push(Entry { name, line: line.to_owned() });
            }
        }
    }
    Ok(entries)
}

fn read_name(line: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    Some(serde_json::from_str::<Named>(line).ok()?.name)
}

fn collect(path: &Path, given: bool, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let reading = || format!("reading {}", path.display());
    if path.is_dir() {
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).with_context(reading)? {
            inside.push(entry.with_context(reading)?.path());
        }
        inside.sort();
        return inside.iter().try_for_each(|path| collect(path, false, files));
    }
    if given || path.extension().is_some_and(|extension| extension == "jsonl") {
        files.push(path.to_owned());
    }
    Ok(())
}

/// The names that `disputed.txt` exempts: the first word of each line, the rest says why.
///
/// A line without a reason is an error, an absent file an empty list.
pub(crate) fn read_disputed(file: &Path) -> anyhow::Result<BTreeSet<String>> {
    if !file.exists() {
        return Ok(BTreeSet::new());
    }
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (name, _reason) = line.split_once(char::is_whitespace).with_context(|| {
                format!("{}: {line} is disputed without a reason", file.display())
            })?;
            Ok(name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_of_the_corpus_has_a_name_of_its_own() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
        let all = read(std::slice::from_ref(&root), "").unwrap();
        assert!(all.len() > 9_000);
        let names: BTreeSet<&str> = all.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        let some = read(&[root.join("queries")], "queries/select/").unwrap();
        assert!(
            !some.is_empty() && some.iter().all(|entry| entry.name.contains("queries/select/"))
        );
        assert!(read_disputed(&root.join("disputed.txt")).is_ok());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a file of cases is what is read")]
    fn a_line_that_is_no_case_is_one_that_fails() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("some.jsonl");
        let case = r#"{"name": "a"}"#;
        std::fs::write(&file, format!("{case}\n{{\n{case}\n")).unwrap();
        let all = read(&[directory.path().to_owned(), file.clone()], "").unwrap();
        let names: Vec<&str> = all.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a", &format!("{}:2", file.display())]);
    }
}
