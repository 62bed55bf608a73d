//! The state of a region as a snapshot, component by component.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use siddhi_pipeline::Random;
use siddhi_state::{Snapshot, StateError, StateHolder, decode, encode};

use super::partition::Partition;
use super::query::{Query, QueryInput};
use super::region::Region;
use super::windowing::panes::OpenGroups;
use super::windowing::slab::Slab;
use super::windowing::{KeyWindow, WindowStage, WindowState};
use crate::event::store::RowStore;
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
            snapshot.save(&format!("partition:{}", partition.name), &PartitionState(partition))?;
        }
        snapshot.to_bytes()
    }

    pub(crate) fn restore(&self, bytes: &[u8]) -> Result<(), StateError> {
        let snapshot = Snapshot::from_bytes(bytes)?;
        for query in &self.queries {
            snapshot.load(&query.state_name, &mut QueryState(query))?;
        }
        for partition in &self.partitions {
            let name = format!("partition:{}", partition.name);
            snapshot.load(&name, &mut PartitionState(partition))?;
        }
        snapshot.load("app", &mut AppState(self))?;
        Ok(())
    }
}

/// Time, timers and randomness.
struct AppState<'a>(&'a Region);

impl StateHolder for AppState<'_> {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let names: Vec<&str> = self.0.queries.iter().map(|q| q.state_name.as_str()).collect();
        encode(&(self.0.random.borrow().state(), names, self.0.time.save()))
    }

    fn restore(&mut self, _version: u32, bytes: &[u8]) -> Result<(), StateError> {
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
    groups: GroupTable,
    aggregators: Vec<Versioned>,
    having: Vec<Versioned>,
    /// Of each filter, before the window and behind it.
    filters: Vec<Vec<Versioned>>,
    window: Option<SavedWindow>,
    pattern: Option<Versioned>,
}

#[derive(Serialize, Deserialize)]
struct SavedWindow {
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
            QueryInput::Stream(input) => input
                .before
                .iter()
                .chain(&input.after)
                .filter_map(super::handlers::Handler::aggregators)
                .collect(),
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
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        let selector = self.0.selector_state.borrow();
        let filters: Result<_, StateError> =
            self.filters().into_iter().map(|f| aggregation::save(&f.borrow())).collect();
        let pattern = match &self.0.input {
            QueryInput::Pattern(pattern) => {
                let pattern = pattern.borrow();
                Some((pattern.schema_version(), pattern.snapshot()?))
            }
            QueryInput::Light(_) | QueryInput::Stream(_) => None,
        };
        encode(&SavedQuery {
            groups: selector.groups.clone(),
            aggregators: aggregation::save(&selector.aggregators)?,
            having: aggregation::save(&selector.having)?,
            filters: filters?,
            window: self.window().map(|(_, state)| save_window(&state.borrow())).transpose()?,
            pattern,
        })
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        if version != 1 {
            let component = self.0.state_name.clone();
            return Err(StateError::UnknownSchema { component, found: version });
        }
        let saved: SavedQuery = decode(bytes)?;
        let mut selector = self.0.selector_state.borrow_mut();
        selector.groups = saved.groups;
        aggregation::load(&mut selector.aggregators, &saved.aggregators)?;
        aggregation::load(&mut selector.having, &saved.having)?;
        for (filter, states) in self.filters().into_iter().zip(&saved.filters) {
            aggregation::load(&mut filter.borrow_mut(), states)?;
        }
        if let (Some((stage, state)), Some(saved)) = (self.window(), saved.window) {
            *state.borrow_mut() = load_window(stage, saved)?;
        }
        if let (QueryInput::Pattern(pattern), Some((version, bytes))) =
            (&self.0.input, saved.pattern)
        {
            pattern.borrow_mut().restore(version, &bytes)?;
        }
        Ok(())
    }
}

fn save_window(state: &WindowState) -> Result<SavedWindow, StateError> {
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
        keys,
        slab: state.slab.clone(),
        open: state.open.clone(),
        counts: [state.rows_in, state.rows_expired, state.rows_dropped],
    })
}

fn load_window(stage: &WindowStage, saved: SavedWindow) -> Result<WindowState, StateError> {
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

/// The keys of a partition.
struct PartitionState<'a>(&'a Partition);

impl StateHolder for PartitionState<'_> {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.0.keys.borrow().table)
    }

    fn restore(&mut self, _version: u32, bytes: &[u8]) -> Result<(), StateError> {
        let mut keys = super::partition::Keys::new();
        keys.table = decode(bytes)?;
        *self.0.keys.borrow_mut() = keys;
        Ok(())
    }
}
