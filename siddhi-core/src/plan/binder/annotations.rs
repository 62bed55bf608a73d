//! The annotations of apps and streams that mean something to the engine.

use siddhi_query::ast::{Annotation, AnnotationElement, Constant, ExpressionKind, Span};
use siddhi_query::{Diagnostic, parse_expression};

use super::AppBinder;
use crate::plan::codes;
use crate::plan::logical::{Idle, OnError, Playback};

/// The annotations of a name, which is looked up ignoring case.
pub(super) fn named<'a>(
    annotations: &'a [Annotation],
    name: &'a str,
) -> impl Iterator<Item = &'a Annotation> {
    annotations.iter().filter(move |annotation| annotation.name.name.eq_ignore_ascii_case(name))
}

/// The element with a key, which is looked up ignoring case.
pub(super) fn element<'a>(annotation: &'a Annotation, key: &str) -> Option<&'a AnnotationElement> {
    annotation
        .elements
        .iter()
        .find(|e| e.key.as_ref().is_some_and(|k| k.name.eq_ignore_ascii_case(key)))
}

/// The values without a key.
fn plain_values(annotation: &Annotation) -> impl Iterator<Item = &AnnotationElement> {
    annotation.elements.iter().filter(|e| e.key.is_none())
}

impl AppBinder<'_> {
    pub(super) fn app_annotations(&mut self, annotations: &[Annotation]) {
        for name in
            ["name", "playback", "enforceOrder", "statistics", "transportChannelCreationEnabled"]
        {
            if let Some(second) = named(annotations, name).nth(1) {
                self.annotation_error(format!("`@app:{name}` stands twice"), second.span);
            }
        }
        if let Some(annotation) = named(annotations, "async").next() {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::ANNOTATION,
                    "`@app:async` does not exist",
                    annotation.span,
                    "refused by Siddhi",
                )
                .with_help("put `@async(buffer.size='…')` on the stream that should be decoupled"),
            );
        }
        if let Some(annotation) = named(annotations, "name").next() {
            self.app_name(annotation);
        }
        if let Some(annotation) = named(annotations, "playback").next() {
            self.playback(annotation);
        }
        if let Some(annotation) = named(annotations, "statistics").next() {
            self.statistics(annotation);
        }
        // `transportChannelCreationEnabled` has no effect in Java either.
    }

    fn annotation_error(&mut self, message: impl Into<String>, span: Span) {
        self.diagnostics.push(Diagnostic::error(codes::ANNOTATION, message, span, "refused"));
    }

    fn app_name(&mut self, annotation: &Annotation) {
        if plain_values(annotation).count() > 1 {
            self.annotation_error("`@app:name` takes one name", annotation.span);
        }
        self.app.name = plain_values(annotation).next().map(|e| e.value.clone());
    }

    fn statistics(&mut self, annotation: &Annotation) {
        if plain_values(annotation).count() > 1 {
            self.annotation_error("`@app:statistics` takes one value", annotation.span);
        }
        if let Some(interval) = element(annotation, "interval")
            && interval.value.parse::<i64>().is_err()
        {
            self.annotation_error("`interval` must be a number of seconds", interval.span);
        }
        if let Some(reporter) = element(annotation, "reporter")
            && !["console", "jmx"].iter().any(|known| reporter.value.eq_ignore_ascii_case(known))
        {
            self.annotation_error("`reporter` must be console or jmx", reporter.span);
        }
    }

    fn playback(&mut self, annotation: &Annotation) {
        for item in &annotation.elements {
            let known = item.key.as_ref().is_some_and(|key| {
                ["idle.time", "increment"].iter().any(|known| key.name.eq_ignore_ascii_case(known))
            });
            if !known {
                self.annotation_error(
                    "`@app:playback` takes `idle.time` and `increment` only",
                    item.span,
                );
            }
        }
        let idle = match (element(annotation, "idle.time"), element(annotation, "increment")) {
            (Some(time), Some(increment)) => {
                match (self.duration(time), self.duration(increment)) {
                    (Some(time_ms), Some(increment_ms)) if time_ms > 0 => {
                        Some(Idle { time_ms, increment_ms })
                    }
                    (Some(_), Some(_)) => {
                        self.annotation_error("`idle.time` must be positive", time.span);
                        None
                    }
                    _ => None,
                }
            }
            (None, None) => None,
            _ => {
                self.annotation_error("`idle.time` and `increment` go together", annotation.span);
                None
            }
        };
        self.app.playback = Some(Playback { idle });
    }

    /// A time value in an annotation, in milliseconds.
    fn duration(&mut self, item: &AnnotationElement) -> Option<i64> {
        let parsed = parse_expression(&item.value).ok().map(|expression| expression.kind);
        if let Some(ExpressionKind::Constant(Constant::Time(time))) = parsed {
            return Some(time.millis);
        }
        self.annotation_error(
            format!("`{}` is not a time; write for example '100 millisec'", item.value),
            item.span,
        );
        None
    }

    /// `@OnError` of a stream.
    pub(super) fn on_error(&mut self, annotations: &[Annotation]) -> OnError {
        let mut all = named(annotations, "OnError");
        let Some(annotation) = all.next() else { return OnError::Log };
        if let Some(second) = all.next() {
            self.annotation_error("`@OnError` stands twice", second.span);
        }
        let Some(action) = element(annotation, "action") else {
            self.annotation_error("`@OnError` needs an action", annotation.span);
            return OnError::Log;
        };
        match action.value.to_ascii_uppercase().as_str() {
            "LOG" => OnError::Log,
            "STREAM" => OnError::Stream,
            "STORE" => OnError::Store,
            _ => {
                self.annotation_error("the action must be LOG, STREAM or STORE", action.span);
                OnError::Log
            }
        }
    }

    /// `@async` of a stream: whether it is there. Its numbers are checked.
    pub(super) fn check_async(&mut self, annotations: &[Annotation]) {
        let mut all = named(annotations, "async");
        let Some(annotation) = all.next() else { return };
        if let Some(second) = all.next() {
            self.annotation_error("`@async` stands twice", second.span);
        }
        for (key, at_least_one) in
            [("buffer.size", false), ("workers", true), ("batch.size.max", true)]
        {
            let Some(item) = element(annotation, key) else { continue };
            match item.value.parse::<i32>() {
                Ok(number) if number > 0 || !at_least_one => {}
                Ok(_) => self.annotation_error(format!("`{key}` must be positive"), item.span),
                Err(_) => self.annotation_error(format!("`{key}` must be a number"), item.span),
            }
        }
    }
}
