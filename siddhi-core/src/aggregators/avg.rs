//! `avg(x)`: the mean of the numbers.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::group::Group;
use super::moments::Number;
use super::{bound, each_number, one};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `avg`.
#[derive(Debug)]
pub(super) struct Avg;

impl AggregatorFactory for Avg {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "avg",
            syntax: "avg(x)",
            description: "Gives the mean of numbers, as a double. Nulls are left out; without any \
                          number the mean is null.",
            example: "from Trades#window.length(20) select symbol, avg(price) as mean \
                      group by symbol insert into Means;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        each_number!("avg", one("avg", parameters)?, T => bound::<T, Mean>(DataType::Double))
    }
}

/// Sum and count; the sum is one of doubles for all numbers, as Java has it.
#[derive(Default, Serialize, Deserialize)]
struct Mean {
    sum: f64,
    count: i64,
}

impl<T: Number> Group<T> for Mean {
    type Out = f64;

    #[inline]
    fn add(&mut self, value: &T) {
        self.sum += value.to_f64();
        self.count += 1;
    }

    #[inline]
    fn remove(&mut self, value: &T) {
        self.sum -= value.to_f64();
        self.count -= 1;
        if self.count == 0 {
            self.sum = 0.0;
        }
    }

    #[inline]
    fn value(&self) -> Option<f64> {
        (self.count != 0).then(|| self.sum / self.count.to_f64())
    }
}
