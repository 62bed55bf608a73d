//! Random expressions.

use super::*;
use siddhi_query::builder::{Nullable, Operators, event_ref};

pub(crate) fn expression() -> BoxedStrategy<Expression> {
    let leaf = prop_oneof![
        3 => variable().prop_map(Expression::from),
        2 => constant().prop_map(Expression::from),
        1 => reference().prop_map(Nullable::is_null),
        1 => qualified().prop_map(Nullable::is_null),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            6 => (inner.clone(), operator(), inner.clone())
                .prop_map(|(left, operator, right)| left.binary(operator, right)),
            1 => inner.clone().prop_map(|it| !it),
            1 => (inner.clone(), name()).prop_map(|(it, table)| it.in_table(table)),
            1 => call_of(inner.clone()).prop_map(Expression::from),
            1 => call_of(inner).prop_map(Nullable::is_null),
        ]
    })
    .boxed()
}

fn operator() -> BoxedStrategy<BinaryOperator> {
    use BinaryOperator::*;
    let all = [
        Multiply,
        Divide,
        Modulo,
        Add,
        Subtract,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal,
        NotEqual,
        And,
        Or,
    ];
    prop::sample::select(all.to_vec()).boxed()
}

pub(super) fn call() -> BoxedStrategy<Call> {
    call_of(variable().prop_map(Expression::from).boxed())
}

fn call_of(argument: BoxedStrategy<Expression>) -> BoxedStrategy<Call> {
    (option::weighted(0.2, name()), name(), vec(argument, 0..3), prop::bool::weighted(0.1))
        .prop_map(|(namespace, name, arguments, star)| Call {
            namespace,
            name,
            arguments: if star { Vec::new() } else { arguments },
            star,
            span: NOWHERE,
        })
        .boxed()
}

fn index() -> BoxedStrategy<EventIndex> {
    prop_oneof![(0..=i32::MAX).prop_map(EventIndex::At), (0..=3).prop_map(EventIndex::FromLast),]
        .boxed()
}

fn reference() -> BoxedStrategy<StreamReference> {
    (source(), option::of(index()))
        .prop_map(|(source, index)| StreamReference { index, ..event_ref(source) })
        .boxed()
}

/// A reference `stream.attribute`.
fn qualified() -> BoxedStrategy<Variable> {
    let function = option::weighted(0.1, (name(), option::of(index())));
    (source(), option::of(index()), function, name())
        .prop_map(|(source, index, function, attribute)| Variable {
            stream: Some(source),
            index,
            function,
            attribute,
            span: NOWHERE,
        })
        .boxed()
}

pub(super) fn variable() -> BoxedStrategy<Variable> {
    prop_oneof![name().prop_map(siddhi_query::builder::attr), qualified()].boxed()
}

pub(crate) fn constant() -> BoxedStrategy<Constant> {
    let finite = prop_oneof![
        any::<bool>().prop_map(Constant::Bool),
        any::<i32>().prop_map(Constant::Int),
        any::<i64>().prop_map(Constant::Long),
        any::<f32>().prop_map(Constant::Float),
        any::<f64>().prop_map(Constant::Double),
        text().prop_map(Constant::String),
        time().prop_map(Constant::Time),
    ];
    let infinite = vec![
        Constant::Float(f32::INFINITY),
        Constant::Float(f32::NEG_INFINITY),
        Constant::Double(f64::INFINITY),
        Constant::Double(f64::NEG_INFINITY),
    ];
    prop_oneof![20 => finite, 1 => prop::sample::select(infinite)].boxed()
}

/// Any sum of milliseconds; negative ones come about by wrapping around.
pub(crate) fn time() -> BoxedStrategy<TimeValue> {
    prop_oneof![0..100_000_000_i64, (0..1000_i64).prop_map(|it| it * 86_400_000), any::<i64>()]
        .prop_map(|millis| TimeValue { millis, span: NOWHERE })
        .boxed()
}
