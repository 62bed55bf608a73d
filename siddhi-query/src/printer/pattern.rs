//! Patterns and sequences.

use super::{Layout, display, input};
use crate::ast::{
    AbsentStream, CountElement, LogicalElement, PatternElement, PatternInput, PatternKind,
    PatternStream,
};
use crate::names::{Place, written};

display! {
    PatternInput: |it: &PatternInput| print(it, Layout::TOP);
    PatternElement: |it: &PatternElement| element(it, PatternKind::Pattern);
    PatternStream: stream;
    AbsentStream: absent;
    CountElement: |it: &CountElement| count(it, PatternKind::Pattern);
    LogicalElement: logical;
}

/// The whole behind `from`.
pub(super) fn print(pattern: &PatternInput, layout: Layout) -> String {
    let mut pieces = chain(&pattern.element, pattern.kind);
    if let Some(time) = &pattern.within {
        pieces.push(format!("within {time}"));
    } else if let PatternElement::Stream(PatternStream { reference: None, input, .. }) =
        &pattern.element
    {
        // Bare, it would be read as a plain stream.
        return format!("({})", input::single(input));
    }
    layout.chain(&pieces)
}

/// The elements of a chain, each with the arrow or comma that stands by it.
///
/// Brackets around a part of a chain leave no node and change no meaning, and not every chain with
/// absent elements may have them where its tree branches. So none are written.
fn chain(element: &PatternElement, kind: PatternKind) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = vec![element];
    while let Some(link) = rest.pop() {
        match link {
            PatternElement::Next(first, second) => rest.extend([&**second, &**first]),
            link => texts.push(self::element(link, kind)),
        }
    }
    match kind {
        PatternKind::Pattern => {
            for text in texts.iter_mut().skip(1) {
                text.insert_str(0, "-> ");
            }
        }
        PatternKind::Sequence => {
            let last = texts.len().saturating_sub(1);
            for text in texts.iter_mut().take(last) {
                text.push(',');
            }
        }
    }
    texts
}

fn element(element: &PatternElement, kind: PatternKind) -> String {
    match element {
        PatternElement::Stream(it) => stream(it),
        PatternElement::Absent(it) => absent(it),
        PatternElement::Count(it) => count(it, kind),
        PatternElement::Logical(it) => logical(it),
        PatternElement::Next(..) => chain(element, kind).join(" "),
        PatternElement::Every(inner, _) => match **inner {
            PatternElement::Next(..) | PatternElement::Every(..) => {
                format!("every ({})", self::element(inner, kind))
            }
            _ => format!("every {}", self::element(inner, kind)),
        },
    }
}

fn stream(stream: &PatternStream) -> String {
    let name = stream.reference.as_ref();
    let name = name.map_or_else(String::new, |it| format!("{}=", written(it, Place::Name)));
    name + &input::single(&stream.input)
}

fn absent(absent: &AbsentStream) -> String {
    let waiting = absent.waiting.as_ref();
    let waiting = waiting.map_or_else(String::new, |time| format!(" for {time}"));
    format!("not {}{waiting}", input::single(&absent.input))
}

fn count(count: &CountElement, kind: PatternKind) -> String {
    let mark = match (kind, count.least, count.most) {
        (PatternKind::Sequence, Some(0), None) => "*".to_owned(),
        (PatternKind::Sequence, Some(0), Some(1)) => "?".to_owned(),
        (PatternKind::Sequence, Some(1), None) => "+".to_owned(),
        (_, Some(least), Some(most)) if least == most => format!("<{least}>"),
        (_, Some(least), Some(most)) => format!("<{least}:{most}>"),
        (_, None, Some(most)) => format!("<:{most}>"),
        (_, least, None) => format!("<{}:>", least.unwrap_or(0)),
    };
    stream(&count.stream) + &mark
}

fn logical(logical: &LogicalElement) -> String {
    // Only streams and absent streams can be parts of a pair.
    let part = |it| element(it, PatternKind::Pattern);
    format!("{} {} {}", part(&logical.first), logical.kind, part(&logical.second))
}
