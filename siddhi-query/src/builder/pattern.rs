//! Patterns and sequences.
//!
//! Types keep `every` out of `every` and patterns out of sequences. Not every chain that has
//! absent elements next to each other can be written as a text; that is left to the one who reads
//! the text.

use std::marker::PhantomData;

use super::expression::clamp;
use super::{NOWHERE, Plain, Stream};
use crate::ast::{
    AbsentStream, CountElement, Ident, LogicalElement, LogicalKind, PatternElement, PatternInput,
    PatternKind, PatternStream, TimeValue,
};

/// A pattern in which no part is under `every`.
#[derive(Clone, Copy, Debug)]
pub enum NoEvery {}

/// A pattern that has a part under `every`, and so cannot come under another one.
#[derive(Clone, Copy, Debug)]
pub enum HasEvery {}

/// Whether a pattern has a part under `every`.
pub trait EveryState {
    /// The same of this pattern followed by another.
    type Then<Next: EveryState>: EveryState;
}

impl EveryState for NoEvery {
    type Then<Next: EveryState> = Next;
}

impl EveryState for HasEvery {
    type Then<Next: EveryState> = Self;
}

/// What a pattern is made of: streams, events, counted events, pairs, absent streams, patterns.
///
/// ```
/// use siddhi_query::ast::{Query, TimeValue};
/// use siddhi_query::builder::{Element, Operators, absent, attr, every, stream};
///
/// let rise = attr("price").gt(attr("price").of("e1"));
/// let pattern = every(stream("Trades").event("e1"))
///     .then(stream("Trades").filter(rise).event("e2").between(2, 5))
///     .then(absent(stream("Stop"), TimeValue::seconds(10)))
///     .within(TimeValue::minutes(1));
/// let query = Query::from(pattern).insert_into("O");
/// assert_eq!(
///     query.to_string(),
///     "\
/// from every e1=Trades -> e2=Trades[price > e1.price]<2:5> -> not Stop for 10 sec within 1 min
/// select *
/// insert into O"
/// );
/// ```
///
/// There is no `every` inside `every`:
///
/// ```compile_fail
/// # use siddhi_query::builder::{Element, every, stream};
/// every(stream("A").then(every(stream("B"))));
/// ```
pub trait Element: Sized {
    /// Whether it has a part under `every`.
    type Every: EveryState;

    /// The node.
    fn into_element(self) -> PatternElement;

    /// `self -> next`.
    fn then<Next: Element>(
        self,
        next: Next,
    ) -> Pattern<<Self::Every as EveryState>::Then<Next::Every>> {
        Pattern::new(self.into_element().followed_by(next.into_element()))
    }

    /// Limits the time from the first to the last event, and ends the pattern.
    #[must_use]
    fn within(self, time: TimeValue) -> PatternInput {
        PatternInput { within: Some(time), ..whole(PatternKind::Pattern, self.into_element()) }
    }
}

/// What a sequence is made of: all that a pattern is made of but patterns.
pub trait Step: Element<Every = NoEvery> {
    /// `self, next`.
    ///
    /// ```
    /// use siddhi_query::ast::Query;
    /// use siddhi_query::builder::{Step, stream};
    ///
    /// let sequence = stream("A").event("a").followed_by(stream("B").event("b").at_least(1));
    /// let query = Query::from(sequence.every()).insert_into("O");
    /// assert_eq!(query.to_string(), "from every a=A, b=B+\nselect *\ninsert into O");
    /// ```
    fn followed_by(self, next: impl Step) -> Sequence {
        Sequence(self.into_element().followed_by(next.into_element()))
    }
}

/// Elements joined by `->`, or one under `every`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Pattern<Every> {
    element: PatternElement,
    every: PhantomData<Every>,
}

impl<Every> Pattern<Every> {
    fn new(element: PatternElement) -> Self {
        Self { element, every: PhantomData }
    }
}

/// `every element`: begins anew after each match.
pub fn every(element: impl Element<Every = NoEvery>) -> Pattern<HasEvery> {
    Pattern::new(PatternElement::Every(Box::new(element.into_element()), NOWHERE))
}

/// Elements joined by `,`: two or more.
#[derive(Clone, Debug)]
#[must_use]
pub struct Sequence(PatternElement);

impl Sequence {
    /// `self, next`.
    pub fn followed_by(self, next: impl Step) -> Self {
        Self(self.0.followed_by(next.into_element()))
    }

    /// Begins anew at each event that may begin the sequence: `every` before the first element.
    pub fn every(self) -> Self {
        Self(every_first(self.0))
    }

    /// Limits the time from the first to the last event.
    #[must_use]
    pub fn within(self, time: TimeValue) -> PatternInput {
        PatternInput { within: Some(time), ..self.into() }
    }
}

/// An event that may have a name.
#[derive(Clone, Debug)]
#[must_use]
pub struct Event(PatternStream);

impl Event {
    fn count(self, least: u32, most: Option<u32>) -> Counted {
        Counted(CountElement {
            stream: self.0,
            least: Some(clamp(least)),
            most: most.map(clamp),
            span: NOWHERE,
        })
    }

    /// Exactly so many events.
    pub fn times(self, count: u32) -> Counted {
        self.count(count, Some(count))
    }

    /// From `least` to `most` events.
    pub fn between(self, least: u32, most: u32) -> Counted {
        self.count(least, Some(most))
    }

    /// So many events or more.
    pub fn at_least(self, least: u32) -> Counted {
        self.count(least, None)
    }

    /// Up to so many events, or none.
    pub fn at_most(self, most: u32) -> Counted {
        self.count(0, Some(most))
    }

    /// `self and not stream`: the event, before any of the other stream.
    pub fn and_not(self, stream: Stream<Plain>) -> Pair {
        let bare = AbsentStream { input: stream.into(), waiting: None, span: NOWHERE };
        pair(LogicalKind::And, self.into_element(), PatternElement::Absent(bare))
    }
}

impl Stream<Plain> {
    /// Names the event, for the rest of the query: `name=stream`.
    pub fn event(self, name: impl Into<Ident>) -> Event {
        let reference = Some(name.into());
        Event(PatternStream { reference, input: self.into(), span: NOWHERE })
    }
}

impl From<Stream<Plain>> for Event {
    fn from(stream: Stream<Plain>) -> Self {
        Self(PatternStream { reference: None, input: stream.into(), span: NOWHERE })
    }
}

/// An event that is counted.
#[derive(Clone, Debug)]
#[must_use]
pub struct Counted(CountElement);

/// No event of a stream for some time.
#[derive(Clone, Debug)]
#[must_use]
pub struct Absent(AbsentStream);

/// `not stream for time`.
pub fn absent(stream: Stream<Plain>, time: TimeValue) -> Absent {
    Absent(AbsentStream { input: stream.into(), waiting: Some(time), span: NOWHERE })
}

/// Two parts joined by `and` or `or`.
#[derive(Clone, Debug)]
#[must_use]
pub struct Pair(LogicalElement);

/// A part of a [`Pair`]: an event or an absent stream.
pub trait Part: Step {
    /// `self and other`.
    ///
    /// ```
    /// use siddhi_query::ast::TimeValue;
    /// use siddhi_query::builder::{Element, Part, absent, stream};
    ///
    /// let pair = stream("A").event("a").and(stream("B").event("b"));
    /// assert_eq!(pair.into_element().to_string(), "a=A and b=B");
    /// let pair = stream("A").event("a").and_not(stream("B"));
    /// assert_eq!(pair.into_element().to_string(), "not B and a=A");
    /// let pair = stream("A").event("a").or(absent(stream("B"), TimeValue::seconds(5)));
    /// assert_eq!(pair.into_element().to_string(), "not B for 5 sec or a=A");
    /// ```
    fn and(self, other: impl Part) -> Pair {
        pair(LogicalKind::And, self.into_element(), other.into_element())
    }

    /// `self or other`.
    fn or(self, other: impl Part) -> Pair {
        pair(LogicalKind::Or, self.into_element(), other.into_element())
    }
}

fn pair(kind: LogicalKind, first: PatternElement, second: PatternElement) -> Pair {
    let is_absent = |part: &PatternElement| matches!(part, PatternElement::Absent(_));
    // A single absent part comes first, as the parser puts it.
    let (first, second) =
        if is_absent(&second) && !is_absent(&first) { (second, first) } else { (first, second) };
    Pair(LogicalElement { kind, first, second, span: NOWHERE })
}

macro_rules! elements {
    ($($type:ty: |$it:ident| $element:expr;)*) => {$(
        impl Element for $type {
            type Every = NoEvery;

            fn into_element(self) -> PatternElement {
                let $it = self;
                $element
            }
        }

        impl Step for $type {}
    )*};
}

elements! {
    Stream<Plain>: |it| Event::from(it).into_element();
    Event: |it| PatternElement::Stream(it.0);
    Counted: |it| PatternElement::Count(it.0);
    Absent: |it| PatternElement::Absent(it.0);
    Pair: |it| PatternElement::Logical(Box::new(it.0));
}

impl Part for Stream<Plain> {}
impl Part for Event {}
impl Part for Absent {}

impl<Every: EveryState> Element for Pattern<Every> {
    type Every = Every;

    fn into_element(self) -> PatternElement {
        self.element
    }
}

impl From<Sequence> for PatternInput {
    fn from(sequence: Sequence) -> Self {
        whole(PatternKind::Sequence, sequence.0)
    }
}

/// A pattern or sequence without limit of time.
pub(super) fn whole(kind: PatternKind, element: PatternElement) -> PatternInput {
    PatternInput { kind, element, within: None, span: NOWHERE }
}

impl PatternElement {
    /// Joins two chains into one.
    ///
    /// Chains branch to the left only: brackets around the end of a chain mean nothing, and trees
    /// that mean the same should be equal.
    #[must_use]
    pub fn followed_by(self, next: Self) -> Self {
        match next {
            Self::Next(head, tail) => Self::Next(Box::new(self.followed_by(*head)), tail),
            single => Self::Next(Box::new(self), Box::new(single)),
        }
    }
}

/// Puts the first element of a chain under `every`, unless it is already.
fn every_first(element: PatternElement) -> PatternElement {
    match element {
        PatternElement::Next(head, tail) => {
            PatternElement::Next(Box::new(every_first(*head)), tail)
        }
        every @ PatternElement::Every(..) => every,
        other => PatternElement::Every(Box::new(other), NOWHERE),
    }
}
