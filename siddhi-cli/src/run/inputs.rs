//! The inputs of a run: the sources of the app, and the files of `--events`.

use std::collections::BTreeSet;
use std::path::Path;

use siddhi_core::extension::{MapperConfig, Options, Schema, Source, SourceInput};
use siddhi_core::{App, SiddhiManager};
use siddhi_query::did_you_mean;

use super::absolute;
use super::streams::check;
use crate::arguments::{Events, InputFormat, RunArguments, TimeAttribute};
use crate::console;
use crate::exit::usage;

/// All inputs: first those of the app in the order of the text, then those of the command line.
pub(super) fn all(
    app: &App,
    manager: &SiddhiManager,
    arguments: &RunArguments,
) -> anyhow::Result<Vec<SourceInput>> {
    refuse_shared_input(arguments)?;
    let mut inputs = app.take_inputs();
    let fed: BTreeSet<String> = inputs.iter().map(|input| input.schema().stream.clone()).collect();
    let mut given: BTreeSet<&str> = BTreeSet::new();
    for events in &arguments.events {
        if fed.contains(&events.stream) && given.insert(&events.stream) {
            console::error_line(&format!(
                "warning: stream '{0}' is fed by its @source and by --events {0}=…: the events of \
                 both are processed; take one of them away if they are the same",
                events.stream
            ));
        }
        inputs.push(file(app, manager, events, arguments.input_format)?);
    }
    for time in &arguments.time {
        let known: Vec<String> = app.streams().into_iter().map(|stream| stream.name).collect();
        check(&time.stream, &known)?;
        if !inputs.iter().any(|input| input.schema().stream == time.stream) {
            return Err(usage(format!(
                "--time {0}.{1}: stream '{0}' has no input; name one with --events {0}=FILE",
                time.stream, time.attribute
            )));
        }
        if arguments.time.iter().filter(|other| other.stream == time.stream).count() > 1 {
            return Err(usage(format!("--time is given twice for stream '{}'", time.stream)));
        }
        for input in inputs.iter_mut().filter(|input| input.schema().stream == time.stream) {
            let Some(attribute) = input.schema().event_time(&time.attribute) else {
                return Err(no_time(time, input.schema()));
            };
            input.set_event_time(attribute);
        }
    }
    Ok(inputs)
}

fn no_time(TimeAttribute { stream, attribute }: &TimeAttribute, schema: &Schema) -> anyhow::Error {
    let numbers = schema.attributes.iter().filter(|(name, _)| schema.event_time(name).is_some());
    let meant = did_you_mean(attribute, numbers.map(|(name, _)| name.as_str()));
    let meant = meant.map_or(String::new(), |meant| format!(": did you mean '{meant}'?"));
    usage(format!("'{attribute}' is not an int or long attribute of stream '{stream}'{meant}"))
}

/// Of several readers of standard input each would get a part, or the last one nothing.
fn refuse_shared_input(arguments: &RunArguments) -> anyhow::Result<()> {
    let of_app = (arguments.app == Path::new("-")).then(|| "the app".to_owned());
    let of_events = arguments.events.iter().filter(|events| events.file == "-");
    let of_events = of_events.map(|events| format!("--events {}=-", events.stream));
    let readers: Vec<String> = of_app.into_iter().chain(of_events).collect();
    if readers.len() < 2 {
        return Ok(());
    }
    Err(usage(format!(
        "standard input can be read once, and {} read it: name a file instead",
        readers.join(" and ")
    )))
}

/// A file of events: rows, under a header or without, or objects, one a line. An empty field or
/// missing key is null.
fn file(
    app: &App,
    manager: &SiddhiManager,
    events: &Events,
    format: Option<InputFormat>,
) -> anyhow::Result<SourceInput> {
    let streams = app.streams();
    let names: Vec<String> = streams.iter().map(|stream| stream.name.clone()).collect();
    check(&events.stream, &names)?;
    let attributes = streams.into_iter().find(|stream| stream.name == events.stream);
    let schema = Schema {
        stream: events.stream.clone(),
        attributes: attributes.map(|stream| stream.attributes).unwrap_or_default(),
    };
    let uri = match events.file.as_str() {
        "-" => "-".to_owned(),
        path => absolute(path)?.display().to_string(),
    };
    let source = Options::new([("file.uri", uri.as_str()), ("tailing", "false")]);
    let (mapper, options) = match format.unwrap_or_else(|| format_of(&events.file)) {
        InputFormat::Csv => ("csv", [("header", "auto"), ("fail.on.unknown.attribute", "false")]),
        InputFormat::Json => ("json", [("fail.on.missing.attribute", "false"); 2]),
    };
    let registry = manager.registry();
    let factories = registry.source("file").zip(registry.source_mapper(mapper));
    let Some((sources, mappers)) = factories else {
        anyhow::bail!("the source file and the mapper {mapper} are not built in");
    };
    let Source::Pull(source) = sources.create(&source, &schema)? else {
        anyhow::bail!("the source file cannot be asked for rows");
    };
    let options = Options::new(options);
    let config = MapperConfig { schema: &schema, options: &options, mapping: &[] };
    let mapper = mappers.create(config)?;
    Ok(SourceInput::new(schema, source, mapper, None))
}

fn format_of(file: &str) -> InputFormat {
    let ends = |end: &str| file.to_ascii_lowercase().ends_with(end);
    if ends(".json") || ends(".jsonl") || ends(".ndjson") {
        InputFormat::Json
    } else {
        InputFormat::Csv
    }
}
