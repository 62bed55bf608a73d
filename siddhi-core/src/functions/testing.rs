//! Calls of functions for their tests, the way a program makes them.

use siddhi_pipeline::Random;
use siddhi_query::ast::{DataType, Span};

use crate::event::batch::Batch;
use crate::event::value::Value;
use crate::event::view::Kind;
use crate::expression::program::Program;
use crate::expression::typed::{BoundFunction, Expr, ExprKind};
use crate::extension::{CallContext, Callee, FunctionFactory, ParameterValue};

/// The time of the app.
pub(super) const NOW: i64 = 1_700_000_000_000;

/// Calls a function with columns of one row and then constants; gives the value or why it failed.
pub(super) fn call(
    factory: &dyn FunctionFactory,
    columns: &[(DataType, Value)],
    constants: &[Value],
) -> Result<Value, String> {
    let types: Vec<DataType> = columns.iter().map(|(data_type, _)| *data_type).collect();
    let mut batch = Batch::new(&types);
    batch.push_row(0, Kind::Current, columns.iter().map(|(_, value)| value.clone()));
    let column =
        |(index, data_type): (usize, &DataType)| Expr::column(index, *data_type, Span::default());
    let constant =
        |value: &Value| Expr::constant(value.clone(), value.data_type().unwrap(), Span::default());
    let arguments: Vec<Expr> =
        types.iter().enumerate().map(column).chain(constants.iter().map(constant)).collect();
    let parameters: Vec<(DataType, Option<Value>)> = columns
        .iter()
        .map(|(data_type, _)| (*data_type, None))
        .chain(constants.iter().map(|value| (value.data_type().unwrap(), Some(value.clone()))))
        .collect();
    let bound = factory.bind(&described(&parameters)).unwrap();
    let Callee::Function(function) = bound.callee else { panic!("not a function of values") };
    let name = factory.documentation().name.to_owned();
    let (pure, fallible) = (bound.pure, bound.fallible);
    let call = BoundFunction { name, function, arguments, pure, fallible };
    let expr =
        Expr { kind: ExprKind::Call(call), data_type: bound.return_type, span: Span::default() };
    let program = Program::compile(&[expr]);
    let mut scratch = program.scratch();
    let mut failures = Vec::new();
    let view = batch.view();
    program.run(
        &view,
        &mut scratch,
        &mut CallContext {
            timestamps: view.timestamps,
            now: &|| NOW,
            random: &mut Random::new(1),
            failures: &mut failures,
        },
    );
    match failures.pop() {
        Some((_, reason)) => Err(reason),
        None => Ok(program.result(0, &view, &scratch).value(0)),
    }
}

/// The argument that a call with arguments of these types is refused for, none when it is refused
/// as a whole.
pub(super) fn refused(
    factory: &dyn FunctionFactory,
    parameters: &[(DataType, Option<Value>)],
) -> Option<usize> {
    factory.bind(&described(parameters)).expect_err("the call does not fit").argument
}

fn described(parameters: &[(DataType, Option<Value>)]) -> Vec<ParameterValue> {
    parameters
        .iter()
        .map(|(data_type, constant)| ParameterValue {
            data_type: *data_type,
            attribute: constant.is_none(),
            constant: constant.clone(),
        })
        .collect()
}
