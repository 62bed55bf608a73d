//! The machine of a pattern: matches in the lists of its states, and what an event does to them.
//!
//! Each state has two lists. A match that has got there stands in `incoming` until an event of the
//! state's stream comes; then the state *absorbs*: its incoming matches, sorted by time, are hung
//! behind those in `waiting`, and only those are tried. Siddhi's results, their order above all,
//! follow from this.

use super::arena::{Arena, Head, Kept};
use super::compile::State;
use super::index::{BucketLinks, Index, Key};
use super::list::{self, List, NONE};
use super::source::{Event, Gather};
use crate::event::batch::Batch;
use crate::event::view::Selection;
use crate::expression::program::{Program, Scratch};
use crate::extension::CallContext;
use siddhi_pipeline::Random;
use siddhi_query::ast::DataType;

/// How a state is linked to others, see [`super::plan::StatePlan`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) next: Option<usize>,
    pub(super) again: Option<usize>,
    pub(super) head: Option<usize>,
    pub(super) first: bool,
    pub(super) last: bool,
}

/// The key of a state's waiting matches: what the next event must be equal to.
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
struct StateIndex {
    index: Index,
    scratch: Scratch,
    batch: Batch,
}

/// The two lists of a state of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists {
    pub(super) waiting: List,
    pub(super) incoming: List,
    /// The incoming matches are in the order in which they are absorbed.
    sorted: bool,
    /// They are in the order in which they began, all with a first event.
    by_start: bool,
}

impl Lists {
    const EMPTY: Self =
        Self { waiting: List::EMPTY, incoming: List::EMPTY, sorted: true, by_start: true };
}

/// A key of the partition.
#[derive(Clone, Copy, Debug)]
struct KeyState {
    made: bool,
    /// While the time of events stays within these bounds no match expires.
    calm_from: i64,
    calm_until: i64,
}

impl KeyState {
    const NEW: Self = Self { made: false, calm_from: i64::MIN, calm_until: i64::MAX };

    fn include(&mut self, head: Head, within: u64) {
        if head.begun > 0 {
            self.calm_from = self.calm_from.max(head.start.saturating_sub_unsigned(within));
            self.calm_until = self.calm_until.min(head.start.saturating_add_unsigned(within));
        }
    }
}

/// What became of matches: started = matched + expired + pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Counts {
    pub(super) events: u64,
    pub(super) started: u64,
    pub(super) matched: u64,
    pub(super) expired: u64,
}

/// The matches of all keys.
#[derive(Debug)]
pub(super) struct Machine {
    states: usize,
    within: Option<u64>,
    arena: Arena,
    links: list::Links,
    /// By key.
    keys: Vec<KeyState>,
    /// By key, then by slot.
    lists: Vec<Lists>,
    /// By slot.
    indexes: Vec<Option<StateIndex>>,
    buckets: BucketLinks,
    pub(super) counts: Counts,
    /// Only a buffer.
    sorting: Vec<u32>,
}

impl Machine {
    pub(super) fn new(states: &[State], kept: &[Kept], within: Option<u64>) -> Self {
        let index = |state: &State| {
            state.key.as_ref().map(|key| StateIndex {
                index: Index::new(&key.types),
                scratch: key.program.scratch(),
                batch: Batch::new(&key.gather.types()),
            })
        };
        Self {
            states: states.len(),
            within,
            arena: Arena::new(kept, states.len()),
            links: list::Links::default(),
            keys: Vec::new(),
            lists: Vec::new(),
            indexes: states.iter().map(index).collect(),
            buckets: BucketLinks::default(),
            counts: Counts::default(),
            sorting: Vec::new(),
        }
    }

    pub(super) fn arena(&self) -> &Arena {
        &self.arena
    }

    #[inline]
    fn lists(&self, key: u32, slot: usize) -> Lists {
        self.lists.get(key as usize * self.states + slot).copied().unwrap_or(Lists::EMPTY)
    }

    /// Puts the waiting matches of a state, in order, behind those in `rows`.
    #[inline]
    pub(super) fn waiting(&self, key: u32, slot: usize, rows: &mut Vec<u32>) {
        self.links.collect(self.lists(key, slot).waiting, rows);
    }

    /// As [`Machine::waiting`], of the incoming matches.
    pub(super) fn incoming(&self, key: u32, slot: usize, rows: &mut Vec<u32>) {
        self.links.collect(self.lists(key, slot).incoming, rows);
    }

    /// Whether the waiting matches of a state are found by key.
    #[inline]
    pub(super) fn is_indexed(&self, slot: usize) -> bool {
        matches!(self.indexes.get(slot), Some(Some(_)))
    }

    /// As [`Machine::waiting`], of those with this key.
    #[inline]
    pub(super) fn waiting_for(&self, key: u32, slot: usize, value: &Key<'_>, rows: &mut Vec<u32>) {
        if let Some(Some(own)) = self.indexes.get(slot) {
            self.buckets.collect(own.index.find(key, value), rows);
        }
    }

    /// Makes the machine of a key when it has none yet: the first state gets an empty match.
    #[inline]
    pub(super) fn make(&mut self, key: u32) {
        if !self.keys.get(key as usize).is_some_and(|key| key.made) {
            self.make_key(key);
            let row = self.take(Head { timestamp: -1, ..Head::default() });
            self.add(key, 0, row);
        }
    }

    /// Makes place for a key.
    #[cold]
    pub(super) fn make_key(&mut self, key: u32) {
        let count = key as usize + 1;
        if self.keys.len() < count {
            self.keys.resize(count, KeyState::NEW);
            self.lists.resize(count * self.states, Lists::EMPTY);
        }
        if let Some(key) = self.keys.get_mut(key as usize) {
            key.made = true;
        }
    }

    /// The keys that have a machine.
    pub(super) fn keys(&self) -> impl Iterator<Item = u32> {
        (0_u32..).zip(&self.keys).filter(|(_, state)| state.made).map(|(key, _)| key)
    }

    /// A row for a match.
    #[inline]
    pub(super) fn take(&mut self, head: Head) -> u32 {
        let row = self.arena.take(head);
        self.links.grow(self.arena.rows());
        row
    }

    /// Puts a match at the end of a state's incoming ones.
    #[inline]
    pub(super) fn add(&mut self, key: u32, slot: usize, row: u32) {
        let head = self.arena.head(row);
        let Some(lists) = self.lists.get_mut(key as usize * self.states + slot) else { return };
        if lists.incoming.is_empty() {
            lists.sorted = true;
            lists.by_start = head.begun > 0;
        } else {
            let last = self.arena.head(lists.incoming.tail);
            lists.sorted &= order(last) <= order(head);
            lists.by_start &= head.begun > 0 && last.start <= head.start;
        }
        self.links.push_back(&mut lists.incoming, row);
        if let Some(within) = self.within
            && let Some(key) = self.keys.get_mut(key as usize)
        {
            key.include(head, within);
        }
    }

    /// What comes before an event is tried: expired matches go, then the states of its stream
    /// absorb. `slots` are those states.
    #[inline]
    pub(super) fn arrive(&mut self, key: u32, timestamp: i64, slots: &[usize], states: &[State]) {
        self.counts.events += 1;
        if let (Some(within), Some(own)) = (self.within, self.keys.get(key as usize))
            && (timestamp < own.calm_from || timestamp > own.calm_until)
        {
            self.prune(key, timestamp, within, states);
        }
        for slot in slots.iter().rev() {
            let lists = self.lists.get(key as usize * self.states + slot);
            if lists.is_some_and(|lists| !lists.incoming.is_empty()) {
                self.absorb(key, *slot, states);
            }
        }
    }

    /// Puts matches back that wait in a state, in this order.
    pub(super) fn wait(&mut self, key: u32, slot: usize, rows: &[u32], states: &[State]) {
        for row in rows {
            self.add(key, slot, *row);
        }
        if let Some(lists) = self.lists.get_mut(key as usize * self.states + slot) {
            // They have been absorbed already, each in its turn.
            lists.sorted = true;
        }
        self.absorb(key, slot, states);
    }

    /// Events come that no state takes: all that they do is to move the time and to let the states of
    /// their stream absorb.
    pub(super) fn pass_time(
        &mut self,
        key: u32,
        timestamps: &[i64],
        slots: &[usize],
        states: &[State],
    ) {
        let Some((first, rest)) = timestamps.split_first() else { return };
        self.arrive(key, *first, slots, states);
        let mut quiet = 0;
        while let Some(own) = self.keys.get(key as usize)
            && let Some(place) = rest
                .get(quiet..)
                .unwrap_or_default()
                .iter()
                .position(|timestamp| *timestamp < own.calm_from || *timestamp > own.calm_until)
            && let Some(timestamp) = rest.get(quiet + place)
        {
            quiet += place + 1;
            self.arrive(key, *timestamp, slots, states);
            self.counts.events -= 1;
        }
        self.counts.events += rest.len() as u64;
    }

    /// Hangs the incoming matches of a state behind those that wait there.
    pub(super) fn absorb(&mut self, key: u32, slot: usize, states: &[State]) {
        let Some(lists) = self.lists.get_mut(key as usize * self.states + slot) else { return };
        if !lists.sorted {
            let mut rows = std::mem::take(&mut self.sorting);
            rows.clear();
            self.links.collect(lists.incoming, &mut rows);
            rows.sort_by_key(|row| order(self.arena.head(*row)));
            lists.incoming = List::EMPTY;
            for row in &rows {
                self.links.push_back(&mut lists.incoming, *row);
            }
            self.sorting = rows;
        }
        if let (Some(Some(own)), Some(plan)) =
            (self.indexes.get_mut(slot), states.get(slot).and_then(|state| state.key.as_ref()))
        {
            let mut row = lists.incoming.head;
            while row != NONE {
                own.add(plan, key, row, &self.arena, &mut self.buckets);
                row = self.links.behind(row);
            }
        }
        self.links.append(&mut lists.waiting, &mut lists.incoming);
    }

    /// Takes a match out of those that wait in a state.
    #[inline]
    fn unlink_waiting(&mut self, key: u32, slot: usize, row: u32) {
        if let Some(Some(own)) = self.indexes.get_mut(slot) {
            own.index.remove(row, &mut self.buckets);
        }
        let Some(lists) = self.lists.get_mut(key as usize * self.states + slot) else { return };
        let front = lists.waiting.head;
        self.links.unlink(&mut lists.waiting, row);
        // The match that is in front now may have begun before the one that was.
        if let Some(within) = self.within
            && front == row
            && !lists.waiting.is_empty()
            && let Some(own) = self.keys.get_mut(key as usize)
        {
            own.include(self.arena.head(lists.waiting.head), within);
        }
    }

    /// An event completes the element of a state for a waiting match. When that is a result, it must
    /// have been put out before: the match may be gone afterwards.
    pub(super) fn complete(
        &mut self,
        key: u32,
        slot: usize,
        row: u32,
        links: Links,
        event: &Event<'_>,
    ) {
        if links.first {
            self.counts.started += 1;
        }
        let Some(next) = links.next else {
            self.counts.matched += 1;
            self.unlink_waiting(key, slot, row);
            match links.again {
                Some(again) => {
                    let head = Head { timestamp: event.timestamp, ..self.arena.head(row) };
                    self.restart(key, again, row, head);
                }
                None => self.arena.give(row),
            }
            return;
        };
        let mut head = Head { timestamp: event.timestamp, ..self.arena.head(row) };
        let copy = head;
        if links.first {
            head.start = event.timestamp;
            head.begun = self.counts.events;
        }
        let moved = if links.first && links.again == Some(slot) {
            // `every` on the first element alone: its one empty match is the copy, and stays where
            // it is. Nothing else ever waits there.
            if let Some(place) = self.arena.head_mut(row) {
                *place = copy;
            }
            self.take(head)
        } else {
            self.unlink_waiting(key, slot, row);
            if let Some(place) = self.arena.head_mut(row) {
                *place = head;
            }
            row
        };
        self.arena.write(moved, slot, event);
        self.add(key, next, moved);
        if let Some(again) = links.again
            && moved == row
        {
            let fresh = self.take(copy);
            self.arena.copy(row, fresh, again);
            self.restart(key, again, fresh, copy);
        }
    }

    /// Lets a row begin anew in a state, with the events of the slots before it.
    fn restart(&mut self, key: u32, slot: usize, row: u32, mut head: Head) {
        if slot == 0 {
            head.begun = 0;
        }
        if head.begun > 0 {
            // A copy that keeps its beginning is one more match that has started.
            self.counts.started += 1;
        }
        if let Some(place) = self.arena.head_mut(row) {
            *place = head;
        }
        self.add(key, slot, row);
    }

    /// Takes out what has expired: of each state's waiting matches those in front of the first that
    /// has not, of the incoming ones all. The last of those that went begins anew when the state
    /// stands in an `every`.
    #[cold]
    fn prune(&mut self, key: u32, timestamp: i64, within: u64, states: &[State]) {
        let expired = |head: Head| head.begun > 0 && head.start.abs_diff(timestamp) > within;
        for (slot, state) in states.iter().enumerate() {
            let mut last = NONE;
            loop {
                let front = self.lists(key, slot).waiting.head;
                if front == NONE || !expired(self.arena.head(front)) {
                    break;
                }
                self.unlink_waiting(key, slot, front);
                self.drop_expired(&mut last, front);
            }
            let Lists { incoming, by_start, .. } = self.lists(key, slot);
            let mut next = incoming.head;
            // In order of their beginning, and none of them in the future: behind the first that
            // has not expired none has.
            let in_order = by_start && self.arena.head(incoming.tail).start <= timestamp;
            while next != NONE {
                let row = next;
                next = self.links.behind(row);
                if expired(self.arena.head(row)) {
                    if let Some(lists) = self.lists.get_mut(key as usize * self.states + slot) {
                        self.links.unlink(&mut lists.incoming, row);
                    }
                    self.drop_expired(&mut last, row);
                } else if in_order {
                    break;
                }
            }
            if last == NONE {
                continue;
            }
            match state.links.head {
                Some(head) => {
                    let copy = self.arena.head(last);
                    self.restart(key, head, last, copy);
                    self.absorb(key, head, states);
                }
                None => self.arena.give(last),
            }
        }
        self.calm(key, within);
    }

    /// Counts a match that has expired; the one before it is gone for good.
    fn drop_expired(&mut self, last: &mut u32, row: u32) {
        self.counts.expired += 1;
        if *last != NONE {
            self.arena.give(*last);
        }
        *last = row;
    }

    /// Finds out until when nothing expires.
    fn calm(&mut self, key: u32, within: u64) {
        let mut state = KeyState { made: true, ..KeyState::NEW };
        for slot in 0..self.states {
            let lists = self.lists(key, slot);
            if !lists.waiting.is_empty() {
                state.include(self.arena.head(lists.waiting.head), within);
            }
            if lists.incoming.is_empty() {
                continue;
            }
            if lists.by_start {
                state.include(self.arena.head(lists.incoming.head), within);
                state.include(self.arena.head(lists.incoming.tail), within);
            } else {
                let mut row = lists.incoming.head;
                while row != NONE {
                    state.include(self.arena.head(row), within);
                    row = self.links.behind(row);
                }
            }
        }
        if let Some(place) = self.keys.get_mut(key as usize) {
            *place = state;
        }
    }

    /// Forgets everything, before a state is put back.
    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.links = list::Links::default();
        self.keys.clear();
        self.lists.clear();
        self.buckets.clear();
        for own in self.indexes.iter_mut().flatten() {
            own.index.clear();
        }
        self.counts = Counts::default();
    }

    /// The arena, to put matches back.
    pub(super) fn arena_mut(&mut self) -> &mut Arena {
        &mut self.arena
    }
}

impl StateIndex {
    /// Puts a match into its bucket.
    fn add(
        &mut self,
        plan: &KeyPlan,
        partition: u32,
        row: u32,
        arena: &Arena,
        buckets: &mut BucketLinks,
    ) {
        if let Some(stored) = &plan.stored {
            let part = |column: &usize| Some((arena.columns.get(*column)?, row as usize));
            if let Some(key) = Key::new(stored.iter().filter_map(part)) {
                self.index.add(partition, &key, row, buckets);
            }
            return;
        }
        self.batch.clear();
        self.batch.timestamps.push(0);
        plan.gather.fill(&[row], &arena.columns, None, &mut self.batch.columns);
        let mut view = self.batch.view();
        view.selection = Selection::All(1);
        // Only pure expressions that cannot fail are keys: they ask for none of this.
        let mut context = CallContext {
            timestamps: &[0],
            now: &|| 0,
            random: &mut Random::new(0),
            failures: &mut Vec::new(),
        };
        plan.program.run(&view, &mut self.scratch, &mut context);
        let part = |n: usize| (plan.program.result(n, &view, &self.scratch), 0);
        if let Some(key) = Key::new((0..plan.types.len()).map(part)) {
            self.index.add(partition, &key, row, buckets);
        }
    }
}

/// The order in which incoming matches are absorbed: by time, those without one last.
#[inline]
fn order(head: Head) -> i64 {
    if head.timestamp == -1 { i64::MAX } else { head.timestamp }
}
