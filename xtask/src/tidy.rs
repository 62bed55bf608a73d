//! What no lint looks at: module documentation, trailing blanks, dates, loose ends, size.

use std::path::Path;

use anyhow::Context;

use crate::workspace;

/// No source file is longer than this.
const LINES_MAX: usize = 1_000;

/// Endings of the files that people write and read.
const TEXTS: &[&str] = &["rs", "toml", "md", "java", "xml", "yml", "pest", "siddhi"];

/// Every untidy place, in words.
pub(crate) fn complaints() -> anyhow::Result<Vec<String>> {
    let root = workspace::root();
    let mut git = std::process::Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let files = workspace::output(git)?;
    let mut complaints = Vec::new();
    for file in files.split('\0').filter(|file| is_text(file)) {
        let path = root.join(file);
        // A file that was deleted, but not yet from the index.
        if path.exists() {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading {file}"))?;
            let mut found = text_complaints(&text);
            if Path::new(file).extension().is_some_and(|extension| extension == "rs") {
                found.extend(rust_complaints(&text));
                // A module of tests is described by the module it tests.
                if !file.ends_with("/tests.rs") && !has_module_documentation(&text) {
                    found.push(": begins without a //! that says what it is".to_owned());
                }
            }
            complaints.extend(found.into_iter().map(|complaint| format!("{file}{complaint}")));
        }
    }
    Ok(complaints)
}

fn is_text(file: &str) -> bool {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| TEXTS.contains(&extension)) || file == ".ci/run"
}

fn text_complaints(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.ends_with([' ', '\t', '\r']) {
            complaints.push(format!(":{number}: blanks at the end of the line"));
        }
    }
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        complaints.push(": a file ends with one line break".to_owned());
    }
    complaints
}

fn rust_complaints(text: &str) -> Vec<String> {
    // Put together here, or this file would complain about itself.
    let loose_ends = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    let marks = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "X".repeat(3)];
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(end) = loose_ends.iter().find(|end| line.contains(*end)) {
            complaints.push(format!(":{number}: {end}…) is a loose end"));
        }
        if let Some((_, comment)) = line.split_once("//") {
            if has_date(comment) {
                complaints.push(format!(":{number}: a date in a comment is history"));
            }
            if let Some(mark) = marks.iter().find(|mark| comment.contains(*mark)) {
                complaints.push(format!(":{number}: {mark} is a loose end"));
            }
        }
    }
    let count = text.lines().count();
    if count > LINES_MAX {
        complaints.push(format!(": {count} lines are more than {LINES_MAX}"));
    }
    complaints
}

fn has_module_documentation(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next().is_some_and(|line| line.starts_with("//!"))
}

/// Whether a text holds a day of this century, written year-month-day and standing alone: a time of
/// day behind it makes it an example of a Siddhi timestamp, not history.
fn has_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(10).enumerate().any(|(start, window)| {
        let shape = window.iter().enumerate().all(|(i, byte)| match i {
            0 => *byte == b'2',
            1 => *byte == b'0',
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let behind = bytes.get(start + 10..).unwrap_or_default();
        let has_time = matches!(behind, [b' ' | b'T', hour, ..] if hour.is_ascii_digit());
        shape && !has_time
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_untidy() {
        assert_eq!(
            text_complaints("a \nb"),
            [":1: blanks at the end of the line", ": a file ends with one line break"]
        );
        let (end, slashes) = ("todo!", "//");
        let loose = format!("{slashes}! It is.\nfn f() {{ {end}() }} {slashes} since 2031-02-03");
        let complaints = rust_complaints(&loose);
        assert_eq!(complaints.len(), 2);
        assert!(complaints[0].ends_with("is a loose end"));
        assert_eq!(complaints[1], ":2: a date in a comment is history");
        assert!(!has_module_documentation("fn f() {}\n"));
    }

    #[test]
    fn a_timestamp_is_not_history() {
        assert!(has_date(" changed 2031-02-03"));
        assert!(!has_date("within '2017-06-01 04:05:50'"));
        assert!(!has_date("2031-2-3 and 1031-02-03"));
    }
}
