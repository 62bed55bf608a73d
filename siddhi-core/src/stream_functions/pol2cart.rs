//! `pol2Cart`: polar to Cartesian coordinates.

use std::sync::Arc;

use siddhi_query::ast::DataType;

use crate::event::column::Column;
use crate::event::value::Value;
use crate::event::view::Selection;
use crate::extension::{
    Arguments, BindError, BoundStreamFunction, CallContext, Documentation, ParameterValue,
    StreamFunction, StreamFunctionFactory,
};

/// Binds `pol2Cart`.
#[derive(Debug)]
pub(super) struct Pol2Cart;

impl StreamFunctionFactory for Pol2Cart {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "pol2Cart",
            syntax: "pol2Cart(double theta, double rho[, double z])",
            description: "Adds the attributes x = rho * cos(theta) and y = rho * sin(theta), with \
                          theta in degrees, and z unchanged when it is given.",
            example: "from Radar#pol2Cart(angle, distance) select x, y insert into Points;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundStreamFunction, BindError> {
        if !(2..=3).contains(&parameters.len()) {
            return Err(BindError::call("pol2Cart takes two or three doubles"));
        }
        if let Some(index) = parameters.iter().position(|p| p.data_type != DataType::Double) {
            return Err(BindError::argument(index, "pol2Cart takes doubles only"));
        }
        let names = ["x", "y", "z"];
        let added = names.iter().take(parameters.len());
        Ok(BoundStreamFunction {
            function: Arc::new(Pol2CartFunction),
            added: added.map(|name| ((*name).into(), DataType::Double)).collect(),
        })
    }
}

#[derive(Debug)]
struct Pol2CartFunction;

impl StreamFunction for Pol2CartFunction {
    fn process(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        added: &mut [Column],
        _context: &mut CallContext<'_>,
    ) {
        let double = |index: usize, row: usize| {
            let argument = arguments.get(index)?;
            match argument.value(row) {
                Value::Double(value) => Some(value),
                _ => None,
            }
        };
        for row in rows.iter() {
            let polar = double(0, row).zip(double(1, row));
            let x = polar.map(|(theta, rho)| rho * theta.to_radians().cos());
            let y = polar.map(|(theta, rho)| rho * theta.to_radians().sin());
            for (column, value) in added.iter_mut().zip([x, y, double(2, row)]) {
                column.set(row, value.into());
            }
        }
    }
}
