//! `currentTimeMillis()`: what time it is.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::event::column::{Column, Values};
use crate::event::view::Selection;
use crate::extension::{
    Arguments, BindError, BoundScalar, CallContext, Documentation, FunctionFactory, ParameterValue,
    ScalarFunction,
};

/// Binds `currentTimeMillis`.
#[derive(Debug)]
pub(super) struct CurrentTimeMillis;

impl FunctionFactory for CurrentTimeMillis {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "currentTimeMillis",
            syntax: "currentTimeMillis()",
            description: "Gives the time of the app in milliseconds: that of the clock, or with \
                          `@app:playback` that of the events.",
            example: "from Trades select symbol, currentTimeMillis() as seen insert into Seen;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        exactly::<0>("currentTimeMillis", parameters)?;
        Ok(BoundScalar::impure(Now, DataType::Long).never_fails())
    }
}

#[derive(Debug)]
struct Now;

impl ScalarFunction for Now {
    fn evaluate(
        &self,
        _: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        context: &mut CallContext<'_>,
    ) {
        let Values::Long(out) = &mut out.values else { return };
        if rows.is_empty() {
            return;
        }
        // A chunk is worked on at one time.
        let now = (context.now)();
        for row in rows.iter() {
            if let Some(place) = out.get_mut(row) {
                *place = now;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, call};
    use super::*;
    use crate::event::value::Value;

    #[test]
    fn is_the_time_of_the_app() {
        assert_eq!(call(&CurrentTimeMillis, &[], &[]), Ok(Value::Long(NOW)));
    }
}
