//! The machine of a pattern: matches in the lists of its states, and what an event does to them.
//!
//! Each state has two lists. A match that has got there stands in `incoming` until an event of the
//! state's stream comes; then the state *absorbs*: its incoming matches, sorted by time, are hung
//! behind those in `waiting`, and only those are tried. Siddhi's results, their order above all,
//! follow from this.

use super::arena::{Arena, Head, Kept};
use super::expiry::KeyState;
use super::index::{BucketLinks, Key};
use super::key::{KeyPlan, StateIndex};
use super::list::{self, List, NONE};
use super::source::Event;
use super::starts::{Starts, Tree};

/// How a state is linked to others, see [`super::plan::StatePlan`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) next: Option<usize>,
    pub(super) again: Option<usize>,
    pub(super) head: Option<usize>,
    pub(super) first: bool,
    pub(super) last: bool,
}

/// The two lists of a state of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lists {
    pub(super) waiting: List,
    pub(super) incoming: List,
    /// The incoming matches are in the order in which they are absorbed.
    sorted: bool,
    /// They are in the order in which they began, all with a first event.
    pub(super) by_start: bool,
    /// Else those among them that expiry has seen, by when they began.
    pub(super) tree: Tree,
}

impl Lists {
    const EMPTY: Self = Self {
        waiting: List::EMPTY,
        incoming: List::EMPTY,
        sorted: true,
        by_start: true,
        tree: Tree::EMPTY,
    };
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
    /// By slot.
    pub(super) states: Vec<Links>,
    pub(super) within: Option<u64>,
    pub(super) arena: Arena,
    pub(super) links: list::Links,
    /// By key.
    pub(super) keys: Vec<KeyState>,
    /// By key, then by slot.
    pub(super) lists: Vec<Lists>,
    /// By slot.
    indexes: Vec<Option<StateIndex>>,
    buckets: BucketLinks,
    pub(super) starts: Starts,
    pub(super) counts: Counts,
    /// Only a buffer.
    sorting: Vec<u32>,
}

impl Machine {
    /// A machine of states with these links and keys, by slot.
    pub(super) fn new(
        states: Vec<Links>,
        keys: Vec<Option<KeyPlan>>,
        kept: &[Kept],
        within: Option<u64>,
    ) -> Self {
        Self {
            within,
            arena: Arena::new(kept, states.len()),
            states,
            links: list::Links::default(),
            keys: Vec::new(),
            lists: Vec::new(),
            indexes: keys.into_iter().map(|key| key.map(StateIndex::new)).collect(),
            buckets: BucketLinks::default(),
            starts: Starts::new(),
            counts: Counts::default(),
            sorting: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn lists(&self, key: u32, slot: usize) -> Lists {
        self.lists.get(key as usize * self.states.len() + slot).copied().unwrap_or(Lists::EMPTY)
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

    /// How many matches have begun and are neither complete nor expired.
    pub(super) fn pending(&self) -> u64 {
        let mut rows = Vec::new();
        for key in self.keys() {
            for slot in 0..self.states.len() {
                self.waiting(key, slot, &mut rows);
                self.incoming(key, slot, &mut rows);
            }
        }
        rows.iter().filter(|row| self.arena.head(**row).begun > 0).count() as u64
    }

    /// Whether the waiting matches of a state are found by key.
    #[inline]
    pub(super) fn is_indexed(&self, slot: usize) -> bool {
        matches!(self.indexes.get(slot), Some(Some(_)))
    }

    /// As [`Machine::waiting`], of those with this key.
    #[inline]
    pub(super) fn waiting_for(&self, key: u32, slot: usize, value: Key<'_>, rows: &mut Vec<u32>) {
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
            self.lists.resize(count * self.states.len(), Lists::EMPTY);
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
        let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot) else {
            return;
        };
        if lists.incoming.is_empty() {
            lists.sorted = true;
            lists.by_start = head.begun > 0;
            lists.tree = Tree::EMPTY;
        } else {
            let last = self.arena.head(lists.incoming.tail);
            lists.sorted &= order(last) <= order(head);
            lists.by_start &= head.begun > 0 && last.start <= head.start;
        }
        self.links.push_back(&mut lists.incoming, row);
        if let Some(own) = self.keys.get_mut(key as usize) {
            own.dirty = true;
            if let Some(within) = self.within {
                own.include(head, within);
            }
        }
    }

    /// What comes before an event is tried: expired matches go, then the states of its stream
    /// absorb. `slots` are those states, the highest first.
    #[inline]
    pub(super) fn arrive(&mut self, key: u32, timestamp: i64, slots: &[usize]) {
        self.counts.events += 1;
        let Some(own) = self.keys.get(key as usize) else { return };
        let dirty = own.dirty;
        if timestamp < own.calm_from || timestamp > own.calm_until {
            self.prune(key, timestamp);
        }
        if dirty {
            self.absorb_all(key, slots);
        }
    }

    /// As [`Machine::arrive`] for events of one stream, one after the other, of which only the last
    /// is tried.
    pub(super) fn arrive_all(&mut self, key: u32, timestamps: &[i64], slots: &[usize]) {
        let Some((first, mut rest)) = timestamps.split_first() else { return };
        self.arrive(key, *first, slots);
        self.counts.events += rest.len() as u64;
        // The states have absorbed what there was: until the next match moves, time alone counts.
        while let Some(own) = self.keys.get(key as usize) {
            let (from, until) = (own.calm_from, own.calm_until);
            let late = |timestamp: &i64| *timestamp < from || *timestamp > until;
            let Some(place) = rest.iter().position(late) else { break };
            let Some((timestamp, behind)) = rest.get(place..).and_then(<[i64]>::split_first) else {
                break;
            };
            self.prune(key, *timestamp);
            rest = behind;
        }
    }

    /// The states of a stream absorb.
    fn absorb_all(&mut self, key: u32, slots: &[usize]) {
        for slot in slots.iter().rev() {
            self.absorb(key, *slot);
        }
        if slots.len() == self.states.len()
            && let Some(own) = self.keys.get_mut(key as usize)
        {
            own.dirty = false;
        }
    }

    /// Puts matches back that wait in a state, in this order.
    pub(super) fn wait(&mut self, key: u32, slot: usize, rows: &[u32]) {
        for row in rows {
            self.add(key, slot, *row);
        }
        if let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot) {
            // They have been absorbed already, each in its turn.
            lists.sorted = true;
        }
        self.absorb(key, slot);
    }

    /// Hangs the incoming matches of a state behind those that wait there.
    pub(super) fn absorb(&mut self, key: u32, slot: usize) {
        let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot) else {
            return;
        };
        if lists.incoming.is_empty() {
            return;
        }
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
        if let Some(Some(own)) = self.indexes.get_mut(slot) {
            let mut row = lists.incoming.head;
            while row != NONE {
                own.add(key, row, &self.arena.columns, &mut self.buckets);
                row = self.links.behind(row);
            }
        }
        self.links.append(&mut lists.waiting, &mut lists.incoming);
    }

    /// Takes a match out of those that wait in a state.
    #[inline]
    pub(super) fn unlink_waiting(&mut self, key: u32, slot: usize, row: u32) {
        if let Some(Some(own)) = self.indexes.get_mut(slot) {
            own.index.remove(row, &mut self.buckets);
        }
        let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot) else {
            return;
        };
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
    pub(super) fn complete(&mut self, key: u32, slot: usize, row: u32, event: &Event<'_>) {
        let Some(links) = self.states.get(slot).copied() else { return };
        if links.first {
            self.counts.started += 1;
        }
        let Some(next) = links.next else {
            self.counts.matched += 1;
            self.unlink_waiting(key, slot, row);
            match links.again {
                Some(again) => {
                    let head = Head { timestamp: event.timestamp(), ..self.arena.head(row) };
                    self.restart(key, again, row, head);
                }
                None => self.arena.give(row),
            }
            return;
        };
        let mut head = Head { timestamp: event.timestamp(), ..self.arena.head(row) };
        let copy = head;
        if links.first {
            head.start = event.timestamp();
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
    pub(super) fn restart(&mut self, key: u32, slot: usize, row: u32, mut head: Head) {
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

    /// Forgets everything, before a state is put back.
    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.links = list::Links::default();
        self.keys.clear();
        self.lists.clear();
        self.buckets.clear();
        self.starts = Starts::new();
        for own in self.indexes.iter_mut().flatten() {
            own.index.clear();
        }
        self.counts = Counts::default();
    }
}

/// The order in which incoming matches are absorbed: by time, those without one last.
#[inline]
fn order(head: Head) -> i64 {
    if head.timestamp == -1 { i64::MAX } else { head.timestamp }
}
