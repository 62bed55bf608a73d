//! `@source` and `@sink`: from annotations to connectors that stand at the streams of an app.

use std::sync::Arc;

use siddhi_query::ast::{Annotation, AnnotationElement, Definition, Span};
use siddhi_query::{Diagnostic, did_you_mean};

use super::app::App;
use super::counters::ElementCounters;
use super::error::AppError;
use crate::extension::{
    ConnectorDocumentation, MapperConfig, OptionError, Options, PullSource, Registry, Schema,
    Source, SourceInput, SourceMapper, ask, catch,
};
use crate::plan::codes;
use crate::plan::logical::{LogicalApp, StreamId, StreamOrigin};

mod sinks;
mod sources;

use sinks::SinkOutput;
use sources::PushInput;

/// The mapper of a source or sink without `@map`.
const DEFAULT_MAPPER: &str = "passThrough";

/// The connectors of an app.
#[derive(Debug, Default)]
pub(crate) struct Transport {
    pushed: Vec<PushInput>,
    pulled: Vec<SourceInput>,
    sinks: Vec<Arc<SinkOutput>>,
    /// The streams that have a source, wherever the sources are now.
    fed: Vec<StreamId>,
}

/// What is wrong with the annotations, apart from what is not built yet.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) unsupported: Vec<(String, Span)>,
}

impl Transport {
    /// Makes the sources and sinks that the definitions of an app ask for.
    pub(crate) fn make(
        tree: &siddhi_query::ast::App,
        plan: &LogicalApp,
        registry: &Registry,
    ) -> (Self, Findings) {
        let mut maker =
            Maker { registry, transport: Self::default(), findings: Findings::default() };
        let mut seen = Vec::new();
        for definition in &tree.definitions {
            let Definition::Stream(definition) = definition else { continue };
            let name = &definition.name.name;
            let known = plan
                .streams
                .iter()
                .position(|stream| stream.name == *name && stream.origin == StreamOrigin::Defined);
            // A second, equal definition means the same stream.
            let Some(id) = known.filter(|id| !seen.contains(id)) else {
                continue;
            };
            seen.push(id);
            let attributes = definition.attributes.iter();
            let schema = Schema {
                stream: name.clone(),
                attributes: attributes.map(|a| (a.name.name.clone(), a.data_type)).collect(),
            };
            for annotation in &definition.annotations {
                let is = |name: &str| annotation.name.name.eq_ignore_ascii_case(name);
                let made = if is("source") {
                    maker.source(id, annotation, &schema)
                } else if is("sink") {
                    maker.sink(id, annotation, &schema)
                } else {
                    continue;
                };
                if let Err(mistake) = made {
                    maker.note(mistake);
                }
            }
        }
        (maker.transport, maker.findings)
    }

    /// Puts the sinks behind the queries that read their streams.
    pub(crate) fn attach(app: &App) {
        let sinks = app.shared.transport.lock().sinks.clone();
        let region = app.shared.region.lock();
        for sink in sinks {
            if let Some(junction) = region.junctions.get(sink.stream) {
                let shared = Arc::downgrade(&app.shared);
                let is_heard = junction
                    .listeners
                    .add(Box::new(move |chunk| sink.publish(chunk.view(), &shared)));
                debug_assert!(is_heard, "nothing is under way in an app that is being made");
            }
        }
    }

    /// Lets pushing sources begin, in the order of the text.
    pub(crate) fn connect(app: &App) -> Result<(), AppError> {
        Self::with_pushed(app, |pushed| {
            for input in pushed {
                let connected = app.poisoning(catch(|| input.connect(app)))?;
                connected.map_err(|error| AppError::Connector(sources::with_causes(&error)))?;
            }
            Ok(())
        })
    }

    /// Ends pushing sources, also those behind one that panics.
    pub(crate) fn disconnect(app: &App) -> Result<(), AppError> {
        Self::with_pushed(app, |pushed| {
            let ended = pushed.iter_mut().map(|input| app.poisoning(catch(|| input.disconnect())));
            ended.fold(Ok(()), Result::and)
        })
    }

    /// Works on the pushing sources without the lock of the transport: a source may hand over
    /// events while it is connected, and a callback that gets them may ask for anything of the app.
    /// A callback that ends the app finds no source here; whoever connects them ends them then.
    fn with_pushed<R>(app: &App, work: impl FnOnce(&mut [PushInput]) -> R) -> R {
        let mut pushed = std::mem::take(&mut app.shared.transport.lock().pushed);
        let result = work(&mut pushed);
        let mut transport = app.shared.transport.lock();
        // Not replaced: somebody who worked on none must not put back none.
        transport.pushed.append(&mut pushed);
        result
    }

    /// The types of the sinks of a stream, in the order of the text.
    pub(crate) fn sink_types(&self, stream: StreamId) -> Vec<String> {
        let sinks = self.sinks.iter().filter(|sink| sink.stream == stream);
        sinks.map(|sink| sink.sink_type.clone()).collect()
    }

    /// What every sink has counted.
    pub(crate) fn counters(&self) -> impl Iterator<Item = ElementCounters> {
        self.sinks.iter().map(|sink| sink.counters())
    }

    /// The streams that have a source.
    pub(crate) fn fed(&self) -> &[StreamId] {
        &self.fed
    }

    /// The sources that are asked for their rows, for whoever drives the app.
    pub(crate) fn take_inputs(&mut self) -> Vec<SourceInput> {
        std::mem::take(&mut self.pulled)
    }
}

/// A mistake in an annotation.
enum Mistake {
    Wrong(Box<Diagnostic>),
    Unsupported(String, Span),
}

impl Mistake {
    fn new(message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self::Wrong(Box::new(Diagnostic::error(codes::CONNECTOR, message, span, label)))
    }

    /// An option of a connector cannot be used.
    fn option(error: &OptionError, what: &str, options: &Options) -> Self {
        let span = options.span(error.option());
        match error {
            OptionError::Unsupported { feature, .. } => Self::Unsupported(feature.clone(), span),
            _ => Self::new(format!("{what}: {error}"), span, "cannot be used"),
        }
    }

    /// There is no connector of a type.
    fn unknown<'a>(
        what: &str,
        element: &AnnotationElement,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        let known: Vec<&str> = known.collect();
        let name = &element.value;
        let message = format!("there is no {what} `{name}`");
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_CONNECTOR, message, element.span, "not built in");
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are: {}", known.join(", ")),
        };
        Self::Wrong(Box::new(diagnostic.with_help(help)))
    }
}

/// The element with a key.
fn element<'a>(annotation: &'a Annotation, key: &str) -> Option<&'a AnnotationElement> {
    annotation.elements.iter().find(|e| e.key.as_ref().is_some_and(|k| k.name == key))
}

/// The nested annotation of a name, which is looked up ignoring case.
fn nested<'a>(annotation: &'a Annotation, name: &str) -> Option<&'a Annotation> {
    annotation.annotations.iter().find(|a| a.name.name.eq_ignore_ascii_case(name))
}

/// The `type` of a connector, the one key that is looked up ignoring case.
fn type_of(annotation: &Annotation) -> Result<&AnnotationElement, Mistake> {
    let is_type = |e: &&AnnotationElement| {
        e.key.as_ref().is_some_and(|key| key.name.eq_ignore_ascii_case("type"))
    };
    annotation.elements.iter().find(is_type).ok_or_else(|| {
        let name = &annotation.name.name;
        Mistake::new(format!("`@{name}` needs a type"), annotation.span, "no `type = '…'` here")
    })
}

/// What `@map` and the annotation in it say.
struct Mapping<'a> {
    name: &'a str,
    /// None when there is no `@map`.
    element: Option<&'a AnnotationElement>,
    options: Options,
    elements: &'a [AnnotationElement],
}

impl<'a> Mapping<'a> {
    /// Reads `@map` of a source or sink; `inner` is `attributes` or `payload`.
    fn of(annotation: &'a Annotation, inner: &str) -> Result<Self, Mistake> {
        let Some(map) = nested(annotation, "map") else {
            let options = Options::default();
            return Ok(Self { name: DEFAULT_MAPPER, element: None, options, elements: &[] });
        };
        let element = type_of(map)?;
        let elements = nested(map, inner).map_or(&[][..], |inner| &inner.elements);
        let options = Options::of(map);
        Ok(Self { name: &element.value, element: Some(element), options, elements })
    }

    fn config<'m>(&'m self, schema: &'m Schema) -> MapperConfig<'m> {
        MapperConfig { schema, options: &self.options, mapping: self.elements }
    }

    /// There is no mapper of the name.
    fn unknown<'n>(
        &self,
        what: &str,
        annotation: &Annotation,
        known: impl Iterator<Item = &'n str>,
    ) -> Mistake {
        match self.element {
            Some(element) => Mistake::unknown(what, element, known),
            None => Mistake::new(
                format!("there is no {what} `{}`, which stands for a missing `@map`", self.name),
                annotation.span,
                "no `@map` here",
            ),
        }
    }
}

struct Maker<'a> {
    registry: &'a Registry,
    transport: Transport,
    findings: Findings,
}

impl Maker<'_> {
    fn note(&mut self, mistake: Mistake) {
        match mistake {
            Mistake::Wrong(diagnostic) => self.findings.diagnostics.push(*diagnostic),
            Mistake::Unsupported(feature, span) => self.findings.unsupported.push((feature, span)),
        }
    }

    /// Warns of options that nobody reads: a misspelled one would be ignored in silence.
    fn unknown_options(&mut self, options: &Options, whose: &str, known: &[&'static str]) {
        let is_known = |name: &str| {
            known.iter().any(|known| match known.strip_suffix("NAME") {
                // `regex.NAME` stands for any name.
                Some(start) => name.starts_with(start),
                None => *known == name || *known == "type" && name.eq_ignore_ascii_case("type"),
            })
        };
        for (name, _) in options.iter().filter(|(name, _)| !is_known(name)) {
            let warning = Diagnostic::warning(
                codes::CONNECTOR,
                format!("{whose} has no option `{name}`"),
                options.span(Some(name)),
                "changes nothing",
            );
            self.findings.diagnostics.push(match did_you_mean(name, known.iter().copied()) {
                Some(meant) => warning.with_help(format!("did you mean `{meant}`?")),
                None => warning,
            });
        }
    }

    fn mapper_options(&mut self, mapping: &Mapping<'_>, page: &ConnectorDocumentation) {
        let mut known = names_of(page);
        known.push("type");
        self.unknown_options(&mapping.options, &format!("the mapper `{}`", mapping.name), &known);
    }

    fn source(
        &mut self,
        stream: StreamId,
        annotation: &Annotation,
        schema: &Schema,
    ) -> Result<(), Mistake> {
        let type_element = type_of(annotation)?;
        let mapping = Mapping::of(annotation, "attributes")?;
        let name = &type_element.value;
        let factory = self.registry.source(name).ok_or_else(|| {
            let known = self.registry.sources().map(|(name, _)| name);
            Mistake::unknown("source", type_element, known)
        })?;
        let mapper = self.registry.source_mapper(mapping.name).ok_or_else(|| {
            let known = self.registry.source_mappers().map(|(name, _)| name);
            mapping.unknown("source mapper", annotation, known)
        })?;
        let options = Options::of(annotation);
        let mistake = |error| Mistake::option(&error, &format!("source `{name}`"), &options);
        let mut known = names_of(&factory.documentation());
        known.extend(["type", EVENT_TIME]);
        self.unknown_options(&options, &format!("the source `{name}`"), &known);
        self.mapper_options(&mapping, &mapper.documentation());
        let property = mapping.elements.iter().find(|it| it.value.trim().starts_with("trp:"));
        if let Some(property) = property {
            let feature = "properties of the transport (`trp:…`) in @attributes";
            return Err(Mistake::Unsupported(feature.into(), property.span));
        }
        let source = ask("it", || factory.create(&options, schema), OptionError::mapping);
        let source = source.map_err(mistake)?;
        let event_time = event_time(&options, schema).map_err(mistake)?;
        let mapper = ask("it", || mapper.create(mapping.config(schema)), OptionError::mapping);
        let mapper = mapper.map_err(|error| {
            let what = format!("source mapper `{}`", mapping.name);
            Mistake::option(&error, &what, &mapping.options)
        })?;
        self.add_source(stream, schema, source, mapper, event_time);
        Ok(())
    }

    fn add_source(
        &mut self,
        stream: StreamId,
        schema: &Schema,
        source: Source,
        mapper: Box<dyn SourceMapper>,
        event_time: Option<usize>,
    ) {
        self.transport.fed.push(stream);
        match source {
            Source::Push(source) => {
                let types = schema.types();
                self.transport.pushed.push(PushInput::new(
                    stream,
                    &schema.stream,
                    types,
                    source,
                    mapper,
                    event_time,
                ));
            }
            Source::Pull(source) => {
                let source: Box<dyn PullSource> = source;
                let input = SourceInput::new(schema.clone(), source, mapper, event_time);
                self.transport.pulled.push(input);
            }
        }
    }

    fn sink(
        &mut self,
        stream: StreamId,
        annotation: &Annotation,
        schema: &Schema,
    ) -> Result<(), Mistake> {
        let sink = sinks::make(self, stream, annotation, schema)?;
        self.transport.sinks.push(Arc::new(sink));
        Ok(())
    }
}

/// An option that any source may have.
const EVENT_TIME: &str = "event.time";

/// The names of the options on a page.
fn names_of(page: &ConnectorDocumentation) -> Vec<&'static str> {
    page.options.iter().map(|option| option.name).collect()
}

/// The attribute that `event.time` names.
fn event_time(options: &Options, schema: &Schema) -> Result<Option<usize>, OptionError> {
    let Some(attribute) = options.get(EVENT_TIME) else { return Ok(None) };
    match schema.event_time(attribute) {
        Some(position) => Ok(Some(position)),
        None => Err(options.invalid(EVENT_TIME, "the name of an int or long attribute")),
    }
}
