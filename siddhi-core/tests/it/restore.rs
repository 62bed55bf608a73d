//! A restored app goes on as if it had never stopped.

use proptest::prelude::*;
use proptest::sample::Index;
use siddhi_core::Switches;

use crate::apps::{apps, rule_apps, steps};
use crate::drive::{Play, Step, run};

/// Restarts the app before some steps and compares what comes out of each.
fn check(
    text: &str,
    steps: &[Step],
    restarts: impl Fn(usize) -> bool,
) -> Result<(), TestCaseError> {
    for switches in [Switches::default(), Switches::none()] {
        let expected = run(text, switches, steps);
        let mut play = Play::new(text, switches);
        for (number, (step, expected)) in steps.iter().zip(expected).enumerate() {
            if restarts(number) {
                play.restart();
            }
            play.step(step);
            prop_assert_eq!(
                expected,
                play.take(),
                "step {} with {:?} of\n{}",
                number,
                switches,
                text
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn restored_once(text in apps(), steps in steps(), at in any::<Index>()) {
        let at = at.index(steps.len());
        check(&text, &steps, |step| step == at)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn restored_at_every_step(text in apps(), steps in steps()) {
        check(&text, &steps, |_| true)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rules_restored(text in rule_apps(), steps in steps(), at in any::<Index>()) {
        let at = at.index(steps.len());
        check(&text, &steps, |step| step == at)?;
    }
}
