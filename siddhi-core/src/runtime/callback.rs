//! What callbacks get: the rows of a chunk, borrowed.

use std::cell::{Cell, RefCell};

use crate::event::column::{Column, Element};
use crate::event::text::Text;
use crate::event::value::Value;
use crate::event::view::{Selection, View};

/// The rows of one chunk of a stream, or the current or expired rows of a query's output.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    view: &'a View<'a>,
}

impl<'a> Chunk<'a> {
    pub(crate) fn new(view: &'a View<'a>) -> Self {
        Self { view }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.view.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.view.is_empty()
    }

    /// How many attributes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.view.columns.len()
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        let view = self.view;
        view.selection.iter().map(move |row| Row { view, row })
    }

    /// The values of an attribute whose Rust type is `T`, null as none; no rows when it has another
    /// type. This is the fast way to read one column.
    pub fn values<T: Element>(
        &self,
        attribute: usize,
    ) -> impl Iterator<Item = Option<&'a T>> + use<'a, T> {
        let column: Option<&'a Column> = self.view.columns.get(attribute);
        let values = column.and_then(|column| T::slice(&column.values));
        let nulls = column.map(|column| &column.nulls).filter(|nulls| nulls.any());
        let selection = if values.is_some() { self.view.selection } else { Selection::All(0) };
        let values = values.unwrap_or_default();
        selection.iter().map(move |row| match nulls {
            Some(nulls) if nulls.get(row) => None,
            _ => values.get(row),
        })
    }

    /// The view behind it, for mappers that work over columns.
    #[must_use]
    pub fn view(&self) -> &'a View<'a> {
        self.view
    }
}

/// One row of a [`Chunk`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    view: &'a View<'a>,
    row: usize,
}

impl Row<'_> {
    /// The timestamp in milliseconds.
    #[must_use]
    pub fn timestamp(&self) -> i64 {
        self.view.timestamp(self.row)
    }

    /// The value of an attribute; null where there is none.
    #[must_use]
    pub fn value(&self, attribute: usize) -> Value {
        self.view.value(attribute, self.row)
    }

    /// All values in order.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        (0..self.view.columns.len()).map(|attribute| self.value(attribute)).collect()
    }

    fn get<T: Element>(&self, attribute: usize) -> Option<T> {
        let column = self.view.columns.get(attribute)?;
        if column.is_null(self.row) {
            return None;
        }
        T::slice(&column.values)?.get(self.row).cloned()
    }

    /// The value of a `bool` attribute.
    #[must_use]
    pub fn bool(&self, attribute: usize) -> Option<bool> {
        self.get(attribute)
    }

    /// The value of an `int` attribute.
    #[must_use]
    pub fn int(&self, attribute: usize) -> Option<i32> {
        self.get(attribute)
    }

    /// The value of a `long` attribute.
    #[must_use]
    pub fn long(&self, attribute: usize) -> Option<i64> {
        self.get(attribute)
    }

    /// The value of a `float` attribute.
    #[must_use]
    pub fn float(&self, attribute: usize) -> Option<f32> {
        self.get(attribute)
    }

    /// The value of a `double` attribute.
    #[must_use]
    pub fn double(&self, attribute: usize) -> Option<f64> {
        self.get(attribute)
    }

    /// The value of a `string` attribute.
    #[must_use]
    pub fn text(&self, attribute: usize) -> Option<Text> {
        self.get(attribute)
    }
}

/// What a query put out of one chunk.
#[derive(Clone, Copy, Debug)]
pub struct QueryOutput<'a> {
    pub(crate) timestamp: i64,
    current: Option<View<'a>>,
    expired: Option<View<'a>>,
}

impl<'a> QueryOutput<'a> {
    /// The rows of these two selections of an output.
    pub(crate) fn new(
        timestamp: i64,
        output: &View<'a>,
        current: Selection<'a>,
        expired: Selection<'a>,
    ) -> Self {
        let some = |rows: Selection<'a>| (!rows.is_empty()).then(|| output.with(rows));
        Self { timestamp, current: some(current), expired: some(expired) }
    }

    /// The timestamp of the last row of the chunk, current or expired; -1 for the call without rows
    /// that `limit 0` makes.
    #[must_use]
    pub fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// The current rows; none when there are none.
    #[must_use]
    pub fn current(&self) -> Option<Chunk<'_>> {
        self.current.as_ref().map(Chunk::new)
    }

    /// The expired rows; none when there are none.
    #[must_use]
    pub fn expired(&self) -> Option<Chunk<'_>> {
        self.expired.as_ref().map(Chunk::new)
    }
}

/// A callback of a stream.
pub(crate) type StreamCallback = Box<dyn Fn(&Chunk<'_>) + Send>;
/// A callback of a query.
pub(crate) type QueryCallback = Box<dyn Fn(&QueryOutput<'_>) + Send>;

/// Callbacks, in the order in which they were added.
pub(crate) struct Listeners<C> {
    list: RefCell<Vec<C>>,
    /// There is one: asked for every chunk.
    any: Cell<bool>,
}

impl<C> Default for Listeners<C> {
    fn default() -> Self {
        Self { list: RefCell::default(), any: Cell::new(false) }
    }
}

impl<C> Listeners<C> {
    /// Adds one behind the others. Says whether it could: while they are called it cannot.
    pub(crate) fn add(&self, listener: C) -> bool {
        let Ok(mut list) = self.list.try_borrow_mut() else { return false };
        list.push(listener);
        self.any.set(true);
        true
    }

    /// Whether there is one.
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.any.get()
    }

    /// Calls all of them.
    #[inline]
    pub(crate) fn each(&self, call: impl FnMut(&C)) {
        self.list.borrow().iter().for_each(call);
    }
}
