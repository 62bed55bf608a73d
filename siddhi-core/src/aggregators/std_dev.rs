//! `stdDev(x)`: how far the numbers lie from their mean.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::group::Group;
use super::moments::{Number, Spread};
use super::{bound, each_number, one};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `stdDev`.
#[derive(Debug)]
pub(super) struct StdDev;

impl AggregatorFactory for StdDev {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "stdDev",
            syntax: "stdDev(x)",
            description: "Gives the standard deviation of the population of numbers that are in, \
                          as a double: 0.0 for one number, null for none. Nulls are left out.",
            example: "from Trades#window.length(20) select symbol, stdDev(price) as spread \
                      group by symbol insert into Spreads;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        let data_type = one("stdDev", parameters)?;
        each_number!("stdDev", data_type, T => bound::<T, Deviation>(DataType::Double))
    }
}

// Java updates mean and squares in place, which drifts as numbers leave, down to NaN.
#[derive(Default, Serialize, Deserialize)]
struct Deviation(Spread);

impl<T: Number> Group<T> for Deviation {
    type Out = f64;

    fn add(&mut self, value: &T) {
        self.0.change(value.to_f64(), 1);
    }

    fn remove(&mut self, value: &T) {
        self.0.change(value.to_f64(), -1);
    }

    fn value(&self) -> Option<f64> {
        self.0.deviation()
    }
}
