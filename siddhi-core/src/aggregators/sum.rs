//! `sum(x)`: the numbers added up.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::group::Group;
use super::{bound, one, wrong_type};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `sum`.
#[derive(Debug)]
pub(super) struct Sum;

impl AggregatorFactory for Sum {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "sum",
            syntax: "sum(x)",
            description: "Adds numbers up. The sum of ints and longs is a long and exact in 64 \
                          bits, that of floats and doubles a double. Nulls are left out; without \
                          any number the sum is null.",
            example: "from Trades#window.length(20) select symbol, sum(price) as total \
                      group by symbol insert into Totals;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        match one("sum", parameters)? {
            DataType::Int => Ok(bound::<i32, Whole>(DataType::Long)),
            DataType::Long => Ok(bound::<i64, Whole>(DataType::Long)),
            DataType::Float => Ok(bound::<f32, Real>(DataType::Double)),
            DataType::Double => Ok(bound::<f64, Real>(DataType::Double)),
            other => Err(wrong_type("sum", "a number", other)),
        }
    }
}

/// A sum of integers. It wraps around, so what goes out leaves exactly what was there before.
// Java subtracts in double, which loses digits of large sums.
#[derive(Default, Serialize, Deserialize)]
struct Whole {
    sum: i64,
    count: i64,
}

impl<T: Copy + Into<i64>> Group<T> for Whole {
    type Out = i64;

    #[inline]
    fn add(&mut self, value: &T) {
        self.sum = self.sum.wrapping_add((*value).into());
        self.count += 1;
    }

    #[inline]
    fn remove(&mut self, value: &T) {
        self.sum = self.sum.wrapping_sub((*value).into());
        self.count -= 1;
    }

    #[inline]
    fn value(&self) -> Option<i64> {
        (self.count != 0).then_some(self.sum)
    }

    #[inline]
    fn added(&self) -> Option<i64> {
        Some(self.sum)
    }
}

/// A sum of floats, in the order of the rows and never compensated, as Java has it.
#[derive(Default, Serialize, Deserialize)]
struct Real {
    sum: f64,
    count: i64,
}

impl<T: Copy + Into<f64>> Group<T> for Real {
    type Out = f64;

    #[inline]
    fn add(&mut self, value: &T) {
        self.sum += (*value).into();
        self.count += 1;
    }

    #[inline]
    fn remove(&mut self, value: &T) {
        self.sum -= (*value).into();
        self.count -= 1;
        if self.count == 0 {
            // Java: what rounding left over, and NaN, stay in the sum of an empty group.
            self.sum = 0.0;
        }
    }

    #[inline]
    fn value(&self) -> Option<f64> {
        (self.count != 0).then_some(self.sum)
    }

    #[inline]
    fn added(&self) -> Option<f64> {
        Some(self.sum)
    }
}
