//! `createSet(x)`: a set with one element.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::event::value::{Object, Value};
use crate::extension::{
    BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue, RowFunction,
};

/// Binds `createSet`.
#[derive(Debug)]
pub(super) struct CreateSet;

impl FunctionFactory for CreateSet {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "createSet",
            syntax: "createSet(x)",
            description: "Gives a set with the one value in it, null included. Sets are joined by \
                          the aggregator `unionSet`.",
            example: "from Trades select createSet(symbol) as symbols insert into Sets;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let [data_type] = exactly("createSet", parameters)?;
        if data_type == DataType::Object {
            return Err(BindError::argument(0, "the element of a set is no object"));
        }
        Ok(BoundScalar::pure(SetOfOne, DataType::Object).never_fails())
    }
}

#[derive(Debug)]
struct SetOfOne;

impl RowFunction for SetOfOne {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        Ok(Object::Set(arguments.to_vec()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, refused};
    use super::*;

    #[test]
    fn holds_the_value() {
        let set = call(&CreateSet, &[(DataType::Int, Value::Int(1))], &[]);
        assert_eq!(set, Ok(Object::Set(vec![Value::Int(1)]).into()));
        let null = call(&CreateSet, &[(DataType::Int, Value::Null)], &[]);
        assert_eq!(null, Ok(Object::Set(vec![Value::Null]).into()));
        assert_eq!(refused(&CreateSet, &[(DataType::Object, None)]), Some(0));
    }
}
