//! `ifThenElse(c, x, y)`: one of two values.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::extension::{
    BindError, BoundScalar, Callee, Documentation, FunctionFactory, ParameterValue,
};

/// Binds `ifThenElse`.
#[derive(Debug)]
pub(super) struct IfThenElse;

impl FunctionFactory for IfThenElse {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "ifThenElse",
            syntax: "ifThenElse(condition, x, y)",
            description: "Gives x where the condition is true, else y; where the condition is null \
                          too. Only the one that is given is evaluated. Both are of one type.",
            example: "from Trades select symbol, ifThenElse(price > 100.0, 'high', 'low') as level \
                      insert into Levels;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let [condition, then, otherwise] = exactly("ifThenElse", parameters)?;
        if condition != DataType::Bool {
            return Err(BindError::argument(0, "the condition of `ifThenElse` is a bool"));
        }
        if then != otherwise {
            let message =
                format!("both values of `ifThenElse` are of one type, the first is {then}");
            return Err(BindError::argument(2, message));
        }
        Ok(BoundScalar {
            callee: Callee::IfThenElse,
            return_type: then,
            pure: true,
            fallible: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::refused;
    use super::*;

    #[test]
    fn takes_a_bool_and_two_of_a_type() {
        let (bool, int, long) =
            ((DataType::Bool, None), (DataType::Int, None), (DataType::Long, None));
        assert_eq!(refused(&IfThenElse, &[int.clone(), int.clone(), int.clone()]), Some(0));
        assert_eq!(refused(&IfThenElse, &[bool.clone(), int.clone(), long]), Some(2));
        assert_eq!(refused(&IfThenElse, &[bool, int]), None);
    }
}
