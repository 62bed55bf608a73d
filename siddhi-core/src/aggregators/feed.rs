//! How rows reach an aggregator: what comes in, what goes out, and where each value is wanted.

mod row;
mod visit;
mod window;

pub(crate) use self::row::{RowArguments, RowAt};
pub use self::visit::RowStep;
use self::window::WindowRows;
use crate::event::column::{Column, Element, Nulls};
use crate::event::store::RowStore;
use crate::event::value::Value;
use crate::event::view::{Kind, Selection, View};
use crate::expression::program::{Program, Scratch};

/// One step of a window, as its aggregators see it. Rows go out at the head of the window, oldest
/// first, and come in at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The oldest rows go out.
    Remove(u32),
    /// The next rows come in, each with a place for the value after it.
    Add(u32),
    /// This many times: the oldest row goes out, then the next comes in.
    Slide(u32),
    /// Rows leave and come that no aggregator sees.
    Skip {
        /// How many of the oldest leave.
        gone: u32,
        /// How many of the next never come in.
        come: u32,
    },
    /// Everything is over.
    Reset,
}

/// The arguments of rows in a chunk: results of a program that has run over them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub(crate) program: &'a Program,
    /// What it ran over.
    pub(crate) view: &'a View<'a>,
    /// What it wrote to.
    pub(crate) scratch: &'a Scratch,
    /// The first result that is an argument.
    pub(crate) first: usize,
    /// How many are.
    pub(crate) count: usize,
}

impl<'a> Given<'a> {
    /// An argument; none behind the last.
    #[inline]
    fn get(&self, index: usize) -> Option<&'a Column> {
        let result = self.first + index;
        (index < self.count).then(|| self.program.result(result, self.view, self.scratch))
    }

    /// The first argument as values with their nulls, if it has any; without an argument `unit` and
    /// that it stands for every row.
    #[inline]
    fn typed<T: Element>(&self, unit: &'a [T]) -> (&'a [T], Option<&'a Nulls>, bool) {
        match self.get(0) {
            Some(column) => {
                let nulls = Some(&column.nulls).filter(|nulls| nulls.any());
                (T::slice(&column.values).unwrap_or_default(), nulls, false)
            }
            None => (unit, None, true),
        }
    }

    /// The values of a row, as many as fit.
    fn read(&self, row: usize, values: &mut [Value]) {
        for (index, value) in values.iter_mut().enumerate() {
            *value = self.get(index).map_or(Value::Null, |column| column.value(row));
        }
    }
}

/// Where the rows stand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    /// In a chunk: the kind of each says whether it comes in, goes out, or is a mark. The value is
    /// wanted at the row's own place.
    Chunk {
        selection: Selection<'a>,
        kinds: Option<&'a [Kind]>,
        arguments: Given<'a>,
        /// The group of each row, at its place; none: all are group 0.
        groups: Option<&'a [u32]>,
    },
    /// In a window's store, walked by steps. The value after the n-th row that comes in is wanted at
    /// the n-th place of `places`.
    Window {
        store: &'a RowStore,
        steps: &'a [Step],
        /// The first row to go out.
        head: u64,
        /// The first row to come in.
        next: u64,
        /// The columns of the store that hold the arguments.
        arguments: &'a [usize],
        /// The column of the store that holds the groups; none: all are of `group`.
        groups: Option<usize>,
        /// The group of rows without a column of groups.
        group: u32,
        places: Selection<'a>,
    },
    /// In slices side by side: where `leaving` says so a row goes out, then one comes in.
    Slices {
        selection: Selection<'a>,
        coming: Given<'a>,
        leaving: &'a [Column],
        /// Whether a row goes out before the row at this place comes in.
        leaves: &'a [bool],
        groups: &'a [u32],
        leaving_groups: &'a [u32],
    },
    /// In a chunk, at these positions of its selection; all come in. No value is wanted.
    Come {
        selection: Selection<'a>,
        positions: (usize, usize),
        arguments: Given<'a>,
        /// The group of each row, at its place; none: all are of `group`.
        groups: Option<&'a [u32]>,
        /// The group of rows without groups.
        group: u32,
    },
    /// One row comes in, after another has gone out where one does. The value is wanted at `place`, if
    /// anywhere.
    Row { gone: Option<RowAt<'a>>, come: RowAt<'a>, place: Option<usize> },
    /// No row comes or goes: the value of each of these groups is wanted, at the places from `first`
    /// on; then they are over.
    Close { groups: &'a [u32], first: usize },
}

impl Rows<'_> {
    /// The length that the column of values needs.
    #[inline]
    pub(crate) fn extent(&self) -> usize {
        match self {
            Self::Chunk { selection, .. } | Self::Slices { selection, .. } => selection.extent(),
            Self::Window { places, .. } => places.extent(),
            Self::Come { .. } => 0,
            Self::Row { place, .. } => place.map_or(0, |place| place + 1),
            Self::Close { groups, first } => first + groups.len(),
        }
    }
}

/// The rows that an aggregator has to take in and let go, in order.
#[derive(Debug)]
pub struct Feed<'a> {
    pub(crate) rows: Rows<'a>,
    /// Groups are numbered below this.
    pub(crate) group_count: usize,
    /// The groups that a reset empties; none: all of them.
    pub(crate) reset_groups: Option<&'a [u32]>,
    /// Rows that failed, with the reason.
    pub(crate) failures: &'a mut Vec<(u32, String)>,
}

/// The groups that a reset empties.
#[derive(Clone, Copy, Debug)]
pub enum ResetGroups<'a> {
    /// Every group.
    All,
    /// These.
    Only(&'a [u32]),
}

/// The arithmetic of an aggregator with one argument of type `T`: a state for each group.
pub trait Fold<T> {
    /// The type of the value.
    type Out: Element;
    /// Whether [`Fold::check`] can refuse a row.
    const FALLIBLE: bool = false;

    /// Makes room for groups numbered below `groups`.
    fn reserve(&mut self, groups: usize);
    /// Takes a value in.
    fn add(&mut self, group: usize, value: &T);
    /// Lets a value go.
    fn remove(&mut self, group: usize, value: &T);
    /// Takes a null in.
    fn add_null(&mut self, _group: usize) {}
    /// Lets a null go.
    fn remove_null(&mut self, _group: usize) {}
    /// The value of a group; none is null.
    fn value(&self, group: usize) -> Option<Self::Out>;
    /// The value of a group right after a value that is not null was taken in.
    #[inline]
    fn added(&self, group: usize) -> Option<Self::Out> {
        self.value(group)
    }
    /// Takes a value in and gives the value after it, as [`Fold::add`] and [`Fold::added`] do.
    #[inline]
    fn add_for_value(&mut self, group: usize, value: &T) -> Option<Self::Out> {
        self.add(group, value);
        self.added(group)
    }
    /// Forgets everything of these groups.
    fn reset(&mut self, groups: ResetGroups<'_>);
    /// Refuses a value before it leaves a trace.
    ///
    /// # Errors
    /// The reason why the row fails.
    fn check(&self, _value: &T) -> Result<(), String> {
        Ok(())
    }
}

impl Feed<'_> {
    /// Runs a fold of one argument over the rows and writes its values.
    ///
    /// ```text
    /// in 3, in 4, out 3, in 5   through sum gives   3, 7, -, 9
    /// ```
    pub fn fold<T: Element, F: Fold<T>>(&mut self, fold: &mut F, out: &mut Column) {
        fold.reserve(self.group_count);
        let mut sink = Sink::new(out);
        if let Rows::Row { .. } = self.rows {
            self.fold_row(fold, &mut sink);
        } else {
            self.fold_rows(fold, &mut sink);
        }
    }

    /// As [`Feed::fold`], of rows of which there can be many.
    #[inline(never)]
    fn fold_rows<T: Element, F: Fold<T>>(&mut self, fold: &mut F, sink: &mut Sink<'_, F::Out>) {
        match self.rows {
            Rows::Chunk { selection, kinds, arguments, groups } => {
                let argument = arguments.get(0);
                let mut chunk = ChunkRows { kinds, groups, failures: self.failures };
                let reset = reset_groups(self.reset_groups);
                if let Some(column) = argument {
                    let values = T::slice(&column.values).unwrap_or_default();
                    let any_null = column.nulls.any();
                    let get = |row: usize| {
                        if any_null && column.nulls.get(row) { None } else { values.get(row) }
                    };
                    chunk.run(selection, get, fold, sink, reset);
                } else {
                    let unit = T::default();
                    chunk.run(selection, |_| Some(&unit), fold, sink, reset);
                }
            }
            Rows::Window { .. } => self.fold_window(fold, sink),
            Rows::Slices { .. } => self.fold_slices(fold, sink),
            Rows::Come { .. } => self.fold_coming(fold),
            // One call of `fold_row`, so that it is inlined there.
            Rows::Row { .. } => debug_assert!(false, "`fold` keeps single rows"),
            Rows::Close { groups, first } => {
                for (place, group) in groups.iter().enumerate() {
                    sink.put(first + place, fold.value(*group as usize));
                }
                fold.reset(ResetGroups::Only(groups));
            }
        }
    }

    fn fold_coming<T: Element, F: Fold<T>>(&mut self, fold: &mut F) {
        let Rows::Come { selection, positions: (start, end), arguments, groups, group } = self.rows
        else {
            return;
        };
        let unit = [T::default()];
        let (values, nulls, fixed) = arguments.typed(&unit);
        let groups_of_rows = groups.and_then(|groups| groups.get(start..end));
        if let (Selection::All(_), None, false) = (selection, nulls, fixed)
            && let Some(values) = values.get(start..end)
        {
            // Values side by side, no nulls: one loop without a question.
            match groups_of_rows {
                Some(groups) => {
                    for (value, group) in values.iter().zip(groups) {
                        fold.add(*group as usize, value);
                    }
                }
                None => values.iter().for_each(|value| fold.add(group as usize, value)),
            }
            return;
        }
        for row in (start..end).filter_map(|position| selection.row(position)) {
            let group = groups.and_then(|groups| groups.get(row)).map_or(group, |group| *group);
            let null = nulls.is_some_and(|nulls| nulls.get(row));
            let value = values.get(if fixed { 0 } else { row }).filter(|_| !null);
            add(fold, group as usize, value);
        }
    }

    fn fold_window<T: Element, F: Fold<T>>(&mut self, fold: &mut F, sink: &mut Sink<'_, F::Out>) {
        let Rows::Window { store, steps, head, next, arguments, groups, group, places } = self.rows
        else {
            return;
        };
        let window = WindowRows { store, argument: arguments.first().copied(), groups, group };
        let (mut head, mut next, mut place) = (head, next, 0);
        for step in steps {
            match *step {
                Step::Reset => fold.reset(reset_groups(self.reset_groups)),
                Step::Skip { gone, come } => {
                    head += u64::from(gone);
                    next += u64::from(come);
                }
                Step::Remove(count) => {
                    let count = u64::from(count);
                    window.each(head, count, |group, value| remove(fold, group, value));
                    head += count;
                }
                Step::Add(count) => {
                    let count = u64::from(count);
                    window.each(next, count, |group, value| {
                        let after = add_for_value(fold, group, value);
                        if let Some(row) = places.row(place) {
                            sink.put(row, after);
                        }
                        place += 1;
                    });
                    next += count;
                }
                Step::Slide(count) => {
                    window.slide(head, next, count.into(), |gone, come| {
                        remove(fold, gone.0, gone.1);
                        let after = add_for_value(fold, come.0, come.1);
                        if let Some(row) = places.row(place) {
                            sink.put(row, after);
                        }
                        place += 1;
                    });
                    head += u64::from(count);
                    next += u64::from(count);
                }
            }
        }
    }

    fn fold_slices<T: Element, F: Fold<T>>(&mut self, fold: &mut F, sink: &mut Sink<'_, F::Out>) {
        let Rows::Slices { selection, coming, leaving, leaves, groups, leaving_groups } = self.rows
        else {
            return;
        };
        let unit = [T::default()];
        let (values, nulls, fixed) = coming.typed(&unit);
        let gone = leaving.first();
        let gone_values = gone.and_then(|column| T::slice(&column.values)).unwrap_or(&unit);
        let gone_nulls = gone.map(|column| &column.nulls).filter(|nulls| nulls.any());
        if let (Selection::All(count), None, None, false, Some(_)) =
            (selection, nulls, gone_nulls, fixed, gone)
        {
            // Values side by side, no nulls: one loop without a question but whether a row leaves.
            let coming = values.iter().zip(groups);
            let leaving = gone_values.iter().zip(leaving_groups).zip(leaves);
            for (row, ((value, group), (gone, leaves))) in
                coming.zip(leaving).take(count).enumerate()
            {
                if *leaves {
                    fold.remove(*gone.1 as usize, gone.0);
                }
                sink.put(row, fold.add_for_value(*group as usize, value));
            }
            return;
        }
        for row in selection.iter() {
            if leaves.get(row).copied().unwrap_or(false) {
                let group = leaving_groups.get(row).copied().unwrap_or_default() as usize;
                let place = if gone.is_none() { 0 } else { row };
                let null = gone_nulls.is_some_and(|nulls| nulls.get(row));
                remove(fold, group, gone_values.get(place).filter(|_| !null));
            }
            let group = groups.get(row).copied().unwrap_or_default() as usize;
            let null = nulls.is_some_and(|nulls| nulls.get(row));
            let value = values.get(if fixed { 0 } else { row }).filter(|_| !null);
            sink.put(row, add_for_value(fold, group, value));
        }
    }
}

fn reset_groups(groups: Option<&[u32]>) -> ResetGroups<'_> {
    groups.map_or(ResetGroups::All, ResetGroups::Only)
}

#[inline]
fn add<T, F: Fold<T>>(fold: &mut F, group: usize, value: Option<&T>) {
    match value {
        Some(value) => fold.add(group, value),
        None => fold.add_null(group),
    }
}

/// As [`add`]; gives the value after it.
#[inline]
fn add_for_value<T, F: Fold<T>>(fold: &mut F, group: usize, value: Option<&T>) -> Option<F::Out> {
    if let Some(value) = value {
        return fold.add_for_value(group, value);
    }
    fold.add_null(group);
    fold.value(group)
}

#[inline]
fn remove<T, F: Fold<T>>(fold: &mut F, group: usize, value: Option<&T>) {
    match value {
        Some(value) => fold.remove(group, value),
        None => fold.remove_null(group),
    }
}

/// The group of a row of a window's store, which has no unsigned type: the bits are kept. None where no
/// column holds groups.
#[inline]
pub(crate) fn group_at(columns: &[Column], groups: Option<usize>, index: usize) -> Option<u32> {
    let groups = i32::slice(&columns.get(groups?)?.values)?;
    groups.get(index).map(|group| group.cast_unsigned())
}

/// Where values are written.
struct Sink<'a, T> {
    values: &'a mut [T],
    nulls: &'a mut Nulls,
}

impl<'a, T: Element> Sink<'a, T> {
    fn new(out: &'a mut Column) -> Self {
        let Column { values, nulls } = out;
        Self { values: T::vector(values).map(Vec::as_mut_slice).unwrap_or_default(), nulls }
    }

    #[inline]
    fn put(&mut self, row: usize, value: Option<T>) {
        match value {
            Some(value) => {
                if let Some(place) = self.values.get_mut(row) {
                    *place = value;
                }
                if self.nulls.any() {
                    self.nulls.unset(row);
                }
            }
            None => self.nulls.set(row),
        }
    }
}

struct ChunkRows<'a> {
    kinds: Option<&'a [Kind]>,
    groups: Option<&'a [u32]>,
    failures: &'a mut Vec<(u32, String)>,
}

impl ChunkRows<'_> {
    #[inline]
    fn run<'v, T: Element, F: Fold<T>>(
        &mut self,
        selection: Selection<'_>,
        get: impl Fn(usize) -> Option<&'v T>,
        fold: &mut F,
        sink: &mut Sink<'_, F::Out>,
        reset: ResetGroups<'_>,
    ) {
        for row in selection.iter() {
            let group = self.groups.and_then(|g| g.get(row)).map_or(0, |g| *g as usize);
            let kind = self.kinds.and_then(|k| k.get(row)).copied().unwrap_or(Kind::Current);
            let value = get(row);
            if F::FALLIBLE
                && matches!(kind, Kind::Current | Kind::Expired)
                && let Some(value) = value
                && let Err(reason) = fold.check(value)
            {
                self.failures.push((u32::try_from(row).unwrap_or(u32::MAX), reason));
                continue;
            }
            match kind {
                Kind::Current => {
                    sink.put(row, add_for_value(fold, group, value));
                }
                Kind::Expired => {
                    remove(fold, group, value);
                    sink.put(row, fold.value(group));
                }
                Kind::Reset => {
                    fold.reset(reset);
                }
            }
        }
    }
}
