//! On-demand queries.

use super::query::{change, delete, selection};
use super::{Layout, display, expression, input};
use crate::ast::{OnDemandAction, OnDemandFind, OnDemandQuery, Selector};
use crate::names::{Place, written};

display! {
    OnDemandQuery: print;
    OnDemandFind: find;
}

fn print(query: &OnDemandQuery) -> String {
    let layout = Layout::TOP;
    let selection = selection(&query.selector, layout);
    // A deletion or an update needs no selection.
    let optional =
        if query.selector == Selector::default() { Vec::new() } else { selection.clone() };
    let (before, action, after) = match &query.action {
        OnDemandAction::Find(it) => (Vec::new(), find(it), selection),
        OnDemandAction::Insert(target) => {
            (selection, format!("insert into {}", expression::source(target)), Vec::new())
        }
        OnDemandAction::Delete(target, on) => {
            (optional, delete(target, "", on.as_ref(), layout), Vec::new())
        }
        OnDemandAction::Update(target, set, on) => {
            (optional, change("update", target, "", set, on, layout), Vec::new())
        }
        OnDemandAction::UpdateOrInsert(target, set, on) => {
            let action = change("update or insert into", target, "", set, on, layout);
            (selection, action, Vec::new())
        }
    };
    let lines: Vec<String> = before.into_iter().chain([action]).chain(after).collect();
    layout.lines(&lines)
}

/// `from T on … within … per …`.
fn find(find: &OnDemandFind) -> String {
    let store = written(&find.store, Place::Name);
    let mut pieces = vec![format!("from {store}{}", input::alias(find.alias.as_ref()))];
    pieces.extend(input::search(find.on.as_ref(), find.within.as_ref(), find.per.as_ref()));
    Layout::TOP.chain(&pieces)
}
