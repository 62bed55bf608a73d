//! Expressions, calls and references.

use super::{constant, display};
use crate::ast::{
    BinaryOperator, Call, EventIndex, Expression, ExpressionKind, Ident, Source, StreamReference,
    Variable,
};
use crate::names::{Place, written};

display! {
    Expression: print;
    Call: |it: &Call| call(it, Place::Name);
    Variable: variable;
    StreamReference: stream_reference;
    Source: source;
    EventIndex: |it: &EventIndex| event_index(*it);
    Ident: |it: &Ident| written(it, Place::Id);
}

/// How tightly a form of expression binds; the lower the tighter.
type Rank = u8;

/// What `not` takes: a constant, a reference, a call, `x is null`.
const PRIMARY: Rank = 1;
/// `not x`.
const NOT: Rank = 2;
/// `x in T`.
const IN: Rank = 7;
/// Anything goes.
const ANY: Rank = 9;

fn binary_rank(operator: BinaryOperator) -> Rank {
    use BinaryOperator as Op;
    match operator {
        Op::Multiply | Op::Divide | Op::Modulo => 3,
        Op::Add | Op::Subtract => 4,
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => 5,
        Op::Equal | Op::NotEqual => 6,
        Op::And => 8,
        Op::Or => ANY,
    }
}

fn rank(kind: &ExpressionKind) -> Rank {
    match kind {
        ExpressionKind::Binary(operator, ..) => binary_rank(*operator),
        ExpressionKind::In(..) => IN,
        ExpressionKind::Not(_) => NOT,
        ExpressionKind::Constant(_)
        | ExpressionKind::Variable(_)
        | ExpressionKind::Call(_)
        | ExpressionKind::IsNull(_)
        | ExpressionKind::IsNullStream(_) => PRIMARY,
    }
}

pub(super) fn print(expression: &Expression) -> String {
    let mut out = String::new();
    write(&mut out, expression, ANY);
    out
}

/// Writes an expression, in brackets when it binds looser than `loosest`.
///
/// A chain of operators is as deep to the left as it is long, so that side is walked in a loop.
fn write(out: &mut String, expression: &Expression, mut loosest: Rank) {
    let mut spine = Vec::new();
    let mut leftmost = expression;
    loop {
        let own = rank(&leftmost.kind);
        let bracketed = own > loosest;
        if bracketed {
            out.push('(');
        }
        spine.push((leftmost, bracketed));
        match &leftmost.kind {
            ExpressionKind::Binary(_, left, _) | ExpressionKind::In(left, _) => leftmost = left,
            _ => break,
        }
        loosest = own;
    }
    for (node, bracketed) in spine.into_iter().rev() {
        write_behind_left(out, node);
        if bracketed {
            out.push(')');
        }
    }
}

/// Writes what follows the left operand, or all of an expression that has none.
fn write_behind_left(out: &mut String, expression: &Expression) {
    match &expression.kind {
        ExpressionKind::Constant(it) => out.push_str(&constant::print(it)),
        ExpressionKind::Variable(it) => out.push_str(&variable(it)),
        ExpressionKind::Call(it) => out.push_str(&call(it, Place::Name)),
        ExpressionKind::Binary(operator, _, right) => {
            out.push(' ');
            out.push_str(operator.as_str());
            out.push(' ');
            // Operators of one rank are read from the left.
            write(out, right, binary_rank(*operator) - 1);
        }
        ExpressionKind::Not(inner) => {
            out.push_str("not ");
            write(out, inner, NOT);
        }
        ExpressionKind::IsNull(inner) => {
            write(out, inner, PRIMARY);
            out.push_str(" is null");
        }
        ExpressionKind::IsNullStream(reference) => {
            out.push_str(&stream_reference(reference));
            out.push_str(" is null");
        }
        ExpressionKind::In(_, table) => {
            out.push_str(" in ");
            out.push_str(&written(table, Place::Name));
        }
    }
}

/// A call; `place` says where its first name stands.
pub(super) fn call(call: &Call, place: Place) -> String {
    let name = match &call.namespace {
        None => written(&call.name, place),
        Some(namespace) => {
            format!("{}:{}", written(namespace, place), written(&call.name, Place::Marked))
        }
    };
    if call.star {
        return format!("{name}(*)");
    }
    let arguments: Vec<String> = call.arguments.iter().map(print).collect();
    format!("{name}({})", arguments.join(", "))
}

pub(super) fn variable(variable: &Variable) -> String {
    let Some(stream) = &variable.stream else {
        return written(&variable.attribute, Place::Name);
    };
    let mut out = source(stream);
    push_index(&mut out, variable.index);
    if let Some((function, index)) = &variable.function {
        out.push('#');
        out.push_str(&written(function, Place::Marked));
        push_index(&mut out, *index);
    }
    format!("{out}.{}", written(&variable.attribute, Place::Marked))
}

fn stream_reference(reference: &StreamReference) -> String {
    let mut out = source(&reference.source);
    push_index(&mut out, reference.index);
    out
}

/// A stream's name with its mark.
pub(super) fn source(source: &Source) -> String {
    let mark = match (source.inner, source.fault) {
        (true, _) => "#",
        (false, true) => "!",
        (false, false) => "",
    };
    format!("{mark}{}", written(&source.name, Place::Name))
}

fn push_index(out: &mut String, index: Option<EventIndex>) {
    if let Some(index) = index {
        out.push('[');
        out.push_str(&event_index(index));
        out.push(']');
    }
}

fn event_index(index: EventIndex) -> String {
    match index {
        EventIndex::At(position) => position.to_string(),
        EventIndex::FromLast(0) => "last".to_owned(),
        EventIndex::FromLast(back) => format!("last - {back}"),
    }
}
