//! The same rows as a chunk with kinds, as a window's store with steps, as slices side by side.

use siddhi_query::ast::DataType;

use crate::aggregators::feed::{Feed, Rows, Step};
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::store::RowStore;
use crate::event::value::Value;
use crate::event::view::{Kind, Selection};
use crate::extension::{Aggregator, Argument};

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
        let arguments = [Argument::Column(&self.batch.columns[0])];
        let mut feed = Feed {
            rows: Rows::Chunk {
                selection: view.selection,
                kinds: view.kinds,
                arguments: &arguments,
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

/// As slices: what leaves stands beside what comes.
pub(super) fn slices(
    arrivals: &Arrivals,
    (mut aggregator, data_type): (Box<dyn Aggregator>, DataType),
) -> Vec<Value> {
    let count = arrivals.rows.len();
    let mut coming = Column::new(arrivals.data_type);
    let mut leaving = Column::new(arrivals.data_type);
    let (mut groups, mut leaving_groups, mut leaves) = (Vec::new(), Vec::new(), Vec::new());
    for (row, (value, group)) in arrivals.rows.iter().enumerate() {
        coming.push(value.clone());
        groups.push(*group);
        let gone = arrivals.leaving(row).cloned();
        leaves.push(gone.is_some());
        let (value, group) = gone.unwrap_or_default();
        leaving.push(value);
        leaving_groups.push(group);
    }
    let mut out = Column::new(data_type);
    out.resize(count);
    let mut feed = Feed {
        rows: Rows::Slices {
            selection: Selection::All(count),
            coming: &[Argument::Column(&coming)],
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
