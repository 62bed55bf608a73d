//! Programs against a model that walks the tree for one row.

mod model;

use std::sync::Arc;

use proptest::prelude::*;
use siddhi_pipeline::Random;
use siddhi_query::ast::{BinaryOperator, DataType, Span};

use self::model::evaluate;
use super::fold::fold_constants;
use super::predicate::Predicate;
use super::program::Program;
use super::typed::{BoundFunction, Expr, ExprKind};
use crate::event::batch::Batch;
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::extension::{CallContext, RowFunction};

/// The columns of the tests, in this order.
const TYPES: [DataType; 7] = [
    DataType::Int,
    DataType::Long,
    DataType::Float,
    DataType::Double,
    DataType::Bool,
    DataType::String,
    DataType::Object,
];

/// Fails for odd numbers, gives null for 4, else the number: a function that is not total.
#[derive(Debug)]
struct Picky;

impl RowFunction for Picky {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        match arguments.first() {
            Some(Value::Int(4)) => Ok(Value::Null),
            Some(Value::Int(number)) if number % 2 != 0 => Err(format!("{number} is odd")),
            Some(value) => Ok(value.clone()),
            None => Err("no argument".into()),
        }
    }
}

fn expr(kind: ExprKind, data_type: DataType) -> Expr {
    Expr { kind, data_type, span: Span::default() }
}

fn picky(argument: Expr) -> Expr {
    let function = Arc::new(Picky);
    let call = BoundFunction {
        name: "picky".into(),
        function,
        arguments: vec![argument],
        pure: true,
        fallible: true,
    };
    expr(ExprKind::Call(call), DataType::Int)
}

fn value(data_type: DataType) -> BoxedStrategy<Value> {
    let plain = match data_type {
        DataType::Int => {
            prop_oneof![(-3..4_i32), Just(i32::MIN), Just(i32::MAX)].prop_map(Value::Int).boxed()
        }
        DataType::Long => prop_oneof![(-3..4_i64), Just(i64::MIN), Just((1 << 53) + 1)]
            .prop_map(Value::Long)
            .boxed(),
        DataType::Float => prop_oneof![
            (-3..4_i8).prop_map(f32::from),
            Just(-0.0),
            Just(f32::NAN),
            Just(f32::INFINITY),
            Just(0.1)
        ]
        .prop_map(Value::Float)
        .boxed(),
        DataType::Double => prop_oneof![
            (-3..4_i8).prop_map(f64::from),
            Just(-0.0),
            Just(f64::NAN),
            Just(f64::NEG_INFINITY),
            Just(0.1)
        ]
        .prop_map(Value::Double)
        .boxed(),
        DataType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        DataType::String => prop_oneof![Just("a"), Just("b"), Just("a text that is counted")]
            .prop_map(Value::from)
            .boxed(),
        DataType::Object => {
            prop_oneof![(-3..4_i32).prop_map(Value::Int), Just(Value::from("no number"))].boxed()
        }
    };
    prop_oneof![5 => plain, 1 => Just(Value::Null)].boxed()
}

fn leaf(data_type: DataType) -> BoxedStrategy<Expr> {
    let column = TYPES.iter().position(|of| *of == data_type).unwrap();
    prop_oneof![
        3 => Just(Expr::column(column, data_type, Span::default())),
        1 => value(data_type).prop_map(move |v| Expr::constant(v, data_type, Span::default())),
    ]
    .boxed()
}

fn number() -> impl Strategy<Value = DataType> {
    proptest::sample::select(&TYPES[..4])
}

/// An expression of a type with at most `depth` levels above its leaves.
fn tree(data_type: DataType, depth: u32) -> BoxedStrategy<Expr> {
    if depth == 0 || matches!(data_type, DataType::Object) {
        return leaf(data_type);
    }
    let choice = (tree(DataType::Bool, depth - 1), tree(data_type, depth - 1), leaf(data_type))
        .prop_map(move |(c, a, b)| {
            expr(ExprKind::IfThenElse(c.into(), a.into(), b.into()), data_type)
        });
    match data_type {
        DataType::Bool => prop_oneof![1 => leaf(data_type), 1 => choice, 6 => truth(depth)].boxed(),
        DataType::String | DataType::Object => prop_oneof![leaf(data_type), choice].boxed(),
        _ => prop_oneof![
            1 => leaf(data_type),
            1 => choice,
            3 => arithmetic(data_type, depth),
            1 => conversion(data_type, depth),
        ]
        .boxed(),
    }
}

fn arithmetic(data_type: DataType, depth: u32) -> BoxedStrategy<Expr> {
    use BinaryOperator::{Add, Divide, Modulo, Multiply, Subtract};
    let operator = proptest::sample::select(vec![Add, Divide, Modulo, Multiply, Subtract]);
    (operator, tree(data_type, depth - 1), tree(data_type, depth - 1))
        .prop_map(move |(operator, a, b)| {
            expr(ExprKind::Arithmetic(operator, a.into(), b.into()), data_type)
        })
        .boxed()
}

fn conversion(data_type: DataType, depth: u32) -> BoxedStrategy<Expr> {
    let convert = move |from: Expr| expr(ExprKind::Convert(from.into()), data_type);
    let widening =
        number().prop_flat_map(move |from| tree(from, depth - 1)).prop_map(convert).boxed();
    let from_object = leaf(DataType::Object).prop_map(convert).boxed();
    if data_type == DataType::Int {
        let picky = tree(data_type, depth - 1).prop_map(picky);
        return prop_oneof![widening, from_object, picky].boxed();
    }
    prop_oneof![widening, from_object].boxed()
}

fn truth(depth: u32) -> BoxedStrategy<Expr> {
    use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let compare = |operator, a: Expr, b: Expr| {
        expr(ExprKind::Compare(operator, a.into(), b.into()), DataType::Bool)
    };
    let ordered =
        proptest::sample::select(vec![Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual]);
    let equal = proptest::sample::select(vec![Equal, NotEqual]);
    let numbers = (ordered, number())
        .prop_flat_map(move |(op, of)| (Just(op), tree(of, depth - 1), tree(of, depth - 1)))
        .prop_map(move |(op, a, b)| compare(op, a, b));
    let others = (equal, proptest::sample::select(&TYPES[4..6]))
        .prop_flat_map(move |(op, of)| (Just(op), tree(of, depth - 1), tree(of, depth - 1)))
        .prop_map(move |(op, a, b)| compare(op, a, b));
    let pair = (any::<bool>(), tree(DataType::Bool, depth - 1), tree(DataType::Bool, depth - 1))
        .prop_map(|(and, a, b)| {
            let make = if and { ExprKind::And } else { ExprKind::Or };
            expr(make(a.into(), b.into()), DataType::Bool)
        });
    let not =
        tree(DataType::Bool, depth - 1).prop_map(|a| expr(ExprKind::Not(a.into()), DataType::Bool));
    let is_null = proptest::sample::select(&TYPES[..])
        .prop_flat_map(move |of| tree(of, depth - 1))
        .prop_map(|a| expr(ExprKind::IsNull(a.into()), DataType::Bool));
    prop_oneof![3 => numbers, 2 => others, 4 => pair, 1 => not, 1 => is_null].boxed()
}

fn rows() -> impl Strategy<Value = Vec<Vec<Value>>> {
    let row = TYPES.map(value).to_vec();
    proptest::collection::vec(row, 1..20)
}

/// All rows, or some of them in any order.
fn selection(rows: usize, choice: Option<u64>) -> Option<Vec<u32>> {
    let mut random = Random::new(choice?);
    let mut picked: Vec<u32> = (0..u32::try_from(rows).unwrap())
        .filter(|_| !random.next_u64().is_multiple_of(3))
        .collect();
    if random.next_u64().is_multiple_of(2) {
        picked.reverse();
    }
    Some(picked)
}

fn batch(rows: &[Vec<Value>]) -> Batch {
    let mut batch = Batch::new(&TYPES);
    for (row, timestamp) in rows.iter().zip(0..) {
        batch.push_row(timestamp, Kind::Current, row.iter().cloned());
    }
    batch
}

/// Runs `body` with a context; gives the rows that failed, ascending.
fn with_context(view: &View<'_>, body: impl FnOnce(&mut CallContext<'_>)) -> Vec<u32> {
    let mut failures = Vec::new();
    body(&mut CallContext {
        timestamps: view.timestamps,
        now: &|| 0,
        random: &mut Random::new(0),
        failures: &mut failures,
    });
    let mut failed: Vec<u32> = failures.into_iter().map(|(row, _)| row).collect();
    failed.sort_unstable();
    failed
}

/// Bit for bit, with one NaN.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => {
            a.is_nan() && b.is_nan() || a.to_bits() == b.to_bits()
        }
        (Value::Double(a), Value::Double(b)) => {
            a.is_nan() && b.is_nan() || a.to_bits() == b.to_bits()
        }
        _ => a == b,
    }
}

fn any_type() -> impl Strategy<Value = DataType> {
    proptest::sample::select(&TYPES[..6])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn programs_agree_with_the_model(
        expressions in proptest::collection::vec(any_type().prop_flat_map(|of| tree(of, 3)), 1..4),
        rows in rows(),
        choice in proptest::option::of(any::<u64>()),
    ) {
        let batch = batch(&rows);
        let picked = selection(rows.len(), choice);
        let view = match &picked {
            Some(picked) => batch.view().with(Selection::Rows(picked)),
            None => batch.view(),
        };
        let program = Program::compile(&expressions);
        let mut scratch = program.scratch();
        let alone: Vec<[u32; 1]> = (0..).take(rows.len()).map(|row| [row]).collect();
        let each_alone = alone.iter().map(|row| view.with(Selection::Rows(row)));
        // The second run finds the scratch as the first has left it.
        for view in [view; 2].into_iter().chain(each_alone) {
            let failed = with_context(&view, |context| program.run(&view, &mut scratch, context));
            for row in view.selection.iter() {
                let expected: Result<Vec<Value>, String> =
                    expressions.iter().map(|expr| evaluate(expr, &rows[row])).collect();
                let number = u32::try_from(row).unwrap();
                prop_assert_eq!(expected.is_err(), failed.contains(&number), "row {}", row);
                for (index, expected) in expected.into_iter().flatten().enumerate() {
                    let value = program.result(index, &view, &scratch).value(row);
                    prop_assert!(same(&value, &expected), "{value:?} is not {expected:?}");
                }
            }
            prop_assert!(failed.is_empty() || expressions.iter().any(Expr::fallible));
        }
        if program.has_only_kernels() {
            let mut copies = program.copies();
            for (values, timestamp) in rows.iter().zip(0..) {
                let event = Incoming { timestamp, values };
                program.run_event(&event, &mut scratch, &mut copies);
                let copies = Columns::Owned(&copies);
                let results = program.event_results(&copies, &scratch);
                for (result, expr) in results.iter().zip(&expressions) {
                    let expected = evaluate(expr, values).unwrap();
                    let value = result.value(0);
                    prop_assert!(same(&value, &expected), "{value:?} is not {expected:?}");
                }
            }
        }
    }

    #[test]
    fn predicates_agree_with_the_model(
        condition in prop_oneof![tree(DataType::Bool, 4), tree(DataType::Bool, 1)],
        rows in rows(),
        choice in proptest::option::of(any::<u64>()),
    ) {
        let batch = batch(&rows);
        let picked = selection(rows.len(), choice);
        let view = match &picked {
            Some(picked) => batch.view().with(Selection::Rows(picked)),
            None => batch.view(),
        };
        let predicate = Predicate::compile(&condition);
        let mut scratch = predicate.scratch();
        let mut out = vec![7; 3];
        let failed = with_context(&view, |context| {
            predicate.select(&view, &mut scratch, context, &mut out);
        });
        let answer = |row: &usize| evaluate(&condition, &rows[*row]);
        let expected: Vec<u32> = view.selection.iter()
            .filter(|row| answer(row) == Ok(Value::Bool(true)))
            .map(|row| u32::try_from(row).unwrap())
            .collect();
        let mut expected_failures: Vec<u32> = view.selection.iter()
            .filter(|row| answer(row).is_err())
            .map(|row| u32::try_from(row).unwrap())
            .collect();
        expected_failures.sort_unstable();
        prop_assert_eq!(out, expected);
        prop_assert_eq!(failed, expected_failures);
        if predicate.is_bare() {
            for (row, values) in rows.iter().enumerate() {
                let expected = evaluate(&condition, values) == Ok(Value::Bool(true));
                prop_assert_eq!(predicate.holds_bare(&batch.view(), row), expected);
                prop_assert_eq!(predicate.holds_of(&Incoming { timestamp: 0, values }), expected);
            }
        }
    }

    #[test]
    fn folding_changes_no_value(expression in any_type().prop_flat_map(|of| tree(of, 3)), rows in rows()) {
        let mut folded = expression.clone();
        fold_constants(&mut folded);
        for row in &rows {
            match (evaluate(&expression, row), evaluate(&folded, row)) {
                (Ok(a), Ok(b)) => prop_assert!(same(&a, &b), "{a:?} is not {b:?}"),
                (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
            }
        }
    }
}
