//! Sinks: what their stream hands out is split by dynamic options, encoded, and published to one
//! or several destinations.

use std::sync::Weak;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use hashbrown::{HashMap, HashSet};
use siddhi_query::ast::{Annotation, AnnotationElement};

use super::sources::with_causes;
use super::{Maker, Mapping, Mistake, element, names_of, nested, type_of};
use crate::event::view::{Selection, View};
use crate::extension::{
    DynamicOptions, OptionError, Options, Payload, PayloadWriter, Schema, Sink, SinkError,
    SinkFactory, SinkMapper, Template, Unpublished, ask,
};
use crate::plan::logical::StreamId;
use crate::runtime::app::Shared;
use crate::runtime::counters::ElementCounters;
use crate::runtime::faults::Faults;
use crate::runtime::log_limit::LogLimit;

/// A sink at its stream.
#[derive(Debug)]
pub(super) struct SinkOutput {
    pub(super) stream: StreamId,
    pub(super) sink_type: String,
    stream_name: String,
    width: usize,
    mapper: Box<dyn SinkMapper>,
    strategy: Strategy,
    destinations: Vec<Destination>,
    on_error: OnError,
    /// The only part, when no option depends on the event.
    constant: Option<Part>,
    rows_in: AtomicU64,
    /// Not published, and lost.
    rows_failed: AtomicU64,
    /// Not published, and gone to the fault stream.
    rows_diverted: AtomicU64,
    failures_logged: LogLimit,
}

/// Which destinations get a payload.
#[derive(Debug)]
enum Strategy {
    Broadcast,
    RoundRobin(AtomicUsize),
    /// By the hash of an attribute.
    Partitioned(usize),
}

#[derive(Debug)]
struct Destination {
    sink: Box<dyn Sink>,
    names: &'static [&'static str],
    templates: Vec<Option<Template>>,
    /// The head of the mapper has been published.
    has_head: AtomicBool,
}

/// What happens to events that could not be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnError {
    /// They are logged and counted.
    Log,
    /// They go to the fault stream of the sink's stream.
    Stream,
    /// Retries need the threads of a program.
    Wait,
}

/// Events of a chunk that go the same way.
#[derive(Debug, Default)]
struct Part {
    /// The texts of the dynamic options, by destination.
    texts: Vec<Vec<String>>,
    /// The only destination, when a key says so.
    destination: Option<usize>,
    rows: Vec<u32>,
}

/// Makes what a `@sink` annotation asks for.
pub(super) fn make(
    maker: &mut Maker<'_>,
    stream: StreamId,
    annotation: &Annotation,
    schema: &Schema,
) -> Result<SinkOutput, Mistake> {
    let registry = maker.registry;
    let type_element = type_of(annotation)?;
    let mapping = Mapping::of(annotation, "payload")?;
    let name = &type_element.value;
    let factory = registry.sink(name).ok_or_else(|| {
        Mistake::unknown("sink", type_element, registry.sinks().map(|(name, _)| name))
    })?;
    let mapper = registry.sink_mapper(mapping.name).ok_or_else(|| {
        let known = registry.sink_mappers().map(|(name, _)| name);
        mapping.unknown("sink mapper", annotation, known)
    })?;
    let options = Options::of(annotation);
    let what = format!("sink `{name}`");
    let mut known = names_of(&factory.documentation());
    known.extend(["type", ON_ERROR]);
    maker.unknown_options(&options, &format!("the {what}"), &known);
    maker.mapper_options(&mapping, &mapper.documentation());
    let on_error = on_error(&options).map_err(|error| Mistake::option(&error, &what, &options))?;
    if on_error == OnError::Wait {
        let span = options.span(Some(ON_ERROR));
        return Err(Mistake::Unsupported("on.error = 'WAIT' of a sink".into(), span));
    }
    let make = |options: &Options| {
        destination(factory.as_ref(), options, schema, mapping.name)
            .map_err(|error| Mistake::option(&error, &what, options))
    };
    let (strategy, destinations) = match nested(annotation, "distribution") {
        None => (Strategy::Broadcast, vec![make(&options)?]),
        Some(distribution) => {
            let strategy = strategy(distribution, schema)?;
            let nested = distribution.annotations.iter();
            let nested =
                nested.filter(|nested| nested.name.name.eq_ignore_ascii_case("destination"));
            for nested in nested.clone() {
                maker.unknown_options(&Options::of(nested), &format!("the {what}"), &known);
            }
            let destinations = nested
                .map(|nested| make(&Options::of(nested).over(&options)))
                .collect::<Result<Vec<_>, _>>()?;
            if destinations.is_empty() {
                let message = "`@distribution` needs destinations";
                return Err(Mistake::new(message, distribution.span, "no `@destination(…)` here"));
            }
            (strategy, destinations)
        }
    };
    let mapper = constant(&mapping.options, &[], schema)
        .and_then(|()| ask("it", || mapper.create(mapping.config(schema)), OptionError::mapping))
        .map_err(|error| {
            Mistake::option(&error, &format!("sink mapper `{}`", mapping.name), &mapping.options)
        })?;
    let mut output = SinkOutput {
        stream,
        sink_type: name.clone(),
        stream_name: schema.stream.clone(),
        width: schema.attributes.len(),
        mapper,
        strategy,
        destinations,
        on_error,
        constant: None,
        rows_in: AtomicU64::new(0),
        rows_failed: AtomicU64::new(0),
        rows_diverted: AtomicU64::new(0),
        failures_logged: LogLimit::default(),
    };
    output.constant = output.constant_part();
    Ok(output)
}

const ON_ERROR: &str = "on.error";

fn on_error(options: &Options) -> Result<OnError, OptionError> {
    let words = [
        ("LOG", OnError::Log),
        ("STREAM", OnError::Stream),
        // Without a store, what would be stored is logged and counted.
        ("STORE", OnError::Log),
        ("WAIT", OnError::Wait),
    ];
    options.choice(ON_ERROR, OnError::Log, &words)
}

fn destination(
    factory: &dyn SinkFactory,
    options: &Options,
    schema: &Schema,
    map: &str,
) -> Result<Destination, OptionError> {
    let sink = ask("it", || factory.create(options, schema, map), OptionError::mapping)?;
    let names = factory.dynamic_options();
    let templates = names.iter().map(|name| options.template(name, schema));
    let templates = templates.collect::<Result<_, _>>()?;
    constant(options, names, schema)?;
    Ok(Destination { sink, names, templates, has_head: AtomicBool::new(false) })
}

/// Only dynamic options may hold `{{attribute}}`.
fn constant(options: &Options, dynamic: &[&str], schema: &Schema) -> Result<(), OptionError> {
    for (option, value) in options.iter().filter(|(option, _)| !dynamic.contains(option)) {
        if !Template::parse(value, option, schema)?.is_constant() {
            return Err(options.invalid(option, "a text without `{{…}}`"));
        }
    }
    Ok(())
}

fn strategy(distribution: &Annotation, schema: &Schema) -> Result<Strategy, Mistake> {
    let Some(strategy) = element(distribution, "strategy") else {
        let message = "`@distribution` needs a strategy";
        return Err(Mistake::new(message, distribution.span, "no `strategy = '…'` here"));
    };
    let is = |name: &str| strategy.value == name;
    if is("broadcast") {
        Ok(Strategy::Broadcast)
    } else if is("roundRobin") {
        Ok(Strategy::RoundRobin(AtomicUsize::new(0)))
    } else if is("partitioned") {
        partition_key(distribution, strategy, schema).map(Strategy::Partitioned)
    } else {
        let known = ["broadcast", "roundRobin", "partitioned"];
        Err(Mistake::unknown("distribution strategy", strategy, known.into_iter()))
    }
}

fn partition_key(
    distribution: &Annotation,
    strategy: &AnnotationElement,
    schema: &Schema,
) -> Result<usize, Mistake> {
    let Some(key) = element(distribution, "partitionKey") else {
        let message = "the strategy `partitioned` needs a `partitionKey`";
        return Err(Mistake::new(message, strategy.span, "by which attribute?"));
    };
    schema.position(&key.value).ok_or_else(|| {
        let (name, stream) = (&key.value, &schema.stream);
        let message = format!("`{name}` is not an attribute of stream `{stream}`");
        Mistake::new(message, key.span, "no such attribute")
    })
}

impl SinkOutput {
    /// Publishes a chunk. What fails is handled as `on.error` says and never reaches the sender.
    pub(super) fn publish(&self, chunk: &View<'_>, shared: &Weak<Shared>) {
        // Relaxed, here and below: the counters guard nothing else.
        self.rows_in.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        if let Some(part) = &self.constant {
            self.publish_part(chunk, part, shared);
            return;
        }
        for part in self.parts(chunk) {
            self.publish_part(&chunk.with(Selection::Rows(&part.rows)), &part, shared);
        }
    }

    fn publish_part(&self, rows: &View<'_>, part: &Part, shared: &Weak<Shared>) {
        let mut publish = |payload: Payload<'_>| match &self.strategy {
            Strategy::Broadcast => {
                let all = 0..self.destinations.len();
                all.map(|index| self.send(payload, part, index)).fold(Ok(()), Result::and)
            }
            Strategy::RoundRobin(next) => {
                // Relaxed: the counter guards nothing else.
                let index = next.fetch_add(1, Ordering::Relaxed) % self.destinations.len();
                self.send(payload, part, index)
            }
            Strategy::Partitioned(_) => self.send(payload, part, part.destination.unwrap_or(0)),
        };
        let mut payloads = PayloadWriter::new(&mut publish);
        self.mapper.encode(rows, &mut payloads);
        let mut unpublished = payloads.into_unpublished().into_iter().peekable();
        while let Some(Unpublished { rows: mut lost, error }) = unpublished.next() {
            let reason = with_causes(&error);
            // A disk that is full fails for all of a chunk: that is told once.
            while let Some(next) = unpublished.next_if(|next| with_causes(&next.error) == reason) {
                lost.extend(next.rows);
            }
            // A row may be in several payloads, and is lost once.
            let mut seen = HashSet::new();
            lost.retain(|row| seen.insert(*row));
            self.fail(&rows.with(Selection::Rows(&lost)), &reason, shared);
        }
    }

    fn send(&self, payload: Payload<'_>, part: &Part, index: usize) -> Result<(), SinkError> {
        let Some(destination) = self.destinations.get(index) else { return Ok(()) };
        let texts = part.texts.get(index).map_or(&[][..], Vec::as_slice);
        let options = DynamicOptions::new(destination.names, texts);
        // Relaxed: a stream has one writer at a time, and the flag guards nothing else.
        if let Some(head) = self.mapper.head()
            && !destination.has_head.load(Ordering::Relaxed)
        {
            destination.sink.publish(Payload::Bytes(head), options)?;
            destination.has_head.store(true, Ordering::Relaxed);
        }
        destination.sink.publish(payload, options)
    }

    fn fail(&self, rows: &View<'_>, reason: &str, shared: &Weak<Shared>) {
        let shared = shared.upgrade().filter(|_| self.on_error == OnError::Stream);
        let count = if shared.is_some() { &self.rows_diverted } else { &self.rows_failed };
        count.fetch_add(rows.len() as u64, Ordering::Relaxed);
        let Some(shared) = shared else {
            let events = if rows.len() == 1 { "event was" } else { "events were" };
            self.failures_logged.count(|note| {
                log::error!(
                    "sink `{}` of {}: {} {events} not published: {reason}{note}",
                    self.sink_type,
                    self.stream_name,
                    rows.len()
                );
            });
            return;
        };
        let mut faults = Faults::new(self.stream, self.width);
        for row in rows.selection.iter() {
            let values = (0..self.width).map(|column| rows.value(column, row)).collect();
            faults.push(rows.timestamp(row), values, reason.to_owned());
        }
        shared.region.lock().report(faults, Selection::All(0));
    }

    /// Rows that came, and those of them that were not published.
    pub(super) fn counters(&self) -> ElementCounters {
        let mut counts = vec![("in", self.rows_in.load(Ordering::Relaxed))];
        for (name, count) in [("failed", &self.rows_failed), ("diverted", &self.rows_diverted)] {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                counts.push((name, count));
            }
        }
        ElementCounters { element: format!("sink {}", self.stream_name), counts }
    }

    /// The part that all events belong to, when nothing depends on them.
    fn constant_part(&self) -> Option<Part> {
        if matches!(self.strategy, Strategy::Partitioned(_)) {
            return None;
        }
        let mut templates = self.destinations.iter().flat_map(|to| to.templates.iter().flatten());
        if !templates.all(Template::is_constant) {
            return None;
        }
        let none = View {
            timestamps: &[],
            kinds: None,
            columns: crate::event::view::Columns::Owned(&[]),
            selection: Selection::All(0),
        };
        Some(Part { texts: self.texts(&none, 0), ..Part::default() })
    }

    fn texts(&self, view: &View<'_>, row: usize) -> Vec<Vec<String>> {
        let render = |template: &Option<Template>| {
            let mut text = String::new();
            if let Some(template) = template {
                template.render(view, row, &mut text);
            }
            text
        };
        self.destinations.iter().map(|to| to.templates.iter().map(render).collect()).collect()
    }

    /// The parts of a chunk, in the order in which they first appear.
    fn parts(&self, chunk: &View<'_>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut known: HashMap<(Vec<Vec<String>>, Option<usize>), usize> = HashMap::new();
        for row in chunk.selection.iter() {
            let destination = match self.strategy {
                Strategy::Partitioned(key) => {
                    let key = chunk.value(key, row).to_string();
                    Some(partition(&key, self.destinations.len()))
                }
                _ => None,
            };
            let texts = self.texts(chunk, row);
            let index = *known.entry((texts.clone(), destination)).or_insert_with(|| {
                parts.push(Part { texts, destination, rows: Vec::new() });
                parts.len() - 1
            });
            if let (Some(part), Ok(row)) = (parts.get_mut(index), u32::try_from(row)) {
                part.rows.push(row);
            }
        }
        parts
    }
}

/// The destination of a key. Java: the remainder of `String#hashCode`, then its absolute value.
fn partition(key: &str, count: usize) -> usize {
    let hash = key
        .encode_utf16()
        .fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
    let count = i32::try_from(count).unwrap_or(i32::MAX).max(1);
    usize::try_from((hash % count).unsigned_abs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::partition;

    #[test]
    fn keys_go_where_java_sends_them() {
        // "polygenelubricants" hashes to the smallest int, whose absolute value does not exist.
        assert_eq!(partition("polygenelubricants", 2), 0);
        assert_eq!(partition("polygenelubricants", 7), 2);
        assert_eq!((partition("A", 2), partition("B", 2), partition("null", 3)), (1, 0, 2));
    }
}
