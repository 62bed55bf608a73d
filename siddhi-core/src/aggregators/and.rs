//! `and(x)`: whether all truths that are in are true and there is one.

use siddhi_query::ast::DataType;

use super::truths::Truths;
use super::{bound, one, wrong_type};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `and`.
#[derive(Debug)]
pub(super) struct And;

impl AggregatorFactory for And {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "and",
            syntax: "and(x)",
            description: "Says whether all truths that are in are true and there is one. Nulls are left out.",
            example: "from Valves#window.length(20) select and(open) as all_open insert into Gates;",
        }
    }

    // Java: a null makes the event fail; here it is left out, as by the other aggregators.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        match one("and", parameters)? {
            DataType::Bool => Ok(bound::<bool, Truths<true>>(DataType::Bool)),
            other => Err(wrong_type("and", "a bool", other)),
        }
    }
}
