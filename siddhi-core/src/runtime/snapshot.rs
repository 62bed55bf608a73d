//! The state of a region as a snapshot, component by component.

use std::cell::RefCell;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use siddhi_pipeline::Random;
use siddhi_query::ast::DataType;
use siddhi_state::{Snapshot, StateError, StateHolder, check_version, decode, encode, fnv1a};

use super::handlers::{Handler, Processor};
use super::partition::Partition;
use super::query::{Query, QueryInput};
use super::region::Region;
use super::windowing::panes::OpenGroups;
use super::windowing::slab::Slab;
use super::windowing::{KeyWindow, WindowStage, WindowState};
use crate::event::store::RowStore;
use crate::extension::StreamProcessor;
use crate::plan::logical::{LogicalApp, QueryPlan};
use crate::selector::aggregation::{self, Aggregators};
use crate::selector::groups::GroupTable;

impl Region {
    pub(crate) fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let mut snapshot = Snapshot::default();
        snapshot.save("app", &AppState(self))?;
        for query in &self.queries {
            snapshot.save(&query.state_name, &QueryState(query))?;
        }
        for partition in &self.partitions {
            snapshot.save(&partition.state_name, &PartitionState(partition))?;
        }
        snapshot.to_bytes()
    }

    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), StateError> {
        for query in &self.queries {
            snapshot.load(&query.state_name, &mut QueryState(query))?;
        }
        for partition in &self.partitions {
            snapshot.load(&partition.state_name, &mut PartitionState(partition))?;
        }
        snapshot.load("app", &mut AppState(self))?;
        Ok(())
    }
}

/// The names of the states of queries and partitions: the given names, or hashes of the texts, of
/// which equal ones are numbered. None depends on what else stands in the app.
pub(super) struct StateNames {
    pub(super) queries: Vec<String>,
    pub(super) partitions: Vec<String>,
}

impl StateNames {
    pub(super) fn of(app: &LogicalApp) -> Self {
        let mut seen = HashMap::new();
        let partitions = app.partitions.iter();
        let partitions: Vec<String> = partitions
            .map(|plan| {
                if plan.named {
                    format!("partition:{}", escaped(&plan.name))
                } else {
                    hashed("partition-text", &plan.text, &mut seen)
                }
            })
            .collect();
        // The state of a query in a partition is by the numbers of the partition's keys: it is of
        // no use without them.
        let name = |query: &QueryPlan| {
            let partition = query.partition.and_then(|index| partitions.get(index));
            let within = partition.map_or_else(String::new, |name| format!("{name}/"));
            if query.named {
                format!("{within}query:{}", escaped(&query.name))
            } else {
                hashed(&format!("{within}text"), &query.text, &mut seen)
            }
        };
        Self { queries: app.queries.iter().map(name).collect(), partitions }
    }
}

/// A name in which `/` ends nothing.
fn escaped(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F")
}

/// `KIND:HASH`, and from the second of an equal text on `KIND:HASH:N`.
fn hashed(kind: &str, text: &str, seen: &mut HashMap<String, u32>) -> String {
    let base = format!("{kind}:{:016x}", fnv1a(text.as_bytes()));
    let number = seen.entry(base.clone()).or_insert(0);
    *number += 1;
    if *number == 1 { base } else { format!("{base}:{number}") }
}

/// The state of a component is that of another kind of thing.
fn misfit(component: &str, found: impl Into<String>, expected: impl Into<String>) -> StateError {
    StateError::Misfit {
        component: component.into(),
        found: found.into(),
        expected: expected.into(),
    }
}

/// Refuses a state that was saved under the name of a component and belongs to something else; `of`
/// says what may have changed.
fn check_fingerprint(
    component: &str,
    known: Option<u64>,
    found: Option<u64>,
    of: &str,
) -> Result<(), StateError> {
    if found == known {
        return Ok(());
    }
    let print = |fingerprint: Option<u64>| {
        fingerprint.map_or_else(|| "nothing".into(), |hash| format!("the fingerprint {hash:016x}"))
    };
    Err(misfit(component, print(found), format!("{}: {of} has changed", print(known))))
}

/// Time, timers and randomness.
struct AppState<'a>(&'a Region);

impl StateHolder for AppState<'_> {
    fn schema_version(&self) -> u32 {
        2
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let names: Vec<&str> = self.0.queries.iter().map(|q| q.state_name.as_str()).collect();
        encode(&(self.0.random.borrow().state(), names, self.0.time.save()))
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("app", self.schema_version(), version)?;
        let (random, names, mut time): (u64, Vec<String>, super::time::SavedTime) = decode(bytes)?;
        *self.0.random.borrow_mut() = Random::new(random);
        // Owners are known by the names of their queries: their places may have changed.
        let place = |query: u32| {
            let name = names.get(query as usize)?;
            let place = self.0.queries.iter().position(|q| q.state_name == *name)?;
            u32::try_from(place).ok()
        };
        time.rename(place);
        self.0.time.load(time);
        Ok(())
    }
}

/// The states of one query's operators.
struct QueryState<'a>(&'a Query);

/// A component of a query with its schema version.
type Versioned = (u32, Vec<u8>);

#[derive(Serialize, Deserialize)]
struct SavedQuery {
    /// What the rest belongs to; none when the query keeps nothing.
    fingerprint: Option<u64>,
    groups: GroupTable,
    aggregators: Vec<Versioned>,
    having: Vec<Versioned>,
    /// Of each filter, before the window and behind it.
    filters: Vec<Vec<Versioned>>,
    /// Of each stream processor, before the window and behind it, by key.
    processors: Vec<Vec<Option<Versioned>>>,
    window: Option<SavedWindow>,
    pattern: Option<Versioned>,
}

#[derive(Serialize, Deserialize)]
struct SavedWindow {
    /// The name of the form that it ran in, which the plan of the whole app decides.
    form: String,
    /// The types of the columns that were stored.
    types: Vec<DataType>,
    keys: Vec<Option<SavedKey>>,
    slab: Option<Slab>,
    open: OpenGroups,
    counts: [u64; 3],
}

#[derive(Serialize, Deserialize)]
struct SavedKey {
    window: Versioned,
    store: RowStore,
    come: u64,
    groups: Vec<u32>,
}

impl QueryState<'_> {
    fn filters(&self) -> Vec<&RefCell<Aggregators>> {
        match &self.0.input {
            QueryInput::Stream(input) => {
                input.before.iter().chain(&input.after).filter_map(Handler::aggregators).collect()
            }
            QueryInput::Light(_) | QueryInput::Pattern(_) => Vec::new(),
        }
    }

    fn processors(&self) -> Vec<&Processor> {
        match &self.0.input {
            QueryInput::Stream(input) => {
                input.before.iter().chain(&input.after).filter_map(Handler::processor).collect()
            }
            QueryInput::Light(_) | QueryInput::Pattern(_) => Vec::new(),
        }
    }

    fn window(&self) -> Option<&(WindowStage, RefCell<WindowState>)> {
        match &self.0.input {
            QueryInput::Stream(input) => input.window.as_ref(),
            QueryInput::Light(_) | QueryInput::Pattern(_) => None,
        }
    }
}

impl StateHolder for QueryState<'_> {
    fn schema_version(&self) -> u32 {
        3
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let selector = self.0.selector_state.borrow();
        let filters: Result<_, StateError> =
            self.filters().into_iter().map(|f| aggregation::save(&f.borrow())).collect();
        let processors: Result<_, StateError> =
            self.processors().into_iter().map(save_processor).collect();
        let pattern = match &self.0.input {
            QueryInput::Pattern(pattern) => {
                let pattern = pattern.borrow();
                Some((pattern.schema_version(), pattern.snapshot()?))
            }
            QueryInput::Light(_) | QueryInput::Stream(_) => None,
        };
        let window = self.window().map(|(stage, state)| save_window(stage, &state.borrow()));
        encode(&SavedQuery {
            fingerprint: self.0.fingerprint,
            groups: selector.groups.clone(),
            aggregators: aggregation::save(&selector.aggregators)?,
            having: aggregation::save(&selector.having)?,
            filters: filters?,
            processors: processors?,
            window: window.transpose()?,
            pattern,
        })
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        let name = &self.0.state_name;
        check_version(name, self.schema_version(), version)?;
        let saved: SavedQuery = decode(bytes)?;
        let of = "the query, or a stream that it reads,";
        check_fingerprint(name, self.0.fingerprint, saved.fingerprint, of)?;
        let mut selector = self.0.selector_state.borrow_mut();
        selector.groups = saved.groups;
        load_aggregators(name, &mut selector.aggregators, &saved.aggregators)?;
        load_aggregators(name, &mut selector.having, &saved.having)?;
        let filters = self.filters();
        if filters.len() != saved.filters.len() {
            let count = |count: usize| format!("{count} filters");
            return Err(misfit(name, count(saved.filters.len()), count(filters.len())));
        }
        for (filter, states) in filters.into_iter().zip(&saved.filters) {
            load_aggregators(name, &mut filter.borrow_mut(), states)?;
        }
        let processors = self.processors();
        if processors.len() != saved.processors.len() {
            let count = |count: usize| format!("{count} stream processors");
            return Err(misfit(name, count(saved.processors.len()), count(processors.len())));
        }
        for (processor, states) in processors.into_iter().zip(saved.processors) {
            load_processor(processor, states)?;
        }
        match (self.window(), saved.window) {
            (Some((stage, state)), Some(saved)) => {
                *state.borrow_mut() = load_window(name, stage, saved)?;
            }
            (None, None) => {}
            (Some(_), None) => return Err(misfit(name, "no window", "one")),
            (None, Some(_)) => return Err(misfit(name, "a window", "none")),
        }
        match (&self.0.input, saved.pattern) {
            (QueryInput::Pattern(pattern), Some((version, bytes))) => {
                pattern.borrow_mut().restore(version, &bytes)
            }
            (QueryInput::Light(_) | QueryInput::Stream(_), None) => Ok(()),
            (QueryInput::Pattern(_), None) => Err(misfit(name, "no pattern", "one")),
            (_, Some(_)) => Err(misfit(name, "a pattern", "none")),
        }
    }
}

fn load_aggregators(
    query: &str,
    aggregators: &mut Aggregators,
    saved: &[Versioned],
) -> Result<(), StateError> {
    if aggregators.len() != saved.len() {
        let count = |count: usize| format!("{count} aggregators");
        return Err(misfit(query, count(saved.len()), count(aggregators.len())));
    }
    aggregation::load(aggregators, saved)
}

fn save_processor(processor: &Processor) -> Result<Vec<Option<Versioned>>, StateError> {
    let save = |state: &Option<Box<dyn StreamProcessor>>| {
        state.as_ref().map(|state| Ok((state.schema_version(), state.snapshot()?))).transpose()
    };
    processor.states.borrow().iter().map(save).collect()
}

fn load_processor(processor: &Processor, saved: Vec<Option<Versioned>>) -> Result<(), StateError> {
    let load = |saved: Option<Versioned>| {
        let Some((version, bytes)) = saved else { return Ok(None) };
        let mut state = processor.fresh();
        state.restore(version, &bytes)?;
        Ok(Some(state))
    };
    let states: Result<_, StateError> = saved.into_iter().map(load).collect();
    *processor.states.borrow_mut() = states?;
    Ok(())
}

fn save_window(stage: &WindowStage, state: &WindowState) -> Result<SavedWindow, StateError> {
    let mut keys = Vec::new();
    for own in &state.keys {
        keys.push(match own {
            Some(own) => Some(SavedKey {
                window: (own.window.schema_version(), own.window.snapshot()?),
                store: own.store.clone(),
                come: own.come,
                groups: own.groups.clone(),
            }),
            None => None,
        });
    }
    Ok(SavedWindow {
        form: stage.form.name().into(),
        types: stage.store_types(),
        keys,
        slab: state.slab.clone(),
        open: state.open.clone(),
        counts: [state.rows_in, state.rows_expired, state.rows_dropped],
    })
}

fn load_window(
    query: &str,
    stage: &WindowStage,
    saved: SavedWindow,
) -> Result<WindowState, StateError> {
    let types = stage.store_types();
    if saved.form != stage.form.name() || saved.types != types {
        let found = layout(&saved.form, &saved.types);
        return Err(misfit(query, found, layout(stage.form.name(), &types)));
    }
    let mut state = WindowState::new();
    state.slab = saved.slab;
    state.open = saved.open;
    [state.rows_in, state.rows_expired, state.rows_dropped] = saved.counts;
    for own in saved.keys {
        state.keys.push(match own {
            Some(own) => {
                let mut window: KeyWindow = stage.key_window();
                window.window.restore(own.window.0, &own.window.1)?;
                window.store = own.store;
                window.come = own.come;
                window.groups = own.groups;
                Some(window)
            }
            None => None,
        });
    }
    Ok(state)
}

/// How a window keeps its rows, for people.
fn layout(form: &str, types: &[DataType]) -> String {
    let types: Vec<&str> = types.iter().map(|data_type| data_type.as_str()).collect();
    format!("a window in {form} form over ({})", types.join(", "))
}

/// The keys of a partition, and the aggregators that find them.
struct PartitionState<'a>(&'a Partition);

impl StateHolder for PartitionState<'_> {
    fn schema_version(&self) -> u32 {
        3
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let totals: Result<Vec<_>, StateError> =
            self.0.aggregators().map(|own| aggregation::save(&own.borrow())).collect();
        encode(&(self.0.fingerprint, &self.0.keys.borrow().table, totals?))
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        let name = &self.0.state_name;
        check_version(name, self.schema_version(), version)?;
        let mut keys = super::partition::Keys::new();
        let (fingerprint, totals): (u64, Vec<Vec<Versioned>>);
        (fingerprint, keys.table, totals) = decode(bytes)?;
        let of = "a key, or a stream of one,";
        check_fingerprint(name, Some(self.0.fingerprint), Some(fingerprint), of)?;
        let own: Vec<_> = self.0.aggregators().collect();
        if own.len() != totals.len() {
            let count = |count: usize| format!("{count} keys and ranges");
            return Err(misfit(name, count(totals.len()), count(own.len())));
        }
        for (own, saved) in own.into_iter().zip(&totals) {
            load_aggregators(name, &mut own.borrow_mut(), saved)?;
        }
        *self.0.keys.borrow_mut() = keys;
        Ok(())
    }
}
