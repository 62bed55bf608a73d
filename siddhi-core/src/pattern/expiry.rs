//! `within`: which matches have expired, and when that has to be looked at.
//!
//! A match expires by the timestamp of its first event, while the lists are in the order of the last
//! one; and an event may be older than those before it. So a list may hold expired matches behind
//! one that has not expired. They stay, as in Siddhi: which ones go is decided by the front of
//! `waiting` and by all of `incoming`. For each key the bounds are kept within which neither
//! changes, so that an event that expires nothing costs two comparisons.

use super::arena::Head;
use super::list::NONE;
use super::machine::{Lists, Machine};

/// A key of the partition.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyState {
    pub(super) made: bool,
    /// A state may have incoming matches.
    pub(super) dirty: bool,
    /// While the time of events stays within these bounds no match expires.
    pub(super) calm_from: i64,
    pub(super) calm_until: i64,
}

impl KeyState {
    pub(super) const NEW: Self =
        Self { made: false, dirty: false, calm_from: i64::MIN, calm_until: i64::MAX };

    pub(super) fn include(&mut self, head: Head, within: u64) {
        if head.begun > 0 {
            self.calm_from = self.calm_from.max(head.start.saturating_sub_unsigned(within));
            self.calm_until = self.calm_until.min(head.start.saturating_add_unsigned(within));
        }
    }
}

/// Counts the incoming matches that expiry looks at, for tests of what it costs.
#[inline]
fn visit() {
    #[cfg(test)]
    VISITS.with(|visits| visits.set(visits.get() + 1));
}

#[cfg(test)]
std::thread_local! {
    /// How often [`visit`] has been called on this thread; what a test sends stays on its own.
    pub(super) static VISITS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

impl Machine {
    /// Takes out what has expired: of each state's waiting matches those in front of the first that
    /// has not, of the incoming ones all. The last of those that went begins anew when the state
    /// stands in an `every`.
    #[cold]
    pub(super) fn prune(&mut self, key: u32, timestamp: i64) {
        let Some(within) = self.within else { return };
        let expired = |head: Head| head.begun > 0 && head.start.abs_diff(timestamp) > within;
        for slot in 0..self.states.len() {
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
                visit();
                let row = next;
                next = self.links.behind(row);
                if expired(self.arena.head(row)) {
                    if let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot)
                    {
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
            match self.states.get(slot).and_then(|state| state.head) {
                Some(head) => {
                    let copy = self.arena.head(last);
                    self.restart(key, head, last, copy);
                    self.absorb(key, head);
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
        let mut state = KeyState { made: true, dirty: true, ..KeyState::NEW };
        for slot in 0..self.states.len() {
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
                    visit();
                    state.include(self.arena.head(row), within);
                    row = self.links.behind(row);
                }
            }
        }
        if let Some(place) = self.keys.get_mut(key as usize) {
            *place = state;
        }
    }
}
