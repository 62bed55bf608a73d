//! Random trees of all that can be written as SiddhiQL.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use siddhi_query::ast::*;

mod definitions;
mod expressions;
mod patterns;
mod queries;

pub(crate) use definitions::{app, definition};
pub(crate) use expressions::{constant, expression, time};
pub(crate) use queries::{on_demand, partition, query};

const NOWHERE: Span = Span { start: 0, end: 0 };

/// The keywords, all of which can be names: some bare, some in back quotes.
const KEYWORDS: &str = "\
    aggregate aggregation all and app as asc at begin bool by current day days define \
    delete desc double end events every expired false first float for from full function \
    group having hour hours in inner insert int into is join last left limit long millisec \
    millisecond milliseconds min minute minutes month months not null object of offset on \
    or order outer output partition per raw return right sec second seconds select set \
    snapshot stream string table trigger true unidirectional update week weeks window with \
    within year years";

/// Any name: plain, a keyword, or something that needs quotes.
fn name() -> BoxedStrategy<Ident> {
    let keywords: Vec<&str> = KEYWORDS.split_ascii_whitespace().collect();
    prop_oneof![
        6 => "[A-Za-z_][A-Za-z_0-9]{0,5}",
        3 => prop::sample::select(keywords).prop_map(str::to_owned),
        1 => "[^`]{0,4}",
    ]
    .prop_map(Ident::from)
    .boxed()
}

/// A text that some string of SiddhiQL can hold: three double quotes end it, and a last one would
/// be taken for theirs.
fn text() -> BoxedStrategy<String> {
    prop_oneof![4 => "[a-z %./-]{0,8}", 1 => "[a-z'\"\n\t\\\\é]{0,8}", 1 => any::<String>()]
        .prop_filter("no string holds it", |text| !text.contains("\"\"\"") && !text.ends_with('"'))
        .boxed()
}

fn source() -> BoxedStrategy<Source> {
    (name(), 0..6)
        .prop_map(|(name, mark)| match mark {
            0 => Source::inner(name),
            1 => Source::fault(name),
            _ => Source::from(name),
        })
        .boxed()
}

fn plain_source() -> BoxedStrategy<Source> {
    name().prop_map(Source::from).boxed()
}

fn annotations() -> BoxedStrategy<Vec<Annotation>> {
    vec(annotation(), 0..3).boxed()
}

fn annotation() -> BoxedStrategy<Annotation> {
    // Two of `info` on one query are refused.
    let name = name().prop_filter("info", |name| !name.name.eq_ignore_ascii_case("info"));
    let flat = (name.clone(), elements()).prop_map(|(name, elements)| Annotation {
        name,
        elements,
        annotations: Vec::new(),
        span: NOWHERE,
    });
    flat.prop_recursive(2, 4, 2, move |inner| {
        (name.clone(), elements(), vec(inner, 0..2)).prop_map(|(name, elements, annotations)| {
            Annotation { name, elements, annotations, span: NOWHERE }
        })
    })
    .boxed()
}

fn elements() -> BoxedStrategy<Vec<AnnotationElement>> {
    let key = prop_oneof!["[a-z]{1,3}([.:-][a-z]{1,3}){0,2}", text()].prop_map(Ident::from);
    let element = (option::of(key), text());
    vec(element.prop_map(|(key, value)| AnnotationElement { key, value, span: NOWHERE }), 0..3)
        .boxed()
}

/// Gives each of several names an ending of its own.
fn distinct<'a>(names: impl IntoIterator<Item = &'a mut Ident>) {
    for (index, name) in names.into_iter().enumerate() {
        name.name = format!("{}_{index}", name.name);
    }
}
