//! Trees survive a round trip through JSON.

use proptest::prelude::*;

use crate::trees;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn apps(app in trees::app()) {
        // JSON has no infinity.
        prop_assume!(!app.to_string().contains("1e999"));
        let json = serde_json::to_string(&app).expect("trees are plain data");
        let back = serde_json::from_str(&json).expect("what was written can be read");
        prop_assert_eq!(app, back);
    }
}

#[test]
fn spans_are_kept() {
    let app = siddhi_query::parse_app("define stream S (a int);").expect("a good app");
    let json = serde_json::to_string(&app).expect("trees are plain data");
    let back: siddhi_query::ast::App = serde_json::from_str(&json).expect("the same tree");
    // Spans compare equal whatever they are, so the texts are compared.
    assert_eq!(format!("{app:?}"), format!("{back:?}"));
}
