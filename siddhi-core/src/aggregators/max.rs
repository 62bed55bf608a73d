//! `max(x)`: the largest number.

use super::extreme::{Largest, bind};
use super::one;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `max`.
#[derive(Debug)]
pub(super) struct Max;

impl AggregatorFactory for Max {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "max",
            syntax: "max(x)",
            description: "Gives the largest of the numbers that are in. Nulls are left out; without \
                          any number the result is null.",
            example: "from Trades#window.length(20) select symbol, max(price) as high \
                      group by symbol insert into Prices;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        bind::<Largest>("max", one("max", parameters)?)
    }
}
