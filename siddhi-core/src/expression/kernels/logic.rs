//! `and`, `or`, `not`, `is null` and the choice between two values.
//!
//! Null counts as false, and none of these is ever null but the choice.

use std::fmt;

use siddhi_query::ast::DataType;

use super::{
    Inputs, Kernel, Marker, Operand, Row, Test, map_one, map_rows, map_two, null_at, put,
    refine_rows, select_one, select_rows, target,
};
use crate::event::column::{Column, Element, Nulls};
use crate::event::text::Text;
use crate::event::value::Value;
use crate::event::view::Selection;

#[inline]
fn true_at(values: &[bool], nulls: Option<&Nulls>, row: usize) -> bool {
    values.get(row).copied().unwrap_or(false) && !null_at(nulls, row)
}

#[inline]
fn is_true(row: Row<'_>, operand: Operand) -> bool {
    row.value(operand).copied().unwrap_or(false)
}

/// `and`, or else `or`, of two sides that are both evaluated.
#[derive(Debug)]
struct Join {
    and: bool,
    left: Operand,
    right: Operand,
}

impl Kernel for Join {
    #[expect(clippy::needless_bitwise_bool, reason = "the loops have no branch")]
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        let (Some((a, a_nulls)), Some((b, b_nulls)), Some((out, _))) = (
            inputs.typed::<bool>(self.left),
            inputs.typed::<bool>(self.right),
            target::<bool>(out),
        ) else {
            return;
        };
        let plain = a_nulls.is_none() && b_nulls.is_none();
        match (self.and, plain) {
            (true, true) => map_two(rows, a, b, out, |a, b| *a & *b),
            (false, true) => map_two(rows, a, b, out, |a, b| *a | *b),
            (true, false) => {
                map_rows(rows, out, |row| true_at(a, a_nulls, row) & true_at(b, b_nulls, row));
            }
            (false, false) => {
                map_rows(rows, out, |row| true_at(a, a_nulls, row) | true_at(b, b_nulls, row));
            }
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        let (left, right) = (is_true(row, self.left), is_true(row, self.right));
        put(if self.and { left && right } else { left || right }, row.place(), out);
    }
}

/// `left and right`, both evaluated.
pub(in crate::expression) fn both(left: Operand, right: Operand) -> Box<dyn Kernel> {
    Box::new(Join { and: true, left, right })
}

/// `left or right`, both evaluated.
pub(in crate::expression) fn either(left: Operand, right: Operand) -> Box<dyn Kernel> {
    Box::new(Join { and: false, left, right })
}

/// Whether a truth is `wanted`; null counts as false.
#[derive(Debug)]
struct Truth {
    operand: Operand,
    wanted: bool,
}

impl Kernel for Truth {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        let (Some((a, nulls)), Some((out, _))) =
            (inputs.typed::<bool>(self.operand), target::<bool>(out))
        else {
            return;
        };
        if nulls.is_some() {
            map_rows(rows, out, |row| true_at(a, nulls, row) == self.wanted);
        } else {
            map_one(rows, a, out, |a| *a == self.wanted);
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        put(self.holds(row), row.place(), out);
    }
}

impl Test for Truth {
    fn select(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Vec<u32>) {
        let Some((a, nulls)) = inputs.typed::<bool>(self.operand) else { return };
        if nulls.is_some() {
            select_rows(rows, out, |row| true_at(a, nulls, row) == self.wanted);
        } else {
            select_one(rows, a, out, |a| *a == self.wanted);
        }
    }

    fn refine(&self, inputs: Inputs<'_>, rows: &mut Vec<u32>) {
        let Some((a, nulls)) = inputs.typed::<bool>(self.operand) else { return };
        refine_rows(rows, |row| true_at(a, nulls, row) == self.wanted);
    }

    fn holds(&self, row: Row<'_>) -> bool {
        is_true(row, self.operand) == self.wanted
    }
}

/// `not operand`: of null it is true.
pub(in crate::expression) fn not(operand: Operand) -> Box<dyn Kernel> {
    Box::new(Truth { operand, wanted: false })
}

/// The rows where a truth is `wanted`; null counts as false.
pub(in crate::expression) fn truth(operand: Operand, wanted: bool) -> Box<dyn Test> {
    Box::new(Truth { operand, wanted })
}

/// `operand is null`.
#[derive(Debug)]
struct IsNull(Operand);

impl Kernel for IsNull {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        let (Some(column), Some((out, _))) = (inputs.column(self.0), target::<bool>(out)) else {
            return;
        };
        map_rows(rows, out, |row| column.nulls.get(row));
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        put(row.is_null(self.0), row.place(), out);
    }
}

/// `operand is null` as a column.
pub(in crate::expression) fn is_null(operand: Operand) -> Box<dyn Kernel> {
    Box::new(IsNull(operand))
}

/// Whether an operand's being null is `wanted`.
#[derive(Debug)]
struct NullTest {
    operand: Operand,
    wanted: bool,
}

impl Test for NullTest {
    fn select(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Vec<u32>) {
        let Some(column) = inputs.column(self.operand) else { return };
        select_rows(rows, out, |row| column.nulls.get(row) == self.wanted);
    }

    fn refine(&self, inputs: Inputs<'_>, rows: &mut Vec<u32>) {
        let Some(column) = inputs.column(self.operand) else { return };
        refine_rows(rows, |row| column.nulls.get(row) == self.wanted);
    }

    fn holds(&self, row: Row<'_>) -> bool {
        row.is_null(self.operand) == self.wanted
    }
}

/// The rows where an operand is null, or where it is not.
pub(in crate::expression) fn null_test(operand: Operand, wanted: bool) -> Box<dyn Test> {
    Box::new(NullTest { operand, wanted })
}

/// No row at all: a condition that is a constant and not true.
#[derive(Debug)]
struct Never;

impl Test for Never {
    fn select(&self, _: Inputs<'_>, _: Selection<'_>, out: &mut Vec<u32>) {
        out.clear();
    }

    fn refine(&self, _: Inputs<'_>, rows: &mut Vec<u32>) {
        rows.clear();
    }

    fn holds(&self, _: Row<'_>) -> bool {
        false
    }
}

/// The test that no row passes.
pub(in crate::expression) fn never() -> Box<dyn Test> {
    Box::new(Never)
}

/// `then` where the condition is true, else `otherwise`; of the type `T`.
struct Choose<T> {
    condition: Operand,
    then: Operand,
    otherwise: Operand,
    element: Marker<T>,
}

impl<T> fmt::Debug for Choose<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries([self.condition, self.then, self.otherwise]).finish()
    }
}

impl<T: Element> Kernel for Choose<T> {
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column) {
        let is_bool = out.data_type() == DataType::Bool;
        let (Some((holds, unknown)), Some((a, a_nulls)), Some((b, b_nulls)), Some((out, nulls))) = (
            inputs.typed::<bool>(self.condition),
            inputs.typed::<T>(self.then),
            inputs.typed::<T>(self.otherwise),
            target::<T>(out),
        ) else {
            return;
        };
        for row in rows.iter() {
            let (values, value_nulls) =
                if true_at(holds, unknown, row) { (a, a_nulls) } else { (b, b_nulls) };
            let (Some(place), Some(value)) = (out.get_mut(row), values.get(row)) else { continue };
            if !null_at(value_nulls, row) {
                place.clone_from(value);
            } else if is_bool {
                // A function whose type is bool never gives null; the default of a bool is false.
                *place = T::default();
            } else {
                nulls.set(row);
            }
        }
    }

    fn run_row(&self, row: Row<'_>, out: &mut Column) {
        let chosen = if is_true(row, self.condition) { self.then } else { self.otherwise };
        match row.value::<T>(chosen) {
            Some(value) => put(value.clone(), row.place(), out),
            None if out.data_type() == DataType::Bool => put(false, row.place(), out),
            None => out.nulls.set(row.place()),
        }
    }
}

/// The choice between two values of a type.
pub(in crate::expression) fn choose(
    data_type: DataType,
    condition: Operand,
    then: Operand,
    otherwise: Operand,
) -> Box<dyn Kernel> {
    fn boxed<T: Element>(condition: Operand, then: Operand, otherwise: Operand) -> Box<dyn Kernel> {
        Box::new(Choose::<T> { condition, then, otherwise, element: Marker::default() })
    }
    match data_type {
        DataType::Bool => boxed::<bool>(condition, then, otherwise),
        DataType::Int => boxed::<i32>(condition, then, otherwise),
        DataType::Long => boxed::<i64>(condition, then, otherwise),
        DataType::Float => boxed::<f32>(condition, then, otherwise),
        DataType::Double => boxed::<f64>(condition, then, otherwise),
        DataType::String => boxed::<Text>(condition, then, otherwise),
        DataType::Object => boxed::<Value>(condition, then, otherwise),
    }
}
