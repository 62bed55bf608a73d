//! The same rows as a chunk with kinds, as a window's store with steps, as slices side by side.

use siddhi_query::ast::{DataType, Span};

use crate::aggregators::feed::{Feed, Given, Rows, Step};
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::store::RowStore;
use crate::event::value::Value;
use crate::event::view::{Kind, Selection, View};
use crate::expression::program::{Program, Scratch};
use crate::expression::typed::{Expr, ExprKind};
use crate::extension::Aggregator;

/// Rows with their groups, through a window of the last `length` rows.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    pub(super) data_type: DataType,
    pub(super) rows: Vec<(Value, u32)>,
    pub(super) length: usize,
}

impl Arrivals {
    /// The row that leaves when a row comes.
    fn leaving(&self, row: usize) -> Option<&(Value, u32)> {
        row.checked_sub(self.length).map(|row| &self.rows[row])
    }
}

const GROUPS: usize = 3;

struct Chunk {
    batch: Batch,
    groups: Vec<u32>,
    currents: Vec<usize>,
}

impl Chunk {
    fn new(data_type: DataType) -> Self {
        Self { batch: Batch::new(&[data_type]), groups: Vec::new(), currents: Vec::new() }
    }

    fn push(&mut self, (value, group): &(Value, u32), kind: Kind) {
        if kind == Kind::Current {
            self.currents.push(self.groups.len());
        }
        self.batch.push_row(0, kind, [value.clone()]);
        self.groups.push(*group);
    }

    fn run(
        &self,
        aggregator: &mut dyn Aggregator,
        data_type: DataType,
    ) -> (Column, Vec<(u32, String)>) {
        let mut out = Column::new(data_type);
        out.resize(self.groups.len());
        let mut failures = Vec::new();
        let view = self.batch.view();
        let (program, scratch) = first_column(view.columns.get(0).unwrap().data_type());
        let mut feed = Feed {
            rows: Rows::Chunk {
                selection: view.selection,
                kinds: view.kinds,
                arguments: given(&program, &view, &scratch),
                groups: Some(&self.groups),
            },
            group_count: GROUPS,
            reset_groups: None,
            failures: &mut failures,
        };
        aggregator.run(&mut feed, &mut out);
        (out, failures)
    }
}

/// A program that gives the first column of a view, and its scratch.
fn first_column(data_type: DataType) -> (Program, Scratch) {
    let program =
        Program::compile(&[Expr { kind: ExprKind::Column(0), data_type, span: Span::default() }]);
    let scratch = program.scratch();
    (program, scratch)
}

fn given<'a>(program: &'a Program, view: &'a View<'a>, scratch: &'a Scratch) -> Given<'a> {
    Given { program, view, scratch, first: 0, count: 1 }
}

fn picked(column: &Column, rows: impl IntoIterator<Item = usize>) -> Vec<Value> {
    rows.into_iter().map(|row| column.value(row)).collect()
}

/// As two chunks, with a restart between them.
pub(super) fn chunk(
    arrivals: &Arrivals,
    make: impl Fn() -> (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let (mut aggregator, data_type) = make();
    let mut values = Vec::new();
    let half = arrivals.rows.len() / 2;
    for part in [0..half, half..arrivals.rows.len()] {
        let mut chunk = Chunk::new(arrivals.data_type);
        for row in part {
            if let Some(gone) = arrivals.leaving(row) {
                chunk.push(gone, Kind::Expired);
            }
            chunk.push(&arrivals.rows[row], Kind::Current);
        }
        let (out, failures) = chunk.run(aggregator.as_mut(), data_type);
        assert!(failures.is_empty());
        values.extend(picked(&out, chunk.currents));
        let saved = aggregator.snapshot().unwrap();
        aggregator = make().0;
        aggregator.restore(1, &saved).unwrap();
        assert_eq!(aggregator.snapshot().unwrap(), saved);
    }
    values
}

/// As one chunk, rows that fail included.
pub(super) fn chunk_with_failures(
    arrivals: &Arrivals,
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
) -> (Vec<Value>, Vec<(u32, String)>) {
    let mut chunk = Chunk::new(arrivals.data_type);
    arrivals.rows.iter().for_each(|row| chunk.push(row, Kind::Current));
    let (out, failures) = chunk.run(aggregator.as_mut(), data_type);
    (picked(&out, chunk.currents), failures)
}

/// Numbers of one group that come and leave in any order; the value after each.
pub(super) fn changes(
    changes: &[(i32, bool)],
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let mut chunk = Chunk::new(DataType::Int);
    for (number, comes) in changes {
        let kind = if *comes { Kind::Current } else { Kind::Expired };
        chunk.push(&(Value::Int(*number), 0), kind);
    }
    let (out, _) = chunk.run(aggregator.as_mut(), data_type);
    picked(&out, 0..changes.len())
}

/// Numbers with a reset after the first, or whatever `between` does instead of one.
pub(super) fn with_reset(
    numbers: &[i32],
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
    between: impl Fn(&mut dyn Aggregator),
) -> Vec<Value> {
    let mut values = Vec::new();
    for number in numbers {
        let mut chunk = Chunk::new(DataType::Int);
        if !values.is_empty() {
            chunk.push(&(Value::Int(*number), 0), Kind::Reset);
        }
        chunk.push(&(Value::Int(*number), 0), Kind::Current);
        let (out, _) = chunk.run(aggregator.as_mut(), data_type);
        values.extend(picked(&out, chunk.currents));
        between(aggregator.as_mut());
    }
    values
}

/// As a window's store: rows come until it is full, then each pushes one out.
pub(super) fn window(
    arrivals: &Arrivals,
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let count = arrivals.rows.len();
    let mut batch = Batch::new(&[arrivals.data_type, DataType::Int]);
    for (value, group) in &arrivals.rows {
        let group = Value::Int(i32::try_from(*group).unwrap());
        batch.push_row(0, Kind::Current, [value.clone(), group]);
    }
    let mut store = RowStore::new(&[arrivals.data_type, DataType::Int], false);
    store.extend(&batch.view());
    let fill = count.min(arrivals.length);
    let number = |count: usize| u32::try_from(count).unwrap();
    let mut out = Column::new(data_type);
    out.resize(count);
    let mut feed = Feed {
        rows: Rows::Window {
            store: &store,
            steps: &[Step::Add(number(fill)), Step::Slide(number(count - fill))],
            head: 0,
            next: 0,
            arguments: &[0],
            groups: Some(1),
            group: 0,
            places: Selection::All(count),
        },
        group_count: GROUPS,
        reset_groups: None,
        failures: &mut Vec::new(),
    };
    aggregator.run(&mut feed, &mut out);
    picked(&out, 0..count)
}

/// Row by row into one pane: the value of the row's group, as the pane would end here. `make` gives
/// an aggregator that lets no row leave.
pub(super) fn panes(
    arrivals: &Arrivals,
    make: impl Fn() -> (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let mut batch = Batch::new(&[arrivals.data_type]);
    for (value, _) in &arrivals.rows {
        batch.push_row(0, Kind::Current, [value.clone()]);
    }
    let groups: Vec<u32> = arrivals.rows.iter().map(|(_, group)| *group).collect();
    let rows: Vec<u32> = (0_u32..).take(groups.len()).collect();
    let view = batch.view();
    let (program, scratch) = first_column(arrivals.data_type);
    let mut values = Vec::new();
    for end in 1..=groups.len() {
        let (mut aggregator, data_type) = make();
        let mut out = Column::new(data_type);
        out.resize(1);
        let mut feed = |rows| {
            let (group_count, reset_groups, failures) = (GROUPS, None, &mut Vec::new());
            aggregator.run(&mut Feed { rows, group_count, reset_groups, failures }, &mut out);
        };
        let come = |selection, positions| Rows::Come {
            selection,
            positions,
            arguments: given(&program, &view, &scratch),
            groups: Some(&groups),
            group: 0,
        };
        // What an earlier pane left behind must not count.
        feed(come(Selection::All(end), (0, end)));
        feed(Rows::Close { groups: &[0, 1, 2], first: 0 });
        feed(come(Selection::All(end), (0, end / 2)));
        feed(come(Selection::Rows(&rows), (end / 2, end)));
        feed(Rows::Close { groups: &groups[end - 1..end], first: 0 });
        values.extend(picked(&out, 0..1));
    }
    values
}

/// As slices: what leaves stands beside what comes.
pub(super) fn slices(
    arrivals: &Arrivals,
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let count = arrivals.rows.len();
    let mut coming = Batch::new(&[arrivals.data_type]);
    let mut leaving = Column::new(arrivals.data_type);
    let (mut groups, mut leaving_groups, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
    for (row, (value, group)) in arrivals.rows.iter().enumerate() {
        coming.push_row(0, Kind::Current, [value.clone()]);
        groups.push(*group);
        let gone = arrivals.leaving(row).cloned();
        leaves.push(gone.is_some());
        let (value, group) = gone.unwrap_or_default();
        leaving.push(value);
        leaving_groups.push(group);
    }
    let mut out = Column::new(data_type);
    out.resize(count);
    let view = coming.view();
    let (program, scratch) = first_column(arrivals.data_type);
    let mut feed = Feed {
        rows: Rows::Slices {
            selection: Selection::All(count),
            coming: given(&program, &view, &scratch),
            leaving: std::slice::from_ref(&leaving),
            leaves: &leaves,
            groups: &groups,
            leaving_groups: &leaving_groups,
        },
        group_count: GROUPS,
        reset_groups: None,
        failures: &mut Vec::new(),
    };
    aggregator.run(&mut feed, &mut out);
    picked(&out, 0..count)
}
