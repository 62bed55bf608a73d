//! Comparisons: as a column of truths, or directly as a selection.
//!
//! With null on either side `!=` is true and everything else false.

use std::fmt;

use siddhi_query::ast::{BinaryOperator, DataType};

use super::arithmetic::{Side, pair};
use super::{
    Inputs, Kernel, Marker, Pair, Row, Test, map_one, map_rows, map_two, null_at, put, refine_rows,
    select_one, select_rows, select_two, target,
};
use crate::event::column::{Column, Element, Nulls};
use crate::event::text::Text;
use crate::event::view::Selection;

/// One of the six comparisons.
trait Comparison<T>: 'static {
    const NAME: &'static str;
    /// The answer when a side is null.
    const OF_NULL: bool = false;
    fn holds(a: &T, b: &T) -> bool;
}

macro_rules! comparisons {
    ($($name:ident, $bound:ident, $operator:tt, $of_null:literal;)*) => {$(
        struct $name;
        impl<T: $bound> Comparison<T> for $name {
            const NAME: &'static str = stringify!($name);
            const OF_NULL: bool = $of_null;
            #[inline]
            fn holds(a: &T, b: &T) -> bool {
                a $operator b
            }
        }
    )*};
}

comparisons! {
    Less, PartialOrd, <, false;
    LessOrEqual, PartialOrd, <=, false;
    Greater, PartialOrd, >, false;
    GreaterOrEqual, PartialOrd, >=, false;
    Equal, PartialEq, ==, false;
    NotEqual, PartialEq, !=, true;
}

struct Compare<T, C> {
    pair: Pair<T>,
    comparison: Marker<C>,
}

impl<T: fmt::Debug, C: Comparison<T>> fmt::Debug for Compare<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(C::NAME).field(&self.pair).finish()
    }
}

/// The two sides of a running comparison of columns.
struct Sides<'a, T> {
    a: &'a [T],
    b: &'a [T],
    a_nulls: Option<&'a Nulls>,
    b_nulls: Option<&'a Nulls>,
}

impl<T> Sides<'_, T> {
    fn any_null(&self) -> bool {
        self.a_nulls.is_some() || self.b_nulls.is_some()
    }

    #[inline]
    fn holds<C: Comparison<T>>(&self, row: usize) -> bool {
        if null_at(self.a_nulls, row) || null_at(self.b_nulls, row) {
            return C::OF_NULL;
        }
        match (self.a.get(row), self.b.get(row)) {
            (Some(a), Some(b)) => C::holds(a, b),
            _ => false,
        }
    }
}

fn run<T, C: Comparison<T>>(sides: &Sides<'_, T>, rows: Selection<'_>, out: &mut [bool]) {
    if sides.any_null() {
        map_rows(rows, out, |row| sides.holds::<C>(row));
    } else {
        map_two(rows, sides.a, sides.b, out, |a, b| C::holds(a, b));
    }
}

fn select<T, C: Comparison<T>>(sides: &Sides<'_, T>, rows: Selection<'_>, out: &mut Vec<u32>) {
    if sides.any_null() {
        select_rows(rows, out, |row| sides.holds::<C>(row));
    } else {
        select_two(rows, sides.a, sides.b, out, |a, b| C::holds(a, b));
    }
}

impl<T: Element, C: Comparison<T>> Compare<T, C> {
    /// As [`Test::holds`]; out of the way of the shorter cases.
    #[inline(never)]
    fn holds_of_two(row: Row<'_>, a: super::Operand, b: super::Operand) -> bool {
        match (row.value::<T>(a), row.value::<T>(b)) {
            (Some(a), Some(b)) => C::holds(a, b),
            _ => C::OF_NULL,
        }
    }

    fn sides(inputs: Inputs<'_>, a: super::Operand, b: super::Operand) -> Option<Sides<'_, T>> {
        let ((a, a_nulls), (b, b_nulls)) = (inputs.typed(a)?, inputs.typed(b)?);
        Some(Sides { a, b, a_nulls, b_nulls })
    }
}

/// A comparison with a constant: what holds for a value, and where nulls are.
#[inline]
fn run_one<T>(
    values: &[T],
    nulls: Option<&Nulls>,
    rows: Selection<'_>,
    out: &mut [bool],
    (of_null, holds): (bool, impl Fn(&T) -> bool),
) {
    if nulls.is_some() {
        map_rows(rows, out, |row| one_at(values, nulls, row, of_null, &holds));
    } else {
        map_one(rows, values, out, holds);
    }
}

#[inline]
fn select_constant<T>(
    values: &[T],
    nulls: Option<&Nulls>,
    rows: Selection<'_>,
    out: &mut Vec<u32>,
    (of_null, holds): (bool, impl Fn(&T) -> bool),
) {
    if nulls.is_some() {
        select_rows(rows, out, |row| one_at(values, nulls, row, of_null, &holds));
    } else {
        select_one(rows, values, out, holds);
    }
}

#[inline]
fn one_at<T>(
    values: &[T],
    nulls: Option<&Nulls>,
    row: usize,
    of_null: bool,
    holds: &impl Fn(&T) -> bool,
) -> bool {
    if null_at(nulls, row) { of_null } else { values.get(row).is_some_and(holds) }
}

impl<T, C> Kernel for Compare<T, C>
where
    T: Element + fmt::Debug,
    C: Comparison<T>,
{
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        let Some((out, _)) = target::<bool>(out) else { return };
        match &self.pair {
            Pair::Columns(a, b) => {
                if let Some(sides) = Self::sides(inputs, *a, *b) {
                    run::<T, C>(&sides, rows, out);
                }
            }
            Pair::ConstantLeft(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*b) {
                    run_one(values, nulls, rows, out, (C::OF_NULL, |b: &T| C::holds(a, b)));
                }
            }
            Pair::ConstantRight(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*a) {
                    run_one(values, nulls, rows, out, (C::OF_NULL, |a: &T| C::holds(a, b)));
                }
            }
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        put(self.holds(row), row.place(), out);
    }
}

impl<T, C> Test for Compare<T, C>
where
    T: Element + fmt::Debug,
    C: Comparison<T>,
{
    fn select(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Vec<u32>) {
        match &self.pair {
            Pair::Columns(a, b) => {
                if let Some(sides) = Self::sides(inputs, *a, *b) {
                    select::<T, C>(&sides, rows, out);
                }
            }
            Pair::ConstantLeft(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*b) {
                    select_constant(values, nulls, rows, out, (C::OF_NULL, |b: &T| C::holds(a, b)));
                }
            }
            Pair::ConstantRight(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*a) {
                    select_constant(values, nulls, rows, out, (C::OF_NULL, |a: &T| C::holds(a, b)));
                }
            }
        }
    }

    fn holds(&self, row: Row<'_>) -> bool {
        match &self.pair {
            // Most filters of most events.
            Pair::ConstantRight(a, b) => row.value(*a).map_or(C::OF_NULL, |a| C::holds(a, b)),
            Pair::ConstantLeft(a, b) => row.value(*b).map_or(C::OF_NULL, |b| C::holds(a, b)),
            Pair::Columns(a, b) => Self::holds_of_two(row, *a, *b),
        }
    }

    fn refine(&self, inputs: Inputs<'_>, rows: &mut Vec<u32>) {
        match &self.pair {
            Pair::Columns(a, b) => {
                if let Some(sides) = Self::sides(inputs, *a, *b) {
                    refine_rows(rows, |row| sides.holds::<C>(row));
                }
            }
            Pair::ConstantLeft(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*b) {
                    let holds = |b: &T| C::holds(a, b);
                    refine_rows(rows, |row| one_at(values, nulls, row, C::OF_NULL, &holds));
                }
            }
            Pair::ConstantRight(a, b) => {
                if let Some((values, nulls)) = inputs.typed(*a) {
                    let holds = |a: &T| C::holds(a, b);
                    refine_rows(rows, |row| one_at(values, nulls, row, C::OF_NULL, &holds));
                }
            }
        }
    }
}

/// Builds the comparison of a type and an operator, boxed as one of the two traits.
macro_rules! build {
    ($operator:expr, $data_type:expr, $left:expr, $right:expr) => {
        match $data_type {
            DataType::Int => build!(ordered i32, $operator, $left, $right),
            DataType::Long => build!(ordered i64, $operator, $left, $right),
            DataType::Float => build!(ordered f32, $operator, $left, $right),
            DataType::Double => build!(ordered f64, $operator, $left, $right),
            DataType::Bool => build!(equal bool, $operator, $left, $right),
            DataType::String => build!(equal Text, $operator, $left, $right),
            DataType::Object => return None,
        }
    };
    (ordered $type:ty, $operator:expr, $left:expr, $right:expr) => {
        match $operator {
            BinaryOperator::Less => build!(one $type, Less, $left, $right),
            BinaryOperator::LessOrEqual => build!(one $type, LessOrEqual, $left, $right),
            BinaryOperator::Greater => build!(one $type, Greater, $left, $right),
            BinaryOperator::GreaterOrEqual => build!(one $type, GreaterOrEqual, $left, $right),
            _ => build!(equal $type, $operator, $left, $right),
        }
    };
    (equal $type:ty, $operator:expr, $left:expr, $right:expr) => {
        match $operator {
            BinaryOperator::Equal => build!(one $type, Equal, $left, $right),
            BinaryOperator::NotEqual => build!(one $type, NotEqual, $left, $right),
            _ => return None,
        }
    };
    (one $type:ty, $comparison:ty, $left:expr, $right:expr) => {
        Box::new(Compare::<$type, $comparison> {
            pair: pair($left, $right)?,
            comparison: Marker::default(),
        })
    };
}

/// The kernel of a comparison; none when there is none for these operands.
pub(in crate::expression) fn compare(
    operator: BinaryOperator,
    data_type: DataType,
    left: Side<'_>,
    right: Side<'_>,
) -> Option<Box<dyn Kernel>> {
    Some(build!(operator, data_type, left, right))
}

/// The test of a comparison; none when there is none for these operands.
pub(in crate::expression) fn compare_test(
    operator: BinaryOperator,
    data_type: DataType,
    left: Side<'_>,
    right: Side<'_>,
) -> Option<Box<dyn Test>> {
    Some(build!(operator, data_type, left, right))
}
