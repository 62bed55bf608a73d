//! `cast(x, 'type')`: a value as one of another type.

use siddhi_query::ast::DataType;

use super::convert::{Conversion, types};
use crate::event::value::Value;
use crate::extension::{
    BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue, RowFunction,
};

/// Binds `cast`.
#[derive(Debug)]
pub(super) struct Cast;

impl FunctionFactory for Cast {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "cast",
            syntax: "cast(x, 'type')",
            description: "Says what an object holds: int, long, float, double, bool or string. \
                          A row whose object holds something else fails; an int is also taken as \
                          a long. Of any other type it converts as `convert` does.",
            example: "from Readings select cast(payload, 'double') as level insert into Levels;",
        }
    }

    // Java: cast changes nothing but what the compiler believes, so that values of a wrong class
    // come out at the other end; here the value has the type that is asked for, or the row fails.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let (from, to) = types("cast", parameters)?;
        if from == DataType::Object {
            return Ok(BoundScalar::pure(Demand { to }, to));
        }
        Ok(BoundScalar::pure(Conversion { to }, to).never_fails())
    }
}

/// The value of an object, which must have a type.
#[derive(Debug)]
struct Demand {
    to: DataType,
}

impl RowFunction for Demand {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        match arguments.first().unwrap_or(&Value::Null) {
            Value::Null => Ok(Value::Null),
            Value::Int(value) if self.to == DataType::Long => Ok(Value::Long((*value).into())),
            value if value.data_type() == Some(self.to) => Ok(value.clone()),
            value => Err(format!("{value} is no {}", self.to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::call;
    use super::*;

    fn cast(from: DataType, value: impl Into<Value>, to: &str) -> Result<Value, String> {
        call(&Cast, &[(from, value.into())], &[Value::from(to)])
    }

    #[test]
    fn an_object_must_hold_the_type() {
        assert_eq!(cast(DataType::Object, 5, "int"), Ok(Value::Int(5)));
        assert_eq!(cast(DataType::Object, 5, "long"), Ok(Value::Long(5)));
        assert_eq!(cast(DataType::Object, Value::Null, "long"), Ok(Value::Null));
        assert_eq!(cast(DataType::Object, "5", "int"), Err("5 is no int".into()));
        assert_eq!(cast(DataType::Object, 5, "double"), Err("5 is no double".into()));
    }

    #[test]
    fn anything_else_is_converted() {
        assert_eq!(cast(DataType::Double, 10.5, "int"), Ok(Value::Int(10)));
        assert_eq!(cast(DataType::Int, 7, "LONG"), Ok(Value::Long(7)));
        assert_eq!(cast(DataType::String, "x", "int"), Ok(Value::Null));
        assert_eq!(cast(DataType::Int, 7, "string"), Ok(Value::from("7")));
    }
}
