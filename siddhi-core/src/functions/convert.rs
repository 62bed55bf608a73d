//! `convert(x, 'type')`: a value of another type.

use siddhi_query::ast::DataType;

use super::{exactly, is_number};
use crate::event::column::Column;
use crate::event::number;
use crate::event::text::Text;
use crate::event::value::Value;
use crate::event::view::Selection;
use crate::expression::kernels::convert::{cast_number, cast_numbers};
use crate::extension::{
    Argument, Arguments, BindError, BoundScalar, CallContext, Documentation, FunctionFactory,
    ParameterValue, ScalarFunction,
};

/// Binds `convert`.
#[derive(Debug)]
pub(super) struct Convert;

impl FunctionFactory for Convert {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "convert",
            syntax: "convert(x, 'type')",
            description: "Gives the value in another type: int, long, float, double, bool or \
                          string. Numbers are cut, rounded or wrapped as in Java; a text that is \
                          no number of the type gives null; null gives null, and false where the \
                          type is bool. An object can be converted to a string only.",
            example: "from Trades select symbol, convert(price, 'long') as whole \
                      insert into Prices;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        let (from, to) = types("convert", parameters)?;
        if from == DataType::Object && to != DataType::String {
            return Err(BindError::argument(
                0,
                "an object can be converted to a string only; say what it holds by `cast`",
            ));
        }
        Ok(BoundScalar::pure(Conversion { to }, to).never_fails())
    }
}

/// The types between which `convert` and `cast` go: that of the first argument, and the one that
/// the second names.
pub(super) fn types(
    name: &str,
    parameters: &[ParameterValue],
) -> Result<(DataType, DataType), BindError> {
    let [from, _] = exactly(name, parameters)?;
    let target = parameters.get(1).and_then(|parameter| parameter.constant.as_ref());
    let Some(Value::String(target)) = target else {
        return Err(BindError::argument(1, "the type is a constant text, such as 'long'"));
    };
    let known = [
        DataType::Int,
        DataType::Long,
        DataType::Float,
        DataType::Double,
        DataType::Bool,
        DataType::String,
    ];
    let to = known.into_iter().find(|to| to.as_str().eq_ignore_ascii_case(target.as_str()));
    to.map(|to| (from, to)).ok_or_else(|| {
        let message =
            format!("'{target}' is none of the types int, long, float, double, bool, string");
        BindError::argument(1, message)
    })
}

/// The conversion to a type, from whatever comes.
#[derive(Debug)]
pub(super) struct Conversion {
    pub(super) to: DataType,
}

impl ScalarFunction for Conversion {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        _: &mut CallContext<'_>,
    ) {
        match arguments.first() {
            Some(Argument::Column(from)) if from.data_type() == self.to => {
                rows.iter().for_each(|row| out.set_from(row, from, row));
            }
            Some(Argument::Column(from)) if is_number(from.data_type()) && is_number(self.to) => {
                cast_numbers(from, rows, out);
            }
            Some(from) => {
                rows.iter().for_each(|row| out.set(row, convert(&from.value(row), self.to)));
            }
            None => {}
        }
    }
}

/// A value in another type; null when it has none.
fn convert(value: &Value, to: DataType) -> Value {
    match (value, to) {
        (Value::Null, _) => Value::Null,
        (Value::String(text), _) => convert_text(text, to),
        (value, DataType::String) => Value::String(Text::of(value)),
        (Value::Bool(_), DataType::Bool) => value.clone(),
        (Value::Bool(value), _) => {
            cast_number(&Value::Int(i32::from(*value)), to).unwrap_or_default()
        }
        (value, DataType::Bool) => {
            Value::Bool(cast_number(value, DataType::Double) == Some(Value::Double(1.0)))
        }
        (value, _) => cast_number(value, to).unwrap_or_default(),
    }
}

fn convert_text(text: &Text, to: DataType) -> Value {
    match to {
        DataType::String | DataType::Object => Value::String(text.clone()),
        DataType::Int => number::int(text.as_str()).into(),
        DataType::Long => number::long(text.as_str()).into(),
        DataType::Float => number::float(text.as_str()).into(),
        DataType::Double => number::double(text.as_str()).into(),
        DataType::Bool => Value::Bool(text.as_str().eq_ignore_ascii_case("true")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{call, refused};
    use super::*;

    fn converted(value: impl Into<Value>, to: &str) -> Value {
        let value = value.into();
        let data_type = value.data_type().unwrap();
        call(&Convert, &[(data_type, value)], &[Value::from(to)]).unwrap()
    }

    #[test]
    fn numbers_are_cut_wrapped_and_limited() {
        assert_eq!(converted(4_294_967_297_i64, "int"), Value::Int(1));
        assert_eq!(converted(2.9, "INT"), Value::Int(2));
        assert_eq!(converted(-2.5, "int"), Value::Int(-2));
        assert_eq!(converted(1e300, "long"), Value::Long(i64::MAX));
        assert_eq!(converted(f64::NAN, "long"), Value::Long(0));
        assert_eq!(converted(0.1_f32, "double"), Value::Double(0.1_f32.into()));
        assert_eq!(converted(1e300, "float"), Value::Float(f32::INFINITY));
    }

    #[test]
    fn only_one_and_the_word_true_are_true() {
        assert_eq!(converted(2, "bool"), Value::Bool(false));
        assert_eq!(converted(1_i64, "bool"), Value::Bool(true));
        assert_eq!(converted(1.0_f32, "bool"), Value::Bool(true));
        assert_eq!(converted("TrUe", "bool"), Value::Bool(true));
        assert_eq!(converted("1", "bool"), Value::Bool(false));
        assert_eq!(converted(true, "double"), Value::Double(1.0));
        // A function whose type is bool never gives null.
        let null = call(&Convert, &[(DataType::String, Value::Null)], &[Value::from("bool")]);
        assert_eq!(null, Ok(Value::Bool(false)));
    }

    #[test]
    fn texts_are_those_of_java() {
        assert_eq!(converted(1e7, "string"), Value::from("1.0E7"));
        assert_eq!(converted(7, "string"), Value::from("7"));
        assert_eq!(converted(false, "string"), Value::from("false"));
        assert_eq!(converted("x", "string"), Value::from("x"));
        assert_eq!(converted("x", "int"), Value::Null);
    }

    #[test]
    fn the_type_is_a_constant_and_known() {
        let text = DataType::String;
        assert_eq!(refused(&Convert, &[(DataType::Int, None), (text, None)]), Some(1));
        let object = Some(Value::from("object"));
        assert_eq!(refused(&Convert, &[(DataType::Int, None), (text, object)]), Some(1));
        let long = Some(Value::from("long"));
        assert_eq!(refused(&Convert, &[(DataType::Object, None), (text, long)]), Some(0));
    }
}
