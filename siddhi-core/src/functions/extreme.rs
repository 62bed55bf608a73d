//! The largest or smallest of some numbers, for `maximum` and `minimum`.

use siddhi_query::ast::DataType;
use smallvec::SmallVec;

use super::{is_number, same_type};
use crate::event::column::{Column, Element, Nulls};
use crate::event::value::Value;
use crate::event::view::Selection;
use crate::extension::{
    Argument, Arguments, BindError, BoundScalar, CallContext, ParameterValue, ScalarFunction,
};

/// Checks a call of `maximum` or `minimum`.
pub(super) fn bind(
    name: &'static str,
    largest: bool,
    parameters: &[ParameterValue],
) -> Result<BoundScalar, BindError> {
    let data_type = same_type(name, parameters)?;
    if !is_number(data_type) {
        return Err(BindError::argument(0, format!("`{name}` takes numbers")));
    }
    Ok(BoundScalar::pure(Extreme { largest }, data_type).never_fails())
}

/// The largest number of each row, or the smallest.
///
/// Nulls are passed over, NaN too unless nothing else is there; of equal numbers the first counts.
// Java: numbers are compared as doubles, which loses longs beyond 2^53, and the largest begins at
// the smallest positive double, so that it is never negative.
#[derive(Debug)]
struct Extreme {
    largest: bool,
}

/// An argument of a running call.
enum Numbers<'a, T> {
    Column(&'a [T], &'a Nulls),
    Constant(Option<T>),
}

trait Number: Element + Copy + PartialOrd {
    fn of(value: &Value) -> Option<Self>;
}

macro_rules! number {
    ($($type:ty => $variant:ident),*) => {$(
        impl Number for $type {
            fn of(value: &Value) -> Option<Self> {
                if let Value::$variant(value) = value { Some(*value) } else { None }
            }
        }
    )*};
}

number!(i32 => Int, i64 => Long, f32 => Float, f64 => Double);

impl Extreme {
    fn run<T: Number>(&self, arguments: Arguments<'_>, rows: Selection<'_>, out: &mut Column) {
        let numbers: SmallVec<[Numbers<'_, T>; 4]> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Column(column) => {
                    Numbers::Column(T::slice(&column.values).unwrap_or_default(), &column.nulls)
                }
                Argument::Constant(value) => Numbers::Constant(T::of(value)),
            })
            .collect();
        let Column { values: out, nulls } = out;
        let Some(out) = T::vector(out) else { return };
        for row in rows.iter() {
            let at = |numbers: &Numbers<'_, T>| match numbers {
                Numbers::Column(values, nulls) => {
                    values.get(row).copied().filter(|_| !nulls.get(row))
                }
                Numbers::Constant(value) => *value,
            };
            match (numbers.iter().filter_map(at).reduce(|a, b| self.better(a, b)), out.get_mut(row))
            {
                (Some(value), Some(place)) => *place = value,
                _ => nulls.set(row),
            }
        }
    }

    #[inline]
    fn better<T: Number>(&self, a: T, b: T) -> T {
        // Only NaN is not equal to itself.
        #[allow(clippy::eq_op, reason = "the plainest test for NaN that integers have as well")]
        let a_is_nan = a != a;
        let b_is_better = if self.largest { b > a } else { b < a };
        if b_is_better || a_is_nan { b } else { a }
    }
}

impl ScalarFunction for Extreme {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        _: &mut CallContext<'_>,
    ) {
        match out.data_type() {
            DataType::Int => self.run::<i32>(arguments, rows, out),
            DataType::Long => self.run::<i64>(arguments, rows, out),
            DataType::Float => self.run::<f32>(arguments, rows, out),
            DataType::Double => self.run::<f64>(arguments, rows, out),
            DataType::Bool | DataType::String | DataType::Object => {}
        }
    }
}
