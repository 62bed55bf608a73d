//! `eventTimestamp()`: when the event was.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::extension::{
    BindError, BoundScalar, Callee, Documentation, FunctionFactory, ParameterValue,
};

/// Binds `eventTimestamp` without arguments; with the name of an event the binder of expressions
/// resolves it.
#[derive(Debug)]
pub(super) struct EventTimestamp;

impl FunctionFactory for EventTimestamp {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "eventTimestamp",
            syntax: "eventTimestamp() or eventTimestamp(event)",
            description: "Gives the timestamp of the event in milliseconds, or in a pattern or \
                          join that of the event named; null when there is none.",
            example: "from Trades select symbol, eventTimestamp() as at insert into Times;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        exactly::<0>("eventTimestamp", parameters)?;
        // Not pure: nothing that depends on the row may be taken for a constant.
        Ok(BoundScalar {
            callee: Callee::EventTimestamp,
            return_type: DataType::Long,
            pure: false,
            fallible: false,
        })
    }
}
