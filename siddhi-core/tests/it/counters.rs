//! Counters account for every row.

use proptest::prelude::*;
use siddhi_core::{ElementCounters, Switches};

use crate::apps::{apps, rule_apps, steps};
use crate::drive::{Play, Step};

/// What each kind of element tells.
const TOLD: [(&str, &[&str]); 4] = [
    (" filter ", &["in", "out", "filtered"]),
    (" window", &["in", "held", "expired", "dropped"]),
    (" selector", &["in", "out", "absorbed"]),
    (" pattern", &["started", "matched", "expired", "pending"]),
];

fn balanced(element: &ElementCounters) -> bool {
    let mut kinds = TOLD.iter().filter(|(kind, _)| element.element.contains(kind));
    kinds.all(|(_, told)| told.iter().all(|name| element.get(name).is_some()))
        && element.is_balanced()
}

fn check(text: &str, steps: &[Step]) -> Result<(), TestCaseError> {
    for switches in [Switches::default(), Switches::none()] {
        let mut play = Play::new(text, switches);
        for step in steps {
            play.step(step);
            for element in play.app.counters() {
                prop_assert!(balanced(&element), "{:?} with {:?} of\n{}", element, switches, text);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_is_accounted_for(text in apps(), steps in steps()) {
        check(&text, &steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rules_account_for_every_row(text in rule_apps(), steps in steps()) {
        check(&text, &steps)?;
    }
}
