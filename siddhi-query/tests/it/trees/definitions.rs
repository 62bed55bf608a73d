//! Random apps and definitions.

use super::expressions::{call, variable};
use super::queries::{events, handlers, select_items};
use super::*;

/// An app in which no two definitions share a name.
pub(crate) fn app() -> BoxedStrategy<App> {
    let note = (name(), elements()).prop_map(|(name, elements)| Annotation {
        name,
        elements,
        annotations: Vec::new(),
        span: NOWHERE,
    });
    let element = prop_oneof![
        3 => query().prop_map(ExecutionElement::Query),
        1 => partition().prop_map(ExecutionElement::Partition),
    ];
    (vec(note, 0..3), vec(definition(), 1..4), vec(element, 0..3))
        .prop_map(|(annotations, mut definitions, elements)| {
            distinct(definitions.iter_mut().map(name_of));
            App { annotations, definitions, elements, span: NOWHERE }
        })
        .boxed()
}

fn name_of(definition: &mut Definition) -> &mut Ident {
    match definition {
        Definition::Stream(it) | Definition::Table(it) => &mut it.name,
        Definition::Window(it) => &mut it.name,
        Definition::Trigger(it) => &mut it.name,
        Definition::Function(it) => &mut it.name,
        Definition::Aggregation(it) => &mut it.name,
    }
}

pub(crate) fn definition() -> BoxedStrategy<Definition> {
    prop_oneof![
        stream().prop_map(Definition::Stream),
        stream().prop_map(Definition::Table),
        window().prop_map(Definition::Window),
        trigger().prop_map(Definition::Trigger),
        function().prop_map(Definition::Function),
        aggregation().prop_map(Definition::Aggregation),
    ]
    .boxed()
}

fn data_type() -> BoxedStrategy<DataType> {
    use DataType::*;
    prop::sample::select(vec![String, Int, Long, Float, Double, Bool, Object]).boxed()
}

fn stream() -> BoxedStrategy<StreamDefinition> {
    let attribute = (name(), data_type()).prop_map(|(name, data_type)| AttributeDefinition {
        name,
        data_type,
        type_span: NOWHERE,
    });
    (annotations(), name(), vec(attribute, 1..8))
        .prop_map(|(annotations, name, mut attributes)| {
            distinct(attributes.iter_mut().map(|attribute| &mut attribute.name));
            StreamDefinition { annotations, name, attributes, span: NOWHERE }
        })
        .boxed()
}

fn window() -> BoxedStrategy<WindowDefinition> {
    (stream(), call(), events())
        .prop_map(|(definition, function, events)| definition.window(function).output(events))
        .boxed()
}

fn trigger() -> BoxedStrategy<TriggerDefinition> {
    let at = prop_oneof![
        time().prop_map(TriggerAt::Every),
        text().prop_map(|text| TriggerAt::Text(text, NOWHERE)),
    ];
    (name(), at).prop_map(|(name, at)| TriggerDefinition { name, at, span: NOWHERE }).boxed()
}

fn function() -> BoxedStrategy<FunctionDefinition> {
    let body = "[a-z0-9 ;=+\n]{1,12}([{][a-z ]{1,4}[}]){0,2}";
    (name(), name(), data_type(), body)
        .prop_map(|(name, language, return_type, body)| {
            FunctionDefinition::new(name, language, return_type, body)
        })
        .boxed()
}

fn aggregation() -> BoxedStrategy<AggregationDefinition> {
    use TimeUnit::*;
    let unit = || prop::sample::select(vec![Second, Minute, Hour, Day, Month, Year]);
    let every = prop_oneof![
        (unit(), unit()).prop_map(|(first, last)| AggregationPeriods::Range(first, last)),
        vec(unit(), 1..4).prop_map(AggregationPeriods::List),
    ];
    let input = (source(), handlers()).prop_map(|(source, handlers)| SingleInput {
        source,
        handlers,
        span: NOWHERE,
    });
    let selector = (select_items(), vec(variable(), 0..3)).prop_map(|(items, group_by)| Selector {
        items,
        group_by,
        ..Selector::default()
    });
    (annotations(), name(), input, selector, option::of(variable()), every)
        .prop_map(|(annotations, name, input, selector, by, every)| AggregationDefinition {
            annotations,
            name,
            input,
            selector,
            by,
            every,
            span: NOWHERE,
        })
        .boxed()
}
