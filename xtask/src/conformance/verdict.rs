//! What became of one case.

use serde::{Deserialize, Serialize};

/// The result of a case, as a worker answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", content = "why", rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// The engine agrees with the recorded answer.
    Passed,
    /// It does not; the first difference.
    Failed(String),
    /// The app needs these features, which the engine refuses as not supported yet.
    Skipped(Vec<String>),
}

impl Verdict {
    /// Passed when there is no difference.
    pub(crate) fn of(difference: Option<String>) -> Self {
        difference.map_or(Self::Passed, Self::Failed)
    }

    /// The word for the JSON report.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    /// What there is to say about it.
    pub(crate) fn explanation(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Failed(difference) => Some(difference.clone()),
            Self::Skipped(features) => Some(format!("not supported yet: {}", features.join(", "))),
        }
    }
}
