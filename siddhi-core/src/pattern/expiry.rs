//! `within`: which matches have expired, and when that has to be looked at.
//!
//! A match expires by the timestamp of its first event, while the lists are in the order of the last
//! one; and an event may be older than those before it. So a list may hold expired matches behind
//! one that has not expired. They stay, as in Siddhi: which ones go is decided by the front of
//! `waiting` and by all of `incoming`. For each key the bounds are kept within which neither
//! changes, so that an event that expires nothing costs two comparisons.
//!
//! Nor may an event that expires one match look at all of them, where thousands wait for a stream
//! that does not come. Incoming matches that got there in the order in which they began expire from
//! the ends of their list. Of others a tree knows the ends; it is filled only when something may
//! expire, so that matches which go on before pay nothing for it. A match is put in once for each
//! state that it gets to, and leaves with its expiry, or together with all others when the state
//! absorbs; beside that, an expiry looks at both ends of each state.

use super::arena::Head;
use super::list::{List, NONE};
use super::machine::Machine;
use super::starts::{NEWEST, OLDEST, Tree};

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

/// Counts the matches that expiry looks at, for tests of what it costs.
#[inline]
pub(super) fn visit() {
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
                self.drop_expired(&mut last, front, true);
            }
            self.prune_incoming(key, slot, &mut last, expired);
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

    /// Takes what has expired out of a state's incoming matches: the oldest of them, and the newest,
    /// which lie in the future of an event that is late.
    fn prune_incoming(
        &mut self,
        key: u32,
        slot: usize,
        last: &mut u32,
        expired: impl Fn(Head) -> bool,
    ) {
        let mut highest = 0;
        for side in [OLDEST, NEWEST] {
            loop {
                let row = self.incoming_end(key, slot, side);
                let place = key as usize * self.states.len() + slot;
                let Some(lists) = self.lists.get_mut(place) else { return };
                if row == NONE || !expired(self.arena.head(row)) {
                    break;
                }
                // Where it stood in the list, in comparison with the others that go.
                let number = if !lists.by_start {
                    self.starts.number(row)
                } else if side == OLDEST {
                    highest + 1
                } else {
                    u64::MAX
                };
                if !lists.by_start {
                    self.starts.remove(&mut lists.tree.root, side);
                    if lists.tree.until == row {
                        lists.tree.until = self.links.before(row);
                    }
                }
                self.links.unlink(&mut lists.incoming, row);
                self.drop_expired(last, row, number > highest);
                highest = highest.max(number);
            }
        }
    }

    /// The match among a state's incoming ones that began first or last; none when none has begun.
    fn incoming_end(&mut self, key: u32, slot: usize, side: usize) -> u32 {
        visit();
        let Some(lists) = self.lists.get_mut(key as usize * self.states.len() + slot) else {
            return NONE;
        };
        let List { head, tail } = lists.incoming;
        if lists.by_start || head == NONE {
            return if side == OLDEST { head } else { tail };
        }
        let Tree { root, until } = &mut lists.tree;
        let mut row = if *until == NONE { head } else { self.links.behind(*until) };
        while row != NONE {
            visit();
            let head = self.arena.head(row);
            if head.begun > 0 {
                self.starts.insert(root, row, head.start);
            }
            *until = row;
            row = self.links.behind(row);
        }
        self.starts.bring(root, side);
        *root
    }

    /// Counts a match that has expired. All but the last of those in a list are gone for good.
    fn drop_expired(&mut self, last: &mut u32, row: u32, is_last: bool) {
        self.counts.expired += 1;
        let gone = if is_last { std::mem::replace(last, row) } else { row };
        if gone != NONE {
            self.arena.give(gone);
        }
    }

    /// Finds out until when nothing expires.
    fn calm(&mut self, key: u32, within: u64) {
        let mut state = KeyState { made: true, dirty: true, ..KeyState::NEW };
        for slot in 0..self.states.len() {
            let front = self.lists(key, slot).waiting.head;
            let [oldest, newest] = [OLDEST, NEWEST].map(|side| self.incoming_end(key, slot, side));
            for row in [front, oldest, newest] {
                if row != NONE {
                    state.include(self.arena.head(row), within);
                }
            }
        }
        if let Some(place) = self.keys.get_mut(key as usize) {
            *place = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::machine::Links;
    use super::*;

    const WITHIN: u64 = 10;
    const KEYS: u32 = 2;
    const HEADS: [[Option<usize>; 3]; 4] =
        [[None; 3], [Some(0); 3], [None, Some(1), Some(1)], [Some(0), Some(1), Some(1)]];

    #[derive(Clone, Debug)]
    enum Step {
        /// A match with these times comes to a state.
        Come { slot: usize, timestamp: i64, start: i64 },
        /// An event comes for the states whose bits are set.
        Arrive { timestamp: i64, slots: u8 },
        /// A waiting match is over.
        Leave { slot: usize, place: usize },
    }

    fn steps() -> impl Strategy<Value = Vec<(u32, Step)>> {
        let time = || prop_oneof![8 => 100..140_i64, 1 => select(&[i64::MIN, i64::MAX][..])];
        let come = (0..3_usize, time(), time()).prop_map(|(slot, timestamp, start)| Step::Come {
            slot,
            timestamp,
            start,
        });
        let arrive =
            (time(), 0..8_u8).prop_map(|(timestamp, slots)| Step::Arrive { timestamp, slots });
        // States that hardly ever absorb, as those whose stream does not come.
        let move_time = time().prop_map(|timestamp| Step::Arrive { timestamp, slots: 0 });
        let leave = (0..3_usize, 0..9_usize).prop_map(|(slot, place)| Step::Leave { slot, place });
        let step = prop_oneof![8 => come, 1 => arrive, 4 => move_time, 1 => leave];
        proptest::collection::vec((0..KEYS, step), 1..150)
    }

    /// The machine of a key as Siddhi has it: every event looks at every match.
    #[derive(Default)]
    struct Model {
        waiting: [Vec<Head>; 3],
        incoming: [Vec<Head>; 3],
    }

    impl Model {
        fn prune(&mut self, heads: [Option<usize>; 3], timestamp: i64, counts: &mut (u64, u64)) {
            let expired = |m: &Head| m.begun > 0 && m.start.abs_diff(timestamp) > WITHIN;
            for (slot, head) in heads.into_iter().enumerate() {
                let front = self.waiting[slot].iter().take_while(|m| expired(m)).count();
                let mut gone: Vec<Head> = self.waiting[slot].drain(..front).collect();
                gone.extend(self.incoming[slot].iter().filter(|m| expired(m)));
                self.incoming[slot].retain(|m| !expired(m));
                counts.0 += gone.len() as u64;
                if let (Some(last), Some(head)) = (gone.last(), head) {
                    let begun = if head == 0 { 0 } else { last.begun };
                    counts.1 += u64::from(begun > 0);
                    self.incoming[head].push(Head { begun, ..*last });
                    self.absorb(head);
                }
            }
        }

        fn absorb(&mut self, slot: usize) {
            self.incoming[slot].sort_by_key(|m| match m.timestamp {
                -1 => i64::MAX,
                timestamp => timestamp,
            });
            let incoming = std::mem::take(&mut self.incoming[slot]);
            self.waiting[slot].extend(incoming);
        }

        fn matches(&self) -> usize {
            self.waiting.iter().chain(&self.incoming).map(Vec::len).sum()
        }
    }

    fn check(heads: [Option<usize>; 3], steps: Vec<(u32, Step)>) -> Result<(), TestCaseError> {
        let links = |slot: usize| Links {
            next: (slot < 2).then_some(slot + 1),
            again: None,
            head: heads[slot],
            first: slot == 0,
            last: slot == 2,
        };
        let none = vec![None, None, None];
        let mut machine = Machine::new((0..3).map(links).collect(), none, &[], Some(WITHIN));
        let mut models: [Model; KEYS as usize] = Default::default();
        let (mut begun, mut most, mut counts) = (0, 0, (0, 0));
        (0..KEYS).for_each(|key| machine.make_key(key));
        for (key, step) in steps {
            let model = &mut models[key as usize];
            match step {
                Step::Come { slot, timestamp, start } => {
                    begun += 1;
                    // Now and then one whose first event has not come.
                    let begun = if slot == 0 && begun % 3 == 0 { 0 } else { begun };
                    let head = Head { timestamp, start, begun };
                    let row = machine.take(head);
                    machine.add(key, slot, row);
                    model.incoming[slot].push(head);
                }
                Step::Arrive { timestamp, slots } => {
                    let of: Vec<usize> = (0..3).rev().filter(|n| slots >> n & 1 == 1).collect();
                    machine.arrive(key, timestamp, &of);
                    model.prune(heads, timestamp, &mut counts);
                    of.iter().rev().for_each(|slot| model.absorb(*slot));
                }
                Step::Leave { slot, place } => {
                    let mut rows = Vec::new();
                    machine.waiting(key, slot, &mut rows);
                    if let Some(row) = rows.get(place) {
                        machine.unlink_waiting(key, slot, *row);
                        machine.arena.give(*row);
                        model.waiting[slot].remove(place);
                    }
                }
            }
            most = most.max(models.iter().map(Model::matches).sum());
            prop_assert_eq!(machine.arena.rows(), most, "rows that are over are used again");
            prop_assert_eq!((machine.counts.expired, machine.counts.started), counts);
            for (key, model) in (0..KEYS).zip(&models) {
                for slot in 0..3 {
                    let (mut waiting, mut incoming) = (Vec::new(), Vec::new());
                    machine.waiting(key, slot, &mut waiting);
                    machine.incoming(key, slot, &mut incoming);
                    let heads = |rows: &[u32]| -> Vec<Head> {
                        rows.iter().map(|row| machine.arena.head(*row)).collect()
                    };
                    prop_assert_eq!(&heads(&waiting), &model.waiting[slot]);
                    prop_assert_eq!(&heads(&incoming), &model.incoming[slot]);
                }
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_expires_is_what_siddhi_lets_expire(
            heads in select(&HEADS[..]),
            steps in steps(),
        ) {
            check(heads, steps)?;
        }
    }
}
