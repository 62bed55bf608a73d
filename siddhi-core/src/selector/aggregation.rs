//! The aggregators of one place (a selection, a `having`, a filter), run over chunks.

use std::ops::Range;

use siddhi_query::ast::DataType;
use siddhi_state::StateError;

use super::context::EvalContext;
use crate::aggregators::feed::{Feed, Given, Rows};
use crate::event::column::Column;
use crate::event::view::{Columns, Selection, View};
use crate::expression::predicate::Predicate;
use crate::expression::program::{Program, Scratch, exclude};
use crate::expression::typed::ExprKind;
use crate::extension::{Aggregator, Leaving};
use crate::plan::logical::AggregatePlan;

/// What is fixed about the aggregators of one place.
#[derive(Debug)]
pub(crate) struct AggregationPlan {
    stages: Vec<Stage>,
    /// Some argument can fail for a row.
    pub(crate) fallible: bool,
}

#[derive(Debug)]
struct Stage {
    arguments: Program,
    argument_count: usize,
    guard: Option<Predicate>,
    data_type: DataType,
    /// No argument and no guard refers to an aggregate.
    direct: bool,
}

/// Buffers of one pass over a chunk.
#[derive(Debug)]
pub(crate) struct AggregationWork {
    stages: Vec<StageWork>,
    /// Rows that a stage sees.
    rows: Vec<u32>,
    /// Rows that have not failed.
    left: Vec<u32>,
    /// The value of each aggregate at each row.
    pub(crate) values: Vec<Column>,
}

#[derive(Debug)]
struct StageWork {
    arguments: Scratch,
    guard: Option<Scratch>,
    /// The rows that the guard lets in.
    reached: Vec<u32>,
}

/// The aggregators themselves.
pub(crate) type Aggregators = Vec<Box<dyn Aggregator>>;

/// The groups of the rows of a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Groups<'a> {
    /// The group of each row, at its place; none: all are of one group.
    pub(crate) of_rows: Option<&'a [u32]>,
    /// Groups are numbered below this.
    pub(crate) count: usize,
    /// The groups that a reset empties; none: all.
    pub(crate) reset: Option<&'a [u32]>,
}

impl AggregationPlan {
    /// Compiles aggregators whose input has `width` columns.
    pub(crate) fn compile(aggregates: &[AggregatePlan], width: usize) -> Self {
        let stages: Vec<Stage> = aggregates
            .iter()
            .map(|aggregate| {
                let mut direct = true;
                let mut look = |column: usize| direct &= column < width;
                for argument in &aggregate.call.arguments {
                    argument.columns(&mut look);
                }
                if let Some(guard) = &aggregate.guard {
                    guard.columns(&mut look);
                }
                Stage {
                    arguments: Program::compile(&aggregate.call.arguments),
                    argument_count: aggregate.call.arguments.len(),
                    guard: aggregate.guard.as_ref().map(Predicate::compile),
                    data_type: aggregate.data_type,
                    direct,
                }
            })
            .collect();
        let fallible = aggregates.iter().any(|aggregate| {
            aggregate.call.bound.fallible
                || aggregate.call.arguments.iter().any(crate::expression::typed::Expr::fallible)
                || aggregate.guard.as_ref().is_some_and(crate::expression::typed::Expr::fallible)
        });
        Self { stages, fallible }
    }

    /// Fresh aggregators.
    pub(crate) fn make(aggregates: &[AggregatePlan], leaving: Leaving) -> Aggregators {
        let make = |aggregate: &AggregatePlan| {
            // What a guard lets in as current it may keep out as expired, for it can look at other
            // aggregates: then the rows that leave are not the first of those that came.
            let guarded = aggregate.guard.is_some() && leaving == Leaving::InOrder;
            (aggregate.call.bound.make)(if guarded { Leaving::AnyOrder } else { leaving })
        };
        aggregates.iter().map(make).collect()
    }

    /// Fresh buffers.
    pub(crate) fn work(&self) -> AggregationWork {
        let stages = self.stages.iter();
        AggregationWork {
            stages: stages.clone().map(Stage::work).collect(),
            rows: Vec::new(),
            left: Vec::new(),
            values: stages.map(|stage| Column::new(stage.data_type)).collect(),
        }
    }

    /// Whether there is no aggregator.
    pub(crate) fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Evaluates the arguments that depend on the input alone; the rows that fail are noted in the
    /// context, and no aggregator will see them.
    pub(crate) fn prepare(
        &self,
        view: &View<'_>,
        work: &mut AggregationWork,
        context: &mut EvalContext<'_>,
    ) {
        for (stage, work) in self.stages.iter().zip(&mut work.stages) {
            if stage.direct {
                stage.evaluate(view, work, context);
            }
        }
    }

    /// Runs every aggregator over the rows of a chunk, marks included, and writes their values.
    /// Rows that fail are noted in the context; an aggregator behind the one that a row fails in
    /// does not see it, nor does any see a row that has failed before.
    pub(crate) fn run(
        &self,
        view: &View<'_>,
        groups: Groups<'_>,
        aggregators: &mut Aggregators,
        work: &mut AggregationWork,
        context: &mut EvalContext<'_>,
    ) {
        let extent = view.selection.extent();
        let AggregationWork { stages: works, rows, left, values } = work;
        let mut taken_out = 0;
        for (index, ((stage, aggregator), work)) in
            self.stages.iter().zip(aggregators).zip(works).enumerate()
        {
            let (done, rest) = values.split_at_mut(index);
            let Some(out) = rest.first_mut() else { return };
            let input = View { columns: Columns::extended(&view.columns, done), ..*view };
            if !stage.direct {
                rows.clear();
                let events = view.selection.iter().filter(|row| view.kind(*row).is_event());
                rows.extend(events.filter_map(|row| u32::try_from(row).ok()));
                exclude(rows, &context.failures);
                stage.evaluate(&input.with(Selection::Rows(rows)), work, context);
            }
            if taken_out < context.failures.len() {
                taken_out = context.failures.len();
                left.clear();
                left.extend(view.selection.iter().filter_map(|row| u32::try_from(row).ok()));
                exclude(left, &context.failures);
            }
            let mut seen = if taken_out > 0 { input.with(Selection::Rows(left)) } else { input };
            if stage.guard.is_some() {
                exclude(&mut work.reached, &context.failures);
                seen.with_marks(&work.reached, rows);
                seen = seen.with(Selection::Rows(rows));
            }
            out.grow(extent);
            let mut feed = Feed {
                rows: Rows::Chunk {
                    selection: seen.selection,
                    kinds: view.kinds,
                    arguments: Given {
                        program: &stage.arguments,
                        view: &seen,
                        scratch: &work.arguments,
                        first: 0,
                        count: stage.argument_count,
                    },
                    groups: groups.of_rows,
                },
                group_count: groups.count,
                reset_groups: groups.reset,
                failures: &mut context.failures,
            };
            aggregator.run(&mut feed, out);
        }
    }

    /// Runs every aggregator over rows whose arguments stand ready somewhere: `rows` gives those of the
    /// aggregator whose arguments have these numbers among the arguments of all. Groups are numbered
    /// below `group_count`; a reset empties `reset`, or all of them. Only for aggregators in which no row
    /// fails.
    pub(crate) fn feed<'r>(
        &self,
        rows: impl Fn(Range<usize>) -> Rows<'r>,
        group_count: usize,
        reset: Option<&[u32]>,
        aggregators: &mut Aggregators,
        work: &mut AggregationWork,
    ) {
        let mut failures = Vec::new();
        let mut first = 0;
        for ((stage, aggregator), out) in self.stages.iter().zip(aggregators).zip(&mut work.values)
        {
            // Made in its place: moving what was just written would wait for it.
            let mut feed = Feed {
                rows: rows(first..first + stage.argument_count),
                group_count,
                reset_groups: reset,
                failures: &mut failures,
            };
            first += stage.argument_count;
            out.grow(feed.rows.extent());
            aggregator.run(&mut feed, out);
        }
        if let Some((_, reason)) = failures.first() {
            // It was bound as one in which no row fails, so nobody is prepared for it.
            log::error!(
                "{} rows failed in an aggregator that never fails: {reason}",
                failures.len()
            );
        }
    }
}

impl Stage {
    fn work(&self) -> StageWork {
        StageWork {
            arguments: self.arguments.scratch(),
            guard: self.guard.as_ref().map(Predicate::scratch),
            reached: Vec::new(),
        }
    }

    /// Evaluates the arguments, of guarded aggregators only where the guard holds.
    fn evaluate(&self, view: &View<'_>, work: &mut StageWork, context: &mut EvalContext<'_>) {
        let StageWork { arguments, guard, reached } = work;
        let mut view = *view;
        if let (Some(condition), Some(scratch)) = (&self.guard, guard) {
            condition.select(&view, scratch, &mut context.calls(&view), reached);
            view = view.with(Selection::Rows(reached));
        }
        self.arguments.run(&view, arguments, &mut context.calls(&view));
    }
}

/// Whether an expression refers to a column from `width` on: to an aggregate.
pub(crate) fn refers_to_aggregate(
    expression: &crate::expression::typed::Expr,
    width: usize,
) -> bool {
    expression.any(&mut |e| matches!(e.kind, ExprKind::Column(column) if column >= width))
}

/// The states of aggregators, for the component that holds them.
pub(crate) fn save(aggregators: &Aggregators) -> Result<Vec<(u32, Vec<u8>)>, StateError> {
    aggregators.iter().map(|a| Ok((a.schema_version(), a.snapshot()?))).collect()
}

/// Puts the states of aggregators back.
pub(crate) fn load(
    aggregators: &mut Aggregators,
    states: &[(u32, Vec<u8>)],
) -> Result<(), StateError> {
    for (aggregator, (version, bytes)) in aggregators.iter_mut().zip(states) {
        aggregator.restore(*version, bytes)?;
    }
    Ok(())
}
