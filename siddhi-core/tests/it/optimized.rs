//! Nobody can tell whether the optimizer is on.

use proptest::prelude::*;
use siddhi_core::Switches;

use crate::apps::{apps, rule_apps, steps};
use crate::drive::{Step, run};

/// Everything off, and each alone.
fn settings() -> [Switches; 6] {
    let on = Switches::default();
    [
        Switches::none(),
        Switches { constant_folding: false, ..on },
        Switches { expired_elision: false, ..on },
        Switches { pattern_index: false, ..on },
        Switches { rule_index: false, ..on },
        Switches { partition_chunks: false, ..on },
    ]
}

fn check(text: &str, steps: &[Step]) -> Result<(), TestCaseError> {
    let expected = run(text, Switches::default(), steps);
    for switches in settings() {
        let found = run(text, switches, steps);
        for (step, (expected, found)) in expected.iter().zip(&found).enumerate() {
            prop_assert_eq!(expected, found, "step {} with {:?} of\n{}", step, switches, text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn optimized_is_plain(text in apps(), steps in steps()) {
        check(&text, &steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn looked_up_is_asked(text in rule_apps(), steps in steps()) {
        check(&text, &steps)?;
    }
}
