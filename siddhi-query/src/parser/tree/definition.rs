//! Definitions.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::constant::{time_unit, unquoted};
use crate::ast::{
    AggregationDefinition, AggregationPeriods, Annotation, AttributeDefinition, Definition,
    FunctionDefinition, Handler, Ident, OutputEvents, Source, Span, StreamDefinition, TimeUnit,
    TriggerAt, TriggerDefinition, WindowDefinition,
};
use crate::diagnostic::{Code, Diagnostic};

impl Builder<'_> {
    /// A definition of any kind.
    pub(in super::super) fn definition(&mut self, node: Node<'_>) -> Option<Definition> {
        let span = self.span(&node);
        let mut annotations = Vec::new();
        let mut definition = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::annotation => annotations.push(self.annotation(part)?),
                Rule::stream_definition => {
                    let stream = self.stream(part, std::mem::take(&mut annotations), span)?;
                    definition = Some(Definition::Stream(stream));
                }
                Rule::table_definition => {
                    let table = self.stream(part, std::mem::take(&mut annotations), span)?;
                    definition = Some(Definition::Table(table));
                }
                Rule::window_definition => {
                    let window = self.window(part, std::mem::take(&mut annotations), span)?;
                    definition = Some(Definition::Window(window));
                }
                Rule::aggregation_definition => {
                    let annotations = std::mem::take(&mut annotations);
                    definition =
                        Some(Definition::Aggregation(self.aggregation(part, annotations, span)?));
                }
                Rule::trigger_definition => {
                    self.refuse_annotations(&annotations, "a trigger");
                    definition = Some(Definition::Trigger(self.trigger(part, span)?));
                }
                Rule::function_definition => {
                    self.refuse_annotations(&annotations, "a function");
                    definition = Some(Definition::Function(self.function(part, span)?));
                }
                _ => {}
            }
        }
        definition
    }

    fn refuse_annotations(&mut self, annotations: &[Annotation], what: &str) {
        if let Some(first) = annotations.first() {
            let message = format!("{what} takes no annotations");
            self.error(Code::MISPLACED_ANNOTATION, &message, first.span, "not allowed here");
        }
    }

    /// A name that is being defined: it bears no mark.
    fn defined(&mut self, source: Source) -> Ident {
        if source.inner || source.fault {
            let name_start = source.name.span.start as usize;
            let mark = Span::new(source.span.start as usize, name_start);
            self.report(
                Diagnostic::error(
                    Code::MARKED_NAME,
                    "a definition's name has no mark",
                    mark,
                    "not part of the name",
                )
                .with_note("`#` marks an inner stream and `!` a fault stream where they are used")
                .with_fix("leave the mark out", mark, ""),
            );
        }
        source.name
    }

    fn stream(
        &mut self,
        node: Node<'_>,
        annotations: Vec<Annotation>,
        span: Span,
    ) -> Option<StreamDefinition> {
        let mut name = None;
        let mut attributes = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::source => {
                    let source = self.source(part)?;
                    name = Some(self.defined(source));
                }
                Rule::attributes => attributes = self.attributes(part)?,
                _ => {}
            }
        }
        Some(StreamDefinition { annotations, name: name?, attributes, span })
    }

    fn attributes(&mut self, node: Node<'_>) -> Option<Vec<AttributeDefinition>> {
        let mut attributes = Vec::new();
        for attribute in node.into_inner().filter(|part| part.as_rule() == Rule::attribute) {
            attributes.push(self.attribute(attribute)?);
        }
        self.refuse_duplicates(
            attributes.iter().map(|attribute| &attribute.name),
            "attribute",
            "two attributes",
        );
        Some(attributes)
    }

    fn attribute(&mut self, node: Node<'_>) -> Option<AttributeDefinition> {
        let mut name = None;
        let mut data_type = None;
        let mut type_span = Span::default();
        for part in node.into_inner() {
            if part.as_rule() == Rule::name {
                name = Some(self.ident(&part));
            } else {
                data_type = Self::data_type(&part);
                type_span = self.span(&part);
            }
        }
        Some(AttributeDefinition { name: name?, data_type: data_type?, type_span })
    }

    fn window(
        &mut self,
        node: Node<'_>,
        annotations: Vec<Annotation>,
        span: Span,
    ) -> Option<WindowDefinition> {
        let mut name = None;
        let mut attributes = Vec::new();
        let mut function = None;
        let mut output = OutputEvents::All;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::source => {
                    let source = self.source(part)?;
                    name = Some(self.defined(source));
                }
                Rule::attributes => attributes = self.attributes(part)?,
                Rule::call => function = Some(self.call(part)?.0),
                Rule::output_events => output = Self::output_events(part),
                _ => {}
            }
        }
        Some(WindowDefinition {
            annotations,
            name: name?,
            attributes,
            function: function?,
            output,
            span,
        })
    }

    fn trigger(&mut self, node: Node<'_>, span: Span) -> Option<TriggerDefinition> {
        let mut name = None;
        let mut at = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::plain_name => name = Some(self.ident(&part)),
                Rule::time => at = Some(TriggerAt::Every(self.time(part)?)),
                Rule::string => {
                    let text = unquoted(Self::token(&part)).to_owned();
                    at = Some(TriggerAt::Text(text, self.span(&part)));
                }
                _ => {}
            }
        }
        Some(TriggerDefinition { name: name?, at: at?, span })
    }

    fn function(&mut self, node: Node<'_>, span: Span) -> Option<FunctionDefinition> {
        let mut names = Vec::new();
        let mut return_type = None;
        let mut script = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::plain_name => names.push(self.ident(&part)),
                Rule::data_type => return_type = Self::data_type(&part),
                Rule::script => script = Some(self.span(&part)),
                _ => {}
            }
        }
        let script = script?;
        // The node's own text is masked; the body is looked up in the text itself.
        let body_span =
            Span::new(script.start as usize + 1, (script.end as usize).saturating_sub(1));
        let body = self.scan.text.get(body_span.range()).unwrap_or_default().to_owned();
        if body.is_empty() {
            self.error(
                Code::EMPTY_SCRIPT,
                "the script is empty",
                script,
                "nothing between the braces",
            );
        }
        let mut names = names.into_iter();
        Some(FunctionDefinition {
            name: names.next()?,
            language: names.next()?,
            return_type: return_type?,
            body,
            body_span,
            span,
        })
    }

    fn aggregation(
        &mut self,
        node: Node<'_>,
        annotations: Vec<Annotation>,
        span: Span,
    ) -> Option<AggregationDefinition> {
        let mut name = None;
        let mut input = None;
        let mut selector = None;
        let mut by = None;
        let mut every = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::plain_name => name = Some(self.ident(&part)),
                Rule::single_input => {
                    let single = self.single_input(part)?;
                    self.refuse_windows(&single.handlers, "the input of an aggregation");
                    input = Some(single);
                }
                Rule::aggregation_selector => selector = Some(self.selector(part)?),
                Rule::variable => by = Some(self.attribute_reference(part)?),
                Rule::period_range => {
                    let mut units = self.periods(part)?.into_iter();
                    every = Some(AggregationPeriods::Range(units.next()?, units.next()?));
                }
                Rule::period_list => every = Some(AggregationPeriods::List(self.periods(part)?)),
                _ => {}
            }
        }
        Some(AggregationDefinition {
            annotations,
            name: name?,
            input: input?,
            selector: selector?,
            by,
            every: every?,
            span,
        })
    }

    fn periods(&mut self, node: Node<'_>) -> Option<Vec<TimeUnit>> {
        let mut units = Vec::new();
        for part in node.into_inner() {
            let unit = time_unit(Self::token(&part))?;
            if unit == TimeUnit::Week {
                let span = self.span(&part);
                self.report(
                    Diagnostic::error(
                        Code::AGGREGATION_UNIT,
                        "an aggregation has no weeks",
                        span,
                        "not a period of an aggregation",
                    )
                    .with_help("the periods are sec, min, hour, day, month and year"),
                );
            }
            units.push(unit);
        }
        Some(units)
    }

    /// Refuses windows among the handlers of `place`.
    pub(super) fn refuse_windows(&mut self, handlers: &[Handler], place: &str) {
        for handler in handlers {
            if let Handler::Window(call) = handler {
                let message = format!("{place} has no window");
                self.error(Code::MISPLACED_WINDOW, &message, call.span, "no window may stand here");
            }
        }
    }

    /// Reports names that were there before.
    pub(super) fn refuse_duplicates<'n>(
        &mut self,
        names: impl Iterator<Item = &'n Ident>,
        what: &str,
        two: &str,
    ) {
        let mut seen = std::collections::BTreeMap::new();
        for name in names {
            if let Some(first) = seen.get(name.name.as_str()) {
                self.report(
                    Diagnostic::error(
                        Code::DUPLICATE_ATTRIBUTE,
                        format!("{two} are called `{}`", name.name),
                        name.span,
                        "this name is taken",
                    )
                    .with_secondary(*first, format!("the first {what} of that name")),
                );
            } else {
                seen.insert(name.name.as_str(), name.span);
            }
        }
    }
}
