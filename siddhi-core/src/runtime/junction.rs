//! A stream at run time: who reads it, in the order of the text, then sinks, then callbacks.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::mem::Discriminant;

use siddhi_query::ast::DataType;

use super::callback::{Listeners, StreamCallback};
use super::count::Count;
use super::log_limit::LogLimit;
use super::region::Region;
use crate::event::batch::Batch;
use crate::event::value::Value;
use crate::event::view::Kind;
use crate::plan::logical::{Attribute, OnError, StreamId};
use crate::rules::set::RuleSet;

/// Who gets the chunks of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A query, with the key that the chunk came with (inner streams) or without one.
    Query(usize),
    /// A partition that has a key for the stream.
    Partition(usize),
    /// A partition that has no key for the stream: every key gets the chunk.
    EachKey(usize),
}

/// A stream at run time.
pub(crate) struct Junction {
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
    /// Those of the values of the attributes.
    pub(super) discriminants: Vec<Discriminant<Value>>,
    pub(crate) readers: Vec<Reader>,
    /// The readers that are looked up together, when there are enough of them.
    pub(crate) rules: Option<RuleSet>,
    /// Some reader takes in events that come alone before they are written to columns, see
    /// [`Light::takes_events`](super::light::Light::takes_events).
    pub(crate) takes_events: bool,
    /// The sinks, which an app has from the start, then the callbacks.
    pub(crate) listeners: Listeners<StreamCallback>,
    pub(crate) on_error: OnError,
    pub(crate) fault: Option<StreamId>,
    /// Can be sent to and listened to from outside.
    pub(crate) public: bool,
    pub(crate) rows: Count,
    /// Rows from outside that were refused.
    pub(crate) rows_refused: Count,
    /// Rows that failed in a reader.
    pub(crate) rows_failed: Count,
    /// Rows that could not be read or taken in at all.
    rejections_logged: LogLimit,
    /// Rows that failed or were refused, and go nowhere else.
    pub(super) failures_logged: LogLimit,
    /// Batches for rows from outside that no send uses at the moment.
    inputs: RefCell<Vec<Batch>>,
    /// A batch of one row for single sends, unless one is under way.
    spare_row: Cell<Option<Box<Batch>>>,
}

impl Junction {
    pub(crate) fn new(
        name: String,
        attributes: Vec<Attribute>,
        on_error: OnError,
        fault: Option<StreamId>,
        public: bool,
    ) -> Self {
        let types = attributes.iter().map(|attribute| attribute.data_type);
        Self {
            name,
            discriminants: types.map(Value::discriminant).collect(),
            attributes,
            readers: Vec::new(),
            rules: None,
            takes_events: false,
            listeners: Listeners::default(),
            on_error,
            fault,
            public,
            rows: Count::default(),
            rows_refused: Count::default(),
            rows_failed: Count::default(),
            rejections_logged: LogLimit::default(),
            failures_logged: LogLimit::default(),
            inputs: RefCell::default(),
            spare_row: Cell::new(None),
        }
    }

    /// Who reads it, as lines of text.
    pub(crate) fn explain_readers(&self, region: &Region) -> Vec<String> {
        let query =
            |index: usize| region.queries.get(index).map_or("?", |query| query.name.as_str());
        let partition =
            |index: usize| region.partitions.get(index).map_or("?", |p| p.name.as_str());
        self.readers
            .iter()
            .map(|reader| match *reader {
                Reader::Query(index) => format!("query {}", query(index)),
                Reader::Partition(index) => format!("partition {} by key", partition(index)),
                Reader::EachKey(index) => format!("partition {} for each key", partition(index)),
            })
            .collect()
    }

    /// So many rows came for the stream and did not get in: they could not be read, or the app takes
    /// nothing in.
    pub(super) fn reject(&self, rows: u64, reason: impl Display) {
        self.rows_refused.add(rows);
        self.rejections_logged.count(|note| log::warn!("stream {}: {reason}{note}", self.name));
    }

    /// The types of the attributes.
    pub(crate) fn types(&self) -> Vec<DataType> {
        self.attributes.iter().map(|attribute| attribute.data_type).collect()
    }

    /// An empty batch with the columns of the stream; give it back with [`Junction::give`].
    pub(crate) fn take(&self) -> Batch {
        let batch = self.inputs.borrow_mut().pop();
        batch.unwrap_or_else(|| Batch::new(&self.types()))
    }

    /// A batch of one row to write an event over; give it back with [`Junction::give_row`].
    #[expect(clippy::unnecessary_box_returns, reason = "the box is kept for the next send")]
    #[inline]
    pub(crate) fn take_row(&self) -> Box<Batch> {
        self.spare_row.take().unwrap_or_else(|| {
            let mut batch = Box::new(Batch::new(&self.types()));
            batch.push_row(0, Kind::Current, std::iter::empty());
            batch
        })
    }

    /// Keeps a batch of one row for the next single send.
    #[inline]
    pub(crate) fn give_row(&self, batch: Box<Batch>) {
        self.spare_row.set(Some(batch));
    }

    /// Keeps a batch for the next send.
    pub(crate) fn give(&self, mut batch: Batch) {
        batch.clear();
        self.inputs.borrow_mut().push(batch);
    }
}

impl std::fmt::Debug for Junction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Junction").field("name", &self.name).finish_non_exhaustive()
    }
}
