//! Counters account for every row.

use proptest::prelude::*;
use proptest::sample::Index;
use siddhi_core::{ElementCounters, SiddhiManager, Switches, Value};

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

fn check(text: &str, steps: &[Step], restart: Option<usize>) -> Result<(), TestCaseError> {
    for switches in [Switches::default(), Switches::none()] {
        let mut play = Play::new(text, switches);
        for (number, step) in steps.iter().enumerate() {
            if restart == Some(number) {
                play.restart();
            }
            play.step(step);
            for element in play.app.counters() {
                prop_assert!(balanced(&element), "{:?} with {:?} of\n{}", element, switches, text);
            }
            let found = play.app.contradictions(|stream| ["S", "T"].contains(&stream));
            prop_assert!(found.is_empty(), "{:?} with {:?} of\n{}", found, switches, text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_is_accounted_for(text in apps(), steps in steps()) {
        check(&text, &steps, None)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rules_account_for_every_row(text in rule_apps(), steps in steps()) {
        check(&text, &steps, None)?;
    }

    #[test]
    fn a_restored_app_accounts_for_every_row(
        text in apps(),
        steps in steps(),
        at in any::<Index>(),
    ) {
        check(&text, &steps, Some(at.index(steps.len())))?;
    }
}

/// Rows that are lost between two elements are seen, though each element adds up for itself.
#[test]
fn what_came_from_elsewhere_is_a_contradiction() {
    let text = "define stream S (n long); from S[n > 0]#window.length(2) select n insert into O;";
    let app = SiddhiManager::new().create_app(text).unwrap();
    app.start().unwrap();
    app.input("S").unwrap().send(0, &[Value::Long(1)]).unwrap();
    assert_eq!(app.contradictions(|stream| stream == "S"), Vec::<String>::new());
    // Nobody says that these come from outside.
    app.input("O").unwrap().send(0, &[Value::Long(2)]).unwrap();
    assert!(app.counters().iter().all(ElementCounters::is_balanced));
    let found = app.contradictions(|_| false);
    assert_eq!(found, ["queries put 0 into S, and 1 came", "queries put 1 into O, and 2 came"]);
    assert_eq!(app.contradictions(|stream| ["S", "O"].contains(&stream)), Vec::<String>::new());
}
