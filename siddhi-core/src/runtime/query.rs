//! A running query: its input, its selection, its callbacks, and the buffers of its passes.

use std::cell::{Cell, RefCell};

use super::callback::{Listeners, QueryCallback, QueryOutput};
use super::count::Count;
use super::handlers::{Handler, HandlerWork};
use super::light::Light;
use super::windowing::lone::LoneForm;
use super::windowing::{Pass, WindowStage, WindowState, WindowWork};
use crate::event::view::{Selection, View};
use crate::pattern::operator::PatternOperator;
use crate::plan::logical::{QueryPlan, StreamId};
use crate::selector::select::{Selector, SelectorState, SelectorWork};

/// A query that runs.
pub(crate) struct Query {
    pub(crate) name: String,
    /// What names its state: the given name, or a hash of its text.
    pub(crate) state_name: String,
    /// What its state belongs to; none when it keeps nothing.
    pub(crate) fingerprint: Option<u64>,
    pub(crate) partition: Option<usize>,
    pub(crate) input: QueryInput,
    pub(crate) selector: Selector,
    pub(crate) selector_state: RefCell<SelectorState>,
    pub(crate) target: StreamId,
    pub(crate) callbacks: Listeners<QueryCallback>,
    /// Buffers that no pass uses at the moment.
    work: Cell<Option<Box<QueryWork>>>,
    pub(crate) rows_selected: Count,
    pub(crate) rows_out: Count,
}

/// What a query reads.
#[allow(clippy::large_enum_variant, reason = "one per query")]
pub(crate) enum QueryInput {
    /// One stream, filters, a selection: the query has no state.
    Light(Light),
    /// One stream.
    Stream(StreamInput),
    /// A pattern.
    Pattern(RefCell<PatternOperator>),
}

/// One stream with its handlers.
pub(crate) struct StreamInput {
    pub(crate) stream: StreamId,
    pub(crate) before: Vec<Handler>,
    pub(crate) window: Option<(WindowStage, RefCell<WindowState>)>,
    pub(crate) after: Vec<Handler>,
    /// How an event that comes alone goes through, when there is a shorter way.
    pub(crate) lone: Option<LoneForm>,
}

/// Buffers of one pass of a query.
pub(crate) struct QueryWork {
    pub(crate) before: Vec<HandlerWork>,
    pub(crate) window: Option<Box<WindowWork>>,
    pub(crate) after: Vec<HandlerWork>,
    pub(crate) selector: SelectorWork,
    /// The current and the expired rows of an output, for query callbacks.
    pub(crate) current: Vec<u32>,
    pub(crate) expired: Vec<u32>,
}

impl Query {
    pub(crate) fn new(
        plan: &QueryPlan,
        state_name: String,
        input: QueryInput,
        selector: Selector,
        selector_state: SelectorState,
    ) -> Self {
        Self {
            name: plan.name.clone(),
            state_name,
            fingerprint: plan.fingerprint,
            partition: plan.partition,
            input,
            selector,
            selector_state: RefCell::new(selector_state),
            target: plan.target,
            callbacks: Listeners::default(),
            work: Cell::new(None),
            rows_selected: Count::default(),
            rows_out: Count::default(),
        }
    }

    /// Rows that its window holds.
    pub(crate) fn rows_held(&self) -> u64 {
        match &self.input {
            QueryInput::Stream(StreamInput { window: Some((_, state)), .. }) => {
                state.borrow().rows_held()
            }
            _ => 0,
        }
    }

    /// Its light form, when that takes in events that come alone before they are written to columns.
    #[inline]
    pub(crate) fn taker_of_events(&self) -> Option<&Light> {
        match &self.input {
            QueryInput::Light(light) if light.takes_events() => Some(light),
            _ => None,
        }
    }

    /// Calls the callbacks with an output that has current rows only.
    #[inline]
    pub(crate) fn call_with_current(&self, output: &View<'_>) {
        if self.callbacks.any() {
            self.call_with_rows(output);
        }
    }

    fn call_with_rows(&self, output: &View<'_>) {
        let last = output.len().checked_sub(1).and_then(|last| output.selection.row(last));
        let at = last.map_or(-1, |last| output.timestamp(last));
        let call = QueryOutput::new(at, output, output.selection, Selection::All(0));
        self.callbacks.each(|callback| callback(&call));
    }

    /// Runs something with everybody's state and these buffers, as a pass of its window needs them.
    /// Nothing is borrowed afterwards.
    #[inline]
    pub(crate) fn pass<R>(
        &self,
        key: u32,
        state: &RefCell<WindowState>,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        run: impl FnOnce(&mut Pass<'_>) -> R,
    ) -> R {
        run(&mut Pass {
            key,
            selector: &self.selector,
            state: &mut state.borrow_mut(),
            selector_state: &mut self.selector_state.borrow_mut(),
            work,
            selector_work,
        })
    }

    /// Buffers for a pass; give them back with [`Query::give`].
    #[inline]
    pub(crate) fn take(&self) -> Box<QueryWork> {
        self.work.take().unwrap_or_else(|| self.make_work())
    }

    /// Keeps buffers for the next pass.
    #[inline]
    pub(crate) fn give(&self, work: Box<QueryWork>) {
        self.work.set(Some(work));
    }

    #[cold]
    fn make_work(&self) -> Box<QueryWork> {
        let (before, window, after) = match &self.input {
            QueryInput::Stream(input) => (
                input.before.iter().map(Handler::work).collect(),
                input.window.as_ref().map(|(stage, _)| Box::new(stage.work())),
                input.after.iter().map(Handler::work).collect(),
            ),
            QueryInput::Light(_) | QueryInput::Pattern(_) => (Vec::new(), None, Vec::new()),
        };
        Box::new(QueryWork {
            before,
            window,
            after,
            selector: self.selector.work(),
            current: Vec::new(),
            expired: Vec::new(),
        })
    }
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Query").field("name", &self.name).finish_non_exhaustive()
    }
}
