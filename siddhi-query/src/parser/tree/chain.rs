//! Patterns and sequences.
//!
//! The grammar reads one neutral chain: items joined by `->` or `,`, each with or without
//! `every`, in brackets or not. Here it becomes a list, [`form`] says whether that list is a
//! pattern or sequence of SiddhiQL, and the list becomes a tree.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::expression::HEIGHT_MAX;
use crate::ast::{
    AbsentStream, CountElement, LogicalElement, LogicalKind, PatternElement, PatternInput,
    PatternKind, PatternStream, Span,
};
use crate::diagnostic::{Code, Diagnostic};

mod form;

/// Items in a row.
struct Chain {
    items: Vec<Item>,
    separators: Vec<(PatternKind, Span)>,
    span: Span,
}

/// One item of a chain.
struct Item {
    /// The word `every` before it.
    every: Option<Span>,
    body: Body,
    span: Span,
}

/// What an item is.
enum Body {
    /// One event, or a count of them.
    Event(PatternElement),
    /// A count written with a sign.
    Sign(PatternElement),
    /// `not S for TIME`.
    Absent(AbsentStream),
    /// A logical element of two events.
    Pair(PatternElement),
    /// A logical element with an absent part.
    AbsentPair(PatternElement),
    /// A chain in brackets.
    Group(Chain),
}

impl Builder<'_> {
    /// A pattern or a sequence.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> Option<PatternInput> {
        let span = self.span(&node);
        let mut chain = None;
        let mut within = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::chain => chain = Some(self.chain(part)?),
                Rule::time => within = Some(self.time(part)?),
                _ => {}
            }
        }
        let chain = chain?;
        let kind = self.chain_kind(&chain)?;
        let length = length(&chain);
        if length > HEIGHT_MAX {
            let label = format!("more than {HEIGHT_MAX} elements");
            self.error(Code::TOO_DEEP, &format!("the {kind} is too long"), span, &label);
            return None;
        }
        let refusal = match kind {
            PatternKind::Pattern => form::refuse_pattern(&chain),
            PatternKind::Sequence => form::refuse_sequence(&chain),
        };
        if let Some(refusal) = refusal {
            self.report(refusal);
            return None;
        }
        Some(PatternInput { kind, element: element(chain)?, within, span })
    }

    /// Whether the separators make it a pattern or a sequence: they do not mix.
    fn chain_kind(&mut self, chain: &Chain) -> Option<PatternKind> {
        let mut separators = Vec::new();
        collect_separators(chain, &mut separators);
        let Some(&(kind, first)) = separators.first() else { return Some(PatternKind::Pattern) };
        if let Some(&(_, other)) = separators.iter().find(|(other, _)| *other != kind) {
            self.report(
                Diagnostic::error(
                    Code::CHAIN_FORM,
                    "`->` and `,` are mixed",
                    other,
                    "not what joined the elements before",
                )
                .with_secondary(first, "the first separator")
                .with_help("`->` makes a pattern (later), `,` a sequence (next event)"),
            );
            return None;
        }
        Some(kind)
    }

    fn chain(&mut self, node: Node<'_>) -> Option<Chain> {
        let span = self.span(&node);
        let mut items = Vec::new();
        let mut separators = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::chain_item => items.push(self.chain_item(part)?),
                Rule::chain_separator => {
                    let arrow = Self::token(&part) == "->";
                    let kind = if arrow { PatternKind::Pattern } else { PatternKind::Sequence };
                    separators.push((kind, self.span(&part)));
                }
                _ => {}
            }
        }
        Some(Chain { items, separators, span })
    }

    fn chain_item(&mut self, node: Node<'_>) -> Option<Item> {
        let span = self.span(&node);
        let mut every = None;
        let mut bodies = Vec::new();
        let mut logical = LogicalKind::And;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::every_operator => every = Some(self.span(&part)),
                Rule::chain_group => {
                    let inner = self.chain(part.into_inner().next()?)?;
                    bodies.push(Body::Group(inner));
                }
                Rule::logical_operator if Self::token(&part).eq_ignore_ascii_case("or") => {
                    logical = LogicalKind::Or;
                }
                Rule::absent => bodies.push(Body::Absent(self.absent(part)?)),
                Rule::event => bodies.push(self.event(part)?),
                _ => {}
            }
        }
        let mut bodies = bodies.into_iter();
        let first = bodies.next()?;
        let body = match bodies.next() {
            None => first,
            Some(second) => self.pair(logical, first, second, span)?,
        };
        Some(Item { every, body, span })
    }

    fn absent(&mut self, node: Node<'_>) -> Option<AbsentStream> {
        let span = self.span(&node);
        let mut input = None;
        let mut waiting = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::single_input => {
                    let single = self.single_input(part)?;
                    self.refuse_windows(&single.handlers, "an element of a pattern or sequence");
                    input = Some(single);
                }
                Rule::time => waiting = Some(self.time(part)?),
                _ => {}
            }
        }
        Some(AbsentStream { input: input?, waiting, span })
    }

    fn event(&mut self, node: Node<'_>) -> Option<Body> {
        let span = self.span(&node);
        let mut reference = None;
        let mut input = None;
        let mut count = None;
        let mut sign = false;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => reference = Some(self.ident(&part)),
                Rule::single_input => {
                    let single = self.single_input(part)?;
                    self.refuse_windows(&single.handlers, "an element of a pattern or sequence");
                    input = Some(single);
                }
                Rule::count => count = Some(self.count(part)?),
                Rule::count_sign => {
                    sign = true;
                    count = Some(match Self::token(&part) {
                        "*" => (Some(0), None),
                        "?" => (Some(0), Some(1)),
                        _ => (Some(1), None),
                    });
                }
                _ => {}
            }
        }
        let input = input?;
        let start = reference.as_ref().map_or(input.span, |reference| reference.span);
        let stream = PatternStream { reference, span: start.to(input.span), input };
        Some(match count {
            None => Body::Event(PatternElement::Stream(stream)),
            Some((least, most)) => {
                let count = PatternElement::Count(CountElement { stream, least, most, span });
                if sign { Body::Sign(count) } else { Body::Event(count) }
            }
        })
    }

    /// `<n>`, `<n:m>`, `<n:>`, `<:m>`.
    fn count(&mut self, node: Node<'_>) -> Option<(Option<i32>, Option<i32>)> {
        let mut least = None;
        let mut most = None;
        let mut colon = false;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::count_colon => colon = true,
                Rule::integer if colon => most = Some(self.integer(&part)?),
                Rule::integer => least = Some(self.integer(&part)?),
                _ => {}
            }
        }
        Some((least, if colon { most } else { least }))
    }

    /// `first and second`; an absent part without time goes with `and` and a present part only.
    fn pair(&mut self, kind: LogicalKind, first: Body, second: Body, span: Span) -> Option<Body> {
        let (first, first_absent) = self.pair_part(first)?;
        let (second, second_absent) = self.pair_part(second)?;
        for (part, other_absent) in [(&first, second_absent), (&second, first_absent)] {
            if let PatternElement::Absent(absent) = part
                && absent.waiting.is_none()
                && (other_absent || kind == LogicalKind::Or)
            {
                self.report(
                    Diagnostic::error(
                        Code::CHAIN_FORM,
                        "the absent part has no waiting time",
                        absent.span,
                        "`for` and a time must follow",
                    )
                    .with_note("`not` without `for` goes only with `and` and a present part"),
                );
                return None;
            }
        }
        // One absent part is always first, however it was written.
        let (first, second) =
            if second_absent && !first_absent { (second, first) } else { (first, second) };
        let pair = PatternElement::Logical(Box::new(LogicalElement { kind, first, second, span }));
        let absent = first_absent || second_absent;
        Some(if absent { Body::AbsentPair(pair) } else { Body::Pair(pair) })
    }

    fn pair_part(&mut self, body: Body) -> Option<(PatternElement, bool)> {
        match body {
            Body::Event(stream @ PatternElement::Stream(_)) => Some((stream, false)),
            Body::Absent(absent) => Some((PatternElement::Absent(absent), true)),
            Body::Event(PatternElement::Count(count))
            | Body::Sign(PatternElement::Count(count)) => {
                self.error(
                    Code::CHAIN_FORM,
                    "a part of `and` or `or` has no count",
                    count.span,
                    "counted here",
                );
                None
            }
            _ => None,
        }
    }
}

fn length(chain: &Chain) -> usize {
    let of = |item: &Item| if let Body::Group(inner) = &item.body { length(inner) } else { 1 };
    chain.items.iter().map(of).sum()
}

fn collect_separators(chain: &Chain, separators: &mut Vec<(PatternKind, Span)>) {
    separators.extend(&chain.separators);
    for item in &chain.items {
        if let Body::Group(inner) = &item.body {
            collect_separators(inner, separators);
        }
    }
}

/// The tree of a chain: brackets leave no node, elements hang together from the left.
fn element(chain: Chain) -> Option<PatternElement> {
    let mut whole: Option<PatternElement> = None;
    for item in chain.items {
        let mut next = match item.body {
            Body::Event(element)
            | Body::Sign(element)
            | Body::Pair(element)
            | Body::AbsentPair(element) => element,
            Body::Absent(absent) => PatternElement::Absent(absent),
            Body::Group(inner) => element(inner)?,
        };
        if item.every.is_some() {
            next = PatternElement::Every(Box::new(next), item.span);
        }
        whole = Some(match whole {
            None => next,
            Some(before) => before.followed_by(next),
        });
    }
    whole
}
