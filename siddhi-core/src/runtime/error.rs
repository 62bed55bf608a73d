//! What can go wrong at the API.

use siddhi_query::{Diagnostic, Severity};
use siddhi_state::StateError;

/// Why an app was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The text has mistakes; warnings and what is not supported yet stand among them.
    #[error("{}", first(.0))]
    Refused(Vec<Diagnostic>),
    /// The text uses what is not built yet.
    #[error("not supported yet: {}", .features.join(", "))]
    Unsupported {
        /// The features, each once, in order of first use.
        features: Vec<String>,
        /// A diagnostic for each use.
        diagnostics: Vec<Diagnostic>,
    },
}

/// The first error, and how many there are besides.
fn first(diagnostics: &[Diagnostic]) -> String {
    let mut errors = diagnostics.iter().filter(|it| it.severity == Severity::Error);
    match (errors.next(), errors.count()) {
        (None, _) => "the app was refused".into(),
        (Some(only), 0) => only.message.clone(),
        (Some(first), more) => format!("{} (and {more} more)", first.message),
    }
}

impl CreateError {
    /// What is wrong, or not supported, with its places.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Refused(diagnostics) | Self::Unsupported { diagnostics, .. } => diagnostics,
        }
    }

    /// The features that are not supported yet; empty when the text is plainly wrong.
    #[must_use]
    pub fn unsupported(&self) -> &[String] {
        match self {
            Self::Refused(_) => &[],
            Self::Unsupported { features, .. } => features,
        }
    }
}

/// Why an app did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// There is no stream of this name.
    #[error("no stream `{0}`")]
    UnknownStream(String),
    /// There is no query of this name outside partitions.
    #[error("no query `{0}` outside partitions")]
    UnknownQuery(String),
    /// The app does something that is not built yet.
    #[error("not supported yet: {0}")]
    Unsupported(String),
    /// Callbacks cannot be added while a callback runs.
    #[error("a callback cannot be added from inside a callback")]
    InsideCallback,
    /// Events or timers are under way, and the state is that of no point in time.
    #[error("state is saved and restored between events, not from inside a callback or a sink")]
    Busy,
    /// Work in the app panicked, or a restore failed half-way: its state may be inconsistent, and it
    /// takes nothing in any more.
    #[error("the app is poisoned: it panicked, or a restore failed")]
    Poisoned,
    /// A snapshot could not be made or read.
    #[error("snapshot failed")]
    State(#[from] StateError),
    /// In this call the output of queries was given up where they fed each other too deep; what was
    /// done until then stays done. The app goes on.
    #[error("queries feed each other too deep or without end: the chunk is given up")]
    Endless,
    /// A source or sink did not start.
    #[error("{0}")]
    Connector(String),
    /// An on-demand query does not parse.
    #[error("{}", first(.0))]
    Refused(Vec<Diagnostic>),
}

/// Why events were not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The app is not running.
    #[error("the app is not running")]
    NotRunning,
    /// Work in the app panicked, or a restore failed half-way: its state may be inconsistent, and it
    /// takes nothing in any more.
    #[error("the app is poisoned: it panicked, or a restore failed")]
    Poisoned,
    /// In this call the output of queries, be it of the events or of a timer, was given up where they
    /// fed each other too deep; what was done until then stays done. The app goes on.
    #[error("queries feed each other too deep or without end: the chunk is given up")]
    Endless,
    /// The columns of the rows are not those of the stream.
    #[error("the rows have {found} columns, the stream `{stream}` has ({expected})")]
    Columns {
        /// The stream.
        stream: String,
        /// Its attributes.
        expected: String,
        /// How many columns came.
        found: usize,
    },
}

/// Why what was asked of a region was not done, or not all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Poisoned,
    Endless,
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Poisoned => Self::Poisoned,
            Failure::Endless => Self::Endless,
        }
    }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Poisoned => Self::Poisoned,
            Failure::Endless => Self::Endless,
        }
    }
}
