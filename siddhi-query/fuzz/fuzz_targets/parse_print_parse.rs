//! Any text is read or refused without harm, and what is read survives being printed.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use siddhi_query::{
    Code, Diagnostic, Parsed, Severity, apply_fixes, parse_app, parse_app_recovering, parse_expression, parse_on_demand,
    parse_query,
};

/// The kinds of errors among the findings.
fn errors(diagnostics: &[Diagnostic]) -> BTreeSet<Code> {
    let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    errors.map(|it| it.code).collect()
}

fuzz_target!(|text: &str| {
    let Parsed { tree, diagnostics } = parse_app_recovering(text);
    assert!(tree.is_some() || !diagnostics.is_empty(), "neither a tree nor a reason");
    let places = diagnostics.iter().flat_map(|it| &it.labels).map(|label| label.span);
    let edits = diagnostics.iter().flat_map(|it| &it.fixes).flat_map(|fix| &fix.edits);
    for span in places.chain(edits.map(|edit| edit.span)) {
        assert!(text.get(span.range()).is_some(), "a place outside of the text");
    }
    let fixed = apply_fixes(text, &diagnostics);
    let before = errors(&diagnostics);
    let after = errors(&parse_app_recovering(&fixed).diagnostics);
    assert!(after.is_subset(&before), "{before:?} became {after:?} in\n{fixed}");

    if let Ok(app) = parse_app(text) {
        let printed = app.to_string();
        assert_eq!(parse_app(&printed).as_ref(), Ok(&app), "printed as\n{printed}");
    }
    if let Ok(query) = parse_query(text) {
        let printed = query.to_string();
        assert_eq!(parse_query(&printed).as_ref(), Ok(&query), "printed as\n{printed}");
    }
    if let Ok(expression) = parse_expression(text) {
        let printed = expression.to_string();
        assert_eq!(parse_expression(&printed).as_ref(), Ok(&expression), "printed as\n{printed}");
    }
    if let Ok(query) = parse_on_demand(text) {
        let printed = query.to_string();
        assert_eq!(parse_on_demand(&printed).as_ref(), Ok(&query), "printed as\n{printed}");
    }
});
