//! The keys by which the waiting matches of a state are found.

use siddhi_pipeline::Random;
use siddhi_query::ast::DataType;

use super::index::{BucketLinks, Index, Key};
use super::source::Gather;
use crate::event::batch::Batch;
use crate::event::column::Column;
use crate::event::view::Selection;
use crate::expression::program::{Program, Scratch};
use crate::extension::CallContext;

/// What the next event of a match must be equal to: the earlier events' side of the equalities.
#[derive(Debug)]
pub(super) struct KeyPlan {
    /// The types of its parts.
    pub(super) types: Vec<DataType>,
    /// The columns of the arena, when every part is one.
    pub(super) stored: Option<Vec<usize>>,
    /// Else what the parts are computed from, and how.
    pub(super) gather: Gather,
    pub(super) program: Program,
}

/// A key with the matches that it finds, and buffers to compute it.
#[derive(Debug)]
pub(super) struct StateIndex {
    plan: KeyPlan,
    pub(super) index: Index,
    scratch: Scratch,
    batch: Batch,
}

impl StateIndex {
    pub(super) fn new(plan: KeyPlan) -> Self {
        Self {
            index: Index::new(&plan.types),
            scratch: plan.program.scratch(),
            batch: Batch::new(&plan.gather.types()),
            plan,
        }
    }

    /// Puts a match into its bucket; `arena` holds what it keeps of its events.
    pub(super) fn add(
        &mut self,
        partition: u32,
        row: u32,
        arena: &[Column],
        buckets: &mut BucketLinks,
    ) {
        let Self { plan, index, scratch, batch } = self;
        if let Some(stored) = &plan.stored {
            let part = |column: &usize| Some((arena.get(*column)?, row as usize));
            if let Some(key) = Key::new(stored.iter().filter_map(part)) {
                index.add(partition, key, row, buckets);
            }
            return;
        }
        batch.clear();
        batch.timestamps.push(0);
        plan.gather.fill(&[row], arena, None, &mut batch.columns);
        let mut view = batch.view();
        view.selection = Selection::All(1);
        // Only pure expressions that cannot fail are keys: they ask for none of this.
        let mut context = CallContext {
            timestamps: &[0],
            now: &|| 0,
            random: &mut Random::new(0),
            failures: &mut Vec::new(),
        };
        plan.program.run(&view, scratch, &mut context);
        let part = |n: usize| (plan.program.result(n, &view, scratch), 0);
        if let Some(key) = Key::new((0..plan.types.len()).map(part)) {
            index.add(partition, key, row, buckets);
        }
    }
}
