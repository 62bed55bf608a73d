//! From the tree of the text to checked expressions: names become columns, types are checked, and
//! every conversion that Siddhi makes by itself is written out.

mod call;
mod operators;
#[cfg(test)]
mod tests;

use siddhi_query::Diagnostic;
use siddhi_query::ast::{
    BinaryOperator, Constant, DataType, Expression, ExpressionKind, Span, StreamReference, Variable,
};

use super::codes;
use super::kernels::convert::cast_number;
use super::scope::{EventPresence, Scope};
use super::typed::{Expr, ExprKind};
use crate::event::value::Value;
use crate::extension::Registry;

/// Checks expressions of one place of an app.
pub(crate) struct Binder<'a> {
    /// What can be called.
    pub(crate) registry: &'a Registry,
    /// What names mean.
    pub(crate) scope: &'a dyn Scope,
    /// Where mistakes are reported.
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
    /// Where features are reported that Siddhi has and that are not built yet.
    pub(crate) unsupported: &'a mut Vec<(String, Span)>,
    /// Whether aggregators may stand here.
    pub(crate) aggregates: bool,
}

impl Binder<'_> {
    /// Checks an expression; none when it is wrong, and then the mistakes have been reported.
    pub(crate) fn expression(&mut self, expression: &Expression) -> Option<Expr> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Constant(constant) => Some(constant_expr(constant, span)),
            ExpressionKind::Variable(variable) => self.variable(variable),
            ExpressionKind::Call(call) => self.call(call),
            ExpressionKind::Binary(operator, left, right) => {
                // Both sides are checked even when one is wrong: all mistakes are reported at once.
                let (left, right) = (self.expression(left), self.expression(right));
                self.binary(*operator, left?, right?, span)
            }
            ExpressionKind::Not(inner) => {
                let inner = self.expression(inner)?;
                self.not(inner, span)
            }
            ExpressionKind::IsNull(inner) => {
                let inner = self.expression(inner)?;
                Some(truth(ExprKind::IsNull(inner.into()), span))
            }
            ExpressionKind::IsNullStream(reference) => self.is_null(reference, span),
            ExpressionKind::In(inner, _) => {
                self.expression(inner);
                self.unsupported.push(("tables".into(), span));
                None
            }
        }
    }

    /// Checks an expression that must be a truth.
    pub(crate) fn condition(&mut self, expression: &Expression) -> Option<Expr> {
        let condition = self.expression(expression)?;
        if condition.data_type == DataType::Bool {
            return Some(condition);
        }
        let found = condition.data_type;
        self.diagnostics.push(
            Diagnostic::error(
                codes::CONDITION_TYPE,
                format!("a condition is a bool, and this is of type {found}"),
                condition.span,
                format!("of type {found}, expected bool"),
            )
            .with_help("compare it with something, such as `x > 0` or `not (x is null)`"),
        );
        None
    }

    fn variable(&mut self, variable: &Variable) -> Option<Expr> {
        match self.scope.attribute(variable) {
            Ok(column) => Some(Expr::column(column.index, column.data_type, variable.span)),
            Err(mistake) => {
                self.diagnostics.extend(mistake.map(|mistake| *mistake));
                None
            }
        }
    }

    /// `x is null` where `x` is an input if there is one of that name, else an attribute.
    fn is_null(&mut self, reference: &StreamReference, span: Span) -> Option<Expr> {
        match self.scope.presence(reference) {
            Some(EventPresence::Always) => {
                Some(Expr::constant(Value::Bool(false), DataType::Bool, span))
            }
            Some(EventPresence::Column(index)) => {
                // Only the nulls of the column are read, whatever its type is.
                let column = Expr::column(index, DataType::Object, reference.span);
                Some(truth(ExprKind::IsNull(column.into()), span))
            }
            None => {
                let source = &reference.source;
                if source.inner || source.fault || reference.index.is_some() {
                    self.diagnostics.push(unknown_input(reference));
                    return None;
                }
                let inner = self.variable(&Variable {
                    stream: None,
                    index: None,
                    function: None,
                    attribute: source.name.clone(),
                    span: reference.span,
                })?;
                Some(truth(ExprKind::IsNull(inner.into()), span))
            }
        }
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Option<Expr> {
        use BinaryOperator as Op;
        match operator {
            Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Modulo => {
                self.arithmetic(operator, left, right, span)
            }
            Op::Less
            | Op::LessOrEqual
            | Op::Greater
            | Op::GreaterOrEqual
            | Op::Equal
            | Op::NotEqual => self.compare(operator, left, right, span),
            Op::And | Op::Or => self.logic(operator, left, right, span),
        }
    }
}

fn constant_expr(constant: &Constant, span: Span) -> Expr {
    let (value, data_type) = match constant {
        Constant::Bool(v) => (Value::Bool(*v), DataType::Bool),
        Constant::Int(v) => (Value::Int(*v), DataType::Int),
        Constant::Long(v) => (Value::Long(*v), DataType::Long),
        Constant::Float(v) => (Value::Float(*v), DataType::Float),
        Constant::Double(v) => (Value::Double(*v), DataType::Double),
        Constant::String(v) => (Value::from(v.as_str()), DataType::String),
        Constant::Time(v) => (Value::Long(v.millis), DataType::Long),
    };
    Expr::constant(value, data_type, span)
}

fn truth(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, data_type: DataType::Bool, span }
}

/// The expression in another type; a constant is converted at once.
fn converted(expr: Expr, data_type: DataType) -> Expr {
    if expr.data_type == data_type {
        return expr;
    }
    let span = expr.span;
    if let ExprKind::Constant(value) = &expr.kind
        && let Some(value) = cast_number(value, data_type)
    {
        return Expr::constant(value, data_type, span);
    }
    Expr { kind: ExprKind::Convert(expr.into()), data_type, span }
}

fn unknown_input(reference: &StreamReference) -> Diagnostic {
    let source = &reference.source;
    let mark = match (source.inner, source.fault) {
        (true, _) => "#",
        (_, true) => "!",
        _ => "",
    };
    Diagnostic::error(
        codes::UNKNOWN_STREAM_REFERENCE,
        format!("`{mark}{}` is not known here", source.name.name),
        reference.span,
        "not an input of this expression",
    )
}
