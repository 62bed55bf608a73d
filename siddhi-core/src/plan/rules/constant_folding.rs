//! Constant folding: an expression without columns is evaluated once, when the app is made.
//!
//! `price * (2 + 3)` becomes `price * 5`.

use crate::expression::fold::fold_constants;
use crate::expression::typed::Expr;
use crate::plan::logical::{
    ConditionPlan, HandlerPlan, InputPlan, LogicalApp, PartitionByPlan, SelectorPlan,
};

pub(super) fn apply(app: &mut LogicalApp) {
    for query in &mut app.queries {
        match &mut query.input {
            InputPlan::Stream(input) => {
                input.before.iter_mut().chain(&mut input.after).for_each(handler);
            }
            InputPlan::Pattern(pattern) => pattern.expressions(&mut |e| fold_constants(e)),
        }
        selector(&mut query.selector);
    }
    for key in app.partitions.iter_mut().flat_map(|partition| &mut partition.keys) {
        match &mut key.by {
            PartitionByPlan::Value(value) => fold_constants(value),
            PartitionByPlan::Ranges(ranges) => {
                for (condition, _) in ranges {
                    fold_constants(condition);
                }
            }
        }
    }
}

fn handler(handler: &mut HandlerPlan) {
    match handler {
        HandlerPlan::Filter(plan) => condition(plan),
        HandlerPlan::Function(plan) => all(&mut plan.arguments),
        HandlerPlan::Processor(plan) => all(&mut plan.arguments),
    }
}

fn condition(plan: &mut ConditionPlan) {
    fold_constants(&mut plan.condition);
    for aggregate in &mut plan.aggregates {
        all(&mut aggregate.call.arguments);
    }
}

fn selector(plan: &mut SelectorPlan) {
    for item in &mut plan.items {
        fold_constants(&mut item.expression);
    }
    for aggregate in &mut plan.aggregates {
        all(&mut aggregate.call.arguments);
    }
    plan.having.iter_mut().for_each(condition);
}

fn all(expressions: &mut [Expr]) {
    expressions.iter_mut().for_each(fold_constants);
}
