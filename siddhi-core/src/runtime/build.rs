//! From a logical plan to a region that runs it.

use std::sync::Arc;

use hashbrown::HashSet;
use siddhi_pipeline::{Clock, Random};
use siddhi_query::ast::OutputEvents;

use super::handlers::Handler;
use super::junction::{Junction, Reader};
use super::light::Light;
use super::partition::{Partition, PartitionBy, PartitionStream};
use super::query::{Query, QueryInput, StreamInput};
use super::region::Region;
use super::snapshot::StateNames;
use super::time::Time;
use super::windowing::{WindowForm, WindowPlace, WindowStage, WindowState, slab};
use crate::expression::typed::Expr;
use crate::extension::{Leaving, Panes};
use crate::pattern::operator::PatternOperator;
use crate::plan::logical::{
    InputPlan, LogicalApp, PartitionByPlan, PartitionKeyPlan, PartitionPlan, QueryPlan, StreamId,
    StreamInputPlan, StreamOrigin,
};
use crate::plan::rules::Switches;
use crate::rules::set::RuleSet;
use crate::selector::select::Selector;

/// Builds what runs an app.
pub(crate) fn build(
    app: &LogicalApp,
    clock: Arc<dyn Clock>,
    seed: u64,
    switches: Switches,
) -> Region {
    let mut junctions: Vec<Junction> = app
        .streams
        .iter()
        .map(|stream| {
            let public = !matches!(stream.origin, StreamOrigin::Inner(_));
            Junction::new(
                stream.name.clone(),
                stream.attributes.clone(),
                stream.on_error,
                stream.fault,
                public,
            )
        })
        .collect();
    for (index, query) in app.queries.iter().enumerate() {
        for stream in query.input.streams() {
            if let Some(junction) = junctions.get_mut(stream) {
                let reader = reader(app, index, query, stream);
                if !junction.readers.contains(&reader) {
                    junction.readers.push(reader);
                }
            }
        }
    }
    if switches.rule_index && switches.light_form {
        for junction in &mut junctions {
            junction.rules = RuleSet::new(app, &junction.readers);
        }
    }
    let names = StateNames::of(app);
    let flow = Flow::of(app);
    let queries: Vec<Query> = app
        .queries
        .iter()
        .zip(names.queries)
        .map(|(query, name)| build_query(&flow, query, name, switches))
        .collect();
    let scanned = junctions.iter_mut().filter(|junction| junction.rules.is_none());
    for junction in scanned.filter(|_| switches.lone_events) {
        let takes_events = |query: &Query| query.taker_of_events().is_some();
        junction.takes_events = junction.readers.iter().any(|reader| match *reader {
            Reader::Query(query) => queries.get(query).is_some_and(takes_events),
            Reader::Partition(_) | Reader::EachKey(_) => false,
        });
    }
    let partitions = app
        .partitions
        .iter()
        .zip(names.partitions)
        .map(|(plan, name)| build_partition(app, &flow, plan, name, &queries, switches))
        .collect();
    let time = Time::new(clock, app.playback);
    Region::new(junctions, queries, partitions, time, Random::new(seed))
}

/// How a stream reaches a query: by the key of its partition, to every key, or plainly.
fn reader(app: &LogicalApp, index: usize, query: &QueryPlan, stream: usize) -> Reader {
    let Some(partition) = query.partition else { return Reader::Query(index) };
    let inner = app
        .streams
        .get(stream)
        .is_some_and(|stream| matches!(stream.origin, StreamOrigin::Inner(_)));
    let keyed = app
        .partitions
        .get(partition)
        .is_some_and(|plan| plan.keys.iter().any(|key| key.stream == stream));
    match (inner, keyed) {
        (true, _) => Reader::Query(index),
        (false, true) => Reader::Partition(partition),
        (false, false) => Reader::EachKey(partition),
    }
}

fn build_partition(
    app: &LogicalApp,
    flow: &Flow,
    plan: &PartitionPlan,
    state_name: String,
    queries: &[Query],
    switches: Switches,
) -> Partition {
    let streams = plan
        .keys
        .iter()
        .map(|key| {
            let reads = |index: &usize| {
                let query = app.queries.get(*index);
                query.is_some_and(|query| query.input.streams().contains(&key.stream))
            };
            let readers: Vec<usize> = plan.queries.iter().copied().filter(reads).collect();
            let whole =
                switches.partition_chunks && whole_chunks(app, flow, key, &readers, queries);
            let width = app.streams.get(key.stream).map_or(0, |stream| stream.attributes.len());
            let by = PartitionBy::compile(&key.by, width);
            PartitionStream::new(key.stream, by, readers, whole)
        })
        .collect();
    Partition::new(plan, state_name, streams, unkeyed(app, plan))
}

/// The streams that a partition reads and has no key for, each with the queries that read it.
fn unkeyed(app: &LogicalApp, plan: &PartitionPlan) -> Vec<(StreamId, Vec<usize>)> {
    let mut unkeyed: Vec<(StreamId, Vec<usize>)> = Vec::new();
    for index in &plan.queries {
        let Some(query) = app.queries.get(*index) else { continue };
        for stream in query.input.streams() {
            if !matches!(reader(app, *index, query, stream), Reader::EachKey(_)) {
                continue;
            }
            match unkeyed.iter_mut().find(|(known, _)| *known == stream) {
                Some((_, readers)) => readers.push(*index),
                None => unkeyed.push((stream, vec![*index])),
            }
        }
    }
    unkeyed
}

/// Whether the rows of all keys of a chunk can be worked on at once: one query reads the stream, it
/// needs nothing but the rows' own keys, and what it puts out cannot come back before the chunk is
/// done.
fn whole_chunks(
    app: &LogicalApp,
    flow: &Flow,
    key: &PartitionKeyPlan,
    readers: &[usize],
    queries: &[Query],
) -> bool {
    let [reader] = readers else { return false };
    let (Some(plan), Some(query)) = (app.queries.get(*reader), queries.get(*reader)) else {
        return false;
    };
    let QueryInput::Stream(input) = &query.input else { return false };
    let slab = input.window.as_ref().is_some_and(|(stage, _)| stage.form == WindowForm::Slab);
    let outer = app
        .streams
        .get(plan.target)
        .is_some_and(|stream| !matches!(stream.origin, StreamOrigin::Inner(_)));
    slab && outer
        && matches!(&key.by, PartitionByPlan::Value { aggregates, .. } if aggregates.is_empty())
        && input.before.is_empty()
        && query.selector.is_plain_by_key()
        && !flow.comes_back(plan)
}

fn build_query(flow: &Flow, plan: &QueryPlan, state_name: String, switches: Switches) -> Query {
    let mut selector = Selector::compile(&plan.selector, plan.events);
    let (input, leaving) = match &plan.input {
        InputPlan::Stream(input) => {
            if switches.light_form
                && let Some(light) = Light::of(plan)
            {
                let state = selector.state(&plan.selector, Leaving::Never);
                let input = QueryInput::Light(light);
                return Query::new(plan, state_name, input, selector, state);
            }
            let form = window_form(flow, plan, input, &selector, switches);
            let leaving = match (&input.window, form) {
                (None, _) | (Some(_), WindowForm::Panes) => Leaving::Never,
                // What does not come to the aggregators when it comes or when it leaves, because it
                // fails or a handler keeps it back, leaves them out of order.
                (Some(_), WindowForm::General) if !input.after.is_empty() || selector.fallible => {
                    Leaving::AnyOrder
                }
                (Some(window), _) if window.bound.in_order => Leaving::InOrder,
                _ => Leaving::AnyOrder,
            };
            let input = stream_input(plan, input, (form, leaving), &selector, switches);
            (QueryInput::Stream(input), leaving)
        }
        InputPlan::Pattern(pattern) => {
            selector.each_match();
            let read = if switches.column_pruning {
                plan.selector.input_columns()
            } else {
                (0..plan.selector.input_types.len()).collect()
            };
            let operator = PatternOperator::new(pattern, &read, switches);
            (QueryInput::Pattern(std::cell::RefCell::new(operator)), Leaving::Never)
        }
    };
    let state = selector.state(&plan.selector, leaving);
    Query::new(plan, state_name, input, selector, state)
}

fn stream_input(
    plan: &QueryPlan,
    input: &StreamInputPlan,
    (form, leaving): (WindowForm, Leaving),
    selector: &Selector,
    switches: Switches,
) -> StreamInput {
    let added: usize =
        input.before.iter().chain(&input.after).map(|handler| handler.added().len()).sum();
    let mut width = plan.selector.input_types.len() - added;
    let mut make = |handlers: &[crate::plan::logical::HandlerPlan], leaving: Leaving| {
        let mut made = Vec::new();
        for handler in handlers {
            let (handler, behind) = Handler::make(handler, width, leaving);
            width = behind;
            made.push(handler);
        }
        made
    };
    let before = make(&input.before, Leaving::Never);
    let after = make(&input.after, leaving);
    let window = input.window.as_ref().map(|window| {
        let (read, arguments) = if switches.column_pruning {
            columns_kept(plan, input, form)
        } else {
            all_columns(plan, input, form)
        };
        let stage = WindowStage::new(WindowPlace {
            bound: &window.bound,
            form,
            wants_expired: plan.events != OutputEvents::Current,
            types: &input.window_types,
            group_by: &plan.selector.group_by,
            read,
            arguments,
            // A sliding window puts out the rows that come in, whose groups are at hand; a batch
            // window puts out older ones, whose groups it must have kept.
            grouped: !plan.selector.group_by.is_empty()
                && (form == WindowForm::Batch || !plan.selector.aggregates.is_empty()),
        });
        (stage, std::cell::RefCell::new(WindowState::new()))
    });
    let lone = match &window {
        Some((stage, _)) if switches.lone_events && before.iter().all(Handler::is_bare) => {
            stage.lone_form(selector)
        }
        _ => None,
    };
    StreamInput { stream: input.stream, before, window, after, lone }
}

/// Expired-event elision: where nobody can see expired rows or marks, none are made.
fn window_form(
    flow: &Flow,
    plan: &QueryPlan,
    input: &StreamInputPlan,
    selector: &Selector,
    switches: Switches,
) -> WindowForm {
    let Some(window) = &input.window else { return WindowForm::General };
    let seen = plan.events != OutputEvents::Current
        || !input.after.is_empty()
        || selector.having_aggregates()
        || selector.fallible;
    let plain = plan.selector.aggregates.iter().all(|aggregate| {
        let nested = |e: &Expr| {
            crate::selector::aggregation::refers_to_aggregate(e, plan.selector.input_types.len())
        };
        aggregate.guard.is_none() && aggregate.call.arguments.iter().all(|e| e.pure() && !nested(e))
    });
    if seen || !plain || !switches.expired_elision {
        return WindowForm::General;
    }
    if window.bound.sliding {
        let short = window.bound.last_rows.is_some_and(|length| length <= slab::LENGTH_MAX);
        let slab = short && plan.partition.is_some() && switches.partition_chunks;
        return if slab { WindowForm::Slab } else { WindowForm::Sliding };
    }
    // A flush may put out several chunks, and their aggregates are computed together: a query that
    // reaches itself could see that. Marks that carry no rows make a call that can be seen, too.
    let calls_for_marks = selector.form == crate::selector::select::Form::EachRow;
    if calls_for_marks || flow.comes_back(plan) {
        WindowForm::General
    } else if window.bound.panes != Panes::No && selector.reads_last_rows_alone() {
        WindowForm::Panes
    } else {
        WindowForm::Batch
    }
}

/// Where what is put into a stream goes next.
struct Flow {
    /// For each stream the targets of its readers, and its fault stream.
    next: Vec<Vec<StreamId>>,
}

impl Flow {
    fn of(app: &LogicalApp) -> Self {
        let mut next: Vec<Vec<StreamId>> =
            app.streams.iter().map(|stream| stream.fault.into_iter().collect()).collect();
        for query in &app.queries {
            for stream in query.input.streams() {
                if let Some(next) = next.get_mut(stream)
                    && next.last() != Some(&query.target)
                {
                    next.push(query.target);
                }
            }
        }
        Self { next }
    }

    /// Whether what a query puts out can come back to it.
    fn comes_back(&self, plan: &QueryPlan) -> bool {
        let own = plan.input.streams();
        let mut reached: HashSet<StreamId> = HashSet::new();
        reached.insert(plan.target);
        let mut open = vec![plan.target];
        while let Some(stream) = open.pop() {
            if own.contains(&stream) {
                return true;
            }
            for next in self.next.get(stream).into_iter().flatten() {
                if reached.insert(*next) {
                    open.push(*next);
                }
            }
        }
        false
    }
}

/// Column pruning: the columns of the input that a window keeps, and the arguments that it keeps
/// instead of the columns they are made of.
fn columns_kept(
    plan: &QueryPlan,
    input: &StreamInputPlan,
    form: WindowForm,
) -> (Vec<usize>, Vec<Expr>) {
    let width = input.window_types.len();
    let mut read = vec![false; width];
    let mut look = |column: usize| {
        if let Some(seen) = read.get_mut(column) {
            *seen = true;
        }
    };
    match form {
        WindowForm::General => {
            let fallible = plan.selector.items.iter().any(|item| item.expression.fallible())
                || plan.selector.aggregates.iter().any(|aggregate| {
                    aggregate.call.bound.fallible
                        || aggregate.call.arguments.iter().any(Expr::fallible)
                })
                || plan.selector.having.is_some()
                || !input.after.is_empty();
            if fallible {
                // Failed rows go out whole, and handlers are not looked into.
                (0..width).for_each(&mut look);
            }
            for item in &plan.selector.items {
                item.expression.columns(&mut look);
            }
            for aggregate in &plan.selector.aggregates {
                aggregate.call.arguments.iter().for_each(|e| e.columns(&mut look));
                aggregate.guard.iter().for_each(|e| e.columns(&mut look));
            }
            plan.selector.group_by.iter().for_each(|column| look(*column));
            (positions(&read), Vec::new())
        }
        WindowForm::Sliding | WindowForm::Slab => (Vec::new(), arguments(plan)),
        WindowForm::Batch | WindowForm::Panes => {
            for item in &plan.selector.items {
                item.expression.columns(&mut look);
            }
            (positions(&read), arguments(plan))
        }
    }
}

/// What a window keeps without column pruning: everything but where the form has no room for it.
fn all_columns(
    plan: &QueryPlan,
    input: &StreamInputPlan,
    form: WindowForm,
) -> (Vec<usize>, Vec<Expr>) {
    let all = (0..input.window_types.len()).collect();
    match form {
        WindowForm::General => (all, Vec::new()),
        WindowForm::Slab => (Vec::new(), arguments(plan)),
        WindowForm::Sliding | WindowForm::Batch | WindowForm::Panes => (all, arguments(plan)),
    }
}

fn arguments(plan: &QueryPlan) -> Vec<Expr> {
    plan.selector.aggregates.iter().flat_map(|a| a.call.arguments.iter().cloned()).collect()
}

fn positions(read: &[bool]) -> Vec<usize> {
    read.iter().enumerate().filter_map(|(column, seen)| seen.then_some(column)).collect()
}
