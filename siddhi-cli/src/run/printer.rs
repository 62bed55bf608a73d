//! What comes out of the app, on standard output.

use std::io::{IsTerminal as _, Write};
use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::extension::{MapperConfig, Options, Payload, PayloadWriter, Schema, SinkMapper};
use siddhi_core::{App, Chunk, SiddhiManager};
use siddhi_extensions::Writer;

use super::progress::Bar;
use super::table::{Table, Title};
use crate::arguments::RunFormat;

/// Prints the events of streams, and whatever sinks write to standard output, in one order.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    format: RunFormat,
    shared: Arc<Mutex<Shared>>,
}

/// What all streams write to.
struct Shared {
    output: std::io::BufWriter<std::io::Stdout>,
    /// Written to a person who wants to see each line at once.
    is_terminal: bool,
    bar: Bar,
    /// The stream whose rows came last: a table begins anew when it changes.
    last: Option<usize>,
    /// Something has been written.
    begun: bool,
    /// Writing failed; what comes later is not tried.
    failed: Option<std::io::Error>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("last", &self.last).finish_non_exhaustive()
    }
}

impl Printer {
    pub(super) fn new(format: RunFormat) -> Self {
        let output = std::io::stdout();
        let is_terminal = output.is_terminal();
        let shared = Shared {
            output: std::io::BufWriter::with_capacity(64 * 1024, output),
            is_terminal,
            bar: Bar::default(),
            last: None,
            begun: false,
            failed: None,
        };
        Self { format, shared: Arc::new(Mutex::new(shared)) }
    }

    /// Where the sink `stdout` writes.
    pub(super) fn writer(&self) -> Writer {
        Writer::new(self.clone())
    }

    /// The bar that has to make room for what is printed.
    pub(super) fn set_bar(&self, bar: Bar) {
        self.shared.lock().bar = bar;
    }

    /// Prints the events of these streams from now on.
    pub(super) fn attach(
        &self,
        app: &App,
        manager: &SiddhiManager,
        streams: &[String],
    ) -> anyhow::Result<()> {
        let known = app.streams();
        let schemas = streams.iter().map(|name| {
            let attributes = known.iter().find(|stream| stream.name == *name);
            let attributes = attributes.map(|stream| stream.attributes.clone()).unwrap_or_default();
            Schema { stream: name.clone(), attributes }
        });
        let schemas: Vec<Schema> = schemas.collect();
        let table = Arc::new(Mutex::new(Table::of(&schemas)));
        let is_one_table = self.format == RunFormat::Table;
        for (number, schema) in schemas.iter().enumerate() {
            let mut rows = self.rows(manager, schema, &table, streams.len() > 1)?;
            // All rows of a table stand under one title.
            let number = if is_one_table { 0 } else { number };
            let rows = Mutex::new(move |chunk: Chunk<'_>, title: Title| rows.text(chunk, title));
            let shared = Arc::clone(&self.shared);
            app.on_stream(&schema.stream, move |chunk| {
                let mut shared = shared.lock();
                let title = match shared.last {
                    Some(last) if last == number => Title::Stands,
                    _ if shared.begun => Title::BehindOthers,
                    _ => Title::First,
                };
                shared.last = Some(number);
                let text = (rows.lock())(*chunk, title);
                shared.write(text.as_bytes());
            })?;
        }
        Ok(())
    }

    fn rows(
        &self,
        manager: &SiddhiManager,
        schema: &Schema,
        table: &Arc<Mutex<Table>>,
        several: bool,
    ) -> anyhow::Result<Rows> {
        let mapper = |name: &str, options: &Options| {
            let config = MapperConfig { schema, options, mapping: &[] };
            match manager.registry().sink_mapper(name) {
                Some(factory) => Ok(factory.create(config)?),
                None => anyhow::bail!("the mapper {name} is not built in"),
            }
        };
        Ok(match self.format {
            RunFormat::Table => {
                let places = table.lock().places(schema);
                Rows::Table { table: Arc::clone(table), places, stream: schema.stream.clone() }
            }
            RunFormat::Json => {
                let one_by_one = Options::new([("event.grouping.enabled", "false")]);
                let mapper = mapper("json", &one_by_one)?;
                Rows::Json {
                    mapper,
                    stream: serde_json::Value::from(schema.stream.as_str()).to_string(),
                }
            }
            RunFormat::Csv => {
                let none: [(&str, &str); 0] = [];
                let mapper = mapper("csv", &Options::new(none))?;
                Rows::Csv { mapper, several, header_due: true, schema: schema.clone() }
            }
        })
    }

    /// Writes out what was printed so far; an error is told by [`Printer::finish`].
    pub(super) fn write_out(&self) {
        let mut shared = self.shared.lock();
        if shared.failed.is_none() {
            shared.failed = shared.output.flush().err();
        }
    }

    /// Writes out all that was printed.
    pub(super) fn finish(&self) -> anyhow::Result<()> {
        let mut shared = self.shared.lock();
        if let Some(error) = shared.failed.take() {
            return Err(anyhow::Error::new(error).context("cannot write the output"));
        }
        shared.output.flush()?;
        Ok(())
    }

    /// Whether output can still be written.
    pub(super) fn has_failed(&self) -> bool {
        self.shared.lock().failed.is_some()
    }
}

impl Write for Printer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut shared = self.shared.lock();
        shared.last = None;
        shared.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.shared.lock().output.flush()
    }
}

impl Shared {
    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.begun = true;
        let output = &mut self.output;
        let written = if self.is_terminal {
            self.bar.suspend(|| output.write_all(bytes).and_then(|()| output.flush()))
        } else {
            output.write_all(bytes)
        };
        self.failed = written.err();
    }
}

/// How the rows of one stream become text.
enum Rows {
    Table {
        /// Shared by all streams.
        table: Arc<Mutex<Table>>,
        /// The columns of the attributes.
        places: Vec<usize>,
        stream: String,
    },
    Json {
        mapper: Box<dyn SinkMapper>,
        /// The name of the stream in quotes.
        stream: String,
    },
    Csv {
        mapper: Box<dyn SinkMapper>,
        /// Rows of several streams are printed: each begins with the name of its own.
        several: bool,
        header_due: bool,
        schema: Schema,
    },
}

impl Rows {
    fn text(&mut self, chunk: Chunk<'_>, title: Title) -> String {
        match self {
            Self::Table { table, places, stream } => {
                table.lock().text(chunk, stream, places, title)
            }
            Self::Json { mapper, stream } => {
                let mut lines = Lines::new(chunk);
                lines.encode(mapper.as_ref(), chunk, |timestamp, event| {
                    // The mapper writes `{"event":{…}}`.
                    let event = event.strip_prefix('{').unwrap_or(event);
                    format!("{{\"stream\":{stream},\"timestamp\":{timestamp},{event}\n")
                });
                lines.text
            }
            Self::Csv { mapper, several, header_due, schema } => {
                let mut lines = Lines::new(chunk);
                if std::mem::take(header_due) {
                    let names: Vec<&str> =
                        schema.attributes.iter().map(|(name, _)| name.as_str()).collect();
                    let stream = if *several { "stream," } else { "" };
                    lines.text = format!("{stream}timestamp,{}\n", names.join(","));
                }
                let stream = if *several { format!("{},", schema.stream) } else { String::new() };
                lines.encode(mapper.as_ref(), chunk, |timestamp, row| {
                    format!("{stream}{timestamp},{row}")
                });
                lines.text
            }
        }
    }
}

/// One line for each event, made of what a mapper says of it.
struct Lines {
    text: String,
    timestamps: Vec<i64>,
}

impl Lines {
    fn new(chunk: Chunk<'_>) -> Self {
        let timestamps = chunk.rows().map(|row| row.timestamp()).collect();
        Self { text: String::new(), timestamps }
    }

    fn encode(
        &mut self,
        mapper: &dyn SinkMapper,
        chunk: Chunk<'_>,
        line: impl Fn(i64, &str) -> String,
    ) {
        let mut timestamps = self.timestamps.iter();
        let text = &mut self.text;
        let mut print = |payload: Payload<'_>| {
            if let (Payload::Bytes(bytes), Some(timestamp)) = (payload, timestamps.next()) {
                text.push_str(&line(*timestamp, &String::from_utf8_lossy(bytes)));
            }
            Ok(())
        };
        mapper.encode(chunk.view(), &mut PayloadWriter::new(&mut print));
    }
}
