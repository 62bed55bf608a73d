//! `minForever(x)`: the smallest number that ever came.

use super::extreme::{Smallest, bind_forever};
use super::one;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `minForever`.
#[derive(Debug)]
pub(super) struct MinForever;

impl AggregatorFactory for MinForever {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "minForever",
            syntax: "minForever(x)",
            description: "Gives the smallest number that ever came, whatever has left since. Nulls are \
                          left out; before the first number the result is null.",
            example: "from Trades select symbol, minForever(price) as low \
                      group by symbol insert into Records;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        bind_forever::<Smallest>("minForever", one("minForever", parameters)?)
    }
}
