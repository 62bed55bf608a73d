//! `coalesce(x, …)`: the first value that is there.

use super::same_type;
use crate::event::column::Column;
use crate::event::view::Selection;
use crate::extension::{
    Argument, Arguments, BindError, BoundScalar, CallContext, Documentation, FunctionFactory,
    ParameterValue, ScalarFunction,
};

/// Binds `coalesce`.
#[derive(Debug)]
pub(super) struct Coalesce;

impl FunctionFactory for Coalesce {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "coalesce",
            syntax: "coalesce(x, …)",
            description: "Gives the first argument that is not null, or null when all are. The \
                          arguments are of one type.",
            example: "from Trades select coalesce(symbol, 'unknown') as symbol \
                      insert into Named;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let data_type = same_type("coalesce", parameters)?;
        Ok(BoundScalar::pure(FirstPresent, data_type).never_fails())
    }
}

/// The first of the arguments that is not null.
#[derive(Debug)]
pub(super) struct FirstPresent;

impl ScalarFunction for FirstPresent {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        _: &mut CallContext<'_>,
    ) {
        'rows: for row in rows.iter() {
            for argument in arguments {
                match argument {
                    Argument::Column(column) if column.is_null(row) => {}
                    Argument::Column(column) => {
                        out.set_from(row, column, row);
                        continue 'rows;
                    }
                    Argument::Constant(value) if value.is_null() => {}
                    Argument::Constant(value) => {
                        out.set(row, (*value).clone());
                        continue 'rows;
                    }
                }
            }
            out.nulls.set(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, refused};
    use super::*;
    use crate::event::value::Value;
    use siddhi_query::ast::DataType;

    #[test]
    fn gives_the_first_that_is_there() {
        let int = DataType::Int;
        let null = (int, Value::Null);
        let call = |columns: &[(DataType, Value)], constants: &[Value]| {
            call(&Coalesce, columns, constants)
        };
        assert_eq!(call(&[null.clone(), (int, Value::Int(2))], &[]), Ok(Value::Int(2)));
        assert_eq!(call(std::slice::from_ref(&null), &[Value::Int(3)]), Ok(Value::Int(3)));
        assert_eq!(call(std::slice::from_ref(&null), &[]), Ok(Value::Null));
        assert_eq!(call(&[(DataType::Bool, Value::Null)], &[]), Ok(Value::Bool(false)));
    }

    #[test]
    fn the_arguments_are_of_one_type() {
        assert_eq!(refused(&Coalesce, &[(DataType::Int, None), (DataType::Long, None)]), Some(1));
        assert_eq!(refused(&Coalesce, &[]), None);
    }
}
