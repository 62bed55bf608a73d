//! `siddhi functions` and `completions`.

use crate::program::Directory;

#[test]
fn everything_has_a_page() {
    let directory = Directory::new(&[]);
    let json = directory.siddhi("functions --format json").out;
    let pages: serde_json::Value = serde_json::from_str(&json).unwrap();
    for page in pages.as_array().unwrap() {
        for key in ["kind", "name", "syntax", "description", "example"] {
            let text = page[key].as_str().unwrap();
            assert!(!text.trim().is_empty(), "{key} of {page}");
        }
    }
    let page = directory.siddhi("functions file").out;
    assert!(page.contains("(source)") && page.contains("(sink)") && page.contains("event.time"));
    let output = directory.siddhi("functions fil");
    assert_eq!(output.code, Some(1));
    assert!(output.err.contains("did you mean 'file'?"));
}

/// What the manual shows must be what the engine takes.
#[test]
fn examples_of_connectors_are_apps() {
    let directory = Directory::new(&[]);
    let json = directory.siddhi("functions --format json").out;
    let pages: serde_json::Value = serde_json::from_str(&json).unwrap();
    for page in pages.as_array().unwrap() {
        let kind = page["kind"].as_str().unwrap();
        if !["source", "sink", "source mapper", "sink mapper"].contains(&kind) {
            continue;
        }
        let example = page["example"].as_str().unwrap();
        directory.write("example.siddhi", example);
        let output = directory.siddhi("check example.siddhi");
        assert_eq!(output.code, Some(0), "{kind} {}\n{}", page["name"], output.out);
    }
}

#[test]
fn shells_are_helped() {
    let directory = Directory::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = directory.siddhi(&format!("completions {shell}"));
        assert_eq!(output.code, Some(0));
        assert!(output.out.contains("drain"), "{shell}");
    }
}
