//! The app and its definitions.

use super::query::{select_list, variables};
use super::{Layout, annotation, constant, display, expression, input, partition, query};
use crate::ast::{
    AggregationDefinition, AggregationPeriods, Annotation, App, AttributeDefinition, Definition,
    ExecutionElement, FunctionDefinition, OutputEvents, StreamDefinition, TriggerAt,
    TriggerDefinition, WindowDefinition,
};
use crate::names::{Place, written};

display! {
    App: app;
    Definition: definition;
    StreamDefinition: |it: &StreamDefinition| with_attributes(it, "stream");
    AttributeDefinition: attribute;
    WindowDefinition: window;
    TriggerDefinition: trigger;
    TriggerAt: trigger_at;
    FunctionDefinition: function;
    AggregationDefinition: aggregation;
    AggregationPeriods: periods;
    ExecutionElement: element;
}

/// One statement a paragraph, except that short definitions stand together.
fn app(app: &App) -> String {
    let mut out = String::new();
    for note in &app.annotations {
        out.push_str(&annotation::print(note, "@app:", Layout::TOP));
        out.push('\n');
    }
    let definitions = app.definitions.iter().map(definition);
    let statements: Vec<String> = definitions.chain(app.elements.iter().map(element)).collect();
    let mut short_before = false;
    for statement in &statements {
        let short = !statement.contains('\n');
        if !(out.is_empty() || short && short_before) {
            out.push('\n');
        }
        short_before = short;
        out.push_str(statement);
        out.push_str(";\n");
    }
    out
}

fn element(element: &ExecutionElement) -> String {
    match element {
        ExecutionElement::Query(it) => query::print(it, Layout::TOP),
        ExecutionElement::Partition(it) => partition::print(it),
    }
}

fn definition(definition: &Definition) -> String {
    match definition {
        Definition::Stream(it) => with_attributes(it, "stream"),
        Definition::Table(it) => with_attributes(it, "table"),
        Definition::Window(it) => window(it),
        Definition::Trigger(it) => trigger(it),
        Definition::Function(it) => function(it),
        Definition::Aggregation(it) => aggregation(it),
    }
}

/// The annotations, one a line, and the statement under them.
pub(super) fn annotated(
    annotations: &[Annotation],
    layout: Layout,
    statement: Vec<String>,
) -> String {
    let notes = annotations.iter().map(|it| annotation::print(it, "@", layout));
    let lines: Vec<String> = notes.chain(statement).collect();
    layout.lines(&lines)
}

fn with_attributes(definition: &StreamDefinition, word: &str) -> String {
    let head = format!("define {word} {} (", written(&definition.name, Place::Name));
    let attributes: Vec<String> = definition.attributes.iter().map(attribute).collect();
    let statement = Layout::TOP.list(&head, &attributes, ")");
    annotated(&definition.annotations, Layout::TOP, vec![statement])
}

fn attribute(attribute: &AttributeDefinition) -> String {
    format!("{} {}", written(&attribute.name, Place::Marked), attribute.data_type)
}

fn window(definition: &WindowDefinition) -> String {
    let head = format!("define window {} (", written(&definition.name, Place::Name));
    let attributes: Vec<String> = definition.attributes.iter().map(attribute).collect();
    let mut tail = format!(") {}", expression::call(&definition.function, Place::Name));
    if definition.output != OutputEvents::All {
        tail.push_str(" output ");
        tail.push_str(definition.output.as_str());
    }
    let statement = Layout::TOP.list(&head, &attributes, &tail);
    annotated(&definition.annotations, Layout::TOP, vec![statement])
}

fn trigger(definition: &TriggerDefinition) -> String {
    let name = written(&definition.name, Place::Id);
    format!("define trigger {name} at {}", trigger_at(&definition.at))
}

fn trigger_at(at: &TriggerAt) -> String {
    match at {
        TriggerAt::Every(time) => format!("every {time}"),
        TriggerAt::Text(text, _) => constant::string(text),
    }
}

fn function(definition: &FunctionDefinition) -> String {
    // `{}` is refused; a blank is the nearest that can be written.
    let body = if definition.body.is_empty() { " " } else { &definition.body };
    format!(
        "define function {}[{}] return {} {{{body}}}",
        written(&definition.name, Place::Id),
        written(&definition.language, Place::Id),
        definition.return_type,
    )
}

fn aggregation(definition: &AggregationDefinition) -> String {
    let layout = Layout::TOP;
    let mut lines = vec![
        format!("define aggregation {}", written(&definition.name, Place::Id)),
        format!("from {}", input::single(&definition.input)),
        select_list(&definition.selector, layout),
    ];
    if !definition.selector.group_by.is_empty() {
        lines.push(layout.list("group by ", &variables(&definition.selector.group_by), ""));
    }
    let by = definition.by.as_ref();
    let by = by.map_or_else(String::new, |it| format!("by {} ", expression::variable(it)));
    lines.push(format!("aggregate {by}every {}", periods(&definition.every)));
    annotated(&definition.annotations, layout, lines)
}

fn periods(periods: &AggregationPeriods) -> String {
    match periods {
        AggregationPeriods::Range(first, last) => format!("{first} ... {last}"),
        AggregationPeriods::List(units) => {
            units.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ")
        }
    }
}
