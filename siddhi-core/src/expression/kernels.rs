//! The inner loops of expressions: one typed loop an operator, over whole columns.
//!
//! A kernel reads columns and writes one; a test reads columns and writes which rows hold. Both run
//! over a selection and know nothing of the rows beside it. Nulls cost one look at each column: the
//! loops over values take no notice of them, and a second pass over the rows repairs what stands at
//! a null.

mod arithmetic;
mod compare;
pub(crate) mod convert;
mod logic;

use std::fmt;
use std::marker::PhantomData;

use crate::event::column::{Column, Element, Nulls};
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::{Selection, View};

pub(super) use arithmetic::{Side, arithmetic};
pub(super) use compare::{compare, compare_test};
pub(super) use convert::{FromObject, timestamps, widen};
pub(super) use logic::{both, choose, either, is_null, never, not, null_test, truth};

/// Where an operand stands: in a column of the view or of the scratch.
pub(super) use crate::event::view::ColumnSource as Operand;

/// The columns that a kernel can read.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    /// The view.
    pub(super) view: &'a View<'a>,
    /// The registers that were written before.
    pub(super) registers: &'a [Column],
}

impl<'a> Inputs<'a> {
    /// The column of an operand; none is an error of the planner.
    #[inline]
    pub(super) fn column(self, operand: Operand) -> Option<&'a Column> {
        let column = match operand {
            Operand::Input(index) => self.view.columns.get(index),
            Operand::Register(index) => self.registers.get(index),
        };
        debug_assert!(column.is_some(), "an expression reads only columns that are there");
        column
    }

    /// The values of an operand and its nulls, when there are any.
    #[inline]
    fn typed<T: Element>(self, operand: Operand) -> Option<(&'a [T], Option<&'a Nulls>)> {
        let column = self.column(operand)?;
        let values = T::slice(&column.values);
        debug_assert!(values.is_some(), "an operand has the type that the binder gave it");
        Some((values?, column.nulls.any().then_some(&column.nulls)))
    }
}

/// One row whose operands are read one by one: chunks of a single event need no loops.
#[derive(Clone, Copy)]
pub(super) enum Row<'a> {
    /// A row of columns.
    Stored(Inputs<'a>, usize),
    /// An event that stands in no column yet, and the registers that were written before. What is
    /// computed of it stands at row 0.
    Incoming(&'a Incoming<'a>, &'a [Column]),
}

/// Where the value of an operand of a [`Row`] is found.
#[derive(Clone, Copy)]
enum Found<'a> {
    /// In a column, at the place of the row.
    Column(&'a Column),
    /// In the event itself.
    Value(&'a Value),
}

impl<'a> Row<'a> {
    /// The place of what is computed of it.
    #[inline]
    fn place(self) -> usize {
        match self {
            Self::Stored(_, row) => row,
            Self::Incoming(..) => 0,
        }
    }

    /// Where an operand is found; none is an error of the planner.
    #[inline]
    fn find(self, operand: Operand) -> Option<Found<'a>> {
        match (self, operand) {
            (Self::Stored(inputs, _), _) => inputs.column(operand).map(Found::Column),
            (Self::Incoming(event, _), Operand::Input(index)) => {
                event.values.get(index).map(Found::Value)
            }
            (Self::Incoming(_, registers), Operand::Register(index)) => {
                registers.get(index).map(Found::Column)
            }
        }
    }

    /// The value of an operand; none is null.
    #[expect(clippy::inline_always, reason = "a call costs as much as the rest of most kernels")]
    #[inline(always)]
    fn value<T: Element>(self, operand: Operand) -> Option<&'a T> {
        // Each case by itself: through `find` it takes twice as long.
        match self {
            Self::Stored(Inputs { view, registers }, row) => match operand {
                Operand::Input(index) => value_at(view.columns.get(index)?, row),
                Operand::Register(index) => value_at(registers.get(index)?, row),
            },
            Self::Incoming(event, registers) => match operand {
                Operand::Input(index) => T::in_value(event.values.get(index)?),
                Operand::Register(index) => value_at(registers.get(index)?, 0),
            },
        }
    }

    /// Whether an operand is null.
    #[inline]
    fn is_null(self, operand: Operand) -> bool {
        match self.find(operand) {
            Some(Found::Column(column)) => column.is_null(self.place()),
            Some(Found::Value(value)) => value.is_null(),
            None => false,
        }
    }

    /// The timestamp in milliseconds.
    #[inline]
    fn timestamp(self) -> i64 {
        match self {
            Self::Stored(inputs, row) => inputs.view.timestamp(row),
            Self::Incoming(event, _) => event.timestamp,
        }
    }
}

/// The value of a row of a column; none is null.
#[inline]
fn value_at<T: Element>(column: &Column, row: usize) -> Option<&T> {
    if column.nulls.any() && column.is_null(row) {
        return None;
    }
    T::slice(&column.values)?.get(row)
}

/// A loop that writes a column.
pub(super) trait Kernel: fmt::Debug + Send + Sync {
    /// Writes the value of each row to its place in `out`, which is long enough, has the kernel's
    /// type and no nulls.
    fn run(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Column);

    /// As [`Kernel::run`] for one row: for chunks of a single event, which need no loop.
    fn run_row(&self, row: Row<'_>, out: &mut Column);
}

/// A loop that finds the rows for which something is true.
pub(super) trait Test: fmt::Debug + Send + Sync {
    /// Puts those of `rows` that hold into `out`, in order, instead of what it held.
    fn select(&self, inputs: Inputs<'_>, rows: Selection<'_>, out: &mut Vec<u32>);

    /// Keeps those of `rows` that hold.
    fn refine(&self, inputs: Inputs<'_>, rows: &mut Vec<u32>);

    /// Whether one row holds: for chunks of a single event, which need no list of rows.
    fn holds(&self, row: Row<'_>) -> bool;
}

/// Two operands of one type, at most one of them a constant.
#[derive(Clone, Debug)]
pub(super) enum Pair<T> {
    /// Neither.
    Columns(Operand, Operand),
    /// The left one.
    ConstantLeft(T, Operand),
    /// The right one.
    ConstantRight(Operand, T),
}

/// The first value of a column of one row that holds a constant; none when it is null or of another
/// type.
pub(super) fn constant<T: Element>(column: &Column) -> Option<T> {
    if column.is_null(0) { None } else { T::slice(&column.values)?.first().cloned() }
}

/// Marks a type parameter that a struct holds no value of, without asking anything of it.
type Marker<F> = PhantomData<fn() -> F>;

/// The vector to write; none is an error of the planner.
#[inline]
fn target<T: Element>(out: &mut Column) -> Option<(&mut [T], &mut Nulls)> {
    let Column { values, nulls } = out;
    let values = T::vector(values);
    debug_assert!(values.is_some(), "a register has the type of its kernel");
    Some((values?.as_mut_slice(), nulls))
}

/// Writes the value of one row.
#[inline]
fn put<T: Element>(value: T, place: usize, out: &mut Column) {
    if let Some(place) = target::<T>(out).and_then(|(values, _)| values.get_mut(place)) {
        *place = value;
    }
}

/// Writes a function of one value.
#[inline]
fn map_one<A, O>(rows: Selection<'_>, a: &[A], out: &mut [O], apply: impl Fn(&A) -> O) {
    match rows {
        Selection::All(count) => {
            for (place, a) in out.iter_mut().zip(a).take(count) {
                *place = apply(a);
            }
        }
        Selection::Rows(rows) => {
            for row in rows {
                let row = *row as usize;
                if let (Some(place), Some(a)) = (out.get_mut(row), a.get(row)) {
                    *place = apply(a);
                }
            }
        }
    }
}

/// Writes a function of two values.
#[inline]
fn map_two<A, B, O>(
    rows: Selection<'_>,
    a: &[A],
    b: &[B],
    out: &mut [O],
    apply: impl Fn(&A, &B) -> O,
) {
    match rows {
        Selection::All(count) => {
            for ((place, a), b) in out.iter_mut().zip(a).zip(b).take(count) {
                *place = apply(a, b);
            }
        }
        Selection::Rows(rows) => {
            for row in rows {
                let row = *row as usize;
                if let (Some(place), Some(a), Some(b)) = (out.get_mut(row), a.get(row), b.get(row))
                {
                    *place = apply(a, b);
                }
            }
        }
    }
}

/// Writes a function of the row's number; for the rows where nulls have to be looked at.
#[inline]
fn map_rows<O>(rows: Selection<'_>, out: &mut [O], apply: impl Fn(usize) -> O) {
    for row in rows.iter() {
        if let Some(place) = out.get_mut(row) {
            *place = apply(row);
        }
    }
}

/// Puts the rows whose value holds into `out`.
///
/// The row is written before it is known to hold, and the end moves on only when it does: a coin
/// toss costs no mispredicted branch.
#[inline]
fn select_one<A>(rows: Selection<'_>, a: &[A], out: &mut Vec<u32>, holds: impl Fn(&A) -> bool) {
    let Selection::All(count) = rows else {
        return select_rows(rows, out, |row| a.get(row).is_some_and(&holds));
    };
    room(out, count);
    let mut kept = 0;
    for (row, a) in (0_u32..).zip(a).take(count) {
        if let Some(place) = out.get_mut(kept) {
            *place = row;
        }
        kept += usize::from(holds(a));
    }
    out.truncate(kept);
}

/// Puts the rows whose two values hold into `out`.
#[inline]
fn select_two<A, B>(
    rows: Selection<'_>,
    a: &[A],
    b: &[B],
    out: &mut Vec<u32>,
    holds: impl Fn(&A, &B) -> bool,
) {
    let Selection::All(count) = rows else {
        return select_rows(rows, out, |row| match (a.get(row), b.get(row)) {
            (Some(a), Some(b)) => holds(a, b),
            _ => false,
        });
    };
    room(out, count);
    let mut kept = 0;
    for (row, (a, b)) in (0_u32..).zip(a.iter().zip(b)).take(count) {
        if let Some(place) = out.get_mut(kept) {
            *place = row;
        }
        kept += usize::from(holds(a, b));
    }
    out.truncate(kept);
}

/// Puts the rows that hold into `out`.
#[inline]
fn select_rows(rows: Selection<'_>, out: &mut Vec<u32>, holds: impl Fn(usize) -> bool) {
    room(out, rows.len());
    let mut kept = 0;
    let mut visit = |row: u32| {
        if let Some(place) = out.get_mut(kept) {
            *place = row;
        }
        kept += usize::from(holds(row as usize));
    };
    match rows {
        Selection::All(count) => (0_u32..).take(count).for_each(&mut visit),
        Selection::Rows(rows) => rows.iter().copied().for_each(&mut visit),
    }
    out.truncate(kept);
}

/// Keeps the rows that hold.
#[inline]
fn refine_rows(rows: &mut Vec<u32>, holds: impl Fn(usize) -> bool) {
    let mut kept = 0;
    for position in 0..rows.len() {
        let Some(row) = rows.get(position).copied() else { break };
        if let Some(place) = rows.get_mut(kept) {
            *place = row;
        }
        kept += usize::from(holds(row as usize));
    }
    rows.truncate(kept);
}

#[inline]
fn room(out: &mut Vec<u32>, count: usize) {
    if out.len() < count {
        out.resize(count, 0);
    }
}

/// Marks the rows as null that are null in `from`.
#[inline]
fn spread_nulls(rows: Selection<'_>, from: Option<&Nulls>, to: &mut Nulls) {
    let Some(from) = from else { return };
    match rows {
        // Beyond the selection nothing is read, so whole words will do.
        Selection::All(_) => to.union(from),
        Selection::Rows(rows) => {
            for row in rows {
                if from.get(*row as usize) {
                    to.set(*row as usize);
                }
            }
        }
    }
}

/// Whether a row is null in a column whose nulls were taken only if there are any.
#[inline]
fn null_at(nulls: Option<&Nulls>, row: usize) -> bool {
    nulls.is_some_and(|nulls| nulls.get(row))
}
