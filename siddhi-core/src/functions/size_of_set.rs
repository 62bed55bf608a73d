//! `sizeOfSet(o)`: how many elements a set has.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::event::value::{Object, Value};
use crate::extension::{
    BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue, RowFunction,
};

/// Binds `sizeOfSet`.
#[derive(Debug)]
pub(super) struct SizeOfSet;

impl FunctionFactory for SizeOfSet {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "sizeOfSet",
            syntax: "sizeOfSet(set)",
            description: "Gives the number of elements of a set, 0 for null. A row whose object is \
                          no set fails.",
            example: "from Sets select sizeOfSet(symbols) as size insert into Sizes;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let [data_type] = exactly("sizeOfSet", parameters)?;
        if data_type != DataType::Object {
            return Err(BindError::argument(0, "`sizeOfSet` takes an object that holds a set"));
        }
        Ok(BoundScalar::pure(Size, DataType::Int))
    }
}

#[derive(Debug)]
struct Size;

impl RowFunction for Size {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        match arguments.first() {
            None | Some(Value::Null) => Ok(Value::Int(0)),
            Some(Value::Object(object)) => match &**object {
                Object::Set(elements) => {
                    Ok(Value::Int(i32::try_from(elements.len()).unwrap_or(i32::MAX)))
                }
                other => Err(format!("{other} is no set")),
            },
            Some(other) => Err(format!("{other} is no set")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::call;
    use super::*;

    #[test]
    fn counts_the_elements_of_sets_only() {
        let size = |value: Value| call(&SizeOfSet, &[(DataType::Object, value)], &[]);
        assert_eq!(size(Object::Set(vec![Value::Int(1), Value::Null]).into()), Ok(Value::Int(2)));
        assert_eq!(size(Value::Null), Ok(Value::Int(0)));
        assert_eq!(size(Value::Int(5)), Err("5 is no set".into()));
        assert_eq!(size(Object::List(vec![Value::Int(5)]).into()), Err("[5] is no set".into()));
    }
}
