//! `minimum(x, …)`: the smallest of some numbers.

use super::extreme;
use crate::extension::{BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue};

/// Binds `minimum`.
#[derive(Debug)]
pub(super) struct Minimum;

impl FunctionFactory for Minimum {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "minimum",
            syntax: "minimum(x, …)",
            description: "Gives the smallest of its arguments, which are numbers of one type. \
                          Nulls are passed over; when all are null the result is null.",
            example: "from Trades select symbol, minimum(price, 10.0) as price \
                      insert into Prices;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        extreme::bind("minimum", false, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::call;
    use super::*;
    use crate::event::value::Value;
    use siddhi_query::ast::DataType;

    #[test]
    fn is_the_smallest_that_is_there() {
        let float = DataType::Float;
        let values = [Value::Null, Value::Float(f32::NAN), Value::Float(2.0), Value::Float(-1.5)];
        let minimum = call(&Minimum, &values.map(|value| (float, value)), &[]);
        assert_eq!(minimum, Ok(Value::Float(-1.5)));
        let nan = call(&Minimum, &[(float, Value::Float(f32::NAN))], &[]);
        assert!(matches!(nan, Ok(Value::Float(value)) if value.is_nan()));
    }
}
