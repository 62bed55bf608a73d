//! The built-in functions, one file each.

use std::sync::Arc;

use siddhi_query::ast::DataType;

use crate::extension::{BindError, FunctionFactory, ParameterValue};

mod cast;
mod coalesce;
mod convert;
mod create_set;
mod current_time_millis;
mod default;
mod event_timestamp;
mod extreme;
mod if_then_else;
mod instance_of;
mod maximum;
mod minimum;
mod size_of_set;
#[cfg(test)]
mod testing;
mod uuid;

/// All of them, for the registry.
pub(crate) fn builtins() -> Vec<Arc<dyn FunctionFactory>> {
    vec![
        Arc::new(cast::Cast),
        Arc::new(coalesce::Coalesce),
        Arc::new(convert::Convert),
        Arc::new(create_set::CreateSet),
        Arc::new(current_time_millis::CurrentTimeMillis),
        Arc::new(default::Default),
        Arc::new(event_timestamp::EventTimestamp),
        Arc::new(if_then_else::IfThenElse),
        Arc::new(instance_of::BOOLEAN),
        Arc::new(instance_of::DOUBLE),
        Arc::new(instance_of::FLOAT),
        Arc::new(instance_of::INTEGER),
        Arc::new(instance_of::LONG),
        Arc::new(instance_of::STRING),
        Arc::new(maximum::Maximum),
        Arc::new(minimum::Minimum),
        Arc::new(size_of_set::SizeOfSet),
        Arc::new(uuid::Uuid),
    ]
}

/// The types of the arguments, when there are exactly as many as asked for.
fn exactly<const N: usize>(
    name: &str,
    parameters: &[ParameterValue],
) -> Result<[DataType; N], BindError> {
    let types: Vec<DataType> = parameters.iter().map(|parameter| parameter.data_type).collect();
    types.try_into().map_err(|_| {
        let arguments = match N {
            0 => "no arguments".into(),
            1 => "one argument".into(),
            more => format!("{more} arguments"),
        };
        BindError::call(format!("`{name}` takes {arguments}, not {}", parameters.len()))
    })
}

/// The one type of all arguments; at least one must be there.
fn same_type(name: &str, parameters: &[ParameterValue]) -> Result<DataType, BindError> {
    let mut types = parameters.iter().map(|parameter| parameter.data_type);
    let first = types
        .next()
        .ok_or_else(|| BindError::call(format!("`{name}` takes one argument or more")))?;
    match types.position(|other| other != first) {
        None => Ok(first),
        Some(index) => Err(BindError::argument(
            index + 1,
            format!("the arguments of `{name}` are of one type, and the first is of type {first}"),
        )),
    }
}

/// Whether a type is one of numbers.
fn is_number(data_type: DataType) -> bool {
    matches!(data_type, DataType::Int | DataType::Long | DataType::Float | DataType::Double)
}
