//! `+`, `-`, `*`, `/`, `%` of two numbers of one type.
//!
//! Integers wrap around; a quotient or remainder by zero is null in every type; the rest of floats
//! follows IEEE, with the remainder of C's `fmod`.

use std::fmt;

use siddhi_query::ast::{BinaryOperator, DataType};

use super::{
    Inputs, Kernel, Marker, Operand, Pair, Row, constant, map_one, map_two, put, spread_nulls,
    target,
};
use crate::event::column::{Column, Element, Nulls};
use crate::event::view::Selection;

/// A type that arithmetic works in.
trait Number: Element + Copy + fmt::Debug {
    fn add(self, other: Self) -> Self;
    fn subtract(self, other: Self) -> Self;
    fn multiply(self, other: Self) -> Self;
    /// The quotient; of a division by zero any value.
    fn divide(self, other: Self) -> Self;
    /// The remainder; of a division by zero any value.
    fn modulo(self, other: Self) -> Self;
    fn is_zero(self) -> bool;
}

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            fn subtract(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            fn multiply(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            fn divide(self, other: Self) -> Self {
                self.wrapping_div(if other == 0 { 1 } else { other })
            }
            fn modulo(self, other: Self) -> Self {
                self.wrapping_rem(if other == 0 { 1 } else { other })
            }
            fn is_zero(self) -> bool {
                self == 0
            }
        }
    )*};
}

macro_rules! floating {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn add(self, other: Self) -> Self {
                self + other
            }
            fn subtract(self, other: Self) -> Self {
                self - other
            }
            fn multiply(self, other: Self) -> Self {
                self * other
            }
            fn divide(self, other: Self) -> Self {
                self / other
            }
            fn modulo(self, other: Self) -> Self {
                self % other
            }
            fn is_zero(self) -> bool {
                self == 0.0
            }
        }
    )*};
}

integer!(i32, i64);
floating!(f32, f64);

/// One of the five operations.
trait Operation: 'static {
    const NAME: &'static str;
    /// Whether a right side of zero gives null.
    const PARTIAL: bool = false;
    fn apply<T: Number>(a: T, b: T) -> T;
}

macro_rules! operations {
    ($($name:ident, $method:ident, $partial:literal;)*) => {$(
        struct $name;
        impl Operation for $name {
            const NAME: &'static str = stringify!($name);
            const PARTIAL: bool = $partial;
            #[inline]
            fn apply<T: Number>(a: T, b: T) -> T {
                a.$method(b)
            }
        }
    )*};
}

operations! {
    Add, add, false;
    Subtract, subtract, false;
    Multiply, multiply, false;
    Divide, divide, true;
    Modulo, modulo, true;
}

struct Arithmetic<T, O> {
    pair: Pair<T>,
    operation: Marker<O>,
}

impl<T: fmt::Debug, O: Operation> fmt::Debug for Arithmetic<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(O::NAME).field(&self.pair).finish()
    }
}

impl<T: Number, O: Operation> Arithmetic<T, O> {
    fn columns(inputs: Inputs<'_>, rows: Selection<'_>, a: Operand, b: Operand, out: &mut Column) {
        let (Some((a, a_nulls)), Some((b, b_nulls)), Some((values, nulls))) =
            (inputs.typed::<T>(a), inputs.typed::<T>(b), target::<T>(out))
        else {
            return;
        };
        map_two(rows, a, b, values, |a, b| O::apply(*a, *b));
        spread_nulls(rows, a_nulls, nulls);
        spread_nulls(rows, b_nulls, nulls);
        null_at_zero::<T, O>(rows, b, nulls);
    }

    fn constant_left(inputs: Inputs<'_>, rows: Selection<'_>, a: T, b: Operand, out: &mut Column) {
        let (Some((b, b_nulls)), Some((values, nulls))) = (inputs.typed::<T>(b), target::<T>(out))
        else {
            return;
        };
        map_one(rows, b, values, |b| O::apply(a, *b));
        spread_nulls(rows, b_nulls, nulls);
        null_at_zero::<T, O>(rows, b, nulls);
    }

    fn constant_right(inputs: Inputs<'_>, rows: Selection<'_>, a: Operand, b: T, out: &mut Column) {
        let (Some((a, a_nulls)), Some((values, nulls))) = (inputs.typed::<T>(a), target::<T>(out))
        else {
            return;
        };
        if O::PARTIAL && b.is_zero() {
            rows.iter().for_each(|row| nulls.set(row));
            return;
        }
        map_one(rows, a, values, |a| O::apply(*a, b));
        spread_nulls(rows, a_nulls, nulls);
    }
}

impl<T: Number, O: Operation> Kernel for Arithmetic<T, O> {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        match self.pair {
            Pair::Columns(a, b) => Self::columns(inputs, rows, a, b, out),
            Pair::ConstantLeft(a, b) => Self::constant_left(inputs, rows, a, b, out),
            Pair::ConstantRight(a, b) => Self::constant_right(inputs, rows, a, b, out),
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        let (a, b) = match &self.pair {
            Pair::Columns(a, b) => (row.value(*a), row.value(*b)),
            Pair::ConstantLeft(a, b) => (Some(a), row.value(*b)),
            Pair::ConstantRight(a, b) => (row.value(*a), Some(b)),
        };
        match (a, b) {
            (Some(a), Some(b)) if !(O::PARTIAL && b.is_zero()) => {
                put(O::apply(*a, *b), row.place(), out);
            }
            _ => out.nulls.set(row.place()),
        }
    }
}

#[inline]
fn null_at_zero<T: Number, O: Operation>(rows: Selection<'_>, divisors: &[T], nulls: &mut Nulls) {
    if O::PARTIAL {
        for row in rows.iter() {
            if divisors.get(row).is_some_and(|divisor| divisor.is_zero()) {
                nulls.set(row);
            }
        }
    }
}

/// An operand of the kernel to be built: a column, or a constant that is not null.
pub(in crate::expression) type Side<'a> = Result<Operand, &'a Column>;

/// The operands of a kernel, typed; none when both are constants or one is of another type.
pub(super) fn pair<T: Element>(left: Side<'_>, right: Side<'_>) -> Option<Pair<T>> {
    Some(match (left, right) {
        (Ok(left), Ok(right)) => Pair::Columns(left, right),
        (Err(left), Ok(right)) => Pair::ConstantLeft(constant(left)?, right),
        (Ok(left), Err(right)) => Pair::ConstantRight(left, constant(right)?),
        (Err(_), Err(_)) => return None,
    })
}

/// The kernel of an operation; none when there is none for these operands.
pub(in crate::expression) fn arithmetic(
    operator: BinaryOperator,
    data_type: DataType,
    left: Side<'_>,
    right: Side<'_>,
) -> Option<Box<dyn Kernel>> {
    match data_type {
        DataType::Int => of_type::<i32>(operator, pair(left, right)?),
        DataType::Long => of_type::<i64>(operator, pair(left, right)?),
        DataType::Float => of_type::<f32>(operator, pair(left, right)?),
        DataType::Double => of_type::<f64>(operator, pair(left, right)?),
        DataType::Bool | DataType::String | DataType::Object => None,
    }
}

fn of_type<T: Number>(operator: BinaryOperator, pair: Pair<T>) -> Option<Box<dyn Kernel>> {
    Some(match operator {
        BinaryOperator::Add => boxed::<T, Add>(pair),
        BinaryOperator::Subtract => boxed::<T, Subtract>(pair),
        BinaryOperator::Multiply => boxed::<T, Multiply>(pair),
        BinaryOperator::Divide => boxed::<T, Divide>(pair),
        BinaryOperator::Modulo => boxed::<T, Modulo>(pair),
        _ => return None,
    })
}

fn boxed<T: Number, O: Operation>(pair: Pair<T>) -> Box<dyn Kernel> {
    Box::new(Arithmetic::<T, O> { pair, operation: Marker::default() })
}
