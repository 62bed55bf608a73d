//! `count()`: how many events there are.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::bound;
use super::group::Group;
use crate::event::text::Text;
use crate::event::value::Value;
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `count`.
#[derive(Debug)]
pub(super) struct Count;

impl AggregatorFactory for Count {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "count",
            syntax: "count() or count(x)",
            description: "Counts events, those where the argument is null too.",
            example: "from Trades#window.length(20) select symbol, count() as trades \
                      group by symbol insert into Counts;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        let data_type = match parameters {
            [] => DataType::Bool,
            [parameter] => parameter.data_type,
            more => {
                let message = format!("`count` takes one argument or none, not {}", more.len());
                return Err(BindError::call(message));
            }
        };
        Ok(match data_type {
            DataType::Bool => bound::<bool, Events>(DataType::Long),
            DataType::Int => bound::<i32, Events>(DataType::Long),
            DataType::Long => bound::<i64, Events>(DataType::Long),
            DataType::Float => bound::<f32, Events>(DataType::Long),
            DataType::Double => bound::<f64, Events>(DataType::Long),
            DataType::String => bound::<Text, Events>(DataType::Long),
            DataType::Object => bound::<Value, Events>(DataType::Long),
        })
    }
}

/// How many events are in.
#[derive(Default, Serialize, Deserialize)]
struct Events(i64);

impl<T> Group<T> for Events {
    type Out = i64;

    #[inline]
    fn add(&mut self, _: &T) {
        self.0 += 1;
    }

    #[inline]
    fn remove(&mut self, _: &T) {
        self.0 -= 1;
    }

    #[inline]
    fn add_null(&mut self) {
        self.0 += 1;
    }

    #[inline]
    fn remove_null(&mut self) {
        self.0 -= 1;
    }

    #[inline]
    fn value(&self) -> Option<i64> {
        Some(self.0)
    }
}
