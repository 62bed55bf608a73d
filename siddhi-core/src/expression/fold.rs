//! Constant parts of expressions as constants.

use siddhi_pipeline::Random;

use super::program::Program;
use super::typed::{Expr, ExprKind};
use crate::event::value::Value;
use crate::event::view::{Columns, Selection, View};
use crate::extension::CallContext;

/// Replaces every part of an expression that depends on nothing by its value.
pub(crate) fn fold_constants(expr: &mut Expr) {
    let mut constant = true;
    for child in expr.children_mut() {
        fold_constants(child);
        constant &= matches!(child.kind, ExprKind::Constant(_));
    }
    let leaf = matches!(expr.kind, ExprKind::Constant(_) | ExprKind::Column(_));
    if constant
        && !leaf
        && expr.pure()
        && let Some(value) = evaluate(expr)
    {
        expr.kind = ExprKind::Constant(value);
    }
}

/// The value of an expression that reads no column; none when it fails, as it will for every row.
fn evaluate(expr: &Expr) -> Option<Value> {
    let program = Program::compile(std::slice::from_ref(expr));
    let mut scratch = program.scratch();
    let view = View {
        timestamps: &[0],
        kinds: None,
        columns: Columns::Owned(&[]),
        selection: Selection::All(1),
    };
    let mut failures = Vec::new();
    let mut context = CallContext {
        timestamps: &[0],
        now: &|| 0,
        random: &mut Random::new(0),
        failures: &mut failures,
    };
    program.run(&view, &mut scratch, &mut context);
    failures.is_empty().then(|| program.result(0, &view, &scratch).value(0))
}
