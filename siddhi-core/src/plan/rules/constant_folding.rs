//! Constant folding: an expression without columns is evaluated once, when the app is made.
//!
//! `price * (2 + 3)` becomes `price * 5`.

use crate::expression::fold::fold_constants;
use crate::expression::typed::Expr;
use crate::plan::logical::{
    AggregatePlan, ConditionPlan, HandlerPlan, InputPlan, LogicalApp, PartitionByPlan, SelectorPlan,
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
            PartitionByPlan::Value { aggregates, value } => {
                fold_constants(value);
                self::aggregates(aggregates);
            }
            PartitionByPlan::Ranges(ranges) => {
                for (range, _) in ranges {
                    condition(range);
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
    aggregates(&mut plan.aggregates);
}

fn selector(plan: &mut SelectorPlan) {
    for item in &mut plan.items {
        fold_constants(&mut item.expression);
    }
    aggregates(&mut plan.aggregates);
    plan.having.iter_mut().for_each(condition);
}

fn aggregates(plans: &mut [AggregatePlan]) {
    for aggregate in plans {
        all(&mut aggregate.call.arguments);
    }
}

fn all(expressions: &mut [Expr]) {
    expressions.iter_mut().for_each(fold_constants);
}
