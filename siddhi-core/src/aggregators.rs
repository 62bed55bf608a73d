//! The built-in aggregators, one file each.

use std::sync::Arc;

use siddhi_query::ast::DataType;

use crate::extension::{AggregatorFactory, BindError, BoundAggregator, ParameterValue};

mod and;
mod avg;
mod count;
mod distinct_count;
mod extreme;
pub mod feed;
mod group;
mod max;
mod max_forever;
mod min;
mod min_forever;
mod moments;
mod or;
mod std_dev;
mod sum;
#[cfg(test)]
mod tests;
mod truths;
mod union_set;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn AggregatorFactory>> {
    vec![
        Arc::new(and::And),
        Arc::new(avg::Avg),
        Arc::new(count::Count),
        Arc::new(distinct_count::DistinctCount),
        Arc::new(max::Max),
        Arc::new(max_forever::MaxForever),
        Arc::new(min::Min),
        Arc::new(min_forever::MinForever),
        Arc::new(or::Or),
        Arc::new(std_dev::StdDev),
        Arc::new(sum::Sum),
        Arc::new(union_set::UnionSet),
    ]
}

/// The type of the only argument.
fn one(name: &str, parameters: &[ParameterValue]) -> Result<DataType, BindError> {
    match parameters {
        [parameter] => Ok(parameter.data_type),
        other => {
            let message = format!("`{name}` takes one argument, not {}", other.len());
            Err(BindError::call(message))
        }
    }
}

fn wrong_type(name: &str, expected: &str, found: DataType) -> BindError {
    BindError::argument(0, format!("`{name}` takes {expected}, and this is of type {found}"))
}

/// An aggregator with a state for each group, whatever way rows leave.
fn bound<T, S>(return_type: DataType) -> BoundAggregator
where
    T: crate::event::column::Element,
    S: group::Group<T> + 'static,
{
    BoundAggregator {
        return_type,
        fallible: S::FALLIBLE,
        make: Arc::new(|_| group::aggregator::<T, S>()),
    }
}

/// Runs the same code for the Rust type of a type of numbers; anything else is a mistake.
macro_rules! each_number {
    ($name:expr, $data_type:expr, $type:ident => $body:expr) => {
        match $data_type {
            DataType::Int => {
                type $type = i32;
                Ok($body)
            }
            DataType::Long => {
                type $type = i64;
                Ok($body)
            }
            DataType::Float => {
                type $type = f32;
                Ok($body)
            }
            DataType::Double => {
                type $type = f64;
                Ok($body)
            }
            other => Err($crate::aggregators::wrong_type($name, "a number", other)),
        }
    };
}
use each_number;
