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
fn what_is_left_behind_mending_is_counted_and_a_guess_is_marked() {
    let directory = Directory::new(&[(
        "app.siddhi",
        "define stream S (a int);\nfrom S[a = 1] selct a insert into O;\n",
    )]);
    let output = directory.siddhi("check --fix app.siddhi");
    assert_eq!(output.code, Some(1), "{}", output.out);
    assert!(output.out.ends_with("mended app.siddhi, 1 mistake left\n"), "{}", output.out);
    assert!(output.out.contains("help: maybe write `select`"), "{}", output.out);
}

#[test]
fn what_is_mended_around_variables_is_the_text_as_it_was_written() {
    let app = "@app:name('${TITLE}')\ndefine stream S (a int, b int);\n\
               from S[a = ${LIMIT}] select a insert into O;\n";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let variables = [("TITLE", "a title that is longer than its name"), ("LIMIT", "1 and b = 2")];
    let output = directory.siddhi_knowing(&variables, "check --fix app.siddhi", "");
    // The second `=` stands in a value, which is not in the file.
    assert_eq!(output.code, Some(1), "{}", output.out);
    assert_eq!(directory.read("app.siddhi"), app.replace("a = ", "a == "));
    let output = directory.siddhi_knowing(&variables, "check app.siddhi", "");
    assert!(output.out.contains("app.siddhi:3:13"), "{}", output.out);
}

#[test]
fn a_name_behind_a_variable_is_shown_where_it_is() {
    let app = "@app:name('${TITLE}') define stream S (a int); from S select b insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let output = directory.siddhi_knowing(&[("TITLE", "t")], "check app.siddhi", "");
    assert!(output.out.contains("app.siddhi:1:62"), "{}", output.out);
}

#[test]
fn a_text_from_standard_input_is_mended_to_standard_output() {
    let directory = Directory::new(&[]);
    let text = "define stream S (a int); from S[a = 1] select a insert into O;";
    let output = directory.siddhi_reading("check --fix -", text);
    assert_eq!((output.code, output.out), (Some(0), text.replace(" = ", " == ")));
    assert_eq!(output.err, "");
    assert!(!directory.path("-").exists());
    // What is found in other apps does not stand beside it.
    directory.write("bad.siddhi", BAD);
    let output = directory.siddhi_reading("check --fix bad.siddhi -", text);
    assert_eq!((output.code, output.out), (Some(1), text.replace(" = ", " == ")));
    assert!(output.err.contains("bad.siddhi:2:8"), "{}", output.err);
}

#[test]
fn a_text_from_standard_input_is_mended_within_the_report() {
    let directory = Directory::new(&[("bad.siddhi", BAD)]);
    let text = "define stream S (a int);\nfrom S[a = 1] select b insert into O;";
    let report = |arguments: &str, input: &str| {
        let output = directory.siddhi_reading(arguments, input);
        assert_eq!(output.code, Some(1), "{}", output.err);
        serde_json::from_str::<serde_json::Value>(&output.out).unwrap()
    };
    let mended = report("check --fix --format json bad.siddhi -", text);
    assert_eq!(mended["text"], text.replace(" = ", " == "));
    assert_eq!(mended["fixed"], serde_json::json!(["-"]));
    // What is left is told with its place in the mended text.
    let files: Vec<_> = mended["diagnostics"].as_array().unwrap().iter().collect();
    assert_eq!(
        (files.len(), &files[0]["file"], &files[1]["file"]),
        (2, &"bad.siddhi".into(), &"-".into())
    );
    assert_eq!(files[1]["span"]["start"]["column"], 23);
    let unchanged = report("check --fix --format json -", BAD);
    assert_eq!((&unchanged["text"], &unchanged["fixed"]), (&BAD.into(), &serde_json::json!([])));
    assert!(report("check --format json -", BAD).get("text").is_none());
}

#[cfg(unix)]
#[test]
fn a_mended_file_stays_what_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = "define stream S (a int); from S[a = 1] select a insert into O;";
    let directory = Directory::new(&[("real.siddhi", text)]);
    std::os::unix::fs::symlink("real.siddhi", directory.path("link.siddhi")).unwrap();
    let permissions = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(directory.path("real.siddhi"), permissions).unwrap();
    assert_eq!(directory.siddhi("check --fix link.siddhi").code, Some(0));
    assert!(directory.read("real.siddhi").contains("a == 1"));
    assert!(directory.path("link.siddhi").is_symlink());
    let mode = std::fs::metadata(directory.path("real.siddhi")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(directory.path(".")).unwrap().count(), 2);
}

#[test]
fn files_behind_one_that_cannot_be_read_are_looked_at() {
    let flat = "define stream S (a int); from S select a insert into O;";
    let directory = Directory::new(&[("flat.siddhi", flat), ("bad.siddhi", BAD)]);
    let output = directory.siddhi("check none.siddhi bad.siddhi");
    assert_eq!(output.code, Some(4));
    assert!(output.err.contains("cannot read none.siddhi"), "{}", output.err);
    assert!(output.out.contains("bad.siddhi:2:8"), "{}", output.out);
    assert_eq!(directory.siddhi("fmt none.siddhi flat.siddhi").code, Some(4));
    assert_eq!(directory.read("flat.siddhi"), GOOD);
}

#[test]
fn the_language_of_siddhi_3_is_told_for_what_it_is() {
    for (query, told, not_told) in [
        ("from S#window:time(1 sec) select a insert into O;", "a window of Siddhi 3", "not yet"),
        ("from S[isNull(a)] select a insert into O;", "`isNull(…)` is of Siddhi 3", "no function"),
        ("from S select SUM(a) as s insert into O;", "is written in lower case", "no function"),
    ] {
        let text = format!("define stream S (a int);\n{query}\n");
        let directory = Directory::new(&[("app.siddhi", &text)]);
        for command in ["check", "explain"] {
            let output = directory.siddhi(&format!("{command} app.siddhi"));
            let all = output.out + &output.err;
            assert_eq!(output.code, Some(1), "{all}");
            assert!(all.contains(told) && !all.contains(not_told), "{all}");
            assert_eq!(all.matches("app.siddhi:").count(), 1, "{all}");
        }
    }
}

#[test]
fn misspelled_annotations_are_told_and_unknown_ones_are_not() {
    let text = "@App:nmae('x') @app:owner('me')\n\
                @sorce(type = 'inMemory', topic = 't') @Team('us')\n\
                define stream S (a int);\n\
                @info(nam = 'q', purpose = 'none') from S select a insert into O;\n";
    let directory = Directory::new(&[("app.siddhi", text), ("s.csv", "a\n1\n")]);
    let check = directory.siddhi("check app.siddhi");
    let run = directory.siddhi("run app.siddhi -q --events S=s.csv");
    assert_eq!((check.code, run.code), (Some(0), Some(0)), "{}", run.err);
    assert!(check.out.ends_with("\n\n1 app checked, 3 warnings\n"), "{}", check.out);
    for told in [check.out, run.err] {
        for meant in ["@app:name", "@source", "name"] {
            assert!(told.contains(&format!("did you mean `{meant}`?")), "{meant}\n{told}");
        }
        assert_eq!(told.matches("did you mean").count(), 3, "{told}");
    }
}

#[test]
fn an_unsupported_feature_hides_no_mistake() {
    let text = "define table T (a int);\n\
                define stream S (a int);\n\
                from S select b insert into O;\n";
    let directory = Directory::new(&[("app.siddhi", text)]);
    let output = directory.siddhi("check app.siddhi");
    assert!(output.out.contains("not supported yet: tables"), "{}", output.out);
    assert!(output.out.contains("app.siddhi:3:15"), "{}", output.out);
    assert_eq!(output.code, Some(1));
}

#[test]
fn a_mistake_of_grammar_hides_no_other_and_makes_none_up() {
    let text = "define stream S (a int);\n\
                define stream Lost (a int b int);\n\
                -- insert into S\n\
                from S select b insert into O;\n\
                from Lost select nope insert into FromLost;\n\
                from FromLost select nope insert into P;\n\
                from S selct a insert into Gone;\n\
                partition with (a of S) begin\n\
                from S select c insert into Q; from S selct a insert into #R;\n\
                from #R select d insert into T; end;\n\
                from Gone select a insert into U;\n";
    let directory = Directory::new(&[("app.siddhi", text)]);
    let output = directory.siddhi("check --format json app.siddhi");
    let report: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    let lines: Vec<String> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["span"]["start"]["line"].to_string())
        .collect();
    assert_eq!(lines.join(" "), "2 4 7 9", "{}", output.out);
}

#[test]
fn apps_are_formatted() {
    let directory = Directory::new(&[
        ("good.siddhi", GOOD),
        ("flat.siddhi", "define stream S (a int); from S select a insert into O;"),
        ("bad.siddhi", "define stream"),
    ]);
    let output = directory.siddhi("fmt --check good.siddhi flat.siddhi");
    assert_eq!((output.code, output.out.as_str()), (Some(1), "flat.siddhi:1 is not formatted\n"));
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

#[test]
fn refusals_are_told_to_programs() {
    const SORTED: &str = "define stream S (a int);\nfrom S#window.sort(2, a) insert into O;\n";
    let directory = Directory::new(&[("bad.siddhi", BAD), ("sorted.siddhi", SORTED)]);
    for (app, code) in [("bad.siddhi", 1), ("sorted.siddhi", 3)] {
        let report = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let checked = directory.siddhi(&format!("check --format json {app}"));
        let expected = &report(&checked.out)["diagnostics"];
        assert!(expected[0]["code"].is_string());
        let explained = directory.siddhi(&format!("explain --format json {app}"));
        assert_eq!(
            (&report(&explained.out)["diagnostics"], explained.err.as_str()),
            (expected, "")
        );
        // Standard output is for events.
        let run = directory.siddhi(&format!("run --format json {app}"));
        assert_eq!((&report(&run.err)["diagnostics"], run.out.as_str()), (expected, ""));
        assert_eq!([checked.code, explained.code, run.code], [Some(code); 3]);
    }
}
