//! `maxForever(x)`: the largest number that ever came.

use super::extreme::{Largest, bind_forever};
use super::one;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `maxForever`.
#[derive(Debug)]
pub(super) struct MaxForever;

impl AggregatorFactory for MaxForever {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "maxForever",
            syntax: "maxForever(x)",
            description: "Gives the largest number that ever came, whatever has left since. Nulls are \
                          left out; before the first number the result is null.",
            example: "from Trades select symbol, maxForever(price) as high \
                      group by symbol insert into Records;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        bind_forever::<Largest>("maxForever", one("maxForever", parameters)?)
    }
}
