//! `instanceOfBoolean(x)` and its like: whether a value has a type.

use siddhi_query::ast::DataType;

use super::exactly;
use crate::event::column::{Column, Values};
use crate::event::view::Selection;
use crate::extension::{
    Arguments, BindError, BoundScalar, CallContext, Documentation, FunctionFactory, ParameterValue,
    ScalarFunction,
};

/// Binds the function of one type.
#[derive(Debug)]
pub(super) struct InstanceOf {
    name: &'static str,
    syntax: &'static str,
    description: &'static str,
    example: &'static str,
    data_type: DataType,
}

macro_rules! instance_of {
    ($($constant:ident, $name:literal, $data_type:ident, $what:literal;)*) => {$(
        pub(super) const $constant: InstanceOf = InstanceOf {
            name: $name,
            syntax: concat!($name, "(x)"),
            description: concat!(
                "Whether the value is ", $what,
                ": of an attribute of another type it is not, of an object the value itself \
                 decides, and null is of no type."
            ),
            example: concat!(
                "from Readings[", $name, "(payload)] select payload insert into Checked;"
            ),
            data_type: DataType::$data_type,
        };
    )*};
}

instance_of! {
    BOOLEAN, "instanceOfBoolean", Bool, "a bool";
    DOUBLE, "instanceOfDouble", Double, "a double";
    FLOAT, "instanceOfFloat", Float, "a float";
    INTEGER, "instanceOfInteger", Int, "an int";
    LONG, "instanceOfLong", Long, "a long";
    STRING, "instanceOfString", String, "a string";
}

impl FunctionFactory for InstanceOf {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: self.name,
            syntax: self.syntax,
            description: self.description,
            example: self.example,
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        exactly::<1>(self.name, parameters)?;
        Ok(BoundScalar::pure(HasType { data_type: self.data_type }, DataType::Bool).never_fails())
    }
}

#[derive(Debug)]
struct HasType {
    data_type: DataType,
}

impl ScalarFunction for HasType {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        _: &mut CallContext<'_>,
    ) {
        let (Some(argument), Values::Bool(out)) = (arguments.first(), &mut out.values) else {
            return;
        };
        for row in rows.iter() {
            if let Some(place) = out.get_mut(row) {
                *place = argument.value(row).data_type() == Some(self.data_type);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::call;
    use super::*;
    use crate::event::value::Value;

    #[test]
    fn the_value_itself_decides() {
        let is_int = |data_type, value: Value| call(&INTEGER, &[(data_type, value)], &[]);
        assert_eq!(is_int(DataType::Int, Value::Int(1)), Ok(Value::Bool(true)));
        assert_eq!(is_int(DataType::Int, Value::Null), Ok(Value::Bool(false)));
        assert_eq!(is_int(DataType::Long, Value::Long(1)), Ok(Value::Bool(false)));
        assert_eq!(is_int(DataType::Object, Value::Int(1)), Ok(Value::Bool(true)));
        assert_eq!(is_int(DataType::Object, Value::from("1")), Ok(Value::Bool(false)));
    }
}
