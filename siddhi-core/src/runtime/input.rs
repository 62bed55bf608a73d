//! Where events come in.

use std::fmt::Display;
use std::sync::Arc;

use siddhi_query::ast::DataType;

use super::app::Shared;
use super::error::SendError;
use super::junction::Junction;
use super::region::Region;
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::View;
use crate::plan::logical::StreamId;

/// Sends events to one stream. Copies send to the same stream.
///
/// A send returns when everything that follows from it has been done. A value that does not fit its
/// attribute is widened (int → long → float → double); where that is impossible, and where an event
/// has too many values, the event is refused, counted, and handled as `@OnError` of the stream
/// says. Missing values are null.
#[derive(Clone, Debug)]
pub struct InputHandler {
    shared: Arc<Shared>,
    stream: StreamId,
}

impl InputHandler {
    pub(crate) fn new(shared: Arc<Shared>, stream: StreamId) -> Self {
        Self { shared, stream }
    }

    /// Sends one event with its timestamp in milliseconds: a chunk of one.
    ///
    /// An event that does not fit the stream is no error of this call, see [`InputHandler`].
    ///
    /// # Errors
    /// When the app does not run or is poisoned, or when a chunk was given up, see
    /// [`SendError::Endless`].
    pub fn send(&self, timestamp_ms: i64, values: &[Value]) -> Result<(), SendError> {
        self.enter(|region, junction| {
            if junction.takes(values) {
                region.arrive(timestamp_ms);
                let event = Incoming { timestamp: timestamp_ms, values };
                region.publish_event(self.stream, junction, event);
                region.leave();
                return;
            }
            let mut batch = junction.take_row();
            match overwrite(&mut batch, timestamp_ms, values) {
                Ok(()) => region.send(self.stream, &batch.view(), timestamp_ms),
                Err(reason) => {
                    region.arrive(timestamp_ms);
                    let refused = vec![(timestamp_ms, fitting(junction, values), reason)];
                    region.refuse(self.stream, refused);
                    region.leave();
                }
            }
            junction.give_row(batch);
        })
    }

    /// Sends events as one chunk, each with its timestamp in milliseconds. Those that do not fit the
    /// stream are left out, see [`InputHandler`].
    ///
    /// # Errors
    /// When the app does not run or is poisoned, or when a chunk was given up, see
    /// [`SendError::Endless`].
    pub fn send_batch(&self, events: &[(i64, Vec<Value>)]) -> Result<(), SendError> {
        let Some((last, _)) = events.last() else { return self.enter(|_, _| {}) };
        self.enter(|region, junction| {
            let mut batch = junction.take();
            let mut refused = Vec::new();
            for (timestamp, values) in events {
                if let Err(reason) = fill(&mut batch, *timestamp, values) {
                    refused.push((*timestamp, fitting(junction, values), reason));
                }
            }
            region.arrive(*last);
            region.publish(self.stream, &batch.view(), 0);
            region.refuse(self.stream, refused);
            region.leave();
            junction.give(batch);
        })
    }

    /// Sends rows as one chunk, straight from their columns: the fast way for many events.
    ///
    /// # Errors
    /// When the columns are not those of the stream, else as [`InputHandler::send`].
    pub fn send_rows(&self, rows: &Batch) -> Result<(), SendError> {
        self.send_view(&rows.view())
    }

    /// Sends the rows of a view as one chunk; all of them become current.
    ///
    /// # Errors
    /// When the columns are not those of the stream, else as [`InputHandler::send`].
    pub fn send_view(&self, view: &View<'_>) -> Result<(), SendError> {
        let mut result = Ok(());
        self.enter(|region, junction| {
            let fits = view.columns.len() == junction.attributes.len()
                && view
                    .columns
                    .iter()
                    .zip(&junction.attributes)
                    .all(|(column, attribute)| column.data_type() == attribute.data_type);
            if !fits {
                let list = junction.attributes.iter();
                let list: Vec<String> =
                    list.map(|a| format!("{} {}", a.name, a.data_type)).collect();
                result = Err(SendError::Columns {
                    stream: junction.name.clone(),
                    expected: list.join(", "),
                    found: view.columns.len(),
                });
                return;
            }
            if let Some(last) = view.len().checked_sub(1).and_then(|last| view.selection.row(last))
            {
                region.send(self.stream, &view.as_current(), view.timestamp(last));
            }
        })?;
        result
    }

    /// Counts rows that came for the stream and could not be read, and logs the first
    /// hundred of them with their places.
    pub fn reject(&self, rejections: &[crate::extension::Rejection]) {
        if rejections.is_empty() {
            return;
        }
        let region = self.shared.region.lock();
        if let Some(junction) = region.junctions.get(self.stream) {
            for rejection in rejections {
                junction.reject(1, rejection);
            }
        }
    }

    /// Counts rows that the app did not take in, and logs why, as [`InputHandler::reject`] does.
    pub(crate) fn turn_away(&self, rows: usize, reason: impl Display) {
        if let Some(junction) = self.shared.region.lock().junctions.get(self.stream) {
            junction.reject(rows as u64, reason);
        }
    }

    /// Takes the region and runs work in it, see [`Region::guard`].
    fn enter(&self, work: impl FnOnce(&Region, &Junction)) -> Result<(), SendError> {
        let region = self.shared.region.lock();
        let junction = region.junctions.get(self.stream).filter(|_| region.running.get());
        let Some(junction) = junction else {
            let is_poisoned = region.poisoned.get();
            return Err(if is_poisoned { SendError::Poisoned } else { SendError::NotRunning });
        };
        Ok(region.guard(|region| work(region, junction))?)
    }
}

impl Region {
    /// A chunk comes from outside: time moves, timers run, the chunk goes in, timers that it set
    /// for now run.
    #[inline]
    fn send(&self, stream: StreamId, view: &View<'_>, last_timestamp: i64) {
        self.arrive(last_timestamp);
        self.publish(stream, view, 0);
        self.leave();
    }

    /// What comes before a chunk: in playback its last timestamp moves the time; timers that are
    /// due run.
    #[inline]
    fn arrive(&self, last_timestamp: i64) {
        let depth = self.depth.get();
        if self.time.is_eventful() {
            self.time_moves(last_timestamp, depth);
        }
        if depth == 0 {
            self.begin();
        }
        self.depth.set(depth + 1);
    }

    #[inline(never)]
    fn time_moves(&self, last_timestamp: i64, depth: u32) {
        if self.time.is_playback() {
            if self.time.event(last_timestamp) && self.may_wake() {
                self.run_playback_timers();
            }
        } else if depth == 0 {
            self.run_timers(self.time.now());
        }
    }

    /// What comes behind a chunk: live timers that it asked for and that are due already.
    #[inline]
    fn leave(&self) {
        let depth = self.depth.get() - 1;
        self.depth.set(depth);
        if depth == 0 && self.time.is_eventful() && !self.time.is_playback() {
            self.run_timers(self.time.now());
        }
    }
}

/// Writes an event over the one row of a batch, or says why it does not fit.
#[inline]
pub(super) fn overwrite(batch: &mut Batch, timestamp: i64, values: &[Value]) -> Result<(), String> {
    let width = batch.columns.len();
    if values.len() > width {
        return Err(format!("{} values for {width} attributes", values.len()));
    }
    if let Some(place) = batch.timestamps.first_mut() {
        *place = timestamp;
    }
    for (column, value) in batch.columns.iter_mut().zip(values) {
        if !column.set_first(value) {
            widen_first(column, value)?;
        }
    }
    for column in batch.columns.iter_mut().skip(values.len()) {
        column.set(0, Value::Null);
    }
    Ok(())
}

/// Writes a value of another type than the column's over row 0, or says why it does not fit.
#[cold]
fn widen_first(column: &mut Column, value: &Value) -> Result<(), String> {
    let data_type = column.data_type();
    match value.clone().fit(data_type) {
        Some(widened) => {
            column.set(0, widened);
            Ok(())
        }
        None => Err(misfit(value, data_type)),
    }
}

/// Appends an event to a batch, or says why it does not fit.
fn fill(batch: &mut Batch, timestamp: i64, values: &[Value]) -> Result<(), String> {
    let width = batch.columns.len();
    if values.len() > width {
        return Err(format!("{} values for {width} attributes", values.len()));
    }
    let row = batch.timestamps.len();
    for (index, column) in batch.columns.iter_mut().enumerate() {
        let value = values.get(index).unwrap_or(&Value::Null);
        if column.push_ref(value) {
            continue;
        }
        let data_type = column.data_type();
        let Some(widened) = value.clone().fit(data_type) else {
            for column in &mut batch.columns {
                column.resize(row);
            }
            return Err(misfit(value, data_type));
        };
        column.set(row, widened);
    }
    batch.timestamps.push(timestamp);
    Ok(())
}

fn misfit(value: &Value, data_type: DataType) -> String {
    let name = value.data_type().map_or("null", DataType::as_str);
    format!("a value of type {name} for an attribute of type {data_type}")
}

/// The values of a refused event as far as they fit, for the fault stream.
fn fitting(junction: &Junction, values: &[Value]) -> Vec<Value> {
    let attributes = junction.attributes.iter().enumerate();
    attributes
        .map(|(index, attribute)| {
            let value = values.get(index).cloned().unwrap_or_default();
            value.fit(attribute.data_type).unwrap_or_default()
        })
        .collect()
}
