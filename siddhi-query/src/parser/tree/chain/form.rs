//! Which chains are patterns and which are sequences.
//!
//! With E for a present element and N for `not … for …`, a chain with absent elements is one of
//! two regular languages: *first* `E* c (N | E* c)*` with `c = N E+`, or *last*
//! `N* d (N* d | E+)*` with `d = E+ N`. A bracketed chain of the first kind stands for a `c`, one
//! of the last kind for a `d`. Both are followed as automata, so that long chains cost nothing.

use super::{Body, Chain, Item};
use crate::ast::{PatternElement, Span};
use crate::diagnostic::{Code, Diagnostic};

/// What an item can be in a chain; a bracketed one can be more than one thing.
#[derive(Clone, Copy, Default)]
struct Kind {
    /// A present element without `every` inside.
    plain: bool,
    /// A present element.
    present: bool,
    /// `not … for …` itself.
    gone: bool,
    /// A bracketed chain of the first kind.
    first: bool,
    /// A bracketed chain of the last kind.
    last: bool,
    /// A bracketed chain with absent elements of any kind, a lone one included.
    absent: bool,
    /// May begin a sequence: not bracketed, or a pair with an absent part.
    opening: bool,
}

/// What a chain as a whole can be.
#[derive(Clone, Copy)]
struct Whole {
    plain: bool,
    present: bool,
    first: bool,
    last: bool,
    /// A lone absent element, in brackets or not.
    lone: bool,
    /// A pair with an absent part alone, in brackets or not.
    absent_pair: bool,
}

/// Why a chain is not a pattern, if it is not.
pub(super) fn refuse_pattern(chain: &Chain) -> Option<Diagnostic> {
    let whole = match pattern(chain) {
        Ok(whole) => whole,
        Err(refusal) => return Some(*refusal),
    };
    let fits = whole.present || whole.first || whole.last || whole.lone;
    (!fits).then(|| order(chain, "pattern"))
}

/// Why a chain is not a sequence, if it is not.
pub(super) fn refuse_sequence(chain: &Chain) -> Option<Diagnostic> {
    let mut kinds = Vec::new();
    for (index, item) in chain.items.iter().enumerate() {
        if index > 0
            && let Some(every) = item.every
        {
            return Some(misplaced_every(every));
        }
        match sequence_item(item) {
            Ok(kind) => kinds.push(kind),
            Err(refusal) => return Some(*refusal),
        }
    }
    let (head, tail) = kinds.split_first()?;
    let fits = !tail.is_empty()
        && (head.opening && tail.iter().all(|kind| kind.present)
            || absent_then_present(&kinds)
            || head.opening && is_absent(tail));
    (!fits).then(|| order(chain, "sequence"))
}

type Refused<T> = Result<T, Box<Diagnostic>>;

fn pattern(chain: &Chain) -> Refused<Whole> {
    let kinds = chain.items.iter().map(pattern_item).collect::<Refused<Vec<_>>>()?;
    Ok(whole(chain, &kinds))
}

fn whole(chain: &Chain, kinds: &[Kind]) -> Whole {
    let absent_pair = match chain.items.as_slice() {
        [item] => match &item.body {
            Body::AbsentPair(_) => true,
            Body::Group(_) => kinds.iter().any(|kind| kind.opening),
            _ => false,
        },
        _ => false,
    };
    Whole {
        plain: kinds.iter().all(|kind| kind.plain),
        present: kinds.iter().all(|kind| kind.present),
        first: First::run(kinds).is_complete(),
        last: Last::run(kinds).is_complete(),
        lone: matches!(kinds, [kind] if kind.gone || kind.absent),
        absent_pair,
    }
}

fn pattern_item(item: &Item) -> Refused<Kind> {
    Ok(match &item.body {
        Body::Event(_) | Body::Pair(_) | Body::AbsentPair(_) => {
            Kind { plain: item.every.is_none(), present: true, ..Kind::default() }
        }
        Body::Sign(element) => return Err(Box::new(sign_in_pattern(element, item.span))),
        Body::Absent(absent) if absent.waiting.is_none() => {
            return Err(Box::new(no_waiting_time(absent.span)));
        }
        Body::Absent(_) => Kind { gone: true, ..Kind::default() },
        Body::Group(inner) => {
            let whole = pattern(inner)?;
            if let Some(every) = item.every
                && whole.present
                && !whole.plain
            {
                return Err(Box::new(misplaced_every(every)));
            }
            Kind {
                plain: whole.plain && item.every.is_none(),
                present: whole.present,
                gone: false,
                first: whole.first,
                last: whole.last,
                absent: whole.lone || whole.first || whole.last,
                opening: false,
            }
        }
    })
}

fn sequence_item(item: &Item) -> Refused<Kind> {
    Ok(match &item.body {
        Body::Event(_) | Body::Sign(_) | Body::Pair(_) | Body::AbsentPair(_) => {
            Kind { plain: true, present: true, opening: true, ..Kind::default() }
        }
        Body::Absent(absent) if absent.waiting.is_none() => {
            return Err(Box::new(no_waiting_time(absent.span)));
        }
        Body::Absent(_) => Kind { gone: true, ..Kind::default() },
        Body::Group(inner) => {
            if let Some(every) = inner.items.iter().find_map(|item| item.every) {
                return Err(Box::new(misplaced_every(every)));
            }
            let kinds = inner.items.iter().map(sequence_item).collect::<Refused<Vec<_>>>()?;
            let whole = whole(inner, &kinds);
            Kind {
                plain: whole.present,
                present: whole.present,
                gone: false,
                first: whole.first,
                last: whole.last,
                absent: whole.lone || whole.first || whole.last,
                opening: whole.absent_pair,
            }
        }
    })
}

/// A chain with absent elements, complete by itself.
fn is_absent(kinds: &[Kind]) -> bool {
    matches!(kinds, [kind] if kind.gone || kind.absent)
        || First::run(kinds).is_complete()
        || Last::run(kinds).is_complete()
}

/// A chain with absent elements, then at least one present element.
fn absent_then_present(kinds: &[Kind]) -> bool {
    let present = kinds.iter().rev().take_while(|kind| kind.present).count();
    let (mut first, mut last) = (First::start(), Last::start());
    for (index, kind) in kinds.iter().enumerate() {
        first = first.step(*kind);
        last = last.step(*kind);
        let rest = kinds.len() - index - 1;
        let complete =
            first.is_complete() || last.is_complete() || index == 0 && (kind.gone || kind.absent);
        if complete && rest > 0 && rest <= present {
            return true;
        }
    }
    false
}

/// `E* c (N | E* c)*` with `c = N E+`, or a bracketed chain of this kind.
#[derive(Clone, Copy, Default)]
struct First {
    /// A `c` is awaited, after any number of E.
    open: bool,
    /// The N of a `c` has been read.
    gone: bool,
    /// A `c` has just been completed by a bracketed chain, or an N followed one.
    complete: bool,
    /// The E of a `c` are being read.
    present: bool,
}

impl First {
    fn start() -> Self {
        Self { open: true, ..Self::default() }
    }

    fn run(kinds: &[Kind]) -> Self {
        kinds.iter().fold(Self::start(), |state, kind| state.step(*kind))
    }

    fn step(self, kind: Kind) -> Self {
        let complete = self.is_complete();
        Self {
            open: kind.present && (self.open || complete),
            gone: kind.gone && (self.open || complete),
            complete: kind.first && (self.open || complete) || kind.gone && complete,
            present: kind.present && (self.gone || self.present),
        }
    }

    fn is_complete(self) -> bool {
        self.complete || self.present
    }
}

/// `N* d (N* d | E+)*` with `d = E+ N`, or a bracketed chain of this kind.
#[derive(Clone, Copy, Default)]
struct Last {
    /// A `d` is awaited, after any number of N.
    open: bool,
    /// The E of a `d` are being read.
    present: bool,
    /// A `d` has just been completed, or E follow one.
    complete: bool,
}

impl Last {
    fn start() -> Self {
        Self { open: true, ..Self::default() }
    }

    fn run(kinds: &[Kind]) -> Self {
        kinds.iter().fold(Self::start(), |state, kind| state.step(*kind))
    }

    fn step(self, kind: Kind) -> Self {
        Self {
            open: kind.gone && (self.open || self.complete),
            present: kind.present && (self.open || self.present || self.complete),
            complete: kind.gone && self.present
                || kind.last && (self.open || self.complete)
                || kind.present && self.complete,
        }
    }

    fn is_complete(self) -> bool {
        self.complete
    }
}

fn sign_in_pattern(element: &PatternElement, span: Span) -> Diagnostic {
    let stream = match element {
        PatternElement::Count(count) => count.stream.span,
        _ => span,
    };
    let sign = Span::new(stream.end as usize, span.end as usize);
    Diagnostic::error(
        Code::CHAIN_FORM,
        "`*`, `+` and `?` count in sequences only",
        sign,
        "not in a pattern, and a sequence has two elements at least",
    )
    .with_help("in a pattern write `<0:>`, `<1:>` or `<0:1>`")
}

fn no_waiting_time(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::CHAIN_FORM,
        "the absent element has no waiting time",
        span,
        "`for` and a time must follow",
    )
    .with_note("`not` without `for` goes only with `and` and a present part")
}

fn misplaced_every(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::CHAIN_FORM,
        "`every` cannot stand here",
        span,
        "this `every`",
    )
    .with_help("in a sequence only the first word may be `every`; in a pattern `every (…)` holds no other `every`")
}

fn order(chain: &Chain, what: &str) -> Diagnostic {
    Diagnostic::error(
        Code::CHAIN_FORM,
        format!("the elements of the {what} cannot stand in this order"),
        chain.span,
        "these elements",
    )
    .with_note(if what == "pattern" {
        "two `not … for …` need a present element between them, and a bracketed part with `not` cannot follow a present one"
    } else {
        "a sequence has two elements at least, begins with one that is not in brackets, and keeps present elements between two `not … for …`"
    })
}
