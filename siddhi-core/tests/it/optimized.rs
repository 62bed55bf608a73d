//! Nobody can tell whether the optimizer is on.

use proptest::prelude::*;
use siddhi_core::Switches;

use crate::apps::{apps, big_batches, crowded_rule_apps, rule_apps, steps};
use crate::drive::{Play, Step, run};

/// Everything off, and each alone.
fn settings() -> [Switches; 9] {
    let on = Switches::default();
    [
        Switches::none(),
        Switches { constant_folding: false, ..on },
        Switches { expired_elision: false, ..on },
        Switches { column_pruning: false, ..on },
        Switches { pattern_index: false, ..on },
        Switches { light_form: false, ..on },
        Switches { rule_index: false, ..on },
        Switches { partition_chunks: false, ..on },
        Switches { lone_events: false, ..on },
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn asked_at_once_is_asked_one_by_one(text in crowded_rule_apps(), steps in big_batches()) {
        let plan = Play::new(&text, Switches::default()).app.explain(true);
        prop_assert!(plan.contains("by asking each"), "{}", plan);
        let together = run(&text, Switches::default(), &steps);
        let alone = run(&text, Switches { rule_index: false, ..Switches::default() }, &steps);
        for (step, (together, alone)) in together.iter().zip(&alone).enumerate() {
            prop_assert_eq!(together, alone, "step {} of\n{}", step, text);
        }
    }
}
