//! What windows share in reading their parameters.

use crate::event::value::Value;
use crate::extension::{BindError, ParameterValue};

/// A literal int.
pub(super) fn int(
    parameters: &[ParameterValue],
    index: usize,
    what: &str,
) -> Result<i64, BindError> {
    match parameters.get(index).and_then(|p| p.constant.as_ref()) {
        Some(Value::Int(value)) => Ok((*value).into()),
        _ => Err(BindError::argument(index, format!("{what} must be an int constant"))),
    }
}

/// A literal int or long, such as a time value.
pub(super) fn int_or_long(
    parameters: &[ParameterValue],
    index: usize,
    what: &str,
) -> Result<i64, BindError> {
    match parameters.get(index).and_then(|p| p.constant.as_ref()) {
        Some(Value::Int(value)) => Ok((*value).into()),
        Some(Value::Long(value)) => Ok(*value),
        _ => Err(BindError::argument(
            index,
            format!("{what} must be an int or long constant, such as 1 sec"),
        )),
    }
}

/// A literal bool.
pub(super) fn bool(
    parameters: &[ParameterValue],
    index: usize,
    what: &str,
) -> Result<bool, BindError> {
    match parameters.get(index).and_then(|p| p.constant.as_ref()) {
        Some(Value::Bool(value)) => Ok(*value),
        _ => Err(BindError::argument(index, format!("{what} must be true or false"))),
    }
}

/// Rows as a step counts them; a window of more than 2^32 rows in one chunk is not reachable.
pub(super) fn count(rows: u64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
