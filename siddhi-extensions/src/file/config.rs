//! The options of the source `file`.

use std::path::PathBuf;

use regex::bytes::Regex;
use siddhi_core::extension::{ConnectorDocumentation, OptionDocumentation, OptionError, Options};

use crate::environment::Environment;

/// The page of the manual for the source.
pub(super) const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "file",
    description: "Reads a file, all files of a directory in the order of their names, or standard \
                  input, and hands lines, matches of regular expressions or whole files to the \
                  mapper.",
    options: &[
        OptionDocumentation {
            name: "file.uri",
            description: "The file; `-` is standard input. A relative path begins where the app \
                          file lies. Either this or `dir.uri` must be given.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "dir.uri",
            description: "The directory whose files are read. With `tailing` files that appear \
                          later are read too.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "mode",
            description: "`line`: each line is a payload (as many lines as a quoted text of the \
                          mapper csv needs); `text.full` or `binary.full`: each file; `regex`: \
                          what stands from a match of `begin.regex` to a match of `end.regex`, \
                          or, where one is missing, to the next or from the last.",
            default: Some("line"),
        },
        OptionDocumentation {
            name: "tailing",
            description: "Whether to wait for more when the end is reached. If not, the source \
                          ends there.",
            default: Some("true; false for whole files and standard input"),
        },
        OptionDocumentation {
            name: "event.time",
            description: "The attribute, an int or long, that holds the time of the event in \
                          milliseconds since 1970. It becomes the timestamp, and several sources \
                          are merged by it.",
            default: Some("none: events happen when they are read"),
        },
        OptionDocumentation {
            name: "header.present",
            description: "Whether to leave out the first lines of each file.",
            default: Some("false"),
        },
        OptionDocumentation {
            name: "header.line.count",
            description: "How many lines `header.present` leaves out.",
            default: Some("1"),
        },
        OptionDocumentation {
            name: "begin.regex",
            description: "For the mode `regex`.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "end.regex",
            description: "For the mode `regex`.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "action.after.process",
            description: "What happens to a file that has been read, unless it is tailed: `keep`, \
                          `delete` or `move`.",
            default: Some("keep"),
        },
        OptionDocumentation {
            name: "move.after.process",
            description: "The directory for `move`, made when it is not there.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "action.after.failure",
            description: "What happens to a file of a directory that cannot be read: `keep`, \
                          `delete` or `move`.",
            default: Some("keep"),
        },
        OptionDocumentation {
            name: "move.after.failure",
            description: "The directory for `move`, made when it is not there.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "file.polling.interval",
            description: "Milliseconds after which a tailed file is looked at again.",
            default: Some("1000"),
        },
        OptionDocumentation {
            name: "dir.polling.interval",
            description: "Milliseconds after which a directory is looked at again.",
            default: Some("1000"),
        },
    ],
    example: "@source(type = 'file', file.uri = 'departures.csv', tailing = 'false',\n        \
              event.time = 'time', @map(type = 'csv', header = 'true'))\n\
              define stream Departures (time long, carrier string, delay int);",
};

/// Where a source reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    StandardInput,
    File(PathBuf),
    Directory(PathBuf),
}

/// How a file becomes payloads.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    Line,
    Full,
    Regex { begin: Option<Regex>, end: Option<Regex> },
}

/// What happens to a file that is done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Keep,
    Delete,
    Move(PathBuf),
}

/// The options, checked.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) origin: Origin,
    pub(super) mode: Mode,
    pub(super) tailing: bool,
    pub(super) header_lines: u64,
    pub(super) after_process: Action,
    pub(super) after_failure: Action,
    pub(super) poll_ms: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum ModeWord {
    Line,
    Full,
    Regex,
    Chunked,
}

const POLL_MS_MAX: u64 = 24 * 60 * 60 * 1000;

impl Config {
    pub(super) fn read(options: &Options, environment: &Environment) -> Result<Self, OptionError> {
        for feature in ["cron.expression", "file.system.options"] {
            if options.get(feature).is_some() {
                return Err(unsupported(feature));
            }
        }
        let origin = origin(options, environment)?;
        let mode = mode(options)?;
        let follows = !matches!(mode, Mode::Full) && origin != Origin::StandardInput;
        let follows =
            follows || matches!(origin, Origin::Directory(_)) && options.get("tailing").is_some();
        let tailing = options.bool("tailing", follows)?;
        if tailing && matches!((&mode, &origin), (Mode::Full, Origin::File(_))) {
            return Err(options.invalid("tailing", "'false', since whole files cannot be tailed"));
        }
        let header = options.bool("header.present", false)?;
        let header_lines = options.integer("header.line.count", 1, 0..=1_000_000)?;
        let interval = match origin {
            Origin::Directory(_) => "dir.polling.interval",
            _ => "file.polling.interval",
        };
        Ok(Self {
            mode,
            tailing: tailing && origin != Origin::StandardInput,
            header_lines: if header { header_lines } else { 0 },
            after_process: action(options, environment, "process")?,
            after_failure: action(options, environment, "failure")?,
            poll_ms: options.integer(interval, 1000, 1..=POLL_MS_MAX)?,
            origin,
        })
    }
}

fn unsupported(option: &str) -> OptionError {
    OptionError::Unsupported {
        feature: format!("option '{option}' of the source file"),
        option: option.into(),
    }
}

fn origin(options: &Options, environment: &Environment) -> Result<Origin, OptionError> {
    match (options.get("file.uri"), options.get("dir.uri")) {
        (None, None) => Err(OptionError::Missing { option: "file.uri".into() }),
        (Some(_), Some(_)) => Err(options.invalid("dir.uri", "no dir.uri beside a file.uri")),
        (Some("-"), None) => Ok(Origin::StandardInput),
        (Some(uri), None) => Ok(Origin::File(environment.path(local(uri, "file.uri", options)?))),
        (None, Some(uri)) => {
            Ok(Origin::Directory(environment.path(local(uri, "dir.uri", options)?)))
        }
    }
}

/// The path of a URI, which must be local: `file:` and up to three slashes are taken off.
pub(super) fn local<'a>(
    uri: &'a str,
    option: &str,
    options: &Options,
) -> Result<&'a str, OptionError> {
    if let Some(rest) = uri.strip_prefix("file:") {
        return Ok(rest.strip_prefix("//").unwrap_or(rest));
    }
    match uri.split_once("://") {
        Some((scheme, _)) if scheme.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
            Err(OptionError::Unsupported {
                feature: format!("files by {scheme}"),
                option: option.into(),
            })
        }
        _ if uri.trim().is_empty() => Err(options.invalid(option, "a path")),
        _ => Ok(uri),
    }
}

fn mode(options: &Options) -> Result<Mode, OptionError> {
    let words = [
        ("line", ModeWord::Line),
        ("text.full", ModeWord::Full),
        ("binary.full", ModeWord::Full),
        ("regex", ModeWord::Regex),
        ("binary.chunked", ModeWord::Chunked),
    ];
    match options.choice("mode", ModeWord::Line, &words)? {
        ModeWord::Line => Ok(Mode::Line),
        ModeWord::Full => Ok(Mode::Full),
        ModeWord::Chunked => Err(OptionError::Unsupported {
            feature: "mode 'binary.chunked' of the source file".into(),
            option: "mode".into(),
        }),
        ModeWord::Regex => {
            let begin = regex(options, "begin.regex")?;
            let end = regex(options, "end.regex")?;
            if begin.is_none() && end.is_none() {
                return Err(OptionError::Missing { option: "begin.regex".into() });
            }
            Ok(Mode::Regex { begin, end })
        }
    }
}

fn regex(options: &Options, option: &str) -> Result<Option<Regex>, OptionError> {
    let Some(pattern) = options.get(option) else { return Ok(None) };
    match Regex::new(pattern) {
        // A match of nothing would cut the text into nothings.
        Ok(regex) if !regex.is_match(b"") => Ok(Some(regex)),
        _ => Err(options
            .invalid(option, "a regular expression without look-around that matches something")),
    }
}

#[derive(Clone, Copy)]
enum ActionWord {
    Keep,
    Delete,
    Move,
}

fn action(
    options: &Options,
    environment: &Environment,
    after: &str,
) -> Result<Action, OptionError> {
    let words =
        [("keep", ActionWord::Keep), ("delete", ActionWord::Delete), ("move", ActionWord::Move)];
    Ok(match options.choice(&format!("action.after.{after}"), ActionWord::Keep, &words)? {
        ActionWord::Keep => Action::Keep,
        ActionWord::Delete => Action::Delete,
        ActionWord::Move => {
            let option = format!("move.after.{after}");
            let uri = options.required(&option)?;
            Action::Move(environment.path(local(uri, &option, options)?))
        }
    })
}
