//! Sources: where events of the outside world come in.

use std::fmt;
use std::sync::Arc;

use super::mapper::{Payload, Place, Rejection, RowWriter, SourceMapper};
use super::options::{ConnectorDocumentation, OptionError, Options, Schema};
use crate::event::batch::Batch;

/// Makes the sources behind `@source(type = 'NAME')`.
pub trait SourceFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the `type`.
    fn documentation(&self) -> ConnectorDocumentation;

    /// Makes a source.
    ///
    /// # Errors
    /// When the options cannot be used.
    fn create(&self, options: &Options, schema: &Schema) -> Result<Source, OptionError>;
}

/// The two kinds of sources. Neither has threads of its own: whoever drives the app brings them.
#[derive(Debug)]
pub enum Source {
    /// Events come when they like, by a handler.
    Push(Box<dyn PushSource>),
    /// Events are asked for.
    Pull(Box<dyn PullSource>),
}

/// Why a source cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Something outside: a file that cannot be read.
    #[error("cannot read {origin}")]
    Io {
        /// What was read.
        origin: String,
        /// Why.
        source: std::io::Error,
    },
    /// Anything else.
    #[error("{message}")]
    Other {
        /// What is wrong, in one phrase.
        message: String,
    },
}

/// A source that hands over payloads when they come.
pub trait PushSource: Send + fmt::Debug {
    /// Begins to hand payloads to the handler.
    ///
    /// # Errors
    /// When the transport cannot be reached.
    fn connect(&mut self, handler: SourceHandler) -> Result<(), SourceError>;

    /// Ends it: the handler is not called any more.
    fn disconnect(&mut self);
}

/// Takes the payloads of a [`PushSource`]. A call returns when everything that follows from the
/// payload has been done: this is when a transport may acknowledge it.
#[derive(Clone)]
pub struct SourceHandler(Arc<dyn Fn(Payload<'_>) + Send + Sync>);

impl SourceHandler {
    /// A handler that calls a function.
    pub fn new(receive: impl Fn(Payload<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(receive))
    }

    /// Takes in a payload.
    pub fn receive(&self, payload: Payload<'_>) {
        (self.0)(payload);
    }
}

impl fmt::Debug for SourceHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SourceHandler")
    }
}

/// A source that is asked for its next payloads.
pub trait PullSource: Send + fmt::Debug {
    /// Hands the next payloads to the decoder, until it [is full](Decoder::is_full) or there are
    /// no more for now.
    ///
    /// # Errors
    /// When the source cannot go on. What the decoder has by then counts.
    fn next(&mut self, decoder: &mut Decoder<'_>) -> Result<Progress, SourceError>;

    /// How much of the input has been read, of how much: for a progress bar. None when unknown.
    fn position(&self) -> Option<(u64, u64)> {
        None
    }

    /// Whether [`PullSource::next`] may take as long as whoever writes likes, as with a pipe. Nobody
    /// should wait for it who need not.
    fn may_wait(&self) -> bool {
        false
    }
}

/// How a [`PullSource`] stands after it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There may be more at once.
    More,
    /// Nothing for now; ask again after so many milliseconds.
    Idle {
        /// The interval of polling.
        poll_ms: u64,
    },
    /// There will never be more.
    Finished,
}

/// The rows that a [`PullSource`] has read and nobody has sent yet, chunk by chunk.
#[derive(Debug)]
pub struct Buffer {
    /// The rows.
    pub batch: Batch,
    /// Where each chunk ends: a payload with several events is one chunk.
    pub ends: Vec<usize>,
    /// What was rejected on the way; whoever reads the buffer reports and empties it.
    pub rejections: Vec<Rejection>,
}

impl Buffer {
    /// An empty buffer for rows of a stream.
    #[must_use]
    pub fn new(schema: &Schema) -> Self {
        Self { batch: Batch::new(&schema.types()), ends: Vec::new(), rejections: Vec::new() }
    }
}

/// Brings the payloads of a [`PullSource`] into a [`Buffer`] by way of its mapper.
#[derive(Debug)]
pub struct Decoder<'a> {
    /// What decodes.
    pub mapper: &'a mut dyn SourceMapper,
    /// Where rows go.
    pub buffer: &'a mut Buffer,
    /// The timestamp of rows that bring none.
    pub timestamp: i64,
    /// The attribute that holds the time of the event.
    pub event_time: Option<usize>,
    /// With so many rows the buffer is full.
    pub rows_max: usize,
}

impl Decoder<'_> {
    /// Whether the source should stop for now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.buffer.batch.len() >= self.rows_max || self.buffer.rejections.len() >= self.rows_max
    }

    /// Another document begins.
    pub fn begin(&mut self) {
        self.mapper.begin();
    }

    /// Whether the bytes are a whole payload for the mapper.
    #[must_use]
    pub fn is_complete(&self, payload: &[u8]) -> bool {
        self.mapper.is_complete(payload)
    }

    /// Decodes a payload.
    pub fn payload(&mut self, payload: &[u8], place: &Place) {
        let before = self.buffer.batch.len();
        let mut rows = RowWriter::new(
            &mut self.buffer.batch,
            &mut self.buffer.rejections,
            place,
            self.timestamp,
            self.event_time,
        );
        self.mapper.decode(payload, &mut rows);
        let after = self.buffer.batch.len();
        if after > before {
            self.buffer.ends.push(after);
        }
    }
}

/// A pulled source with its mapper, at the stream that it feeds.
///
/// The apps of [`SiddhiManager`](crate::SiddhiManager) give theirs away once, with
/// [`App::take_inputs`](crate::App::take_inputs); a program may make more. Whoever has it fills
/// buffers, on any thread, and sends what is in them.
#[derive(Debug)]
pub struct SourceInput {
    schema: Schema,
    source: Box<dyn PullSource>,
    mapper: Box<dyn SourceMapper>,
    event_time: Option<usize>,
}

impl SourceInput {
    /// An input of a stream; `event_time` is the place of the attribute that holds the time of the
    /// event, if one does.
    #[must_use]
    pub fn new(
        schema: Schema,
        source: Box<dyn PullSource>,
        mapper: Box<dyn SourceMapper>,
        event_time: Option<usize>,
    ) -> Self {
        Self { schema, source, mapper, event_time }
    }

    /// The stream.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Whether events bring their time.
    #[must_use]
    pub fn has_event_time(&self) -> bool {
        self.event_time.is_some()
    }

    /// Takes the time of events from an attribute, see [`Schema::event_time`].
    pub fn set_event_time(&mut self, attribute: usize) {
        self.event_time = Some(attribute);
    }

    /// Reads on until the buffer has about `rows_max` rows. Rows that bring no time get
    /// `timestamp`.
    ///
    /// # Errors
    /// When the source cannot go on. What the buffer has by then counts.
    pub fn fill(
        &mut self,
        buffer: &mut Buffer,
        timestamp: i64,
        rows_max: usize,
    ) -> Result<Progress, SourceError> {
        self.source.next(&mut Decoder {
            mapper: self.mapper.as_mut(),
            buffer,
            timestamp,
            event_time: self.event_time,
            rows_max,
        })
    }

    /// How much of the input has been read, of how much. None when unknown.
    #[must_use]
    pub fn position(&self) -> Option<(u64, u64)> {
        self.source.position()
    }

    /// Whether [`SourceInput::fill`] may take as long as whoever writes likes.
    #[must_use]
    pub fn may_wait(&self) -> bool {
        self.source.may_wait()
    }
}
