//! `default(x, c)`: a constant where a value is missing.

use super::coalesce::FirstPresent;
use super::{exactly, same_type};
use crate::extension::{BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue};

/// Binds `default`.
#[derive(Debug)]
pub(super) struct Default;

impl FunctionFactory for Default {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "default",
            syntax: "default(x, constant)",
            description: "Gives the value, or the constant where the value is null. The constant \
                          has the type of the value.",
            example: "from Trades select symbol, default(price, 0.0) as price insert into Priced;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let [data_type, _] = exactly("default", parameters)?;
        if parameters.get(1).is_some_and(|parameter| parameter.constant.is_none()) {
            return Err(BindError::argument(1, "the default is a constant"));
        }
        same_type("default", parameters)?;
        Ok(BoundScalar::pure(FirstPresent, data_type).never_fails())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, refused};
    use super::*;
    use crate::event::value::Value;
    use siddhi_query::ast::DataType;

    #[test]
    fn stands_in_for_null() {
        let long = DataType::Long;
        let default = [Value::Long(1000)];
        assert_eq!(call(&Default, &[(long, Value::Null)], &default), Ok(Value::Long(1000)));
        assert_eq!(call(&Default, &[(long, Value::Long(5))], &default), Ok(Value::Long(5)));
    }

    #[test]
    fn is_a_constant_of_the_type() {
        let int = DataType::Int;
        assert_eq!(refused(&Default, &[(int, None), (int, None)]), Some(1));
        assert_eq!(
            refused(&Default, &[(int, None), (DataType::Long, Some(Value::Long(1)))]),
            Some(1)
        );
        assert_eq!(refused(&Default, &[(int, None)]), None);
    }
}
