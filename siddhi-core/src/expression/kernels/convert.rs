//! Numbers in another type, numbers out of objects, and the timestamp of a row as a value.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "Siddhi converts numbers as Java does, and so does Rust: rounded, cut, at the limits"
)]

use siddhi_query::ast::DataType;

use super::{Found, Inputs, Kernel, Operand, Row, map_one, put, spread_nulls};
use crate::event::column::{Column, Values};
use crate::event::value::Value;
use crate::event::view::Selection;
use crate::extension::{Arguments, CallContext, ScalarFunction};

/// Writes the numbers of a column in the type of `out`; nulls stay null.
///
/// Integers keep their low bits, floats are cut towards zero and stop at the limits of the integer
/// (NaN is 0), and what a float cannot hold is rounded to the nearest.
pub(crate) fn cast_numbers(from: &Column, rows: Selection<'_>, out: &mut Column) {
    macro_rules! from_type {
        ($values:expr, $(($variant:ident, $type:ty)),*) => {
            match &mut out.values {
                $(Values::$variant(out) => map_one(rows, $values, out, |value| *value as $type),)*
                _ => debug_assert!(false, "only numbers are cast to numbers"),
            }
        };
        ($values:expr) => {
            from_type!($values, (Int, i32), (Long, i64), (Float, f32), (Double, f64))
        };
    }
    match &from.values {
        Values::Int(values) => from_type!(values),
        Values::Long(values) => from_type!(values),
        Values::Float(values) => from_type!(values),
        Values::Double(values) => from_type!(values),
        _ => debug_assert!(false, "only numbers are cast to numbers"),
    }
    spread_nulls(rows, from.nulls.any().then_some(&from.nulls), &mut out.nulls);
}

/// A number as a value of another type; none when it is no number, or that is no type of numbers.
#[expect(clippy::cast_lossless, reason = "one macro casts from every type to every other")]
pub(crate) fn cast_number(value: &Value, to: DataType) -> Option<Value> {
    macro_rules! to_type {
        ($v:expr) => {
            match to {
                DataType::Int => Value::Int(*$v as i32),
                DataType::Long => Value::Long(*$v as i64),
                DataType::Float => Value::Float(*$v as f32),
                DataType::Double => Value::Double(*$v as f64),
                DataType::Bool | DataType::String | DataType::Object => return None,
            }
        };
    }
    Some(match value {
        Value::Int(v) => to_type!(v),
        Value::Long(v) => to_type!(v),
        Value::Float(v) => to_type!(v),
        Value::Double(v) => to_type!(v),
        _ => return None,
    })
}

/// A number in the type of the register.
#[derive(Debug)]
struct Widen(Operand);

impl Kernel for Widen {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        if let Some(from) = inputs.column(self.0) {
            cast_numbers(from, rows, out);
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        let place = row.place();
        match row.find(self.0) {
            Some(Found::Column(from)) => {
                let only = [u32::try_from(place).unwrap_or(u32::MAX)];
                cast_numbers(from, Selection::Rows(&only), out);
            }
            Some(Found::Value(value)) => {
                let number = cast_number(value, out.data_type());
                out.set(place, number.unwrap_or_default());
            }
            None => {}
        }
    }
}

/// The kernel that gives a number in the type of its register.
pub(in crate::expression) fn widen(operand: Operand) -> Box<dyn Kernel> {
    Box::new(Widen(operand))
}

/// The number in an object, in the type of the register; anything else in it makes the row fail.
#[derive(Debug)]
pub(in crate::expression) struct FromObject;

impl ScalarFunction for FromObject {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        context: &mut CallContext<'_>,
    ) {
        let Some(object) = arguments.first() else { return };
        let to = out.data_type();
        for row in rows.iter() {
            match object.value(row) {
                Value::Null => out.nulls.set(row),
                value => match cast_number(&value, to) {
                    Some(number) => out.set(row, number),
                    None => context.fail(row, format!("{value} is not a number")),
                },
            }
        }
    }
}

/// The timestamps of the rows.
#[derive(Debug)]
struct Timestamps;

impl Kernel for Timestamps {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        if let Values::Long(out) = &mut out.values {
            map_one(rows, inputs.view.timestamps, out, |timestamp| *timestamp);
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        put(row.timestamp(), row.place(), out);
    }
}

/// The kernel that gives the timestamp of each row.
pub(in crate::expression) fn timestamps() -> Box<dyn Kernel> {
    Box::new(Timestamps)
}
