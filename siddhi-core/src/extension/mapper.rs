//! Mappers: between the payloads of a transport and rows.

use std::fmt;
use std::sync::Arc;

use siddhi_query::ast::AnnotationElement;

use super::options::{ConnectorDocumentation, OptionError, Options, Schema};
use super::sink::SinkError;
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::view::{Selection, View};

/// What a transport carries.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// Rows of a stream as they are; only transports within the process carry them.
    Rows(View<'a>),
    /// Encoded events.
    Bytes(&'a [u8]),
}

/// What a mapper is made from.
#[derive(Clone, Copy, Debug)]
pub struct MapperConfig<'a> {
    /// The stream.
    pub schema: &'a Schema,
    /// The elements of `@map`.
    pub options: &'a Options,
    /// The elements of `@attributes` or `@payload` in order; empty when it is not there.
    pub mapping: &'a [AnnotationElement],
}

/// Makes the mappers behind `@source(…, @map(type = 'NAME'))`.
pub trait SourceMapperFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the `type`.
    fn documentation(&self) -> ConnectorDocumentation;

    /// Makes a mapper.
    ///
    /// # Errors
    /// When options or mapping cannot be used.
    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError>;
}

/// Decodes payloads into typed columns.
///
/// Input is hostile: a mapper never panics, and what it cannot read it rejects with a reason, row
/// by row, so that good rows beside bad ones live.
pub trait SourceMapper: Send + fmt::Debug {
    /// Another document begins, such as the next file: a header row may come again.
    fn begin(&mut self) {}

    /// Whether the bytes are a whole payload. A transport that cuts its input at line ends asks,
    /// since a quoted text may hold a line end.
    fn is_complete(&self, _payload: &[u8]) -> bool {
        true
    }

    /// The length of the first record of a text, with its line end; None while it does not end
    /// there. A transport asks where [`SourceMapper::is_complete`] denies that a line is a payload.
    /// By default a record ends with the first line with which it is complete.
    fn record_length(&self, text: &[u8]) -> Option<usize> {
        let mut length = 0;
        text.split_inclusive(|byte| *byte == b'\n').find_map(|line| {
            length += line.len();
            let record = text.get(..length).unwrap_or(text);
            let is_complete = self.is_complete(record.strip_suffix(b"\n").unwrap_or(record));
            is_complete.then_some(length)
        })
    }

    /// Whether rows of another stream are taken over as they are, without decoding. They are then
    /// checked as any send is.
    fn passes_rows(&self) -> bool {
        false
    }

    /// Appends the rows of a payload.
    fn decode(&mut self, payload: &[u8], rows: &mut RowWriter<'_>);
}

/// Where an input was bad: a file and line, a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, topic or other name of where the payload came from.
    pub origin: Arc<str>,
    /// The line in it, from 1; none where there are no lines.
    pub line: Option<u64>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.origin),
            None => f.write_str(&self.origin),
        }
    }
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where it stood.
    pub place: Place,
    /// Why, in one phrase.
    pub reason: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Takes the rows that a mapper reads, one by one: values are pushed to the columns, then the row
/// is committed or rejected.
#[derive(Debug)]
pub struct RowWriter<'a> {
    batch: &'a mut Batch,
    rejections: &'a mut Vec<Rejection>,
    place: &'a Place,
    timestamp: i64,
    event_time: Option<usize>,
    line: u64,
}

impl<'a> RowWriter<'a> {
    /// A writer that appends to a batch. Rows get `timestamp`, or the value of the attribute
    /// `event_time`, which is an `int` or `long`.
    pub fn new(
        batch: &'a mut Batch,
        rejections: &'a mut Vec<Rejection>,
        place: &'a Place,
        timestamp: i64,
        event_time: Option<usize>,
    ) -> Self {
        Self { batch, rejections, place, timestamp, event_time, line: 0 }
    }

    /// The columns. A row is whole when each has one value more than there are rows.
    pub fn columns(&mut self) -> &mut [Column] {
        &mut self.batch.columns
    }

    /// The line of the payload, from 0, that is read now: rejections name it.
    pub fn at_line(&mut self, line: u64) {
        self.line = line;
    }

    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Whether there is no row so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }

    /// The values that have been pushed are a row. A row without its event time is rejected, and
    /// so is one that lacks a value, which is an error of the mapper.
    pub fn commit(&mut self) {
        let row = self.batch.len();
        if self.batch.columns.iter().any(|column| column.len() != row + 1) {
            self.reject("the mapper gave a row with too few or too many values");
            return;
        }
        let mut timestamp = self.timestamp;
        if let Some(column) = self.event_time.and_then(|index| self.batch.columns.get(index)) {
            match column.value(row) {
                crate::Value::Long(time) => timestamp = time,
                crate::Value::Int(time) => timestamp = time.into(),
                _ => {
                    self.reject("the event has no time");
                    return;
                }
            }
        }
        self.batch.timestamps.push(timestamp);
    }

    /// Takes back what has been pushed since the last row, and reports why.
    pub fn reject(&mut self, reason: impl Into<String>) {
        let rows = self.batch.timestamps.len();
        for column in &mut self.batch.columns {
            if column.len() > rows {
                column.resize(rows);
            }
        }
        let origin = Arc::clone(&self.place.origin);
        let place = Place { origin, line: self.place.line.map(|line| line + self.line) };
        self.rejections.push(Rejection { place, reason: reason.into() });
    }
}

/// Makes the mappers behind `@sink(…, @map(type = 'NAME'))`.
pub trait SinkMapperFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the `type`.
    fn documentation(&self) -> ConnectorDocumentation;

    /// Makes a mapper.
    ///
    /// # Errors
    /// When options or mapping cannot be used.
    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SinkMapper>, OptionError>;
}

/// Encodes chunks of rows into payloads.
///
/// A sink can be reached again while it publishes (its topic feeds a stream that feeds the sink),
/// hence `&self`.
pub trait SinkMapper: Send + Sync + fmt::Debug {
    /// What is published to each destination before its first payload, such as a header; nothing by
    /// default. Until that goes well, payloads are not published there.
    fn head(&self) -> Option<&[u8]> {
        None
    }

    /// Encodes the selected rows and publishes each payload. One that cannot be made or published
    /// does not keep those behind it back.
    fn encode(&self, rows: &View<'_>, payloads: &mut PayloadWriter<'_>);
}

/// Rows that were not published.
#[derive(Debug)]
pub struct Unpublished {
    /// The rows of the view.
    pub rows: Vec<u32>,
    /// Why.
    pub error: SinkError,
}

/// Takes the payloads that a mapper makes, each with the rows that it carries: they and no others
/// are lost when it is not published.
pub struct PayloadWriter<'a> {
    publish: &'a mut dyn FnMut(Payload<'_>) -> Result<(), SinkError>,
    unpublished: Vec<Unpublished>,
}

impl<'a> PayloadWriter<'a> {
    /// A writer that hands each payload to `publish`.
    pub fn new(publish: &'a mut dyn FnMut(Payload<'_>) -> Result<(), SinkError>) -> Self {
        Self { publish, unpublished: Vec::new() }
    }

    /// Publishes a payload that carries these rows.
    pub fn publish(&mut self, rows: Selection<'_>, payload: Payload<'_>) {
        if let Err(error) = (self.publish)(payload) {
            self.fail(rows, error);
        }
    }

    /// As [`PayloadWriter::publish`], of one row.
    pub fn publish_row(&mut self, row: usize, payload: Payload<'_>) {
        self.publish(Selection::Rows(&[u32::try_from(row).unwrap_or(u32::MAX)]), payload);
    }

    /// Notes that no payload could be made of these rows.
    pub fn fail(&mut self, rows: Selection<'_>, error: SinkError) {
        let rows = rows.iter().filter_map(|row| u32::try_from(row).ok()).collect();
        self.unpublished.push(Unpublished { rows, error });
    }

    /// What was not published, in order.
    #[must_use]
    pub fn into_unpublished(self) -> Vec<Unpublished> {
        self.unpublished
    }
}

impl fmt::Debug for PayloadWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayloadWriter")
            .field("unpublished", &self.unpublished)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;
    use siddhi_query::ast::DataType;

    /// Payloads are lines up to one with a dot.
    #[derive(Debug)]
    struct Sentences;

    impl SourceMapper for Sentences {
        fn is_complete(&self, payload: &[u8]) -> bool {
            payload.ends_with(b".")
        }

        fn decode(&mut self, _: &[u8], _: &mut RowWriter<'_>) {}
    }

    #[test]
    fn a_record_ends_where_it_is_complete() {
        let lengths = [&b"a\nb.\nc.\n"[..], b"a\nb.", b"a\nb\n", b""];
        let lengths = lengths.map(|text| Sentences.record_length(text));
        assert_eq!(lengths, [Some(5), Some(4), None, None]);
    }

    #[test]
    fn a_rejected_row_leaves_no_trace() {
        let mut batch = Batch::new(&[DataType::Long, DataType::String]);
        let mut rejections = Vec::new();
        let place = Place { origin: "f".into(), line: Some(3) };
        let mut rows = RowWriter::new(&mut batch, &mut rejections, &place, 7, Some(0));
        rows.columns()[0].push(Value::Long(5));
        rows.reject("bad");
        rows.columns()[0].push(Value::Null);
        rows.columns()[1].push(Value::from("x"));
        rows.commit();
        rows.columns()[0].push(Value::Long(9));
        rows.columns()[1].push(Value::from("y"));
        rows.commit();
        rows.columns()[0].push(Value::Long(9));
        rows.commit();
        assert_eq!(batch.timestamps, [9]);
        assert_eq!(batch.columns[1].value(0), Value::from("y"));
        assert!(!batch.columns[0].nulls.any());
        let texts: Vec<String> = rejections.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "f:3: bad",
                "f:3: the event has no time",
                "f:3: the mapper gave a row with too few or too many values",
            ]
        );
    }
}
