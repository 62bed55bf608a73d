//! `select` and its clauses.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{
    Constant, Expression, ExpressionKind, Ident, OrderBy, SelectItem, Selector, Variable,
};
use crate::diagnostic::{Code, Diagnostic};

impl Builder<'_> {
    /// A selection with the clauses behind it.
    pub(super) fn selector(&mut self, node: Node<'_>) -> Option<Selector> {
        let mut selector = Selector { span: self.span(&node), ..Selector::default() };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::select_item => selector.items.push(self.select_item(part)?),
                Rule::group_by => selector.group_by = self.variables(part)?,
                Rule::having => selector.having = Some(self.clause(part)?),
                Rule::order_by => selector.order_by = self.order_by(part)?,
                Rule::limit => selector.limit = Some(self.row_count(part, "limit")?),
                Rule::offset => selector.offset = Some(self.row_count(part, "offset")?),
                _ => {}
            }
        }
        self.refuse_duplicates(
            selector.items.iter().map(|item| &item.name),
            "output attribute",
            "two output attributes",
        );
        Some(selector)
    }

    /// The expression of a clause of one word and one expression.
    fn clause(&mut self, node: Node<'_>) -> Option<Expression> {
        let inner = node.into_inner().find(|part| part.as_rule() == Rule::expression)?;
        self.expression(inner)
    }

    fn select_item(&mut self, node: Node<'_>) -> Option<SelectItem> {
        let span = self.span(&node);
        let mut expression = None;
        let mut name = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expression => expression = Some((self.span(&part), self.expression(part)?)),
                Rule::name => name = Some(self.ident(&part)),
                _ => {}
            }
        }
        let (outer, mut expression) = expression?;
        if name.is_none()
            && let ExpressionKind::Constant(Constant::Bool(truth)) = expression.kind
        {
            // Without `as` only a reference may stand here, so it is an attribute of that name.
            let attribute = Ident { name: truth.to_string(), span: outer };
            let variable =
                Variable { stream: None, index: None, function: None, attribute, span: outer };
            expression.kind = ExpressionKind::Variable(variable);
        }
        let renamed = name.is_some();
        let name = match (name, &expression.kind) {
            (Some(name), _) => name,
            // A reference in brackets is an expression like others.
            (None, ExpressionKind::Variable(variable))
                if outer.range() == expression.span.range() =>
            {
                variable.attribute.clone()
            }
            _ => {
                self.report(
                    Diagnostic::error(
                        Code::MISSING_ALIAS,
                        "the output attribute has no name",
                        outer,
                        "`as` and a name must follow",
                    )
                    .with_note("only a plain reference gives its own name to the output"),
                );
                return None;
            }
        };
        Some(SelectItem { expression, name, renamed, span })
    }

    fn variables(&mut self, node: Node<'_>) -> Option<Vec<Variable>> {
        let mut variables = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Rule::variable) {
            variables.push(self.attribute_reference(part)?);
        }
        Some(variables)
    }

    fn order_by(&mut self, node: Node<'_>) -> Option<Vec<OrderBy>> {
        let mut items = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Rule::order_item) {
            let span = self.span(&part);
            let mut variable = None;
            let mut descending = false;
            for part in part.into_inner() {
                match part.as_rule() {
                    Rule::variable => variable = Some(self.attribute_reference(part)?),
                    Rule::descending => descending = true,
                    _ => {}
                }
            }
            items.push(OrderBy { variable: variable?, descending, span });
        }
        Some(items)
    }

    /// The number of rows of `limit` or `offset`: one whole number.
    fn row_count(&mut self, node: Node<'_>, word: &str) -> Option<Expression> {
        let expression = self.clause(node)?;
        let whole = matches!(
            expression.kind,
            ExpressionKind::Constant(Constant::Int(_) | Constant::Long(_) | Constant::Time(_))
        );
        if !whole {
            let message = format!("`{word}` takes one whole number");
            self.error(
                Code::LIMIT_CONSTANT,
                &message,
                expression.span,
                "not a constant int or long",
            );
        }
        Some(expression)
    }
}
