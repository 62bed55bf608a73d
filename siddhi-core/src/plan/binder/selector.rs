//! The selection of a query.

use std::cell::RefCell;

use hashbrown::HashSet;
use siddhi_query::Diagnostic;
use siddhi_query::ast::{self, Constant, ExpressionKind, Span};

use super::input::InputScope;
use super::scopes::{Gaps, MatchScope, StreamScope};
use super::{AppBinder, extract_aggregates};
use crate::expression::scope::Scope;
use crate::expression::typed::{Expr, ExprKind};
use crate::plan::codes;
use crate::plan::logical::{Attribute, ConditionPlan, ItemPlan, SelectorPlan};

/// A bound selection.
#[derive(Default)]
pub(super) struct BoundSelector {
    /// What it puts out; none when an item did not bind.
    pub(super) attributes: Option<Vec<Attribute>>,
    /// None when something in it did not bind.
    pub(super) plan: Option<SelectorPlan>,
}

/// The items that did bind, and what the others would have put out.
struct BoundItems {
    items: Vec<ItemPlan>,
    gaps: Gaps,
}

impl AppBinder<'_> {
    /// Binds all clauses, whatever is wrong with the others.
    pub(super) fn selector(
        &mut self,
        selector: &ast::Selector,
        scope: &InputScope,
        output_name: String,
    ) -> BoundSelector {
        let BoundItems { mut items, gaps } = self.items(selector, scope);
        let mut complete = gaps == Gaps::NONE;
        let input_types = scope.types();
        let mut aggregates = Vec::new();
        for item in &mut items {
            extract_aggregates(&mut item.expression, input_types.len(), &mut aggregates);
        }
        let group_by = self.references(&selector.group_by, scope.as_scope());
        complete &= group_by.is_some();
        let mut plan = SelectorPlan {
            input_types,
            group_by: group_by.unwrap_or_default(),
            aggregates,
            items,
            hidden: Vec::new(),
            having: None,
            order_by: Vec::new(),
            limit: None,
            offset: 0,
        };
        let attributes = (gaps == Gaps::NONE).then(|| plan.attributes());
        let what = "the output";
        let output = StreamScope { name: output_name, attributes: plan.attributes(), gaps, what };
        if let InputScope::Pattern(events) = scope {
            let output = MatchScope { output, events, hidden: RefCell::default() };
            complete &= self.behind(selector, &output, &|| output.width(), &mut plan);
            plan.hidden = output.hidden.into_inner();
            // Matches are put out one by one: there is nothing to order.
            plan.order_by.clear();
        } else {
            complete &= self.behind(selector, &output, &|| output.attributes.len(), &mut plan);
        }
        if let Some(limit) = &selector.limit {
            plan.limit = self.limit(limit);
            complete &= plan.limit.is_some();
        }
        if let Some(offset) = &selector.offset {
            let offset = self.limit(offset);
            complete &= offset.is_some();
            plan.offset = offset.unwrap_or_default();
        }
        BoundSelector { attributes, plan: complete.then_some(plan) }
    }

    /// What stands behind the items: `having` and `order by`, in a scope that has as many columns
    /// as `width` says once they are bound. Whether both did bind.
    fn behind(
        &mut self,
        selector: &ast::Selector,
        scope: &dyn Scope,
        width: &dyn Fn() -> usize,
        plan: &mut SelectorPlan,
    ) -> bool {
        let mut complete = true;
        if let Some(having) = &selector.having {
            plan.having = self.having(having, scope, width);
            complete &= plan.having.is_some();
        }
        let order: Vec<ast::Variable> =
            selector.order_by.iter().map(|order| order.variable.clone()).collect();
        let descending = selector.order_by.iter().map(|order| order.descending);
        let columns = self.references(&order, scope);
        complete &= columns.is_some();
        plan.order_by = columns.unwrap_or_default().into_iter().zip(descending).collect();
        complete
    }

    fn items(&mut self, selector: &ast::Selector, scope: &InputScope) -> BoundItems {
        if selector.items.is_empty() {
            return match self.all_items(scope, selector.span) {
                Some(items) => BoundItems { items, gaps: Gaps::NONE },
                None => BoundItems { items: Vec::new(), gaps: Gaps::Any },
            };
        }
        let mut binder = self.expressions(scope.as_scope(), true);
        let mut items = Vec::new();
        let mut missing = Vec::new();
        for item in &selector.items {
            let name = item.name.name.clone();
            match binder.expression(&item.expression) {
                Some(expression) => items.push(ItemPlan { name, expression }),
                None => missing.push(name),
            }
        }
        BoundItems { items, gaps: Gaps::Named(missing) }
    }

    fn all_items(&mut self, scope: &InputScope, span: Span) -> Option<Vec<ItemPlan>> {
        let mut names = HashSet::new();
        let mut items = Vec::new();
        for (column, attribute) in scope.all()? {
            if !names.insert(attribute.name.clone()) {
                self.diagnostics.push(
                    Diagnostic::error(
                        codes::DUPLICATE_OUTPUT,
                        format!("`select *` would give two attributes `{}`", attribute.name),
                        span,
                        "several events have this attribute",
                    )
                    .with_help("list the attributes and rename them with `as`"),
                );
                return None;
            }
            let expression = Expr::column(column, attribute.data_type, span);
            items.push(ItemPlan { name: attribute.name, expression });
        }
        Some(items)
    }

    fn references(&mut self, variables: &[ast::Variable], scope: &dyn Scope) -> Option<Vec<usize>> {
        let mut columns = Vec::new();
        let mut complete = true;
        for variable in variables {
            match scope.attribute(variable) {
                Ok(column) => columns.push(column.index),
                Err(mistake) => {
                    self.diagnostics.extend(mistake.map(|mistake| *mistake));
                    complete = false;
                }
            }
        }
        complete.then_some(columns)
    }

    fn having(
        &mut self,
        having: &ast::Expression,
        scope: &dyn Scope,
        width: &dyn Fn() -> usize,
    ) -> Option<ConditionPlan> {
        let mut condition = self.expressions(scope, true).condition(having)?;
        self.refuse_bare(&condition, having, "`having`")?;
        let mut aggregates = Vec::new();
        extract_aggregates(&mut condition, width(), &mut aggregates);
        Some(ConditionPlan { aggregates, condition })
    }

    /// Refuses a condition that is nothing but a value, where Siddhi wants it to compare.
    pub(super) fn refuse_bare(
        &mut self,
        condition: &Expr,
        expression: &ast::Expression,
        what: &str,
    ) -> Option<()> {
        if !matches!(
            condition.kind,
            ExprKind::Column(_) | ExprKind::Constant(_) | ExprKind::Aggregate(_)
        ) || matches!(expression.kind, ExpressionKind::IsNullStream(_))
        {
            return Some(());
        }
        self.diagnostics.push(
            Diagnostic::error(
                codes::HAVING,
                format!("{what} needs a comparison"),
                expression.span,
                "Siddhi refuses a bare value here",
            )
            .with_help("write `… == true`"),
        );
        None
    }

    /// The constant of `limit` or `offset`; none when it is refused.
    fn limit(&mut self, expression: &ast::Expression) -> Option<u64> {
        let number = match &expression.kind {
            ExpressionKind::Constant(Constant::Int(value)) => i64::from(*value),
            ExpressionKind::Constant(Constant::Long(value)) => *value,
            ExpressionKind::Constant(Constant::Time(time)) => time.millis,
            _ => -1,
        };
        if let Ok(number) = u64::try_from(number) {
            return Some(number);
        }
        self.diagnostics.push(Diagnostic::error(
            codes::NEGATIVE_LIMIT,
            "`limit` and `offset` take a constant that is not negative",
            expression.span,
            "refused",
        ));
        None
    }
}
