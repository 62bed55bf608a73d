//! `min(x)`: the smallest number.

use super::extreme::{Smallest, bind};
use super::one;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `min`.
#[derive(Debug)]
pub(super) struct Min;

impl AggregatorFactory for Min {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "min",
            syntax: "min(x)",
            description: "Gives the smallest of the numbers that are in. Nulls are left out; without \
                          any number the result is null.",
            example: "from Trades#window.length(20) select symbol, min(price) as low \
                      group by symbol insert into Prices;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        bind::<Smallest>("min", one("min", parameters)?)
    }
}
