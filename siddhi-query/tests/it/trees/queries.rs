//! Random queries, partitions and on-demand queries.

use super::expressions::{call, variable};
use super::patterns::{pattern, sequence};
use super::*;

pub(crate) fn query() -> BoxedStrategy<Query> {
    (annotations(), input(), selector(), option::weighted(0.3, rate()), output())
        .prop_map(|(annotations, input, selector, rate, output)| Query {
            annotations,
            input,
            selector,
            rate,
            output,
            span: NOWHERE,
        })
        .boxed()
}

fn input() -> BoxedStrategy<Input> {
    let flat = prop_oneof![
        3 => single().prop_map(Input::Single),
        2 => join().prop_map(|it| Input::Join(Box::new(it))),
        2 => pattern().prop_map(Input::Pattern),
        2 => sequence().prop_map(Input::Pattern),
    ];
    flat.prop_recursive(2, 2, 1, |inner| {
        (inner, selector(), option::of(rate()), events()).prop_map(
            |(input, selector, rate, events)| {
                Input::Inner(Box::new(InnerQuery { input, selector, rate, events, span: NOWHERE }))
            },
        )
    })
    .boxed()
}

/// Filters and stream functions.
pub(super) fn handlers() -> BoxedStrategy<Vec<Handler>> {
    let handler =
        prop_oneof![expression().prop_map(Handler::Filter), call().prop_map(Handler::Function),];
    prop_oneof![2 => Just(Vec::new()), 1 => vec(handler, 0..3)].boxed()
}

/// A stream with a window, behind which there may be handlers.
fn single() -> BoxedStrategy<SingleInput> {
    (side_input(), handlers())
        .prop_map(|(mut input, behind)| {
            let windowed = matches!(input.handlers.last(), Some(Handler::Window(_)));
            input.handlers.extend(behind.into_iter().filter(|_| windowed));
            input
        })
        .boxed()
}

/// A stream with handlers and perhaps a window behind them.
fn side_input() -> BoxedStrategy<SingleInput> {
    (source(), handlers(), option::of(call()))
        .prop_map(|(source, mut handlers, window)| {
            handlers.extend(window.map(Handler::Window));
            SingleInput { source, handlers, span: NOWHERE }
        })
        .boxed()
}

fn join() -> BoxedStrategy<JoinInput> {
    let side =
        || (side_input(), option::of(name())).prop_map(|(input, alias)| JoinSide { input, alias });
    let kinds =
        vec![JoinKind::Inner, JoinKind::LeftOuter, JoinKind::RightOuter, JoinKind::FullOuter];
    let unidirectional = option::of(prop::sample::select(vec![Side::Left, Side::Right]));
    (side(), side(), prop::sample::select(kinds), unidirectional, search())
        .prop_map(|(left, right, kind, unidirectional, (on, within, per))| JoinInput {
            left,
            right,
            kind,
            unidirectional,
            on,
            within,
            per,
            span: NOWHERE,
        })
        .boxed()
}

type Search = (Option<Expression>, Option<(Expression, Option<Expression>)>, Option<Expression>);

/// `on`, and `within` with `per`.
fn search() -> BoxedStrategy<Search> {
    let within = ((expression(), option::of(expression())), expression());
    (option::of(expression()), option::weighted(0.2, within))
        .prop_map(|(on, within)| {
            let (within, per) = within.unzip();
            (on, within, per)
        })
        .boxed()
}

pub(super) fn select_items() -> BoxedStrategy<Vec<SelectItem>> {
    let item = prop_oneof![
        variable().prop_map(SelectItem::from),
        (expression(), name()).prop_map(|(expression, name)| SelectItem {
            expression,
            name,
            renamed: true,
            span: NOWHERE
        }),
    ];
    vec(item, 0..4)
        .prop_map(|mut items| {
            distinct(items.iter_mut().map(|item| &mut item.name));
            for item in &mut items {
                if let (false, ExpressionKind::Variable(variable)) =
                    (item.renamed, &mut item.expression.kind)
                {
                    variable.attribute = item.name.clone();
                }
            }
            items
        })
        .boxed()
}

fn selector() -> BoxedStrategy<Selector> {
    let order = (variable(), any::<bool>()).prop_map(|(variable, descending)| OrderBy {
        variable,
        descending,
        span: NOWHERE,
    });
    let rows = prop_oneof![
        any::<i32>().prop_map(Constant::Int),
        any::<i64>().prop_map(Constant::Long),
        time().prop_map(Constant::Time),
    ]
    .prop_map(Expression::from);
    (
        select_items(),
        vec(variable(), 0..2),
        option::weighted(0.3, expression()),
        vec(order, 0..2),
        option::weighted(0.3, rows.clone()),
        option::weighted(0.3, rows),
    )
        .prop_map(|(items, group_by, having, order_by, limit, offset)| Selector {
            items,
            group_by,
            having,
            order_by,
            limit,
            offset,
            span: NOWHERE,
        })
        .boxed()
}

fn rate() -> BoxedStrategy<OutputRate> {
    let selection = || {
        prop::sample::select(vec![RateSelection::All, RateSelection::First, RateSelection::Last])
    };
    prop_oneof![
        (selection(), 0..=i32::MAX).prop_map(|(which, count)| RateKind::Events(which, count)),
        (selection(), time()).prop_map(|(which, time)| RateKind::Time(which, time)),
        time().prop_map(RateKind::Snapshot),
    ]
    .prop_map(|kind| OutputRate { kind, span: NOWHERE })
    .boxed()
}

pub(super) fn events() -> BoxedStrategy<OutputEvents> {
    prop::sample::select(vec![OutputEvents::Current, OutputEvents::Expired, OutputEvents::All])
        .boxed()
}

fn set_items() -> BoxedStrategy<Vec<SetItem>> {
    let item = (variable(), expression());
    vec(item.prop_map(|(target, value)| SetItem { target, value, span: NOWHERE }), 0..3).boxed()
}

fn output() -> BoxedStrategy<Output> {
    let action = prop_oneof![
        3 => source().prop_map(OutputAction::Insert),
        1 => (plain_source(), option::of(expression()))
            .prop_map(|(table, on)| OutputAction::Delete(table, on)),
        1 => (plain_source(), set_items(), expression())
            .prop_map(|(table, set, on)| OutputAction::Update(table, set, on)),
        1 => (plain_source(), set_items(), expression())
            .prop_map(|(table, set, on)| OutputAction::UpdateOrInsert(table, set, on)),
        1 => Just(OutputAction::Return),
    ];
    (action, events()).prop_map(|(action, events)| Output { action, events, span: NOWHERE }).boxed()
}

pub(crate) fn on_demand() -> BoxedStrategy<OnDemandQuery> {
    let find =
        (name(), option::of(name()), search()).prop_map(|(store, alias, (on, within, per))| {
            OnDemandAction::Find(OnDemandFind { store, alias, on, within, per })
        });
    let action = prop_oneof![
        find,
        plain_source().prop_map(OnDemandAction::Insert),
        (plain_source(), option::of(expression()))
            .prop_map(|(table, on)| OnDemandAction::Delete(table, on)),
        (plain_source(), set_items(), expression())
            .prop_map(|(table, set, on)| OnDemandAction::Update(table, set, on)),
        (plain_source(), set_items(), expression())
            .prop_map(|(table, set, on)| OnDemandAction::UpdateOrInsert(table, set, on)),
    ];
    (action, selector())
        .prop_map(|(action, selector)| OnDemandQuery { action, selector, span: NOWHERE })
        .boxed()
}

pub(crate) fn partition() -> BoxedStrategy<Partition> {
    let range = (expression(), text()).prop_map(|(condition, label)| PartitionRange {
        condition,
        label,
        span: NOWHERE,
    });
    let by = prop_oneof![
        expression().prop_map(PartitionBy::Value),
        vec(range, 1..3).prop_map(PartitionBy::Ranges),
    ];
    let key = (name(), by).prop_map(|(stream, by)| PartitionKey { stream, by, span: NOWHERE });
    (annotations(), vec(key, 1..3), vec(query(), 1..3))
        .prop_map(|(annotations, mut keys, queries)| {
            distinct(keys.iter_mut().map(|key| &mut key.stream));
            Partition { annotations, keys, queries, span: NOWHERE }
        })
        .boxed()
}
