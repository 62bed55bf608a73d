//! What a query reads: streams, joins, inner queries.

use super::{Layout, display, expression, pattern, query};
use crate::ast::{
    Expression, Handler, Ident, InnerQuery, Input, JoinInput, JoinSide, OutputEvents, Side,
    SingleInput,
};
use crate::names::{Place, written};

display! {
    Input: |it: &Input| print(it, Layout::TOP);
    SingleInput: single;
    Handler: handler;
    JoinInput: |it: &JoinInput| join(it, Layout::TOP);
    JoinSide: side;
    InnerQuery: inner;
}

/// What stands behind `from`.
pub(super) fn print(input: &Input, layout: Layout) -> String {
    match input {
        Input::Single(it) => single(it),
        Input::Join(it) => join(it, layout),
        Input::Pattern(it) => pattern::print(it, layout),
        Input::Inner(it) => inner(it),
    }
}

pub(super) fn single(input: &SingleInput) -> String {
    let handlers: String = input.handlers.iter().map(handler).collect();
    expression::source(&input.source) + &handlers
}

fn handler(handler: &Handler) -> String {
    match handler {
        Handler::Filter(condition) => format!("[{}]", expression::print(condition)),
        Handler::Function(call) => format!("#{}", expression::call(call, Place::Marked)),
        Handler::Window(call) => format!("#window.{}", expression::call(call, Place::Marked)),
    }
}

fn join(join: &JoinInput, layout: Layout) -> String {
    let marked = |input: &JoinSide, which| {
        let mark = if join.unidirectional == Some(which) { " unidirectional" } else { "" };
        side(input) + mark
    };
    let mut pieces = vec![
        marked(&join.left, Side::Left),
        format!("{} {}", join.kind, marked(&join.right, Side::Right)),
    ];
    pieces.extend(search(join.on.as_ref(), join.within.as_ref(), join.per.as_ref()));
    layout.chain(&pieces)
}

fn side(side: &JoinSide) -> String {
    single(&side.input) + &alias(side.alias.as_ref())
}

/// ` as name`, if there is a name.
pub(super) fn alias(alias: Option<&Ident>) -> String {
    alias.map_or_else(String::new, |it| format!(" as {}", written(it, Place::Name)))
}

/// The clauses `on`, `within` and `per` of a join or an on-demand query.
pub(super) fn search(
    on: Option<&Expression>,
    within: Option<&(Expression, Option<Expression>)>,
    per: Option<&Expression>,
) -> Vec<String> {
    let on = on.map(|it| format!("on {}", expression::print(it)));
    let within = within.map(|(start, end)| match end {
        None => format!("within {}", expression::print(start)),
        Some(end) => format!("within {}, {}", expression::print(start), expression::print(end)),
    });
    let per = per.map(|it| format!("per {}", expression::print(it)));
    on.into_iter().chain(within).chain(per).collect()
}

fn inner(inner: &InnerQuery) -> String {
    let layout = Layout::FLAT;
    let mut clauses = vec![format!("from {}", print(&inner.input, layout))];
    clauses.extend(query::selection(&inner.selector, layout));
    clauses.extend(inner.rate.as_ref().map(query::rate));
    clauses.push(match inner.events {
        OutputEvents::Current => "return".to_owned(),
        events => format!("return {events}"),
    });
    format!("({})", clauses.join(" "))
}
