//! The rules of expressions for one row, as plainly as they can be said.

use siddhi_query::ast::{BinaryOperator, DataType};

use crate::event::value::Value;
use crate::expression::typed::{Expr, ExprKind};

/// The value of an expression for a row, or why the row fails.
pub(super) fn evaluate(expr: &Expr, row: &[Value]) -> Result<Value, String> {
    let holds = |expr: &Expr| Ok::<bool, String>(evaluate(expr, row)? == Value::Bool(true));
    Ok(match &expr.kind {
        ExprKind::Constant(value) => value.clone(),
        ExprKind::Column(index) => row[*index].clone(),
        ExprKind::Arithmetic(operator, a, b) => {
            arithmetic(*operator, &evaluate(a, row)?, &evaluate(b, row)?)
        }
        ExprKind::Compare(operator, a, b) => {
            Value::Bool(compare(*operator, &evaluate(a, row)?, &evaluate(b, row)?))
        }
        ExprKind::And(a, b) => Value::Bool(holds(a)? && holds(b)?),
        ExprKind::Or(a, b) => Value::Bool(holds(a)? || holds(b)?),
        ExprKind::Not(a) => Value::Bool(!holds(a)?),
        ExprKind::IsNull(a) => Value::Bool(evaluate(a, row)?.is_null()),
        ExprKind::Convert(a) => convert(evaluate(a, row)?, expr.data_type)?,
        ExprKind::IfThenElse(c, a, b) => {
            let value = evaluate(if holds(c)? { a } else { b }, row)?;
            if value.is_null() && expr.data_type == DataType::Bool {
                Value::Bool(false)
            } else {
                value
            }
        }
        ExprKind::Call(call) => match evaluate(&call.arguments[0], row)? {
            Value::Int(4) => Value::Null,
            Value::Int(number) if number % 2 != 0 => return Err("odd".into()),
            value => value,
        },
        ExprKind::EventTimestamp | ExprKind::Aggregate(_) => Value::Null,
    })
}

fn arithmetic(operator: BinaryOperator, a: &Value, b: &Value) -> Value {
    macro_rules! integer {
        ($a:expr, $b:expr) => {
            match operator {
                BinaryOperator::Add => Some($a.wrapping_add(*$b)),
                BinaryOperator::Subtract => Some($a.wrapping_sub(*$b)),
                BinaryOperator::Multiply => Some($a.wrapping_mul(*$b)),
                BinaryOperator::Divide => (*$b != 0).then(|| $a.wrapping_div(*$b)),
                BinaryOperator::Modulo => (*$b != 0).then(|| $a.wrapping_rem(*$b)),
                _ => None,
            }
            .into()
        };
    }
    macro_rules! floating {
        ($a:expr, $b:expr) => {
            match operator {
                BinaryOperator::Add => Some($a + $b),
                BinaryOperator::Subtract => Some($a - $b),
                BinaryOperator::Multiply => Some($a * $b),
                BinaryOperator::Divide => (*$b != 0.0).then(|| $a / $b),
                BinaryOperator::Modulo => (*$b != 0.0).then(|| $a % $b),
                _ => None,
            }
            .into()
        };
    }
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => integer!(a, b),
        (Value::Long(a), Value::Long(b)) => integer!(a, b),
        (Value::Float(a), Value::Float(b)) => floating!(a, b),
        (Value::Double(a), Value::Double(b)) => floating!(a, b),
        _ => Value::Null,
    }
}

fn compare(operator: BinaryOperator, a: &Value, b: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    if a.is_null() || b.is_null() {
        return operator == BinaryOperator::NotEqual;
    }
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.partial_cmp(b),
        (Value::Long(a), Value::Long(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.partial_cmp(b),
        (Value::String(a), Value::String(b)) => a.as_str().partial_cmp(b.as_str()),
        _ => panic!("{a:?} and {b:?} do not compare"),
    };
    match operator {
        BinaryOperator::Less => order == Some(Less),
        BinaryOperator::LessOrEqual => matches!(order, Some(Less | Equal)),
        BinaryOperator::Greater => order == Some(Greater),
        BinaryOperator::GreaterOrEqual => matches!(order, Some(Greater | Equal)),
        BinaryOperator::Equal => order == Some(Equal),
        _ => order != Some(Equal),
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_lossless,
    reason = "the conversions of numbers are Rust's"
)]
fn convert(value: Value, to: DataType) -> Result<Value, String> {
    macro_rules! to_type {
        ($v:expr) => {
            match to {
                DataType::Int => Value::Int($v as i32),
                DataType::Long => Value::Long($v as i64),
                DataType::Float => Value::Float($v as f32),
                _ => Value::Double($v as f64),
            }
        };
    }
    Ok(match value {
        Value::Null => Value::Null,
        Value::Int(v) => to_type!(v),
        Value::Long(v) => to_type!(v),
        Value::Float(v) => to_type!(v),
        Value::Double(v) => to_type!(v),
        other => return Err(format!("{other} is no number")),
    })
}
