//! Substitution and the way back, on any text.

use proptest::prelude::*;
use siddhi_query::ast::Span;
use siddhi_query::variables::substitute;

proptest! {
    #[test]
    fn what_was_copied_leads_back_to_itself(
        pieces in prop::collection::vec(("[a-z ${}é]{0,6}", "[a-z_0-9]{1,3}"), 0..5),
    ) {
        let text: String = pieces.iter().map(|(copied, name)| format!("{copied}${{{name}}}")).collect();
        let value = |name: &str| Some(name.to_uppercase().repeat(name.len() % 3));
        let substituted = substitute(&text, value).expect("every variable has a value");
        for (start, character) in substituted.text().char_indices() {
            let original = substituted.original(Span::new(start, start + character.len_utf8()));
            let original = text.get(original.range()).expect("a place between characters");
            prop_assert!(
                original == character.to_string() || original.starts_with("${"),
                "{character:?} is led back to {original:?}"
            );
        }
        let whole = substituted.original(Span::new(0, substituted.text().len()));
        prop_assert!(substituted.text().is_empty() || whole.range().end <= text.len());
    }

    #[test]
    fn a_text_without_variables_stays(text in "[a-z ${}\n]{0,20}") {
        prop_assume!(substitute(&text, |_| None).is_ok());
        let substituted = substitute(&text, |_| None).expect("assumed");
        prop_assert_eq!(substituted.text(), &text);
    }
}
