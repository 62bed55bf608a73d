//! The options of the source `file`.

use std::path::PathBuf;

use regex::bytes::Regex;
use siddhi_core::extension::{ConnectorDocumentation, OptionDocumentation, OptionError, Options};

use crate::environment::Environment;

const NAMES: &str = "file.name.list";
const EXISTING: &str = "move.if.exist.mode";

/// Options of siddhi-io-file that are not built, with their defaults, which change nothing.
const NOT_BUILT: [(&str, &str); 8] = [
    ("cron.expression", ""),
    ("file.system.options", ""),
    ("skip.trailer", "false"),
    ("read.only.header", "false"),
    ("read.only.trailer", "false"),
    ("timeout", "5000"),
    ("file.read.wait.timeout", "1000"),
    ("buffer.size", "65536"),
];

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
            name: NAMES,
            description: "The names of the files of `dir.uri` to be read, with commas between \
                          them.",
            default: Some("none: all"),
        },
        OptionDocumentation {
            name: "mode",
            description: "`line`: each line is a payload, or as many lines as a quoted text of the \
                          mapper csv needs, up to 100 lines and 64 KB: a longer row is rejected \
                          as a whole, and where it does not end within 1000 lines and 1 MB, or a \
                          tailed file rests in it, each line is read for itself, since somebody \
                          forgot a quote; `text.full` or `binary.full`: each file; `regex`: \
                          what stands from a match of `begin.regex` to a match of `end.regex`, \
                          or, where one is missing, to the next or from the last. What begins and \
                          does not end is rejected, and so is a payload of more than 64 MB.",
            default: Some("line"),
        },
        OptionDocumentation {
            name: "tailing",
            description: "Whether to wait for more when the end is reached. If not, the source \
                          ends there. Where another file takes the path of one that is followed, \
                          as when a log is rotated, the rest of the old one is read, until \
                          something stands in the new one, and then this from its start; one that becomes shorter is read from its start \
                          again.",
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
            name: EXISTING,
            description: "What `move` does where a file of the name is: `keep` it and give the \
                          new one a number, or `overwrite` it.",
            default: Some("keep"),
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
    Directory {
        path: PathBuf,
        /// The names of the files to be read; none for all.
        names: Option<Vec<String>>,
    },
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
    Move {
        directory: PathBuf,
        /// Over a file of the same name.
        overwrites: bool,
    },
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
        for (option, default) in NOT_BUILT {
            let is_default = |value: &str| value.trim().eq_ignore_ascii_case(default);
            if options.get(option).is_some_and(|value| !is_default(value)) {
                return Err(unsupported(option, "source"));
            }
        }
        let origin = origin(options, environment)?;
        let mode = mode(options)?;
        let follows = !matches!(mode, Mode::Full) && origin != Origin::StandardInput;
        let follows = follows
            || matches!(origin, Origin::Directory { .. }) && options.get("tailing").is_some();
        let tailing = options.bool("tailing", follows)?;
        if tailing && matches!((&mode, &origin), (Mode::Full, Origin::File(_))) {
            return Err(options.invalid("tailing", "'false', since whole files cannot be tailed"));
        }
        let header = options.bool("header.present", false)?;
        let header_lines = options.integer("header.line.count", 1, 0..=1_000_000)?;
        let interval = match origin {
            Origin::Directory { .. } => "dir.polling.interval",
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

/// An option of the source or sink that is not built.
pub(super) fn unsupported(option: &str, what: &str) -> OptionError {
    OptionError::Unsupported {
        feature: format!("option '{option}' of the {what} file"),
        option: option.into(),
    }
}

fn origin(options: &Options, environment: &Environment) -> Result<Origin, OptionError> {
    let names = names(options)?;
    match (options.get("file.uri"), options.get("dir.uri")) {
        (None, None) => Err(OptionError::Missing { option: "file.uri".into() }),
        (Some(_), Some(_)) => Err(options.invalid("dir.uri", "no dir.uri beside a file.uri")),
        (Some(_), None) if names.is_some() => {
            Err(options.invalid(NAMES, "no file.name.list beside a file.uri"))
        }
        (Some("-"), None) => Ok(Origin::StandardInput),
        (Some(uri), None) => Ok(Origin::File(environment.path(local(uri, "file.uri", options)?))),
        (None, Some(uri)) => {
            let path = environment.path(local(uri, "dir.uri", options)?);
            Ok(Origin::Directory { path, names })
        }
    }
}

/// The files of a directory that are to be read.
fn names(options: &Options) -> Result<Option<Vec<String>>, OptionError> {
    let Some(list) = options.get(NAMES) else { return Ok(None) };
    // No name of a file would fit a pattern, and nothing would be read.
    if list.contains(['*', '?', '[', '(', '|', '\\', '/']) {
        return Err(OptionError::Unsupported {
            feature: format!("patterns and paths in option '{NAMES}' of the source file"),
            option: NAMES.into(),
        });
    }
    let names = list.split(',').map(|name| name.trim().to_owned());
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() { Err(options.invalid(NAMES, "names of files")) } else { Ok(Some(names)) }
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
            let modes = [("keep", false), ("overwrite", true)];
            Action::Move {
                directory: environment.path(local(uri, &option, options)?),
                overwrites: options.choice(EXISTING, false, &modes)?,
            }
        }
    })
}
