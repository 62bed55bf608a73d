//! The exit codes, which scripts may rely on.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done, or there was nothing to find fault with.
    Success,
    /// The command line asks for what cannot be.
    Usage,
    /// The app has mistakes, or `fmt --check` found a file that is not formatted.
    Refused,
    /// The app uses what is not supported yet.
    Unsupported,
    /// An input or output failed, no row of an input could be read, queries fed each other too deep,
    /// or the app cannot go on.
    Failed,
}

/// What the help says of exit codes; clap, too, ends with 2.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done, also with rows that were rejected, and when Ctrl-C ended the run (a second Ctrl-C
     ends it at once with 130)
  1  the app has mistakes, or fmt --check found something to format
  2  the command line is wrong
  3  the app uses what is not supported yet
  4  an input or output failed, every row of an input was rejected, queries fed each other too
     deep or without end, or the app could not go on";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Unsupported => 3,
            Exit::Failed => 4,
        })
    }
}

/// The command line asks for what cannot be: a stream that is not there, for one.
#[derive(Debug)]
pub(crate) struct UsageError(String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// An error of the command line.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// How the program ends with an error.
pub(crate) fn of(error: &anyhow::Error) -> Exit {
    if error.is::<UsageError>() { Exit::Usage } else { Exit::Failed }
}

/// Whether an error is that nobody reads the output any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
