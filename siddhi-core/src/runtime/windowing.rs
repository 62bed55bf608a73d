//! A window in its place: the rows it holds, and what it puts out, as chunks for the selector.
//!
//! A *general* window puts out rows of all kinds, as Siddhi's does. Where nobody can see expired rows
//! or marks there are cheaper forms, see [`WindowForm`]; they keep no more columns than somebody
//! reads.

mod batch;
mod general;
pub(crate) mod lone;
pub(crate) mod panes;
pub(crate) mod slab;
mod sliding;
mod sweep;

use siddhi_query::ast::DataType;

use self::panes::OpenGroups;
use self::slab::{Slab, SlabWork};
use crate::aggregators::feed::Step;
use crate::event::batch::Batch;
use crate::event::column::{Column, Values};
use crate::event::store::RowStore;
use crate::event::view::{Columns, Selection, View};
use crate::expression::program::{Program, Scratch};
use crate::extension::{BoundWindow, Window, WindowPass, WindowStep};
use crate::selector::context::EvalContext;
use crate::selector::select::{Selected, Selector, SelectorState, SelectorWork};

/// How a window's output reaches the selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WindowForm {
    /// As rows of all kinds.
    General,
    /// The input rows pass; those that leave are only taken off the aggregates.
    Sliding,
    /// As sliding, in a partition: the windows of all keys stand in one slab.
    Slab,
    /// The rows that come out are gathered; those that leave are not seen.
    Batch,
    /// As batch, where only the last row of each group comes out: the aggregates follow the rows as
    /// they come in, and at the end of a pane its last rows and their aggregates are all there is to
    /// gather.
    Panes,
}

impl WindowForm {
    /// The name in snapshots.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Sliding => "sliding",
            Self::Slab => "slab",
            Self::Batch => "batch",
            Self::Panes => "panes",
        }
    }
}

/// The keys of the rows of a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RowKeys<'a> {
    /// All rows have one key.
    One(u32),
    /// The key of each row, at its place, and a number above all of them.
    Each(&'a [u32], u32),
}

/// What is fixed about a window in its place.
pub(crate) struct WindowStage {
    bound: BoundWindow,
    pub(crate) form: WindowForm,
    wants_expired: bool,
    /// Columns of the input.
    width: usize,
    /// The columns of the input that are kept, in the order of the store.
    kept: Vec<usize>,
    kept_types: Vec<DataType>,
    /// Those of the columns that are kept whose values differ within a group, by their number and that
    /// of the input.
    kept_changing: Vec<(usize, usize)>,
    /// The arguments of all aggregators (not in the general form).
    arguments: Program,
    argument_types: Vec<DataType>,
    /// The columns of the store that hold them, in the forms that keep them.
    argument_columns: Vec<usize>,
    /// The column of the store that holds the group; none when all rows of a key are one group, or
    /// when groups are not kept.
    group_column: Option<usize>,
    keeps_timestamps: bool,
}

/// What a plan says about a window's place.
pub(crate) struct WindowPlace<'a> {
    pub(crate) bound: &'a BoundWindow,
    pub(crate) form: WindowForm,
    pub(crate) wants_expired: bool,
    pub(crate) types: &'a [DataType],
    /// The columns of the input that somebody reads behind the window.
    pub(crate) read: Vec<usize>,
    /// The arguments of all aggregators, one behind the other.
    pub(crate) arguments: Vec<crate::expression::typed::Expr>,
    pub(crate) grouped: bool,
    /// The columns that make the groups.
    pub(crate) group_by: &'a [usize],
}

/// The state of a window: one for each key.
pub(crate) struct WindowState {
    /// By key.
    pub(crate) keys: Vec<Option<KeyWindow>>,
    /// The windows of all keys, in the slab form.
    pub(crate) slab: Option<Slab>,
    /// The groups of the open panes of all keys, in the form of panes.
    pub(crate) open: OpenGroups,
    pub(crate) rows_in: u64,
    pub(crate) rows_expired: u64,
    pub(crate) rows_dropped: u64,
    /// When there are so many groups, those without rows are looked for.
    sweep_at: usize,
}

/// The window of one key.
pub(crate) struct KeyWindow {
    pub(crate) window: Box<dyn Window>,
    pub(crate) store: RowStore,
    /// The first row that has not yet gone out as current.
    pub(crate) come: u64,
    /// The groups of the open pane, in the order in which they appeared.
    pub(crate) groups: Vec<u32>,
}

/// Buffers of one pass.
pub(crate) struct WindowWork {
    scratch: Scratch,
    groups: Column,
    row_groups: Vec<u32>,
    touched: Vec<u32>,
    steps: Vec<WindowStep>,
    feed: Vec<Step>,
    pub(crate) wake_ups: Vec<i64>,
    /// The rows that came out, and where each chunk ends.
    batch: Batch,
    ends: Vec<usize>,
    /// Where the rows of the batch stand in the store.
    sources: Vec<std::ops::Range<u64>>,
    /// What the selector chose of the one chunk that came out, when it has.
    #[expect(
        clippy::option_option,
        reason = "the outer one: whether it has; the inner: whether any are left"
    )]
    pub(crate) chosen: Option<Option<Selected>>,
    /// Rows that came out and stand for themselves in no chunk.
    pub(crate) rows_absorbed: u64,
    rows: Vec<u32>,
    empty: Column,
    slab: SlabWork,
    leaving_groups: Vec<u32>,
}

/// What a pass of a window works on: the window of which key, and everybody's state and buffers.
pub(crate) struct Pass<'p> {
    pub(crate) key: u32,
    pub(crate) selector: &'p Selector,
    pub(crate) state: &'p mut WindowState,
    pub(crate) selector_state: &'p mut SelectorState,
    pub(crate) work: &'p mut WindowWork,
    pub(crate) selector_work: &'p mut SelectorWork,
}

impl WindowStage {
    pub(crate) fn new(place: WindowPlace<'_>) -> Self {
        let kept_types: Vec<DataType> =
            place.read.iter().filter_map(|column| place.types.get(*column).copied()).collect();
        // Values of objects can differ where their texts, which make the groups, are alike; those of
        // one group of floats differ in the bits of a NaN at most.
        let is_fixed = |column: &usize| {
            place.group_by.contains(column) && place.types.get(*column) != Some(&DataType::Object)
        };
        let kept = place.read.iter().copied().enumerate();
        let kept_changing = kept.filter(|(_, column)| !is_fixed(column)).collect();
        let argument_types: Vec<DataType> = place.arguments.iter().map(|e| e.data_type).collect();
        let first_argument = kept_types.len();
        let keeps_groups =
            place.grouped && !matches!(place.form, WindowForm::General | WindowForm::Panes);
        let group_column = keeps_groups.then_some(kept_types.len() + argument_types.len());
        Self {
            bound: place.bound.clone(),
            form: place.form,
            wants_expired: place.wants_expired,
            width: place.types.len(),
            kept: place.read,
            kept_changing,
            arguments: Program::compile(&place.arguments),
            argument_columns: (first_argument..first_argument + argument_types.len()).collect(),
            argument_types,
            group_column,
            // What puts out stored rows reads their timestamps.
            keeps_timestamps: place.bound.needs_timestamps
                || matches!(place.form, WindowForm::General | WindowForm::Batch),
            kept_types,
        }
    }

    pub(crate) fn work(&self) -> WindowWork {
        WindowWork {
            scratch: self.arguments.scratch(),
            groups: Column::new(DataType::Int),
            row_groups: Vec::new(),
            touched: Vec::new(),
            steps: Vec::new(),
            feed: Vec::new(),
            wake_ups: Vec::new(),
            batch: Batch::new(&self.kept_types),
            ends: Vec::new(),
            sources: Vec::new(),
            chosen: None,
            rows_absorbed: 0,
            rows: Vec::new(),
            empty: Column::new(DataType::Object),
            slab: Slab::work(&self.store_types()),
            leaving_groups: Vec::new(),
        }
    }

    /// The types of the columns that are stored: those of the input, the arguments of aggregators, the
    /// groups.
    pub(crate) fn store_types(&self) -> Vec<DataType> {
        if self.form == WindowForm::Panes {
            // Its rows are only counted: what comes out stands with the groups.
            return Vec::new();
        }
        let arguments = &self.argument_types;
        let groups = self.group_column.map(|_| DataType::Int);
        self.kept_types.iter().chain(arguments).copied().chain(groups).collect()
    }

    /// A fresh window for a key.
    pub(crate) fn key_window(&self) -> KeyWindow {
        KeyWindow {
            window: (self.bound.make)(),
            store: RowStore::new(&self.store_types(), self.keeps_timestamps),
            come: 0,
            groups: Vec::new(),
        }
    }

    /// Takes in the rows of a chunk, all of one key. What comes out stands in the buffers afterwards,
    /// see [`WindowStage::chunk`].
    pub(crate) fn rows(&self, view: &View<'_>, pass: &mut Pass<'_>, context: &mut EvalContext<'_>) {
        match self.form {
            WindowForm::General => self.general_rows(view, pass, context),
            WindowForm::Sliding => self.sliding_rows(view, pass, context),
            WindowForm::Slab => self.slab_rows(view, RowKeys::One(pass.key), pass, context),
            WindowForm::Batch => self.batch_rows(view, pass, context),
            WindowForm::Panes => self.pane_rows(view, pass, context),
        }
    }

    /// A time that the window of a key asked for has come.
    pub(crate) fn wake(&self, time: i64, pass: &mut Pass<'_>, context: &mut EvalContext<'_>) {
        self.ask_window(None, Some(time), pass, context);
        match self.form {
            WindowForm::General => self.put_out_general(pass),
            WindowForm::Sliding => self.slide(Selection::All(0), pass),
            WindowForm::Batch => self.put_out_batch(pass, context),
            WindowForm::Panes => self.wake_panes(pass),
            // The last rows of a key do not wait for a time.
            WindowForm::Slab => {}
        }
        if self.bound.starts_anew && pass.key != 0 {
            let own = pass.state.of(pass.key, self);
            if own.store.is_empty() {
                own.window = (self.bound.make)();
            }
        }
    }

    /// Asks the window of a key what happens now: rows have come, from `first_new` on, or a time that
    /// it asked for. Its steps stand in the buffers afterwards.
    fn ask_window(
        &self,
        first_new: Option<u64>,
        time: Option<i64>,
        pass: &mut Pass<'_>,
        context: &EvalContext<'_>,
    ) {
        let Pass { key, state, work, .. } = pass;
        let own = state.of(*key, self);
        work.steps.clear();
        work.wake_ups.clear();
        let mut window_pass = WindowPass {
            store: &own.store,
            first_new: first_new.unwrap_or_else(|| own.store.end()),
            wants_expired: self.wants_expired,
            now: context.now,
            steps: &mut work.steps,
            wake_ups: &mut work.wake_ups,
        };
        match time {
            Some(time) => own.window.wake(time, &mut window_pass),
            None => own.window.rows(&mut window_pass),
        }
    }

    /// Computes the arguments and the groups of rows and stores both with the columns that are kept;
    /// gives the number of the first row.
    fn store_rows(
        &self,
        view: &View<'_>,
        pass: &mut Pass<'_>,
        context: &mut EvalContext<'_>,
    ) -> u64 {
        self.sweep_groups(pass.state, pass.selector_state);
        let Pass { key, selector, state, selector_state, work, selector_work } = pass;
        state.rows_in += view.len() as u64;
        if !self.arguments.computes_nothing() {
            self.arguments.run(view, &mut work.scratch, &mut context.calls(view));
        }
        selector.assign_groups(view, *key, selector_state, selector_work);
        if self.group_column.is_some() {
            copy_groups(view, &selector_work.groups, &mut work.groups);
        }
        let own = state.of(*key, self);
        let first_new = own.store.end();
        own.store.append(view, |n| self.stored_column(n, view, work));
        first_new
    }

    /// What goes into the n-th column of the store.
    #[inline]
    fn stored_column<'w>(
        &self,
        n: usize,
        view: &View<'w>,
        work: &'w WindowWork,
    ) -> Option<&'w Column> {
        match n.checked_sub(self.kept.len()) {
            None => view.columns.get(*self.kept.get(n)?),
            Some(argument) if argument < self.argument_types.len() => {
                Some(self.arguments.result(argument, view, &work.scratch))
            }
            Some(_) => Some(&work.groups),
        }
    }

    /// Whether the rows that come in are those that go out.
    pub(crate) fn passes_rows(&self) -> bool {
        matches!(self.form, WindowForm::Sliding | WindowForm::Slab)
    }

    /// What is kept, as a line of text.
    pub(crate) fn explain(&self) -> String {
        let kept: Vec<String> = self.kept.iter().map(|column| format!("#{column}")).collect();
        let arguments = if self.form == WindowForm::Panes { 0 } else { self.argument_types.len() };
        let group = if self.group_column.is_some() { ", group" } else { "" };
        format!("keeps columns [{}], {arguments} arguments of aggregators{group}", kept.join(", "))
    }

    /// Runs `then` over one of the chunks that came out, with all columns of the input at their
    /// places (those that nobody reads are empty).
    pub(crate) fn chunk<R>(
        &self,
        index: usize,
        work: &mut WindowWork,
        then: impl FnOnce(&View<'_>) -> R,
    ) -> R {
        let start = index.checked_sub(1).and_then(|i| work.ends.get(i)).copied().unwrap_or(0);
        let end = work.ends.get(index).copied().unwrap_or(0);
        let mut columns: smallvec::SmallVec<[&Column; 16]> =
            smallvec::smallvec![&work.empty; self.width];
        for (column, place) in work.batch.columns.iter().zip(&self.kept) {
            if let Some(slot) = columns.get_mut(*place) {
                *slot = column;
            }
        }
        work.rows.clear();
        let range = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        work.rows.extend(range(start)..range(end));
        let whole = start == 0 && end == work.batch.len();
        then(&View {
            timestamps: &work.batch.timestamps,
            kinds: (!work.batch.kinds.is_empty()).then_some(&work.batch.kinds),
            columns: Columns::Borrowed(&columns),
            selection: if whole { Selection::All(end) } else { Selection::Rows(&work.rows) },
        })
    }
}

impl WindowWork {
    /// How many chunks came out.
    pub(crate) fn chunk_count(&self) -> usize {
        self.ends.len()
    }

    /// Nothing has come out yet.
    fn clear_output(&mut self) {
        self.batch.clear();
        self.ends.clear();
        self.sources.clear();
        self.chosen = None;
        self.rows_absorbed = 0;
    }

    /// What has come out since the last end is a chunk, if it is anything.
    fn end_chunk(&mut self) {
        if self.ends.last().copied().unwrap_or(0) < self.batch.len() {
            self.ends.push(self.batch.len());
        }
    }
}

impl WindowState {
    pub(crate) fn new() -> Self {
        Self {
            keys: Vec::new(),
            slab: None,
            open: OpenGroups::default(),
            rows_in: 0,
            rows_expired: 0,
            rows_dropped: 0,
            sweep_at: sweep::FIRST,
        }
    }

    /// The window of a key, made when it is first needed.
    #[expect(clippy::indexing_slicing, reason = "in range by the resize")]
    pub(crate) fn of(&mut self, key: u32, stage: &WindowStage) -> &mut KeyWindow {
        let key = key as usize;
        if self.keys.len() <= key {
            self.keys.resize_with(key + 1, || None);
        }
        self.keys[key].get_or_insert_with(|| stage.key_window())
    }

    /// Rows that are in, over all keys.
    pub(crate) fn rows_held(&self) -> u64 {
        let slab = self.slab.as_ref().map_or(0, Slab::rows_held);
        slab + self.keys.iter().flatten().map(|own| own.store.len() as u64).sum::<u64>()
    }

    /// The rows of a key up to the cursors have gone.
    fn advance(&mut self, key: u32, cursors: Cursors) {
        self.rows_expired += cursors.expired;
        self.rows_dropped += cursors.forgotten;
        if let Some(Some(own)) = self.keys.get_mut(key as usize) {
            own.store.drop_until(cursors.head);
            own.come = cursors.come;
        }
    }
}

/// The cursors of a pass, and what it counts.
#[derive(Clone, Copy, Debug)]
struct Cursors {
    /// The oldest row that is in.
    head: u64,
    /// The next row to go out as current.
    come: u64,
    expired: u64,
    forgotten: u64,
}

impl Cursors {
    fn of(own: &KeyWindow) -> Self {
        Self { head: own.store.head(), come: own.come, expired: 0, forgotten: 0 }
    }

    fn step(&mut self, step: WindowStep) {
        match step {
            WindowStep::Expire { count, .. } => {
                self.head += u64::from(count);
                self.expired += u64::from(count);
            }
            WindowStep::Slide { count, .. } => {
                self.head += u64::from(count);
                self.come += u64::from(count);
                self.expired += u64::from(count);
            }
            WindowStep::Current(count) => self.come += u64::from(count),
            WindowStep::Forget(count) => {
                self.head += u64::from(count);
                self.come = self.come.max(self.head);
                self.forgotten += u64::from(count);
            }
            WindowStep::Reset { .. } | WindowStep::End => {}
        }
    }

    /// As [`Cursors::step`]; gives the step as aggregators see it, if they do.
    fn feed(&mut self, step: WindowStep) -> Option<Step> {
        let before = self.come;
        self.step(step);
        Some(match step {
            WindowStep::Expire { count, .. } => Step::Remove(count),
            WindowStep::Current(count) => Step::Add(count),
            WindowStep::Slide { count, .. } => Step::Slide(count),
            WindowStep::Reset { .. } => Step::Reset,
            WindowStep::Forget(count) => Step::Skip {
                gone: count,
                come: u32::try_from(self.come - before).unwrap_or(u32::MAX),
            },
            WindowStep::End => return None,
        })
    }
}

/// Groups as a column of the store: the store has no unsigned type, the bits are kept.
fn copy_groups(view: &View<'_>, groups: &[u32], column: &mut Column) {
    column.grow(view.selection.extent());
    if let Values::Int(values) = &mut column.values {
        for row in view.selection.iter() {
            if let (Some(to), Some(group)) = (values.get_mut(row), groups.get(row)) {
                *to = group.cast_signed();
            }
        }
    }
}
