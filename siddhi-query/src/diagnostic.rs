//! Diagnostics: what is wrong with a text, where, and what would be right.
//!
//! Plain data. Rendering (with source lines, as JSON, in an editor) belongs to the programs that
//! show them; this module only knows offsets into the text.

mod code;
mod position;
mod suggest;

#[cfg(feature = "serde")]
use serde::Serialize;

pub use code::Code;
pub use position::{LineIndex, Position};
pub use suggest::did_you_mean;

use crate::ast::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(rename_all = "lowercase"))]
pub enum Severity {
    /// The text is taken, but probably does not do what was meant.
    Warning,
    /// The text is refused.
    Error,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of mistake it is; stable over versions.
    pub code: Code,
    /// One lower-case phrase.
    pub message: String,
    /// The places it is about; exactly one is primary.
    pub labels: Vec<Label>,
    /// Background: why it is so.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
    /// Edits that would mend it.
    pub fixes: Vec<Fix>,
}

/// A place in the text and what is to be said about it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said; may be empty.
    pub text: String,
    /// True for the place of the mistake itself.
    pub primary: bool,
}

/// A set of edits that mends one mistake.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Fix {
    /// What the edits do, as an instruction.
    pub message: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether a program may apply them unasked.
    pub applicability: Applicability,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// How sure a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize))]
pub enum Applicability {
    /// It says what was meant, beyond doubt.
    MachineApplicable,
    /// It is a guess that a person should look at.
    MaybeIncorrect,
}

impl Diagnostic {
    /// An error at `span`; `label` says what is wrong with that very place.
    #[must_use]
    pub fn error(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, code, message.into(), span, label.into())
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, message.into(), span, label.into())
    }

    fn new(severity: Severity, code: Code, message: String, span: Span, label: String) -> Self {
        Self {
            severity,
            code,
            message,
            labels: vec![Label { span, text: label, primary: true }],
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// Adds a place that explains the mistake.
    #[must_use]
    pub fn with_secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds background.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a fix of one edit that says what was meant beyond doubt.
    #[must_use]
    pub fn with_fix(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        self.fixed(message.into(), span, replacement.into(), Applicability::MachineApplicable)
    }

    /// Adds a fix of one edit that is a guess.
    #[must_use]
    pub fn with_suggestion(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        self.fixed(message.into(), span, replacement.into(), Applicability::MaybeIncorrect)
    }

    fn fixed(
        mut self,
        message: String,
        span: Span,
        replacement: String,
        applicability: Applicability,
    ) -> Self {
        self.fixes.push(Fix { message, edits: vec![Edit { span, replacement }], applicability });
        self
    }

    /// Makes guesses of all fixes.
    pub(crate) fn doubt(&mut self) {
        for fix in &mut self.fixes {
            fix.applicability = Applicability::MaybeIncorrect;
        }
    }

    /// Moves all places, those of labels and of edits: into the text that another was made from,
    /// for one.
    pub fn map_spans(&mut self, map: impl Fn(Span) -> Span) {
        for label in &mut self.labels {
            label.span = map(label.span);
        }
        for edit in self.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.span = map(edit.span);
        }
    }

    /// The place of the mistake.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.iter().find(|label| label.primary).map(|label| label.span).unwrap_or_default()
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
    }
}

/// Why a text was refused: at least one finding, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(Serialize), serde(transparent))]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// The findings as an error, or `None` when there are none.
    #[must_use]
    pub fn new(diagnostics: Vec<Diagnostic>) -> Option<Self> {
        if diagnostics.is_empty() { None } else { Some(Self(diagnostics)) }
    }

    /// The findings by value.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl std::ops::Deref for Diagnostics {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}
