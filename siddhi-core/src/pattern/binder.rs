//! From the elements of a pattern to its states.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, Call, Expression, Handler, PatternElement, PatternKind};

use super::plan::{NULLS, PatternPlan, StatePlan};
use super::scope::{PatternScope, ScopeElement};
use crate::plan::binder::{AppBinder, marked_name};
use crate::plan::codes;
use crate::plan::logical::{Attribute, ConditionPlan, HandlerPlan, StreamFunctionPlan, StreamId};

/// A bound pattern.
pub(crate) struct BoundPattern {
    /// None when an element has mistakes or is not supported yet.
    pub(crate) plan: Option<PatternPlan>,
    pub(crate) scope: PatternScope,
}

/// Binds a pattern; none when it is of a form that is not supported yet.
pub(crate) fn bind(
    binder: &mut AppBinder<'_>,
    input: &ast::PatternInput,
    query: &ast::Query,
) -> Option<BoundPattern> {
    if input.kind == PatternKind::Sequence {
        binder.report_unsupported("sequences", input.span);
        return None;
    }
    let mut row = Row::default();
    row.add(&input.element);
    for (feature, span) in &row.unsupported {
        binder.report_unsupported(feature, *span);
    }
    let streams: Vec<Option<StreamId>> =
        row.elements.iter().map(|element| binder.source(&element.input.source, query)).collect();
    if !row.unsupported.is_empty() {
        return None;
    }
    let mut scope = PatternScope::default();
    for (element, stream) in row.elements.iter().zip(&streams) {
        scope.elements.push(ScopeElement {
            reference: element.reference.as_ref().map(|reference| reference.name.clone()),
            stream: marked_name(&element.input.source),
            base: 0,
            attributes: stream.map(|id| binder.stream_attributes(id)).unwrap_or_default(),
            is_open: stream.is_none(),
        });
    }
    let mut plan = PatternPlan { states: Vec::new(), within: None };
    plan.within = input.within.as_ref().map(|within| within.millis);
    let mut complete = true;
    for (slot, (element, stream)) in row.elements.iter().zip(streams).enumerate() {
        if let Some(place) = scope.elements.get_mut(slot) {
            place.base = plan.width();
        }
        scope.own = Some(slot);
        let handlers = bind_handlers(binder, &element.input.handlers, &mut scope);
        complete &= handlers.is_some() && stream.is_some();
        let own = scope.elements.get(slot)?;
        let mut state = row.links(slot);
        state.stream = stream.unwrap_or_default();
        state.reference.clone_from(&own.reference);
        state.base = own.base;
        state.attributes.clone_from(&own.attributes);
        state.handlers = handlers.unwrap_or_default();
        plan.states.push(state);
    }
    scope.own = None;
    Some(BoundPattern { plan: complete.then_some(plan), scope })
}

/// The elements of a chain in the order of their slots, and the `every`s around them.
#[derive(Default)]
struct Row<'a> {
    elements: Vec<&'a ast::PatternStream>,
    /// The first and last slot of each `every`, outer ones before those inside.
    everys: Vec<(usize, usize)>,
    unsupported: Vec<(&'static str, ast::Span)>,
}

impl<'a> Row<'a> {
    fn add(&mut self, element: &'a PatternElement) {
        match element {
            PatternElement::Stream(stream) => self.elements.push(stream),
            PatternElement::Next(first, second) => {
                self.add(first);
                self.add(second);
            }
            PatternElement::Every(inner, _) => {
                let place = self.everys.len();
                let first = self.elements.len();
                self.everys.push((first, first));
                self.add(inner);
                if let Some((_, last)) = self.everys.get_mut(place) {
                    *last = self.elements.len().saturating_sub(1);
                }
            }
            PatternElement::Count(count) => {
                self.unsupported.push(("counts in patterns", count.span));
            }
            PatternElement::Logical(logical) => {
                self.unsupported.push(("logical elements in patterns", logical.span));
            }
            PatternElement::Absent(absent) => {
                self.unsupported.push(("absent elements in patterns", absent.span));
            }
        }
    }

    /// The state of a slot with its links alone. Of nested `every`s the outer one counts.
    fn links(&self, slot: usize) -> StatePlan {
        let around = |(first, last): &&(usize, usize)| (*first..=*last).contains(&slot);
        let ends = |(_, last): &&(usize, usize)| *last == slot;
        let last = slot + 1 == self.elements.len();
        StatePlan {
            stream: 0,
            reference: None,
            base: NULLS.len(),
            attributes: Vec::new(),
            handlers: Vec::new(),
            next: (!last).then_some(slot + 1),
            again: self.everys.iter().find(ends).map(|(first, _)| *first),
            head: self.everys.iter().find(around).map(|(first, _)| *first),
            first: slot == 0,
            last,
        }
    }
}

/// Binds the handlers of the element whose filter `scope` is; functions add their attributes to it.
fn bind_handlers(
    binder: &mut AppBinder<'_>,
    handlers: &[Handler],
    scope: &mut PatternScope,
) -> Option<Vec<HandlerPlan>> {
    let mut plans = Vec::new();
    let mut complete = true;
    for handler in handlers {
        let plan = match handler {
            Handler::Filter(condition) => filter(binder, condition, scope).map(HandlerPlan::Filter),
            Handler::Function(call) => {
                let plan = function(binder, call, scope);
                if plan.is_none() {
                    // It would have added nobody knows what.
                    scope.open_own();
                }
                plan.map(HandlerPlan::Function)
            }
            // The parser has told that no window may stand here.
            Handler::Window(_) => None,
        };
        complete &= plan.is_some();
        plans.extend(plan);
    }
    complete.then_some(plans)
}

fn filter(
    binder: &mut AppBinder<'_>,
    condition: &Expression,
    scope: &PatternScope,
) -> Option<ConditionPlan> {
    let condition = binder.expressions(scope, true).condition(condition)?;
    if condition.has_aggregate() {
        binder.report_unsupported("aggregators in filters of patterns", condition.span);
        return None;
    }
    Some(ConditionPlan { aggregates: Vec::new(), condition })
}

fn function(
    binder: &mut AppBinder<'_>,
    call: &Call,
    scope: &mut PatternScope,
) -> Option<StreamFunctionPlan> {
    if binder.is_stream_processor(call) {
        binder.report(misplaced(call));
        return None;
    }
    let plan = binder.stream_function(call, scope)?;
    let own = scope.own.and_then(|own| scope.elements.get_mut(own))?;
    let reads_own = |column: usize| (own.base..own.base + own.attributes.len()).contains(&column);
    let mut own_only = true;
    for argument in &plan.arguments {
        argument.columns(&mut |column| own_only &= reads_own(column));
        own_only &= argument.pure();
    }
    if !own_only {
        let feature = "stream functions over earlier events in patterns";
        binder.report_unsupported(feature, call.span);
        return None;
    }
    for (name, data_type) in &plan.bound.added {
        if own.attributes.iter().any(|attribute| attribute.name == *name) {
            binder.report(Diagnostic::error(
                codes::ADDED_ATTRIBUTE,
                format!("`{}` adds an attribute `{name}` that is there already", plan.name),
                call.span,
                "would add it a second time",
            ));
            return None;
        }
        own.attributes.push(Attribute { name: name.clone(), data_type: *data_type });
    }
    Some(plan)
}

fn misplaced(call: &Call) -> Diagnostic {
    let name = &call.name.name;
    Diagnostic::error(
        codes::PATTERN,
        format!("the stream processor `{name}` cannot stand in an element of a pattern"),
        call.span,
        "an element has filters and stream functions only",
    )
    .with_help(
        "let a query with the stream processor insert into a stream, and let the element read that",
    )
}
