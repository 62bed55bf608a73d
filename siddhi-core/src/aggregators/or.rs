//! `or(x)`: whether one of the truths that are in is true.

use siddhi_query::ast::DataType;

use super::truths::Truths;
use super::{bound, one, wrong_type};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `or`.
#[derive(Debug)]
pub(super) struct Or;

impl AggregatorFactory for Or {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "or",
            syntax: "or(x)",
            description: "Says whether one of the truths that are in is true. Nulls are left out.",
            example: "from Valves#window.length(20) select or(open) as some_open insert into Gates;",
        }
    }

    // Java: a null makes the event fail; here it is left out, as by the other aggregators.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        match one("or", parameters)? {
            DataType::Bool => Ok(bound::<bool, Truths<false>>(DataType::Bool)),
            other => Err(wrong_type("or", "a bool", other)),
        }
    }
}
