//! Aggregators are taken out of expressions: what is left is a plain expression over more columns.

use siddhi_query::ast::{DataType, Span};

use crate::expression::typed::{Expr, ExprKind};
use crate::plan::logical::AggregatePlan;

/// Replaces every aggregator in `expression` by a column and adds it to `aggregates`.
///
/// The columns are numbered from `width` on, in the order in which the aggregators run: an inner one
/// before the one whose argument it is in. An aggregator on the right of `and` or `or`, or in a
/// branch of `ifThenElse`, gets a guard: it sees only the rows for which that side is evaluated.
pub(crate) fn extract_aggregates(
    expression: &mut Expr,
    width: usize,
    aggregates: &mut Vec<AggregatePlan>,
) {
    Extractor { width, aggregates }.walk(expression, None);
}

struct Extractor<'a> {
    width: usize,
    aggregates: &'a mut Vec<AggregatePlan>,
}

impl Extractor<'_> {
    fn walk(&mut self, expression: &mut Expr, guard: Option<&Expr>) {
        if !expression.has_aggregate() {
            return;
        }
        match &mut expression.kind {
            ExprKind::And(left, right) => {
                self.walk(left, guard);
                let guard = both(guard, (**left).clone());
                self.walk(right, Some(&guard));
            }
            ExprKind::Or(left, right) => {
                self.walk(left, guard);
                let guard = both(guard, not((**left).clone()));
                self.walk(right, Some(&guard));
            }
            ExprKind::IfThenElse(condition, then, otherwise) => {
                self.walk(condition, guard);
                self.walk(then, Some(&both(guard, (**condition).clone())));
                self.walk(otherwise, Some(&both(guard, not((**condition).clone()))));
            }
            ExprKind::Aggregate(call) => {
                for argument in &mut call.arguments {
                    self.walk(argument, guard);
                }
                let column = self.width + self.aggregates.len();
                let kind = std::mem::replace(&mut expression.kind, ExprKind::Column(column));
                if let ExprKind::Aggregate(call) = kind {
                    self.aggregates.push(AggregatePlan {
                        call: *call,
                        data_type: expression.data_type,
                        guard: guard.cloned(),
                    });
                }
            }
            _ => {
                for child in expression.children_mut() {
                    self.walk(child, guard);
                }
            }
        }
    }
}

fn both(guard: Option<&Expr>, condition: Expr) -> Expr {
    match guard {
        None => condition,
        Some(guard) => {
            let span = condition.span;
            let kind = ExprKind::And(Box::new(guard.clone()), Box::new(condition));
            Expr { kind, data_type: DataType::Bool, span }
        }
    }
}

fn not(condition: Expr) -> Expr {
    let span: Span = condition.span;
    Expr { kind: ExprKind::Not(Box::new(condition)), data_type: DataType::Bool, span }
}
