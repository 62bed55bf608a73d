//! Sinks: where events leave for the outside world.

use std::fmt;

use super::mapper::Payload;
use super::options::{ConnectorDocumentation, OptionError, Options, Schema};

/// Makes the sinks behind `@sink(type = 'NAME')`.
pub trait SinkFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the `type`.
    fn documentation(&self) -> ConnectorDocumentation;

    /// The options that may hold `{{attribute}}`. A chunk is split by their texts before it is
    /// encoded, and each part is published with its own.
    fn dynamic_options(&self) -> &'static [&'static str] {
        &[]
    }

    /// Makes a sink. `map` is the `type` of its mapper.
    ///
    /// # Errors
    /// When the options cannot be used.
    fn create(
        &self,
        options: &Options,
        schema: &Schema,
        map: &str,
    ) -> Result<Box<dyn Sink>, OptionError>;
}

/// Why a payload was not published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// Something outside: a disk that is full.
    #[error("cannot write {target}")]
    Io {
        /// What was written.
        target: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody is there to take what is published.
    #[error("nobody takes what is published to {target}")]
    Unavailable {
        /// Where it was published.
        target: String,
    },
    /// The payload is of a kind that this sink or mapper cannot carry.
    #[error("{message}")]
    Payload {
        /// What is wrong, in one phrase.
        message: String,
    },
}

/// The texts of the dynamic options for the events of one payload.
#[derive(Clone, Copy, Debug)]
pub struct DynamicOptions<'a> {
    names: &'a [&'a str],
    texts: &'a [String],
}

impl<'a> DynamicOptions<'a> {
    /// The options with their texts, in the same order.
    #[must_use]
    pub fn new(names: &'a [&'a str], texts: &'a [String]) -> Self {
        Self { names, texts }
    }

    /// The text of an option; empty when it was not given.
    #[must_use]
    pub fn get(&self, name: &str) -> &'a str {
        let place = self.names.iter().position(|known| *known == name);
        place.and_then(|place| self.texts.get(place)).map_or("", String::as_str)
    }
}

/// Publishes payloads.
///
/// A sink can be reached again while it publishes (its topic feeds a stream that feeds the sink),
/// hence `&self`; a lock that a sink needs must not be held while others run.
pub trait Sink: Send + Sync + fmt::Debug {
    /// Publishes a payload.
    ///
    /// # Errors
    /// When it could not be published; `on.error` of the sink says what happens to it.
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError>;
}
