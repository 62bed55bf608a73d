//! Pushing sources: what they hand over goes into their stream at once.

use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use siddhi_query::ast::DataType;

use crate::event::batch::Batch;
use crate::event::value::Value;
use crate::event::view::View;
use crate::extension::{
    Payload, Place, PushSource, Rejection, RowWriter, SourceError, SourceHandler, SourceMapper,
};
use crate::plan::logical::StreamId;
use crate::runtime::app::{App, Shared};
use crate::runtime::error::SendError;
use crate::runtime::input::InputHandler;

/// A pushing source and the stream that it feeds.
#[derive(Debug)]
pub(super) struct PushInput {
    source: Box<dyn PushSource>,
    receiver: Arc<Receiver>,
}

#[derive(Debug)]
struct Receiver {
    stream: StreamId,
    place: Place,
    types: Vec<DataType>,
    passes_rows: bool,
    event_time: Option<usize>,
    // Never held while events are processed: they may reach this source again.
    mapper: Mutex<Box<dyn SourceMapper>>,
}

impl PushInput {
    pub(super) fn new(
        stream: StreamId,
        name: &str,
        types: Vec<DataType>,
        source: Box<dyn PushSource>,
        mapper: Box<dyn SourceMapper>,
        event_time: Option<usize>,
    ) -> Self {
        let receiver = Receiver {
            stream,
            place: Place { origin: format!("source of {name}").into(), line: None },
            types,
            passes_rows: mapper.passes_rows(),
            event_time,
            mapper: Mutex::new(mapper),
        };
        Self { source, receiver: Arc::new(receiver) }
    }

    pub(super) fn connect(&mut self, app: &App) -> Result<(), SourceError> {
        let receiver = Arc::clone(&self.receiver);
        receiver.mapper.lock().begin();
        // Weak: the app owns the source, and the source the handler.
        let shared = Arc::downgrade(&app.shared);
        self.source.connect(SourceHandler::new(move |payload| receiver.receive(payload, &shared)))
    }

    pub(super) fn disconnect(&mut self) {
        self.source.disconnect();
    }
}

impl Receiver {
    fn receive(&self, payload: Payload<'_>, shared: &Weak<Shared>) {
        let Some(shared) = shared.upgrade() else { return };
        let input = InputHandler::new(Arc::clone(&shared), self.stream);
        // With how many rows there are when they are not taken in.
        let sent = match payload {
            Payload::Rows(rows) if self.passes_rows => {
                self.pass(&input, &rows).map_err(|error| (rows.len(), error))
            }
            Payload::Rows(_) => {
                let reason = "the mapper reads text, and rows came".into();
                input.reject(&[Rejection { place: self.place.clone(), reason }]);
                return;
            }
            Payload::Bytes(bytes) => {
                let now = App { shared }.time();
                let mut batch = Batch::new(&self.types);
                let mut rejections = Vec::new();
                let mut rows =
                    RowWriter::new(&mut batch, &mut rejections, &self.place, now, self.event_time);
                self.mapper.lock().decode(bytes, &mut rows);
                input.reject(&rejections);
                if batch.is_empty() {
                    return;
                }
                input.send_rows(&batch).map_err(|error| (batch.len(), error))
            }
        };
        match sent {
            // A chunk that was given up has been taken in, counted and logged.
            Ok(()) | Err((_, SendError::Endless)) => {}
            Err((rows, error)) => {
                input.turn_away(rows, format_args!("{}: {rows} not taken in: {error}", self.place));
            }
        }
    }

    /// Sends rows of another stream, value by position.
    fn pass(&self, input: &InputHandler, rows: &View<'_>) -> Result<(), SendError> {
        if self.event_time.is_none() {
            match input.send_view(rows) {
                Err(SendError::Columns { .. }) => {}
                sent => return sent,
            }
        }
        // Of another shape: checked value by value, as events from outside are.
        let events: Vec<(i64, Vec<Value>)> = rows
            .selection
            .iter()
            .map(|row| {
                let values: Vec<Value> =
                    (0..rows.columns.len()).map(|column| rows.value(column, row)).collect();
                let timestamp = match self.event_time.and_then(|column| values.get(column)) {
                    Some(Value::Long(time)) => *time,
                    Some(Value::Int(time)) => i64::from(*time),
                    _ => rows.timestamp(row),
                };
                (timestamp, values)
            })
            .collect();
        input.send_batch(&events)
    }
}

/// An error with what caused it.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
