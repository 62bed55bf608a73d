//! No text brings the parser down.

mod nesting;

use proptest::prelude::*;
use siddhi_query::{
    Severity, apply_fixes, parse_app_recovering, parse_expression, parse_on_demand, parse_query,
};

const NESTING: usize = 100;
const QUERY_NESTING: usize = 16;
const HEIGHT: usize = 1000;

#[test]
fn nesting_is_read_up_to_the_limit_and_refused_beyond() {
    for (shapes, limit) in [(nesting::BRACKETS, NESTING), (nesting::QUERIES, QUERY_NESTING)] {
        for shape in shapes {
            let text = shape.of_depth(limit);
            assert!(parse_query(&text).is_ok(), "{text}: {:?}", parse_query(&text));
            let text = shape.of_depth(50_000);
            let errors = parse_query(&text).unwrap_err();
            assert_eq!(errors.first().map(|error| error.code.as_str()), Some("SID0005"));
            drop(parse_app_recovering(&text));
            for mistake in nesting::MISTAKES {
                drop(parse_app_recovering(&shape.around(mistake, limit)));
            }
        }
    }
}

/// Texts that repeat: their length can be chosen.
fn long_texts(length: usize) -> Vec<String> {
    let output = " select 1 as x insert into O";
    vec![
        format!("from S[a{}] insert into O", " + a".repeat(length)),
        format!("from S[a{}] insert into O", " == 1 or a".repeat(length / 2)),
        format!("from S[{}a] insert into O", "not ".repeat(length)),
        format!("from S[a{}] insert into O", " in T".repeat(length)),
        format!("from S{}{output}", " -> S".repeat(length)),
        format!("from S{}{output}", ", S".repeat(length)),
        format!("from S{}{output}", " -> not S for 1 sec -> S".repeat(length / 2)),
    ]
}

#[test]
fn length_is_read_up_to_the_limit_and_refused_beyond() {
    for text in long_texts(HEIGHT - 2) {
        assert!(parse_query(&text).is_ok(), "{:?}", parse_query(&text));
    }
    for text in long_texts(HEIGHT * 50) {
        let errors = parse_query(&text).unwrap_err();
        assert_eq!(errors.first().map(|error| error.code.as_str()), Some("SID0005"));
    }
}

#[test]
fn repeated_words_do_no_harm() {
    let words = [
        "not ",
        "from ",
        "every ",
        "and ",
        "or ",
        "not and ",
        "and or ",
        "in ",
        "is ",
        "as ",
        "by ",
        "define ",
        "partition ",
        "begin ",
        "end ",
        "(",
        ")",
        "[",
        "@",
        "@a(",
        "#",
        "!",
        "{",
        "}",
        "{\"",
        "\"",
        "'",
        "`",
        "/*",
        "--",
        "//",
        ";",
        ",",
        "->",
        ".",
        "a.",
        "a:",
        "a[",
        "a ",
        "5 ",
        "5 sec ",
        "-",
        "+",
        "=",
        "<",
        "“",
        "é",
        "\u{0}",
        "from S ",
        "select ",
        "S -> ",
        "S, ",
        "from S[a = 1] ",
        "define stream S (a boolean) ",
        "@a(b=1 ",
        "every not ",
        "return ",
    ];
    for word in words {
        for prefix in ["", "define stream S (a int); from S select ", "from S[not ", "from not "] {
            let text = format!("{prefix}{}", word.repeat(1000));
            drop(parse_app_recovering(&text));
            drop(parse_query(&text));
            drop(parse_expression(&text));
            drop(parse_on_demand(&text));
        }
    }
}

/// Texts of tokens in any order, with some characters that are none.
fn tokens() -> impl Strategy<Value = String> {
    let words: Vec<&'static str> = "define stream table window trigger function aggregation from \
        select group by having order limit offset insert into update or delete set on output every \
        all events for partition with begin end of as not and in is null join left outer within per \
        return int bool S T a b f ; , . ( ) [ ] { } @ # ! = == -> < > + - * / ? : ... 1 5L 2.5 sec \
        min 'x' \"y\" ' \" ` “ é $ & | ~ app plan window overwrite where mins boolean"
        .split_whitespace()
        .collect();
    let separator = prop::sample::select(vec![" ", "", "\n", "/**/"]);
    prop::collection::vec((prop::sample::select(words), separator), 0..60)
        .prop_map(|pairs| pairs.into_iter().map(|(word, blank)| format!("{word}{blank}")).collect())
}

/// What is wrong with a text after its certain fixes that was not wrong with it before.
fn new_errors(text: &str) -> Option<String> {
    let errors = |text: &str| {
        let mut found = parse_app_recovering(text).diagnostics;
        found.retain(|diagnostic| diagnostic.severity == Severity::Error);
        found
    };
    let before = errors(text);
    let fixed = apply_fixes(text, &parse_app_recovering(text).diagnostics);
    let mut after = errors(&fixed);
    after.retain(|new| before.iter().all(|old| old.code != new.code));
    (!after.is_empty()).then(|| format!("{text}\nbecame\n{fixed}\nwhere {after:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![tokens(), "\\PC{0,80}"]) {
        let parsed = parse_app_recovering(&text);
        prop_assert!(parsed.tree.is_some() || !parsed.diagnostics.is_empty());
        for diagnostic in &parsed.diagnostics {
            prop_assert_eq!(diagnostic.labels.iter().filter(|label| label.primary).count(), 1);
            for label in &diagnostic.labels {
                prop_assert!(text.get(label.span.range()).is_some(), "{:?}", diagnostic);
            }
            for edit in diagnostic.fixes.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(text.get(edit.span.range()).is_some(), "{:?}", diagnostic);
            }
        }
        prop_assert_eq!(new_errors(&text), None);
        drop(parse_query(&text));
        drop(parse_expression(&text));
        drop(parse_on_demand(&text));
    }
}
