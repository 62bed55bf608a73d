//! `siddhi check`, `fmt` and `explain`.

use insta::assert_snapshot;

use crate::program::Directory;

const GOOD: &str = "define stream S (a int);\n\nfrom S\nselect a\ninsert into O;\n";
const BAD: &str = "define stream S (a int);\nfrom S[b > 1] select a insert into O;\n";

#[test]
fn mistakes_are_shown_where_they_are() {
    let directory = Directory::new(&[("good.siddhi", GOOD), ("bad.siddhi", BAD)]);
    assert_eq!(directory.siddhi("check good.siddhi").out, "1 app checked, no mistakes\n");
    let output = directory.siddhi("check good.siddhi bad.siddhi");
    assert_eq!(output.code, Some(1));
    assert_snapshot!(output.out);
}

#[test]
fn mistakes_are_told_to_programs() {
    let directory = Directory::new(&[("bad.siddhi", BAD)]);
    let output = directory.siddhi("check --format json bad.siddhi");
    assert_eq!(output.code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    let found = &report["diagnostics"][0];
    assert_eq!((&found["file"], &found["severity"]), (&"bad.siddhi".into(), &"error".into()));
    assert_eq!(found["span"]["start"]["line"], 2);
}

#[test]
fn what_is_certain_is_mended() {
    let directory = Directory::new(&[(
        "app.siddhi",
        "define stream S (a int);\nfrom S[a = 1] select a insert into O;\n",
    )]);
    let output = directory.siddhi("check --fix app.siddhi");
    assert_eq!(output.code, Some(0), "{}", output.out);
    assert_eq!(output.out, "mended app.siddhi\n1 app checked, no mistakes\n");
    assert!(directory.read("app.siddhi").contains("[a == 1]"));
}

#[test]
fn apps_are_formatted() {
    let directory = Directory::new(&[
        ("good.siddhi", GOOD),
        ("flat.siddhi", "define stream S (a int); from S select a insert into O;"),
        ("bad.siddhi", "define stream"),
    ]);
    let output = directory.siddhi("fmt --check good.siddhi flat.siddhi");
    assert_eq!((output.code, output.out.as_str()), (Some(1), "flat.siddhi is not formatted\n"));
    assert_eq!(directory.siddhi("fmt flat.siddhi").code, Some(0));
    assert_eq!(directory.read("flat.siddhi"), GOOD);
    assert_eq!(directory.siddhi("fmt --check good.siddhi flat.siddhi").code, Some(0));
    let output = directory.siddhi("fmt bad.siddhi good.siddhi");
    assert_eq!(output.code, Some(1));
    assert!(output.err.contains("bad.siddhi:1"), "{}", output.err);
    let output = directory.siddhi_reading("fmt -", "define stream S(a int)");
    assert_eq!(output.out, "define stream S (a int)\n");
}

#[test]
fn plans_are_explained() {
    let directory = Directory::new(&[("good.siddhi", GOOD), ("bad.siddhi", BAD)]);
    assert!(directory.siddhi("explain good.siddhi").out.contains("insert current events into O"));
    assert!(directory.siddhi("explain --physical good.siddhi").out.starts_with("stream S\n"));
    let json = directory.siddhi("explain --format json good.siddhi").out;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["streams"][0]["attributes"][0]["type"], "int");
    assert_eq!(directory.siddhi("explain bad.siddhi").code, Some(1));
}
