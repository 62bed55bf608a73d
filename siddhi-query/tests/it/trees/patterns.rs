//! Random patterns and sequences.

use super::queries::handlers;
use super::*;

/// Which elements of a chain are absent streams, for chains that can be written.
const CHAINS: &[&[bool]] = &[
    &[false],
    &[false, false],
    &[false, false, false, false],
    &[true, false],
    &[false, true],
    &[false, true, false],
    &[true, false, true],
    &[true, true, false, true],
    &[true, false, true, true, false, true],
    &[true, false, false],
];

/// The same of sequences.
const SEQUENCES: &[&[bool]] = &[
    &[false, false],
    &[false, false, false],
    &[true, false],
    &[false, true],
    &[false, false, true],
];

pub(super) fn pattern() -> BoxedStrategy<PatternInput> {
    let alone = absent().prop_map(PatternElement::Absent);
    let chain = prop::sample::select(CHAINS).prop_flat_map(|kinds| {
        let elements = kinds.iter().map(|absent| if *absent { gone() } else { present() });
        elements.collect::<Vec<_>>().prop_map(next)
    });
    whole(PatternKind::Pattern, prop_oneof![1 => alone, 8 => chain].boxed())
}

pub(super) fn sequence() -> BoxedStrategy<PatternInput> {
    let chain = (prop::sample::select(SEQUENCES), any::<bool>()).prop_flat_map(|(kinds, every)| {
        let elements = kinds.iter().enumerate().map(move |(index, absent)| match absent {
            true => absent_element(),
            false if every && index == 0 => plain().prop_map(every_of).boxed(),
            false => plain(),
        });
        elements.collect::<Vec<_>>().prop_map(next)
    });
    whole(PatternKind::Sequence, chain.boxed())
}

fn whole(kind: PatternKind, element: BoxedStrategy<PatternElement>) -> BoxedStrategy<PatternInput> {
    (element, option::of(time()))
        .prop_map(move |(element, within)| PatternInput { kind, element, within, span: NOWHERE })
        .boxed()
}

/// A chain that branches to the left.
fn next(elements: Vec<PatternElement>) -> PatternElement {
    let join = |first, second| PatternElement::Next(Box::new(first), Box::new(second));
    elements.into_iter().reduce(join).expect("no chain is empty")
}

fn every_of(element: PatternElement) -> PatternElement {
    PatternElement::Every(Box::new(element), NOWHERE)
}

fn present() -> BoxedStrategy<PatternElement> {
    let group = vec(plain(), 1..4).prop_map(|elements| every_of(next(elements)));
    prop_oneof![4 => plain(), 1 => group].boxed()
}

fn gone() -> BoxedStrategy<PatternElement> {
    (absent_element(), any::<bool>())
        .prop_map(|(element, every)| if every { every_of(element) } else { element })
        .boxed()
}

fn absent_element() -> BoxedStrategy<PatternElement> {
    absent().prop_map(PatternElement::Absent).boxed()
}

/// An element without `every` that is no absent stream.
fn plain() -> BoxedStrategy<PatternElement> {
    prop_oneof![
        4 => stream().prop_map(PatternElement::Stream),
        2 => count().prop_map(PatternElement::Count),
        2 => logical().prop_map(|it| PatternElement::Logical(Box::new(it))),
    ]
    .boxed()
}

fn stream() -> BoxedStrategy<PatternStream> {
    (option::of(name()), bare())
        .prop_map(|(reference, input)| PatternStream { reference, input, span: NOWHERE })
        .boxed()
}

fn bare() -> BoxedStrategy<SingleInput> {
    (source(), handlers())
        .prop_map(|(source, handlers)| SingleInput { source, handlers, span: NOWHERE })
        .boxed()
}

fn absent() -> BoxedStrategy<AbsentStream> {
    (bare(), time())
        .prop_map(|(input, time)| AbsentStream { input, waiting: Some(time), span: NOWHERE })
        .boxed()
}

fn count() -> BoxedStrategy<CountElement> {
    let limits = prop_oneof![
        (0..3, option::of(0..3)).prop_map(|(least, most)| (Some(least), most)),
        (0..3).prop_map(|most| (None, Some(most))),
    ];
    (stream(), limits)
        .prop_map(|(stream, (least, most))| CountElement { stream, least, most, span: NOWHERE })
        .boxed()
}

fn logical() -> BoxedStrategy<LogicalElement> {
    let kind = || prop::sample::select(vec![LogicalKind::And, LogicalKind::Or]);
    let event = || stream().prop_map(PatternElement::Stream);
    let bare = bare().prop_map(|input| {
        PatternElement::Absent(AbsentStream { input, waiting: None, span: NOWHERE })
    });
    prop_oneof![
        (kind(), event(), event()),
        (kind(), absent_element(), event()),
        (kind(), absent_element(), absent_element()),
        (Just(LogicalKind::And), bare, event()),
    ]
    .prop_map(|(kind, first, second)| LogicalElement { kind, first, second, span: NOWHERE })
    .boxed()
}
