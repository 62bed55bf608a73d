//! Annotations that nobody reads because their names, or those of their elements, are misspelled.
//!
//! Siddhi takes any annotation, and so do we: one that Siddhi does not know may be meant for
//! another tool. One whose name is nearly one that Siddhi knows is told. The options of sources,
//! sinks and mappers are not looked at here but where these are made.

use siddhi_query::ast::{Annotation, App, Definition, ExecutionElement, Ident, Span};
use siddhi_query::{Diagnostic, did_you_mean};

use crate::plan::codes;

/// What stands behind `@app:`.
const APP: [&str; 6] = [
    "name",
    "description",
    "playback",
    "statistics",
    "enforceOrder",
    "transportChannelCreationEnabled",
];
const STREAM: [&str; 4] = ["source", "sink", "OnError", "async"];
const TABLE: [&str; 5] = ["Store", "PrimaryKey", "Index", "IndexBy", "Cache"];
const AGGREGATION: [&str; 8] = [
    "Store",
    "PrimaryKey",
    "PartitionById",
    "purge",
    "BufferSize",
    "IgnoreEventsOlderThanBuffer",
    "persistedAggregation",
    "Cache",
];
const QUERY: [&str; 3] = ["info", "synchronized", "dist"];
const PARTITION: [&str; 3] = ["info", "purge", "dist"];

/// What stands within others.
const NESTED: [(&str, &[&str]); 6] = [
    ("source", &["map"]),
    ("sink", &["map", "distribution"]),
    ("map", &["attributes", "payload"]),
    ("distribution", &["destination"]),
    ("Store", &["Cache"]),
    ("purge", &["retentionPeriod"]),
];

/// The elements of annotations that have a fixed set of them.
const ELEMENTS: [(&str, &[&str]); 6] = [
    ("info", &["name"]),
    ("OnError", &["action"]),
    ("async", &["buffer.size", "workers", "batch.size.max"]),
    ("statistics", &["reporter", "interval", "include"]),
    ("purge", &["enable", "interval", "idle.period"]),
    ("distribution", &["strategy", "partitionKey"]),
];

/// Warns of names that are nearly right.
pub(super) fn check(app: &App) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for annotation in &app.annotations {
        name(&annotation.name, &APP, "@app:", &mut found);
        elements(annotation, &mut found);
    }
    for definition in &app.definitions {
        let (annotations, known) = match definition {
            Definition::Stream(it) => (&it.annotations, &STREAM[..]),
            Definition::Table(it) => (&it.annotations, &TABLE[..]),
            Definition::Window(it) => (&it.annotations, &STREAM[..]),
            Definition::Aggregation(it) => (&it.annotations, &AGGREGATION[..]),
            Definition::Trigger(_) | Definition::Function(_) => continue,
        };
        all(annotations, known, &mut found);
    }
    for element in &app.elements {
        match element {
            ExecutionElement::Query(query) => all(&query.annotations, &QUERY, &mut found),
            ExecutionElement::Partition(partition) => {
                all(&partition.annotations, &PARTITION, &mut found);
                for query in &partition.queries {
                    all(&query.annotations, &QUERY, &mut found);
                }
            }
        }
    }
    found
}

fn all(annotations: &[Annotation], known: &[&str], found: &mut Vec<Diagnostic>) {
    for annotation in annotations {
        name(&annotation.name, known, "@", found);
        elements(annotation, found);
        if let Some((_, nested)) = entry(&NESTED, &annotation.name.name) {
            all(&annotation.annotations, nested, found);
        }
    }
}

fn name(name: &Ident, known: &[&str], before: &str, found: &mut Vec<Diagnostic>) {
    if is_annotation(&name.name) {
        return;
    }
    if let Some(meant) = nearly(&name.name, known) {
        let message = format!("there is no annotation `{before}{}`", name.name);
        found.push(warning(message, name.span, &format!("{before}{meant}")));
    }
}

/// Whether Siddhi knows the name, here or elsewhere: it is spelled right then.
fn is_annotation(name: &str) -> bool {
    let nested = NESTED.iter().flat_map(|(_, nested)| nested.iter());
    let lists = [&APP[..], &STREAM, &TABLE, &AGGREGATION, &QUERY, &PARTITION];
    lists.into_iter().flatten().chain(nested).any(|known| known.eq_ignore_ascii_case(name))
}

fn elements(annotation: &Annotation, found: &mut Vec<Diagnostic>) {
    let Some((whose, known)) = entry(&ELEMENTS, &annotation.name.name) else { return };
    for key in annotation.elements.iter().filter_map(|element| element.key.as_ref()) {
        if known.iter().any(|known| known.eq_ignore_ascii_case(&key.name)) {
            continue;
        }
        if let Some(meant) = nearly(&key.name, known) {
            let message = format!("the annotation `@{whose}` has no element `{}`", key.name);
            found.push(warning(message, key.span, meant));
        }
    }
}

fn entry<'a>(table: &[(&'a str, &'a [&'a str])], name: &str) -> Option<(&'a str, &'a [&'a str])> {
    table.iter().copied().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The known name that was meant. Unlike elsewhere an unknown name may be right, so that a short one,
/// which is near to many, must be one slip away.
fn nearly<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    const SHORT_LETTERS_MAX: usize = 6;
    let meant = did_you_mean(name, known.iter().copied())?;
    let is_short = name.chars().count() <= SHORT_LETTERS_MAX;
    (!is_short || is_one_slip(name, meant)).then_some(meant)
}

/// Whether one letter more, less or other, or two that are swapped, lead from a name to another.
fn is_one_slip(name: &str, other: &str) -> bool {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (name, other) = (letters(name), letters(other));
    let alike = name.iter().zip(&other).take_while(|(left, right)| left == right).count();
    let (name, other) = (name.split_at(alike).1, other.split_at(alike).1);
    let ends = name.iter().rev().zip(other.iter().rev());
    let alike = ends.take_while(|(left, right)| left == right).count();
    let middle =
        |letters: &[char]| letters.iter().rev().skip(alike).copied().collect::<Vec<char>>();
    match (&middle(name)[..], &middle(other)[..]) {
        ([first, second], [third, fourth]) => (first, second) == (fourth, third),
        (name, other) => name.len() <= 1 && other.len() <= 1,
    }
}

fn warning(message: String, span: Span, meant: &str) -> Diagnostic {
    Diagnostic::warning(codes::ANNOTATION, message, span, "changes nothing")
        .with_help(format!("did you mean `{meant}`?"))
}

#[cfg(test)]
mod tests {
    use super::check;

    fn told(text: &str) -> String {
        let app = siddhi_query::parse_app(text).unwrap();
        let found = check(&app);
        let told = found.iter().map(|it| format!("{}; {}", it.message, it.help.join(" ")));
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn names_that_are_nearly_right_are_told() {
        let text = "
            @app:nmae('a') @app:playbak @app:statistics(reporter = 'console', intervall = '5')
            @sorce(type = 'inMemory', topic = 't') @OnEror(action = 'STREAM')
            @sink(type = 'log', @mapp(type = 'json'))
            @sink(type = 'log', @map(type = 'json', @paylod('x')))
            define stream S (a int);
            @inof(name = 'q') from S select a insert into O;
            partition with (a of S) begin @info(nmae = 'p') from S select a insert into P; end;
        ";
        assert_eq!(
            told(text),
            "there is no annotation `@app:nmae`; did you mean `@app:name`?\n\
             there is no annotation `@app:playbak`; did you mean `@app:playback`?\n\
             the annotation `@statistics` has no element `intervall`; did you mean `interval`?\n\
             there is no annotation `@sorce`; did you mean `@source`?\n\
             there is no annotation `@OnEror`; did you mean `@OnError`?\n\
             there is no annotation `@mapp`; did you mean `@map`?\n\
             there is no annotation `@paylod`; did you mean `@payload`?\n\
             there is no annotation `@inof`; did you mean `@info`?\n\
             the annotation `@info` has no element `nmae`; did you mean `name`?"
        );
    }

    #[test]
    fn names_that_are_right_or_of_others_are_taken_in_silence() {
        let text = "
            @App:Name('a') @app:qlVersion('5') @app:author('me')
            @Source(type = 'inMemory', topic = 't', @Map(type = 'json', @Attributes('a')))
            @onerror(ACTION = 'LOG') @ASYNC(buffer.size = '8') @export(to = 'x') @team('ours')
            @info(owner = 'me') @config(async = 'true')
            define stream S (a int);
            @Info(name = 'q', purpose = 'none', note = 'x') @synchronized('true') @hint('x')
            @inform('us')
            from S select a insert into O;
        ";
        assert_eq!(told(text), "");
    }
}
