//! Patterns: random chains, `every` in all places, filters over earlier events, `within`, alone and
//! by key, with events that are late.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use siddhi_core::Switches;

use crate::apps::steps;
use crate::drive::{Play, Step, run};

/// Conditions on the event of an element alone.
const OWN: [&str; 8] = [
    "a > 1",
    "a <= 3",
    "k == 'x'",
    "k != 'y'",
    "not (k is null)",
    "b >= 2 and d < 1.0",
    "eventTimestamp() < 10500L",
    "2 > 1",
];

/// Conditions over the event and that of an earlier element `{e}`.
const JOINT: [&str; 14] = [
    "k == {e}.k",
    "{e}.k == k",
    "a == {e}.a",
    "b == {e}.a",
    "d == {e}.d",
    "a == {e}.b + 1",
    "a + 1 == {e}.b",
    "b != {e}.b",
    "d > {e}.d",
    "a >= {e}[last].a",
    "a == {e}[1].a or k == {e}[0].k",
    "k == {e}.k and a == {e}.a",
    "k == {e}.k and b > {e}.b",
    "not ({e} is null) and eventTimestamp({e}) <= eventTimestamp()",
];

/// An element of a chain.
#[derive(Clone, Debug)]
struct Element {
    stream: &'static str,
    own: Option<&'static str>,
    joint: Vec<(&'static str, Index)>,
}

impl Element {
    fn text(&self, number: usize) -> String {
        let mut text = format!("e{number}={}", self.stream);
        if let Some(own) = self.own {
            write!(text, "[{own}]").unwrap();
        }
        // The first element has no earlier one.
        let joint = self.joint.iter().filter(|_| number > 0);
        let joint = joint.map(|(condition, earlier)| {
            condition.replace("{e}", &format!("e{}", earlier.index(number)))
        });
        let joint: Vec<String> = joint.collect();
        if !joint.is_empty() {
            write!(text, "[{}]", joint.join(" and ")).unwrap();
        }
        text
    }
}

prop_compose! {
    fn element()(
        stream in prop_oneof![3 => Just("S"), 1 => Just("T")],
        own in option::weighted(0.5, select(&OWN[..])),
        joint in vec((select(&JOINT[..]), any::<Index>()), 0..3),
    ) -> Element {
        Element { stream, own, joint }
    }
}

/// Puts `every` before some elements and, in brackets, around others: `cuts` says where groups end
/// and which of them begin again and again.
fn chain(elements: &[Element], cuts: &[(bool, bool)]) -> String {
    let mut groups: Vec<(bool, Vec<String>)> = Vec::new();
    for (number, (element, (cut, every))) in elements.iter().zip(cuts).enumerate() {
        if number == 0 || *cut {
            groups.push((*every, Vec::new()));
        }
        groups.last_mut().unwrap().1.push(element.text(number));
    }
    let groups = groups.iter().map(|(every, elements)| {
        let group = elements.join(" -> ");
        match (every, elements.len()) {
            (true, 1) => format!("every {group}"),
            (true, _) => format!("every ({group})"),
            (false, _) => group,
        }
    });
    groups.collect::<Vec<_>>().join(" -> ")
}

prop_compose! {
    fn pattern()(
        elements in vec(element(), 1..5),
        cuts in vec((prop::bool::weighted(0.6), prop::bool::weighted(0.6)), 5),
        within in option::weighted(0.6, select(&[50, 200, 700, 1500][..])),
        tail in select(&[
            "",
            "",
            " group by e0.k",
            " having e0.a > 1",
            " having n > 2",
            " group by {e}.k having {e}.b >= e0.b",
            " limit 0",
            " limit 1 offset 1",
        ][..]),
    ) -> String {
        let last = format!("e{}", elements.len() - 1);
        let mut text = format!("from {}", chain(&elements, &cuts));
        if let Some(within) = within {
            write!(text, " within {within} millisec").unwrap();
        }
        write!(
            text,
            " select e0.k as k, {last}.a as a, e0.b as b, {last}.d as d, e0[1].a as x, \
             eventTimestamp(e0) as t, sum({last}.b) as n{}",
            tail.replace("{e}", &last),
        ).unwrap();
        text
    }
}

/// Apps of a few patterns, by key or not.
fn apps() -> impl Strategy<Value = String> {
    let place = prop_oneof![3 => Just(""), 1 => Just("k of S"), 1 => Just("k of S, k of T")];
    (any::<bool>(), vec((pattern(), place), 1..4)).prop_map(|(playback, patterns)| {
        let mut text = String::new();
        if playback {
            text += "@app:playback\n";
        }
        for stream in ["S", "T"] {
            writeln!(text, "define stream {stream} (k string, a int, b long, d double);").unwrap();
        }
        for (number, (pattern, keys)) in patterns.into_iter().enumerate() {
            let query = format!("@info(name='q{number}') {pattern} insert into Q{number};");
            if keys.is_empty() {
                writeln!(text, "{query}").unwrap();
            } else {
                writeln!(text, "partition with ({keys}) begin {query} end;").unwrap();
            }
        }
        text
    })
}

fn balances(play: &Play) -> Result<(), TestCaseError> {
    for element in play.app.counters() {
        if let Some(started) = element.get("started") {
            let count = |name| element.get(name).unwrap();
            prop_assert_eq!(started, count("matched") + count("expired") + count("pending"));
        }
    }
    Ok(())
}

fn check_restored(
    text: &str,
    steps: &[Step],
    restarts: impl Fn(usize) -> bool,
) -> Result<(), TestCaseError> {
    let expected = run(text, Switches::default(), steps);
    let mut play = Play::new(text, Switches::default());
    for (number, (step, expected)) in steps.iter().zip(expected).enumerate() {
        if restarts(number) {
            let before = play.app.counters();
            play.restart();
            let kept = play.app.counters();
            let of = |list: &[siddhi_core::ElementCounters]| -> Vec<_> {
                list.iter().filter(|e| e.get("pending").is_some()).cloned().collect()
            };
            prop_assert_eq!(of(&before), of(&kept));
        }
        play.step(step);
        prop_assert_eq!(expected, play.take(), "step {} of\n{}", number, text);
        balances(&play)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn indexed_is_scanned(text in apps(), steps in steps()) {
        let indexed = run(&text, Switches::default(), &steps);
        let switches = Switches { pattern_index: false, ..Switches::default() };
        let scanned = run(&text, switches, &steps);
        for (step, (indexed, scanned)) in indexed.iter().zip(&scanned).enumerate() {
            prop_assert_eq!(indexed, scanned, "step {} of\n{}", step, text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn restored_is_never_stopped(text in apps(), steps in steps(), at in any::<Index>()) {
        let at = at.index(steps.len());
        check_restored(&text, &steps, |step| step == at)?;
    }

    #[test]
    fn restored_at_every_step(text in apps(), steps in steps()) {
        check_restored(&text, &steps, |_| true)?;
    }
}
