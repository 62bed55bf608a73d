//! Queries: selection, rate and output.

use super::definition::annotated;
use super::{Layout, display, expression, input};
use crate::ast::{
    Expression, ExpressionKind, OrderBy, Output, OutputAction, OutputEvents, OutputRate, Query,
    RateKind, RateSelection, SelectItem, Selector, SetItem, Source, Variable,
};
use crate::names::{Place, written};

display! {
    Query: |it: &Query| print(it, Layout::TOP);
    Selector: |it: &Selector| Layout::TOP.lines(&selection(it, Layout::TOP));
    SelectItem: select_item;
    OrderBy: order_by;
    OutputRate: rate;
    Output: |it: &Output| output(it, Layout::TOP);
    SetItem: set_item;
}

/// The query, one clause a line.
pub(super) fn print(query: &Query, layout: Layout) -> String {
    let mut clauses = vec![format!("from {}", input::print(&query.input, layout))];
    clauses.extend(selection(&query.selector, layout));
    clauses.extend(query.rate.as_ref().map(rate));
    clauses.push(output(&query.output, layout));
    annotated(&query.annotations, layout, clauses)
}

/// The clauses from `select` to `offset`.
pub(super) fn selection(selector: &Selector, layout: Layout) -> Vec<String> {
    let mut clauses = vec![select_list(selector, layout)];
    if !selector.group_by.is_empty() {
        clauses.push(layout.list("group by ", &variables(&selector.group_by), ""));
    }
    let clause = |word: &str, it: &Expression| format!("{word} {}", expression::print(it));
    clauses.extend(selector.having.as_ref().map(|it| clause("having", it)));
    if !selector.order_by.is_empty() {
        let items: Vec<String> = selector.order_by.iter().map(order_by).collect();
        clauses.push(layout.list("order by ", &items, ""));
    }
    clauses.extend(selector.limit.as_ref().map(|it| clause("limit", it)));
    clauses.extend(selector.offset.as_ref().map(|it| clause("offset", it)));
    clauses
}

/// `select` and its items.
pub(super) fn select_list(selector: &Selector, layout: Layout) -> String {
    if selector.items.is_empty() {
        return "select *".to_owned();
    }
    let items: Vec<String> = selector.items.iter().map(select_item).collect();
    layout.list("select ", &items, "")
}

fn select_item(item: &SelectItem) -> String {
    let expression = expression::print(&item.expression);
    // Only a plain reference gives its name by itself.
    match &item.expression.kind {
        ExpressionKind::Variable(variable) if !item.renamed && variable.attribute == item.name => {
            expression
        }
        _ => format!("{expression} as {}", written(&item.name, Place::Name)),
    }
}

pub(super) fn variables(variables: &[Variable]) -> Vec<String> {
    variables.iter().map(expression::variable).collect()
}

fn order_by(item: &OrderBy) -> String {
    let direction = if item.descending { " desc" } else { "" };
    expression::variable(&item.variable) + direction
}

/// `output …`.
pub(super) fn rate(rate: &OutputRate) -> String {
    let which = |selection: RateSelection| match selection {
        RateSelection::All => "",
        RateSelection::First => "first ",
        RateSelection::Last => "last ",
    };
    match &rate.kind {
        RateKind::Events(selection, count) => {
            format!("output {}every {count} events", which(*selection))
        }
        RateKind::Time(selection, time) => format!("output {}every {time}", which(*selection)),
        RateKind::Snapshot(time) => format!("output snapshot every {time}"),
    }
}

fn output(output: &Output, layout: Layout) -> String {
    let events = match output.events {
        OutputEvents::Current => String::new(),
        events => format!(" {events}"),
    };
    // Behind a table's name, the kind of events follows `for`.
    let targeted = if events.is_empty() { String::new() } else { format!(" for{events}") };
    match &output.action {
        OutputAction::Insert(target) => {
            format!("insert{events} into {}", expression::source(target))
        }
        OutputAction::Delete(target, on) => delete(target, &targeted, on.as_ref(), layout),
        OutputAction::Update(target, set, on) => {
            change("update", target, &targeted, set, on, layout)
        }
        OutputAction::UpdateOrInsert(target, set, on) => {
            change("update or insert into", target, &targeted, set, on, layout)
        }
        OutputAction::Return => format!("return{events}"),
    }
}

/// `delete T on …`.
pub(super) fn delete(
    target: &Source,
    events: &str,
    on: Option<&Expression>,
    layout: Layout,
) -> String {
    let mut pieces = vec![format!("delete {}{events}", expression::source(target))];
    pieces.extend(on.map(|it| format!("on {}", expression::print(it))));
    layout.chain(&pieces)
}

/// `update T set … on …`, or the same of `update or insert into`.
pub(super) fn change(
    word: &str,
    target: &Source,
    events: &str,
    set: &[SetItem],
    on: &Expression,
    layout: Layout,
) -> String {
    let mut pieces = vec![format!("{word} {}{events}", expression::source(target))];
    if !set.is_empty() {
        let items: Vec<String> = set.iter().map(set_item).collect();
        pieces.push(layout.deeper().list("set ", &items, ""));
    }
    pieces.push(format!("on {}", expression::print(on)));
    layout.chain(&pieces)
}

fn set_item(item: &SetItem) -> String {
    format!("{} = {}", expression::variable(&item.target), expression::print(&item.value))
}
