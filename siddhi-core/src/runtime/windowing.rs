//! A window in its place: the rows it holds, and what it puts out, as chunks for the selector.
//!
//! Three forms. A *general* window puts out rows of all kinds, as Siddhi's does. Where nobody can
//! see expired rows or marks, a *sliding* window only feeds the aggregators and lets the input rows
//! pass, and a *batch* window gathers just the rows that come out; both keep no more columns than
//! somebody reads.

use siddhi_query::ast::DataType;

use super::slab::{Slab, SlabWork};
use crate::aggregators::feed::{Rows, Step};
use crate::event::batch::Batch;
use crate::event::column::{Column, Values};
use crate::event::store::RowStore;
use crate::event::view::{Columns, Kind, Selection, View};
use crate::expression::program::{Program, Scratch};
use crate::extension::{Argument, BoundWindow, Window, WindowPass, WindowStep};
use crate::selector::aggregation::{Groups, SliceRows};
use crate::selector::context::EvalContext;
use crate::selector::select::{Selected, Selector, SelectorState, SelectorWork};

/// How a window's output reaches the selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WindowForm {
    /// As rows of all kinds.
    General,
    /// The input rows pass; those that leave are only taken off the aggregates.
    Sliding,
    /// The rows that come out are gathered; those that leave are not seen.
    Batch,
    /// As sliding, in a partition: the windows of all keys stand in one slab.
    Slab,
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
    /// The arguments of all aggregators, behind the kept columns (not in the general form).
    arguments: Program,
    argument_types: Vec<DataType>,
    /// For each aggregator the columns of the store that hold its arguments.
    argument_columns: Vec<Vec<usize>>,
    /// The column of the store that holds the group; none when all rows of a key are one group.
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
    /// The arguments of each aggregator.
    pub(crate) arguments: Vec<Vec<crate::expression::typed::Expr>>,
    pub(crate) grouped: bool,
}

/// The state of a window: one for each key.
pub(crate) struct WindowState {
    /// By key.
    pub(crate) keys: Vec<Option<KeyWindow>>,
    /// The windows of all keys, in the slab form.
    pub(crate) slab: Option<Slab>,
    pub(crate) rows_in: u64,
    pub(crate) rows_expired: u64,
    pub(crate) rows_dropped: u64,
}

/// The window of one key.
pub(crate) struct KeyWindow {
    pub(crate) window: Box<dyn Window>,
    pub(crate) store: RowStore,
    /// The first row that has not yet gone out as current.
    pub(crate) come: u64,
}

/// Buffers of one pass.
pub(crate) struct WindowWork {
    scratch: Scratch,
    groups: Column,
    steps: Vec<WindowStep>,
    feed: Vec<Step>,
    pub(crate) wake_ups: Vec<i64>,
    /// The rows that came out, and where each chunk ends.
    batch: Batch,
    ends: Vec<usize>,
    /// Where the rows of the batch stand in the store.
    sources: Vec<std::ops::Range<u64>>,
    /// What the selector chose of the one chunk that came out, when it has.
    pub(crate) chosen: Option<Option<Selected>>,
    rows: Vec<u32>,
    empty: Column,
    slab: SlabWork,
    leaving_groups: Vec<u32>,
}

impl WindowStage {
    pub(crate) fn new(place: WindowPlace<'_>) -> Self {
        let kept_types: Vec<DataType> =
            place.read.iter().filter_map(|column| place.types.get(*column).copied()).collect();
        let mut argument_columns = Vec::new();
        let mut flat = Vec::new();
        for own in place.arguments {
            let first = kept_types.len() + flat.len();
            argument_columns.push((first..first + own.len()).collect());
            flat.extend(own);
        }
        let argument_types: Vec<DataType> = flat.iter().map(|e| e.data_type).collect();
        let has_groups = place.grouped && place.form != WindowForm::General;
        let group_column = has_groups.then_some(kept_types.len() + argument_types.len());
        Self {
            bound: place.bound.clone(),
            form: place.form,
            wants_expired: place.wants_expired,
            width: place.types.len(),
            kept: place.read,
            arguments: Program::compile(&flat),
            argument_types,
            argument_columns,
            group_column,
            // Batch windows read the timestamps of what they put out; so does the general form.
            keeps_timestamps: place.form != WindowForm::Sliding || place.bound.needs_timestamps,
            kept_types,
        }
    }

    pub(crate) fn work(&self) -> WindowWork {
        WindowWork {
            scratch: self.arguments.scratch(),
            groups: Column::new(DataType::Int),
            steps: Vec::new(),
            feed: Vec::new(),
            wake_ups: Vec::new(),
            batch: Batch::new(&self.kept_types),
            ends: Vec::new(),
            sources: Vec::new(),
            chosen: None,
            rows: Vec::new(),
            empty: Column::new(DataType::Object),
            slab: Slab::work(&self.store_types()),
            leaving_groups: Vec::new(),
        }
    }

    fn store_types(&self) -> Vec<DataType> {
        let groups = self.group_column.map(|_| DataType::Int);
        self.kept_types.iter().chain(&self.argument_types).copied().chain(groups).collect()
    }

    /// A fresh window for a key.
    pub(crate) fn key_window(&self) -> KeyWindow {
        KeyWindow {
            window: (self.bound.make)(),
            store: RowStore::new(&self.store_types(), self.keeps_timestamps),
            come: 0,
        }
    }

    /// Takes in the rows of a chunk. What comes out stands in `work` afterwards, see
    /// [`WindowStage::chunks`].
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    pub(crate) fn rows(
        &self,
        view: &View<'_>,
        key: u32,
        selector: &Selector,
        state: &mut WindowState,
        selector_state: &mut SelectorState,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        state.rows_in += view.len() as u64;
        let own = state.of(key, self);
        let first_new = own.store.end();
        if self.form == WindowForm::General {
            own.store.append(view, |n| view.columns.get(*self.kept.get(n)?));
        } else {
            self.arguments.run(view, &mut work.scratch, &mut context.calls(view));
            selector.assign_groups(view, key, selector_state, selector_work);
            if self.group_column.is_some() {
                copy_groups(view, &selector_work.groups, &mut work.groups);
            }
            let kept = self.kept.len();
            own.store.append(view, |n| match n.checked_sub(kept) {
                None => view.columns.get(*self.kept.get(n)?),
                Some(argument) if argument < self.argument_types.len() => {
                    Some(self.arguments.result(argument, view, &work.scratch))
                }
                Some(_) => Some(&work.groups),
            });
        }
        work.steps.clear();
        work.wake_ups.clear();
        own.window.rows(&mut WindowPass {
            store: &own.store,
            first_new,
            wants_expired: self.wants_expired,
            now: context.now,
            steps: &mut work.steps,
            wake_ups: &mut work.wake_ups,
        });
        self.put_out(
            view.selection,
            key,
            selector,
            state,
            selector_state,
            work,
            selector_work,
            context,
        );
    }

    /// Takes in the rows of a chunk in the slab form: the aggregates' values stand at the rows'
    /// places afterwards.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    pub(crate) fn slab_rows(
        &self,
        view: &View<'_>,
        keys: RowKeys<'_>,
        selector: &Selector,
        state: &mut WindowState,
        selector_state: &mut SelectorState,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        state.rows_in += view.len() as u64;
        self.arguments.run(view, &mut work.scratch, &mut context.calls(view));
        let group_count = selector.assign_row_groups(view, keys, selector_state, selector_work);
        if self.group_column.is_some() {
            copy_groups(view, &selector_work.groups, &mut work.groups);
        }
        let slab = state.slab.get_or_insert_with(|| {
            Slab::new(self.bound.last_rows.unwrap_or(1), &self.store_types())
        });
        let column = |n: usize| {
            if n < self.argument_types.len() {
                Some(self.arguments.result(n, view, &work.scratch))
            } else {
                Some(&work.groups)
            }
        };
        let key_of = |row: usize| match keys {
            RowKeys::One(key) => key,
            RowKeys::Each(keys, _) => keys.get(row).copied().unwrap_or_default(),
        };
        state.rows_expired += slab.push(view.selection, key_of, column, &mut work.slab);
        let leaving_groups = match self.group_column.and_then(|n| work.slab.leaving.get(n)) {
            Some(Column { values: Values::Int(groups), .. }) => {
                work.leaving_groups.clear();
                work.leaving_groups.extend(groups.iter().map(|group| group.cast_unsigned()));
                &work.leaving_groups
            }
            // All rows of a key are one group: what leaves is of the group of what comes.
            _ => &selector_work.groups,
        };
        let coming: smallvec::SmallVec<[Argument<'_>; 4]> = (0..self.argument_types.len())
            .map(|n| Argument::Column(self.arguments.result(n, view, &work.scratch)))
            .collect();
        let rows = SliceRows {
            selection: view.selection,
            coming: &coming,
            leaving: &work.slab.leaving,
            leaves: &work.slab.leaves,
            groups: &selector_work.groups,
            leaving_groups,
            group_count,
        };
        selector.aggregation.run_slices(
            rows,
            &mut selector_state.aggregators,
            &mut selector_work.aggregation,
            context,
        );
    }

    /// A time that the window of a key asked for has come.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    pub(crate) fn wake(
        &self,
        time: i64,
        key: u32,
        selector: &Selector,
        state: &mut WindowState,
        selector_state: &mut SelectorState,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        let own = state.of(key, self);
        work.steps.clear();
        work.wake_ups.clear();
        own.window.wake(
            time,
            &mut WindowPass {
                store: &own.store,
                first_new: own.store.end(),
                wants_expired: self.wants_expired,
                now: context.now,
                steps: &mut work.steps,
                wake_ups: &mut work.wake_ups,
            },
        );
        let none = Selection::All(0);
        self.put_out(none, key, selector, state, selector_state, work, selector_work, context);
    }

    /// Turns steps into rows, or feeds them to the aggregators, and lets go what has left.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    fn put_out(
        &self,
        input: Selection<'_>,
        key: u32,
        selector: &Selector,
        state: &mut WindowState,
        selector_state: &mut SelectorState,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        if self.form != WindowForm::Sliding {
            work.batch.clear();
            work.ends.clear();
            work.sources.clear();
            work.chosen = None;
        }
        let Some(Some(own)) = state.keys.get_mut(key as usize) else { return };
        let mut moved = Moved { head: own.store.head(), come: own.come, expired: 0, forgotten: 0 };
        let start = moved;
        if self.form == WindowForm::General {
            for step in &work.steps {
                materialize(*step, own, &mut moved, &mut work.batch, &mut work.ends);
            }
        } else {
            self.gather(own, &mut moved, work, selector_work);
            let count = selector.group_count(key, selector_state);
            if work.feed.contains(&Step::Reset) {
                selector_work.reset_groups(selector, key, selector_state);
            }
            let places = match self.form {
                WindowForm::Sliding => input,
                _ => Selection::All(work.batch.len()),
            };
            let rows = Rows::Window {
                store: &own.store,
                steps: &work.feed,
                head: start.head,
                next: start.come,
                arguments: &[],
                groups: self.group_column,
                group: if self.group_column.is_some() { 0 } else { key },
                places,
            };
            let extent = places.extent();
            let SelectorWork { aggregation, reset, .. } = selector_work;
            let groups =
                Groups { of_rows: None, count, reset: (key != 0).then_some(reset.as_slice()) };
            selector.aggregation.run_window(
                rows,
                extent,
                groups,
                &mut selector_state.aggregators,
                &self.argument_columns,
                aggregation,
                context,
            );
            if self.form == WindowForm::Batch && !work.ends.is_empty() {
                self.gather_chosen(
                    own,
                    key,
                    selector,
                    selector_state,
                    work,
                    selector_work,
                    context,
                );
            }
        }
        own.store.drop_until(moved.head);
        own.come = moved.come;
        state.rows_expired += moved.expired;
        state.rows_dropped += moved.forgotten;
    }

    /// Turns steps into those of a feed, and for batch windows gathers the rows that come out.
    fn gather(
        &self,
        own: &KeyWindow,
        moved: &mut Moved,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
    ) {
        work.feed.clear();
        let batch = self.form == WindowForm::Batch;
        let steps = std::mem::take(&mut work.steps);
        for step in &steps {
            let before = moved.come;
            moved.step(*step);
            match *step {
                WindowStep::Expire { count, .. } => work.feed.push(Step::Remove(count)),
                WindowStep::Current(count) => work.feed.push(Step::Add(count)),
                WindowStep::Slide { count, .. } => work.feed.push(Step::Slide(count)),
                WindowStep::Reset { .. } => work.feed.push(Step::Reset),
                WindowStep::Forget(count) => work.feed.push(Step::Skip {
                    gone: count,
                    come: u32::try_from(moved.come - before).unwrap_or(u32::MAX),
                }),
                WindowStep::End => {
                    if batch && work.ends.last().copied().unwrap_or(0) < work.batch.len() {
                        work.ends.push(work.batch.len());
                    }
                }
            }
            if batch && matches!(step, WindowStep::Current(_) | WindowStep::Slide { .. }) {
                own.store.copy_timestamps(before..moved.come, &mut work.batch.timestamps);
                work.sources.push(before..moved.come);
                self.gather_groups(own, before..moved.come, work, selector_work);
            }
        }
        work.steps = steps;
    }

    /// Of one chunk, the rows that come out are chosen before anything is copied: of a thousand there
    /// may be as few as there are groups. Several chunks are chosen one by one when their turn
    /// comes, and copied whole.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pass, taken apart")]
    fn gather_chosen(
        &self,
        own: &KeyWindow,
        key: u32,
        selector: &Selector,
        selector_state: &mut SelectorState,
        work: &mut WindowWork,
        selector_work: &mut SelectorWork,
        context: &mut EvalContext<'_>,
    ) {
        work.chosen = None;
        if work.ends.len() > 1 || !selector.chooses_without_items() {
            self.gather_columns(own, work, None);
            return;
        }
        let bare = View {
            timestamps: &work.batch.timestamps,
            kinds: None,
            columns: Columns::Owned(&[]),
            selection: Selection::All(work.batch.len()),
        };
        let chosen = selector.choose_rows(&bare, key, selector_state, selector_work, context);
        let rows = chosen.filter(|chosen| !chosen.same).map(|_| selector_work.rows.as_slice());
        self.gather_columns(own, work, rows);
        work.chosen = Some(chosen);
    }

    /// The groups of rows that come out, behind those that came before them in the pass.
    fn gather_groups(
        &self,
        own: &KeyWindow,
        rows: std::ops::Range<u64>,
        work: &WindowWork,
        selector_work: &mut SelectorWork,
    ) {
        let Some(group_column) = self.group_column else { return };
        let groups = &mut selector_work.groups;
        let count = usize::try_from(rows.end - rows.start).unwrap_or(0);
        groups.resize(work.batch.len() - count, 0);
        let mut row = rows.start;
        while row < rows.end {
            let (columns, index, length) = own.store.stretch(row);
            let length = length.min(usize::try_from(rows.end - row).unwrap_or(usize::MAX));
            let Some(Column { values: Values::Int(stored), .. }) = columns.get(group_column) else {
                return;
            };
            let stored = stored.get(index..index + length).unwrap_or_default();
            groups.extend(stored.iter().map(|group| group.cast_unsigned()));
            if length == 0 {
                return;
            }
            row += length as u64;
        }
    }

    /// Copies the columns of rows that came out, all or the chosen ones, to their places.
    fn gather_columns(&self, own: &KeyWindow, work: &mut WindowWork, chosen: Option<&[u32]>) {
        let count = work.batch.len();
        let WindowWork { batch, sources, .. } = work;
        for column in &mut batch.columns {
            column.resize(count);
        }
        let mut copy = |place: usize, row: u64| {
            let (columns, index) = own.store.locate(row);
            for (to, from) in batch.columns.iter_mut().zip(columns) {
                to.set_from(place, from, index);
            }
        };
        match chosen {
            None => sources.iter().cloned().flatten().enumerate().for_each(|(p, r)| copy(p, r)),
            Some(chosen) => {
                for place in chosen {
                    // The rows of a pass lie in few ranges.
                    let mut left = u64::from(*place);
                    for range in &*sources {
                        let length = range.end - range.start;
                        if left < length {
                            copy(*place as usize, range.start + left);
                            break;
                        }
                        left -= length;
                    }
                }
            }
        }
    }

    /// Whether the rows that come in are those that go out.
    pub(crate) fn passes_rows(&self) -> bool {
        matches!(self.form, WindowForm::Sliding | WindowForm::Slab)
    }

    /// What is kept, as a line of text.
    pub(crate) fn explain(&self) -> String {
        let kept: Vec<String> = self.kept.iter().map(|column| format!("#{column}")).collect();
        let arguments = self.argument_types.len();
        let group = if self.group_column.is_some() { ", group" } else { "" };
        format!("keeps columns [{}], {arguments} arguments of aggregators{group}", kept.join(", "))
    }

    /// How many chunks came out.
    pub(crate) fn chunk_count(&self, work: &WindowWork) -> usize {
        work.ends.len()
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

impl WindowState {
    pub(crate) fn new() -> Self {
        Self { keys: Vec::new(), slab: None, rows_in: 0, rows_expired: 0, rows_dropped: 0 }
    }

    /// The window of a key, made when it is first needed.
    pub(crate) fn of(&mut self, key: u32, stage: &WindowStage) -> &mut KeyWindow {
        let key = key as usize;
        if self.keys.len() <= key {
            self.keys.resize_with(key + 1, || None);
        }
        // In range by the resize.
        self.keys[key].get_or_insert_with(|| stage.key_window())
    }

    /// Rows that are in, over all keys.
    pub(crate) fn rows_held(&self) -> u64 {
        let slab = self.slab.as_ref().map_or(0, Slab::rows_held);
        slab + self.keys.iter().flatten().map(|own| own.store.len() as u64).sum::<u64>()
    }
}

/// The cursors of a pass, and what it counts.
#[derive(Clone, Copy, Debug)]
struct Moved {
    /// The oldest row that is in.
    head: u64,
    /// The next row to go out as current.
    come: u64,
    expired: u64,
    forgotten: u64,
}

impl Moved {
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
}

fn materialize(
    step: WindowStep,
    own: &KeyWindow,
    moved: &mut Moved,
    batch: &mut Batch,
    ends: &mut Vec<usize>,
) {
    let (head, come) = (moved.head, moved.come);
    moved.step(step);
    match step {
        WindowStep::Expire { count, at } => {
            for row in head..head + u64::from(count) {
                push(own, row, Kind::Expired, at, batch);
            }
        }
        WindowStep::Current(count) => {
            for row in come..come + u64::from(count) {
                push(own, row, Kind::Current, own.store.timestamp(row), batch);
            }
        }
        WindowStep::Slide { count, at } => {
            for n in 0..u64::from(count) {
                push(own, head + n, Kind::Expired, at, batch);
                push(own, come + n, Kind::Current, own.store.timestamp(come + n), batch);
            }
        }
        WindowStep::Reset { row, at } => push(own, row, Kind::Reset, at, batch),
        WindowStep::Forget(_) => {}
        WindowStep::End => {
            if ends.last().copied().unwrap_or(0) < batch.len() {
                ends.push(batch.len());
            }
        }
    }
}

fn push(own: &KeyWindow, row: u64, kind: Kind, timestamp: i64, batch: &mut Batch) {
    let (columns, index) = own.store.locate(row);
    batch.push_kind(kind);
    batch.timestamps.push(timestamp);
    for (to, from) in batch.columns.iter_mut().zip(columns) {
        to.push_from(from, index);
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
