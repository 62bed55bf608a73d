//! What refuses a text that the grammar takes: names given twice.

use std::collections::BTreeMap;

use crate::ast::{
    Annotation, App, DataType, Definition, ExecutionElement, Ident, Query, StreamDefinition,
    WindowDefinition,
};
use crate::diagnostic::{Code, Diagnostic};

/// Checks an app as a whole.
pub(super) fn app(app: &App) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    definitions(&app.definitions, &mut found);
    let mut names = BTreeMap::new();
    for element in &app.elements {
        let annotations = match element {
            ExecutionElement::Query(query) => &query.annotations,
            ExecutionElement::Partition(partition) => &partition.annotations,
        };
        query_name(annotations, &mut names, &mut found);
        if let ExecutionElement::Partition(partition) = element {
            queries(&partition.queries, &mut found);
        }
    }
    found
}

/// Checks the queries of one partition.
pub(super) fn queries(queries: &[Query], found: &mut Vec<Diagnostic>) {
    let mut names = BTreeMap::new();
    for query in queries {
        query_name(&query.annotations, &mut names, found);
    }
}

/// Notes the name that `@info` gives, and reports when it is taken or given twice.
fn query_name<'a>(
    annotations: &'a [Annotation],
    names: &mut BTreeMap<&'a str, crate::ast::Span>,
    found: &mut Vec<Diagnostic>,
) {
    let mut infos = annotations.iter().filter(|it| it.name.name.eq_ignore_ascii_case("info"));
    let Some(info) = infos.next() else { return };
    if let Some(second) = infos.next() {
        found.push(
            Diagnostic::error(
                Code::DUPLICATE_INFO,
                "`@info` stands twice",
                second.span,
                "the second one",
            )
            .with_secondary(info.span, "the first one")
            .with_help("put all elements into one `@info`"),
        );
        return;
    }
    let mut values = info.elements.iter().filter(|element| {
        element.key.as_ref().is_some_and(|key| key.name.eq_ignore_ascii_case("name"))
    });
    let Some(name) = values.next() else { return };
    if let Some(second) = values.next() {
        found.push(
            Diagnostic::error(
                Code::DUPLICATE_INFO,
                "the query is named twice",
                second.span,
                "the second name",
            )
            .with_secondary(name.span, "the first name"),
        );
        return;
    }
    if let Some(first) = names.get(name.value.as_str()) {
        found.push(
            Diagnostic::error(
                Code::DUPLICATE_QUERY,
                format!("two queries are called `{}`", name.value),
                name.span,
                "this name is taken",
            )
            .with_secondary(*first, "the first query of that name"),
        );
    } else {
        names.insert(&name.value, name.span);
    }
}

/// The kinds in the order in which Siddhi enters them; functions have names of their own.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Stream(&'a StreamDefinition),
    Table(&'a StreamDefinition),
    Window(&'a WindowDefinition),
    Aggregation,
    Trigger,
    Function,
}

impl Entry<'_> {
    fn word(self) -> &'static str {
        match self {
            Self::Stream(_) => "stream",
            Self::Table(_) => "table",
            Self::Window(_) => "window",
            Self::Aggregation => "aggregation",
            Self::Trigger => "trigger",
            Self::Function => "function",
        }
    }
}

fn entry(definition: &Definition) -> (&Ident, Entry<'_>) {
    match definition {
        Definition::Stream(stream) => (&stream.name, Entry::Stream(stream)),
        Definition::Table(table) => (&table.name, Entry::Table(table)),
        Definition::Window(window) => (&window.name, Entry::Window(window)),
        Definition::Trigger(trigger) => (&trigger.name, Entry::Trigger),
        Definition::Function(function) => (&function.name, Entry::Function),
        Definition::Aggregation(aggregation) => (&aggregation.name, Entry::Aggregation),
    }
}

fn definitions(definitions: &[Definition], found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<(&str, bool), Vec<(&Ident, Entry<'_>)>> = BTreeMap::new();
    for definition in definitions {
        let (name, kind) = entry(definition);
        let function = matches!(kind, Entry::Function);
        let same = taken.entry((&name.name, function)).or_default();
        if let Some((first, other)) = same.iter().find(|(_, other)| !agree(*other, kind)) {
            let mut diagnostic = Diagnostic::error(
                Code::DUPLICATE_DEFINITION,
                format!("`{}` is defined twice", name.name),
                name.span,
                format!("this {} has the same name", kind.word()),
            )
            .with_secondary(first.span, format!("the {} of that name", other.word()));
            if matches!(
                (other, kind),
                (Entry::Stream(_), Entry::Stream(_)) | (Entry::Table(_), Entry::Table(_))
            ) {
                diagnostic = diagnostic
                    .with_note("defining the same thing twice is allowed when attributes and annotations are equal");
            }
            found.push(diagnostic);
        }
        same.push((name, kind));
    }
}

/// Whether two definitions of one name are one definition written twice.
fn agree(left: Entry<'_>, right: Entry<'_>) -> bool {
    match (left, right) {
        (Entry::Stream(left), Entry::Stream(right)) | (Entry::Table(left), Entry::Table(right)) => {
            left == right
        }
        (Entry::Stream(stream), Entry::Window(window))
        | (Entry::Window(window), Entry::Stream(stream)) => {
            stream.attributes == window.attributes && stream.annotations == window.annotations
        }
        (Entry::Trigger, Entry::Stream(stream)) | (Entry::Stream(stream), Entry::Trigger) => {
            ticks(&stream.attributes, &stream.annotations)
        }
        (Entry::Trigger, Entry::Window(window)) | (Entry::Window(window), Entry::Trigger) => {
            ticks(&window.attributes, &window.annotations)
        }
        _ => false,
    }
}

/// Whether a stream carries exactly what a trigger sends.
fn ticks(attributes: &[crate::ast::AttributeDefinition], annotations: &[Annotation]) -> bool {
    annotations.is_empty()
        && matches!(attributes, [only]
            if only.name.name == "triggered_time" && only.data_type == DataType::Long)
}
