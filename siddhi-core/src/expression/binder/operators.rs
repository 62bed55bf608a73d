//! The types of operators.

use siddhi_query::Diagnostic;
use siddhi_query::ast::{BinaryOperator, DataType, Span};

use super::{Binder, codes, converted, truth};
use crate::expression::typed::{Expr, ExprKind};

/// The place of a type of numbers in the order of widening.
fn rank(data_type: DataType) -> Option<u8> {
    Some(match data_type {
        DataType::Int => 0,
        DataType::Long => 1,
        DataType::Float => 2,
        DataType::Double => 3,
        DataType::Bool | DataType::String | DataType::Object => return None,
    })
}

/// The wider of two types of numbers; none when one is no number.
fn wider(left: DataType, right: DataType) -> Option<DataType> {
    Some(if rank(left)? >= rank(right)? { left } else { right })
}

impl Binder<'_> {
    /// Arithmetic works in the wider type. Beside a number an object may stand: its own number is
    /// taken in the type of the other, and a row where it holds none fails.
    pub(super) fn arithmetic(
        &mut self,
        operator: BinaryOperator,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Option<Expr> {
        let data_type = match (left.data_type, right.data_type) {
            (DataType::Object, number) | (number, DataType::Object) => rank(number).map(|_| number),
            (left, right) => wider(left, right),
        };
        let Some(data_type) = data_type else {
            self.diagnostics.push(no_arithmetic(operator, &left, &right, span));
            return None;
        };
        let (left, right) = (converted(left, data_type), converted(right, data_type));
        let kind = ExprKind::Arithmetic(operator, left.into(), right.into());
        Some(Expr { kind, data_type, span })
    }

    /// Numbers compare in the wider type, but for a long and a float: those are ordered as floats
    /// and equal as doubles.
    pub(super) fn compare(
        &mut self,
        operator: BinaryOperator,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Option<Expr> {
        let equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
        let data_type = match (left.data_type, right.data_type) {
            (DataType::Long, DataType::Float) | (DataType::Float, DataType::Long) if equality => {
                Some(DataType::Double)
            }
            (DataType::String, DataType::String) | (DataType::Bool, DataType::Bool) => {
                equality.then_some(left.data_type)
            }
            (left, right) => wider(left, right),
        };
        let Some(data_type) = data_type else {
            self.diagnostics.push(no_comparison(operator, &left, &right, span));
            return None;
        };
        let (left, right) = (converted(left, data_type), converted(right, data_type));
        Some(truth(ExprKind::Compare(operator, left.into(), right.into()), span))
    }

    pub(super) fn logic(
        &mut self,
        operator: BinaryOperator,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Option<Expr> {
        let fits = [&left, &right].map(|side| self.is_truth(operator.as_str(), side));
        if fits.contains(&false) {
            return None;
        }
        let make = if operator == BinaryOperator::And { ExprKind::And } else { ExprKind::Or };
        Some(truth(make(left.into(), right.into()), span))
    }

    pub(super) fn not(&mut self, inner: Expr, span: Span) -> Option<Expr> {
        self.is_truth("not", &inner).then(|| truth(ExprKind::Not(inner.into()), span))
    }

    /// Whether an operand of `and`, `or`, `not` is a bool; reports it when not.
    fn is_truth(&mut self, operator: &str, side: &Expr) -> bool {
        if side.data_type == DataType::Bool {
            return true;
        }
        let found = side.data_type;
        let mut diagnostic = Diagnostic::error(
            codes::LOGIC_TYPE,
            format!("`{operator}` takes bools, and this is of type {found}"),
            side.span,
            format!("of type {found}, expected bool"),
        );
        if operator == "not" {
            diagnostic = diagnostic
                .with_note("`not` binds stronger than comparisons: `not x == y` is `(not x) == y`")
                .with_help("put the comparison in brackets: `not (x == y)`");
        }
        self.diagnostics.push(diagnostic);
        false
    }
}

fn no_arithmetic(operator: BinaryOperator, left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (a, b) = (left.data_type, right.data_type);
    // The side that is no number is the one to blame; of two objects either is.
    let wrong = if rank(a).is_none() && (a != DataType::Object || rank(b).is_some() || a == b) {
        left
    } else {
        right
    };
    let diagnostic = Diagnostic::error(
        codes::ARITHMETIC_TYPE,
        format!("`{operator}` takes numbers, and this is {a} {operator} {b}"),
        span,
        "",
    )
    .with_secondary(wrong.span, format!("of type {}, expected a number", wrong.data_type));
    if a == DataType::String || b == DataType::String {
        return diagnostic
            .with_note("texts are not joined by an operator")
            .with_help("make a text a number by `convert(x, 'double')`");
    }
    if a == DataType::Object && b == DataType::Object {
        return diagnostic.with_help("say what an object holds by `cast(x, 'double')`");
    }
    diagnostic
}

fn no_comparison(operator: BinaryOperator, left: &Expr, right: &Expr, span: Span) -> Diagnostic {
    let (a, b) = (left.data_type, right.data_type);
    let diagnostic = Diagnostic::error(
        codes::COMPARE_TYPE,
        format!("{a} and {b} do not compare by `{operator}`"),
        span,
        "",
    )
    .with_secondary(left.span, format!("of type {a}"))
    .with_secondary(right.span, format!("of type {b}"));
    if a == DataType::Object || b == DataType::Object {
        return diagnostic.with_help("say what an object holds by `cast(x, 'string')`");
    }
    let equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    if a == b && !equality {
        return diagnostic.with_note("only numbers have an order").with_help("use `==` or `!=`");
    }
    if !equality {
        return diagnostic
            .with_note("only numbers have an order")
            .with_help("make a number of a text by `convert(x, 'double')`");
    }
    diagnostic
        .with_note("numbers compare with numbers, texts with texts, bools with bools")
        .with_help("make both sides of one type by `convert(x, 'string')`")
}
