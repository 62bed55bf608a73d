//! What the text of an app says of its streams.

use std::collections::BTreeSet;

use siddhi_core::App;
use siddhi_query::ast::{
    Annotation, Definition, ExecutionElement, Input, OutputAction, PatternElement, Query, Source,
};
use siddhi_query::{did_you_mean, parse_app_recovering};

use crate::exit::usage;

/// What the text of an app says of its streams.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Time comes from the events.
    pub(super) playback: bool,
    /// Streams that queries write, in the order of the text.
    written: Vec<String>,
    /// Streams that queries read.
    read: BTreeSet<String>,
    /// Streams whose sink writes to standard output already.
    shown: BTreeSet<String>,
}

impl Streams {
    /// Reads a text; of one with mistakes what can be read.
    pub(super) fn of(text: &str) -> Self {
        let mut streams = Self::default();
        let Some(tree) = parse_app_recovering(text).tree else { return streams };
        streams.playback = tree.annotations.iter().any(|it| is(it, "playback"));
        for definition in &tree.definitions {
            if let Definition::Stream(definition) = definition {
                let shown = |it: &Annotation| {
                    let mut elements = it.elements.iter();
                    is(it, "sink") && elements.any(|element| element.value == "stdout")
                };
                if definition.annotations.iter().any(shown) {
                    streams.shown.insert(definition.name.name.clone());
                }
            }
        }
        for element in &tree.elements {
            match element {
                ExecutionElement::Query(query) => streams.query(query),
                ExecutionElement::Partition(partition) => {
                    partition.queries.iter().for_each(|query| streams.query(query));
                }
            }
        }
        streams
    }

    fn query(&mut self, query: &Query) {
        self.input(&query.input);
        if let OutputAction::Insert(target) = &query.output.action
            && !target.inner
            && !self.written.contains(&target.name.name)
        {
            self.written.push(target.name.name.clone());
        }
    }

    fn input(&mut self, input: &Input) {
        match input {
            Input::Single(input) => self.source(&input.source),
            Input::Join(join) => {
                self.source(&join.left.input.source);
                self.source(&join.right.input.source);
            }
            Input::Pattern(pattern) => self.element(&pattern.element),
            Input::Inner(inner) => self.input(&inner.input),
        }
    }

    fn element(&mut self, element: &PatternElement) {
        match element {
            PatternElement::Stream(stream) => self.source(&stream.input.source),
            PatternElement::Absent(absent) => self.source(&absent.input.source),
            PatternElement::Count(count) => self.source(&count.stream.input.source),
            PatternElement::Logical(logical) => {
                self.element(&logical.first);
                self.element(&logical.second);
            }
            PatternElement::Next(first, next) => {
                self.element(first);
                self.element(next);
            }
            PatternElement::Every(inner, _) => self.element(inner),
        }
    }

    fn source(&mut self, source: &Source) {
        if !source.inner && !source.fault {
            self.read.insert(source.name.name.clone());
        }
    }

    /// The streams to print: those that the user named, else those that queries write and none
    /// reads; all that queries write when there is no such.
    pub(super) fn printed(&self, app: &App, named: &[String]) -> anyhow::Result<Vec<String>> {
        if !named.is_empty() {
            let known: Vec<String> = app.streams().into_iter().map(|stream| stream.name).collect();
            for name in named {
                check(name, &known)?;
            }
            return Ok(named.to_vec());
        }
        let written = || self.written.iter().filter(|name| !self.shown.contains(*name)).cloned();
        let ends: Vec<String> = written().filter(|name| !self.read.contains(name)).collect();
        let any_end = self.written.iter().any(|name| !self.read.contains(name));
        Ok(if any_end { ends } else { written().collect() })
    }
}

fn is(annotation: &Annotation, name: &str) -> bool {
    annotation.name.name.eq_ignore_ascii_case(name)
}

/// Finds out whether there is a stream of a name.
pub(super) fn check(name: &str, known: &[String]) -> anyhow::Result<()> {
    if known.iter().any(|stream| stream == name) {
        return Ok(());
    }
    let meant = did_you_mean(name, known.iter().map(String::as_str));
    Err(usage(match meant {
        Some(meant) => format!("there is no stream '{name}': did you mean '{meant}'?"),
        None => format!("there is no stream '{name}'; there are: {}", known.join(", ")),
    }))
}
