//! The sink `file`.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;

use parking_lot::Mutex;
use siddhi_core::Value;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionDocumentation, OptionError, Options, Payload,
    Schema, Sink, SinkError, SinkFactory, Template,
};

use super::config::{local, unsupported};
use crate::environment::Environment;

const URI: &str = "file.uri";

/// Files that a sink keeps open; with more, the one that was written least recently is closed.
const OPEN_FILES_MAX: usize = 64;
/// Files that a sink remembers to have emptied; more are refused, since they could be emptied twice.
const EMPTIED_FILES_MAX: usize = 100_000;

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "file",
    description: "Writes each payload to a file, which is made when it is not there. What has \
                  been written can be read at once. The header of the mapper csv stands at the \
                  head of each file, and not behind what a file holds already.",
    options: &[
        OptionDocumentation {
            name: URI,
            description: "The file. It may hold `{{attribute}}`, whose values lead to no other \
                          directory: an event with a `/`, `\\` or `..` there is not published. A \
                          relative path begins where the app file lies.",
            default: None,
        },
        OptionDocumentation {
            name: "append",
            description: "Whether to write behind what the file holds when the app first writes \
                          to it. If not, the file is emptied then; this goes for up to 100 000 \
                          files.",
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
        schema: &Schema,
        map: &str,
    ) -> Result<Box<dyn Sink>, OptionError> {
        const FILE_SYSTEM: &str = "file.system.options";
        let uri = options.required(URI)?;
        local(uri, URI, options)?;
        if options.get(FILE_SYSTEM).is_some_and(|value| !value.trim().is_empty()) {
            return Err(unsupported(FILE_SYSTEM, "sink"));
        }
        if map.eq_ignore_ascii_case("passThrough") {
            return Err(OptionError::mapping("the sink file writes text: say how with @map"));
        }
        Ok(Box::new(FileSink {
            environment: self.environment.clone(),
            written: Steps::of(&constant_text(uri, schema)?),
            appends: options.bool("append", true)?,
            separates: options.bool("add.line.separator", !map.eq_ignore_ascii_case("csv"))?,
            files: Mutex::new(Files { header: Header::of(options, map), ..Files::default() }),
        }))
    }
}

#[derive(Debug)]
struct FileSink {
    environment: Environment,
    /// What the app itself writes in the URI.
    written: Steps,
    appends: bool,
    separates: bool,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    header: Header,
    /// The open ones by their URI; the last was written last.
    open: Vec<(String, OpenFile)>,
    /// Those that have been emptied; kept when files are not appended to.
    emptied: BTreeSet<String>,
}

#[derive(Debug)]
struct OpenFile {
    file: File,
    is_empty: bool,
}

/// What stands at the head of each file.
#[derive(Debug, Default, PartialEq)]
enum Header {
    #[default]
    None,
    /// It is the first payload of the mapper, which does not know of files.
    Awaited,
    Known(Vec<u8>),
}

impl Header {
    /// How it is with a mapper of this type.
    fn of(options: &Options, map: &str) -> Self {
        let mapper = options.nested("map").filter(|_| map.eq_ignore_ascii_case("csv"));
        // What is neither true nor false is told by the mapper.
        let has_header = mapper.is_some_and(|it| it.bool("header", false).unwrap_or(false));
        if has_header { Self::Awaited } else { Self::None }
    }
}

/// What leads from one directory to another in a path.
#[derive(Debug, PartialEq, Eq)]
struct Steps {
    separators: usize,
    parents: usize,
}

impl Steps {
    fn of(path: &str) -> Self {
        Self { separators: path.matches(['/', '\\']).count(), parents: path.matches("..").count() }
    }
}

/// The URI without the values of attributes.
fn constant_text(uri: &str, schema: &Schema) -> Result<String, OptionError> {
    let template = Template::parse(uri, URI, schema)?;
    let mut row = Batch::new(&schema.types());
    row.push_row(0, Kind::Current, schema.attributes.iter().map(|_| Value::Null));
    let mut text = String::new();
    template.render_with(&row.view(), 0, &mut text, |_, _| {});
    Ok(text)
}

impl Sink for FileSink {
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError> {
        let Payload::Bytes(bytes) = payload else {
            let message = "the sink file writes text, not rows".into();
            return Err(SinkError::Payload { message });
        };
        let mut files = self.files.lock();
        if files.header == Header::Awaited {
            files.header = Header::Known(bytes.to_vec());
            return Ok(());
        }
        let uri = options.get(URI);
        if Steps::of(uri) != self.written {
            let message = format!("a value leads to another directory: {uri}");
            return Err(SinkError::Payload { message });
        }
        let failed = |source| SinkError::Io { target: uri.into(), source };
        let Files { header, open, emptied } = &mut *files;
        let file = self.file(open, emptied, uri).map_err(failed)?;
        let header = match header {
            Header::Known(header) if file.is_empty => header.as_slice(),
            _ => &[],
        };
        // One write for each payload, so that a reader never finds half of one.
        let end: &[u8] = if self.separates { b"\n" } else { b"" };
        let written = match (header, end) {
            ([], []) => file.file.write_all(bytes),
            ([], end) => file.file.write_all(&[bytes, end].concat()),
            (header, end) => file.file.write_all(&[header, end, bytes, end].concat()),
        };
        file.is_empty &= written.is_err();
        written.map_err(failed)
    }
}

impl FileSink {
    fn file<'a>(
        &self,
        open: &'a mut Vec<(String, OpenFile)>,
        emptied: &mut BTreeSet<String>,
        uri: &str,
    ) -> std::io::Result<&'a mut OpenFile> {
        let found = open.iter().rposition(|(known, _)| known == uri);
        let file = match found {
            Some(place) => open.remove(place),
            None => (uri.to_owned(), self.open(emptied, uri)?),
        };
        if open.len() >= OPEN_FILES_MAX {
            open.remove(0);
        }
        open.push(file);
        let last = open.last_mut().map(|(_, file)| file);
        last.ok_or_else(|| std::io::Error::other("the file is not open"))
    }

    fn open(&self, emptied: &mut BTreeSet<String>, uri: &str) -> std::io::Result<OpenFile> {
        // A file that this sink has written before is never emptied.
        let appends = self.appends || emptied.contains(uri);
        if !appends && emptied.len() >= EMPTIED_FILES_MAX {
            return Err(std::io::Error::other("too many files are written"));
        }
        let path = uri.strip_prefix("file:").unwrap_or(uri);
        let path = self.environment.path(path.strip_prefix("//").unwrap_or(path));
        let file = OpenOptions::new()
            .create(true)
            .append(appends)
            .write(true)
            .truncate(!appends)
            .open(path)?;
        if !self.appends {
            emptied.insert(uri.into());
        }
        let is_empty = file.metadata()?.len() == 0;
        Ok(OpenFile { file, is_empty })
    }
}
