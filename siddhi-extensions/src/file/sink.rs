//! The sink `file`.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;

use parking_lot::Mutex;
use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionDocumentation, OptionError, Options, Payload,
    Schema, Sink, SinkError, SinkFactory,
};

use super::config::local;
use crate::environment::Environment;

const URI: &str = "file.uri";

/// Files that a sink keeps open; with more, the one that comes first by name is closed.
const OPEN_FILES_MAX: usize = 64;

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "file",
    description: "Writes each payload to a file, which is made when it is not there. What has \
                  been written can be read at once.",
    options: &[
        OptionDocumentation {
            name: URI,
            description: "The file. It may hold `{{attribute}}`. A relative path begins where \
                          the app file lies.",
            default: None,
        },
        OptionDocumentation {
            name: "append",
            description: "Whether to write behind what the file holds when the app first writes \
                          to it. If not, the file is emptied then.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: "add.line.separator",
            description: "Whether a line end follows each payload.",
            default: Some("true; false with the mapper csv, which writes them itself"),
        },
    ],
    example: "@sink(type = 'file', file.uri = 'late-{{carrier}}.jsonl', @map(type = 'json'))\n\
              define stream Late (carrier string, delay int);",
};

/// Makes sinks that write files.
#[derive(Debug)]
pub(crate) struct FileSinkFactory {
    pub(crate) environment: Environment,
}

impl SinkFactory for FileSinkFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn dynamic_options(&self) -> &'static [&'static str] {
        &[URI]
    }

    fn create(
        &self,
        options: &Options,
        _: &Schema,
        map: &str,
    ) -> Result<Box<dyn Sink>, OptionError> {
        local(options.required(URI)?, URI, options)?;
        if map.eq_ignore_ascii_case("passThrough") {
            return Err(OptionError::mapping("the sink file writes text: say how with @map"));
        }
        Ok(Box::new(FileSink {
            environment: self.environment.clone(),
            appends: options.bool("append", true)?,
            separates: options.bool("add.line.separator", !map.eq_ignore_ascii_case("csv"))?,
            files: Mutex::default(),
        }))
    }
}

#[derive(Debug)]
struct FileSink {
    environment: Environment,
    appends: bool,
    separates: bool,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    /// The open ones by name; none for those that have been closed for others.
    files: BTreeMap<String, Option<File>>,
    open_count: usize,
}

impl Sink for FileSink {
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError> {
        let Payload::Bytes(bytes) = payload else {
            let message = "the sink file writes text, not rows".into();
            return Err(SinkError::Payload { message });
        };
        let uri = options.get(URI);
        let failed = |source| SinkError::Io { target: uri.into(), source };
        let mut files = self.files.lock();
        let file = self.file(&mut files, uri).map_err(failed)?;
        // One write for each payload, so that a reader never finds half of one.
        let written = if self.separates {
            file.write_all(&[bytes, b"\n"].concat())
        } else {
            file.write_all(bytes)
        };
        written.map_err(failed)
    }
}

impl FileSink {
    fn file<'a>(&self, files: &'a mut Files, uri: &str) -> std::io::Result<&'a mut File> {
        let is_open = matches!(files.files.get(uri), Some(Some(_)));
        if !is_open {
            let known = files.files.contains_key(uri);
            let path = uri.strip_prefix("file:").unwrap_or(uri);
            let path = self.environment.path(path.strip_prefix("//").unwrap_or(path));
            // A file that this sink has written before is never emptied.
            let appends = self.appends || known;
            let file = OpenOptions::new()
                .create(true)
                .append(appends)
                .write(true)
                .truncate(!appends)
                .open(path)?;
            if files.open_count >= OPEN_FILES_MAX
                && let Some(open) = files.files.values_mut().find(|file| file.is_some())
            {
                *open = None;
                files.open_count -= 1;
            }
            files.files.insert(uri.into(), Some(file));
            files.open_count += 1;
        }
        let open = files.files.get_mut(uri).and_then(Option::as_mut);
        open.ok_or_else(|| std::io::Error::other("the file is not open"))
    }
}
