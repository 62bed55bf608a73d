//! `maximum(x, …)`: the largest of some numbers.

use super::extreme;
use crate::extension::{BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue};

/// Binds `maximum`.
#[derive(Debug)]
pub(super) struct Maximum;

impl FunctionFactory for Maximum {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "maximum",
            syntax: "maximum(x, …)",
            description: "Gives the largest of its arguments, which are numbers of one type. Nulls \
                          are passed over; when all are null the result is null.",
            example: "from Trades select symbol, maximum(price, 10.0) as price \
                      insert into Prices;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        extreme::bind("maximum", true, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, refused};
    use super::*;
    use crate::event::value::Value;
    use siddhi_query::ast::DataType;

    fn maximum<const N: usize>(data_type: DataType, values: [Value; N]) -> Value {
        call(&Maximum, &values.map(|value| (data_type, value)), &[]).unwrap()
    }

    #[test]
    fn is_right_for_all_numbers() {
        let (int, long) = (DataType::Int, DataType::Long);
        assert_eq!(maximum(int, [Value::Int(-5), Value::Int(-3)]), Value::Int(-3));
        let large = [9_007_199_254_740_993_i64, 9_007_199_254_740_992].map(Value::Long);
        assert_eq!(maximum(long, large), Value::Long(9_007_199_254_740_993));
        assert_eq!(maximum(int, [Value::Null, Value::Int(1)]), Value::Int(1));
        assert_eq!(maximum(int, [Value::Null, Value::Null]), Value::Null);
        let nan = [f64::NAN, -1.0].map(Value::Double);
        assert_eq!(maximum(DataType::Double, nan), Value::Double(-1.0));
        let constant = call(&Maximum, &[(int, Value::Int(7))], &[Value::Int(9)]);
        assert_eq!(constant, Ok(Value::Int(9)));
    }

    #[test]
    fn takes_numbers_of_one_type() {
        let (int, long) = ((DataType::Int, None), (DataType::Long, None));
        assert_eq!(refused(&Maximum, &[int, long]), Some(1));
        assert_eq!(refused(&Maximum, &[(DataType::String, None)]), Some(0));
    }
}
