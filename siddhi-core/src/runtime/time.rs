//! Time: the clock of an app and everything that waits for it.
//!
//! Two orders, both exact. Live, each owner keeps a first-in-first-out list of the times it asked
//! for and has at most one wake-up set; wake-ups run by time, then by when they were set. In
//! playback there are no wake-ups: when an event moves the time, each owner in order of creation
//! works off its list.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_pipeline::Clock;

use crate::plan::logical::{Idle, Playback};

/// Who waits: a query, and within a partition one of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// The query.
    pub(crate) query: u32,
    /// The key; 0 outside partitions.
    pub(crate) key: u32,
}

/// The times that one owner asked for. Only the head counts: a time behind a later one waits for it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Queue {
    times: VecDeque<i64>,
    has_wake_up: bool,
}

/// The clock of an app and what waits for it.
#[derive(Debug)]
pub(crate) struct Time {
    clock: Arc<dyn Clock>,
    playback: Option<Playback>,
    /// The wall clock as far as it has been followed: it never goes back.
    wall: Cell<i64>,
    /// The largest timestamp of an event from outside; the time of playback.
    event: Cell<i64>,
    queues: RefCell<Queues>,
    idle: Cell<Option<IdleCheck>>,
    /// Whether anything waits, as [`Queues::filled`] says: asked on every send.
    waiting: Cell<bool>,
}

/// The queues of all owners.
#[derive(Debug, Default)]
struct Queues {
    by_query: Vec<QueryQueues>,
    /// How many queues are not empty.
    filled: usize,
    /// Live: wake-ups: time, when set, whose.
    wake_ups: BinaryHeap<Reverse<(i64, u64, Owner)>>,
    set: u64,
    /// Playback: the first head of each query.
    firsts: Firsts,
}

/// The queues of one query.
#[derive(Debug, Default)]
struct QueryQueues {
    /// That of key 0: the only one outside partitions, without use within.
    plain: Queue,
    /// By key, from 1.
    keyed: Vec<Queue>,
    /// Playback: the heads of the keys' queues.
    heads: BTreeSet<(i64, u32)>,
}

/// The smallest head of each query in a tree of minima, so that queries with something due are found
/// in their order without asking the others.
#[derive(Debug, Default)]
struct Firsts {
    /// The root is node 1, the children of node n are 2n and 2n + 1, the leaves are the queries.
    /// Where nothing waits stands [`NEVER`].
    nodes: Vec<i64>,
}

/// Later than every time, or as late as the latest.
const NEVER: i64 = i64::MAX;

/// The pending check of `idle.time`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct IdleCheck {
    /// When it comes, by the wall clock.
    at: i64,
    /// When the time last moved, by the wall clock.
    moved: i64,
}

/// What a snapshot keeps.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedTime {
    /// The wall clock, which an embedder may have advanced beyond its own.
    wall: i64,
    event: i64,
    idle: Option<IdleCheck>,
    /// The times of each owner that asked for some.
    queues: Vec<(Owner, VecDeque<i64>)>,
    /// Pending wake-ups in their order.
    wake_ups: Vec<(i64, Owner)>,
}

impl Time {
    pub(crate) fn new(clock: Arc<dyn Clock>, playback: Option<Playback>) -> Self {
        let wall = Cell::new(clock.now_ms());
        Self {
            clock,
            playback,
            wall,
            event: Cell::new(0),
            queues: RefCell::default(),
            idle: Cell::new(None),
            waiting: Cell::new(false),
        }
    }

    /// Whether time comes from the events.
    pub(crate) fn is_playback(&self) -> bool {
        self.playback.is_some()
    }

    /// The time of the app in milliseconds.
    pub(crate) fn now(&self) -> i64 {
        if self.playback.is_some() { self.event.get() } else { self.wall_now() }
    }

    /// The wall clock: the system's, or what an embedder advanced it to when that is later.
    pub(crate) fn wall_now(&self) -> i64 {
        self.clock.now_ms().max(self.wall.get())
    }

    /// Whether something waits.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting.get()
    }

    /// Whether the time that an event brings, or that has passed, may matter to anybody.
    #[inline]
    pub(crate) fn is_eventful(&self) -> bool {
        self.playback.is_some() | self.waiting.get()
    }

    /// An event came from outside with this timestamp: in playback it moves the time when it is not
    /// in the past. Says whether it did.
    pub(crate) fn event(&self, timestamp: i64) -> bool {
        if timestamp < self.event.get() {
            return false;
        }
        self.event.set(timestamp);
        if let Some(Playback { idle: Some(idle) }) = self.playback {
            let wall = self.wall_now();
            let check = self.idle.get().map_or(wall.saturating_add(idle.time_ms), |check| check.at);
            self.idle.set(Some(IdleCheck { at: check, moved: wall }));
        }
        true
    }

    /// Asks for a time.
    pub(crate) fn ask(&self, owner: Owner, time: i64) {
        let mut queues = self.queues.borrow_mut();
        let queue = queues.of(owner);
        queue.times.push_back(time);
        let is_first = queue.times.len() == 1;
        let has_wake_up = std::mem::replace(&mut queue.has_wake_up, !self.is_playback());
        if is_first {
            self.fill(&mut queues, 1);
        }
        if self.is_playback() {
            if is_first {
                queues.head_moves(owner, None, Some(time));
            }
        } else if !has_wake_up {
            queues.set_wake_up(owner, time.max(self.now()));
        }
    }

    /// So many more queues are not empty.
    fn fill(&self, queues: &mut Queues, more: isize) {
        queues.filled = queues.filled.saturating_add_signed(more);
        self.waiting.set(queues.filled > 0);
    }

    /// Live: takes the next wake-up that is due by `until` and moves the wall clock to it.
    pub(crate) fn next_wake_up(&self, until: i64) -> Option<Owner> {
        let mut queues = self.queues.borrow_mut();
        let Reverse((time, _, owner)) = *queues.wake_ups.peek()?;
        if time > until {
            return None;
        }
        queues.wake_ups.pop();
        self.wall.set(self.wall.get().max(time));
        Some(owner)
    }

    /// Takes the head of an owner's list when it is due by `now`.
    pub(crate) fn take_due(&self, owner: Owner, now: i64) -> Option<i64> {
        let mut queues = self.queues.borrow_mut();
        let times = &mut queues.of(owner).times;
        let head = times.pop_front_if(|head| *head <= now)?;
        let next = times.front().copied();
        if next.is_none() {
            self.fill(&mut queues, -1);
        }
        if self.is_playback() {
            queues.head_moves(owner, Some(head), next);
        }
        Some(head)
    }

    /// Live: an owner has worked off what was due; a wake-up for the head of its list is set.
    pub(crate) fn finish(&self, owner: Owner) {
        let mut queues = self.queues.borrow_mut();
        let queue = queues.of(owner);
        match queue.times.front().copied() {
            Some(head) => queues.set_wake_up(owner, head),
            None => queue.has_wake_up = false,
        }
    }

    /// Playback: the first query, from one on, that has something due by now.
    pub(crate) fn next_due(&self, from: u32) -> Option<u32> {
        self.queues.borrow().firsts.first_due(from, self.now())
    }

    /// Playback: the keys of a query whose first time is due, by that time, equal times in order of
    /// the keys' creation.
    pub(crate) fn due_keys(&self, query: u32, now: i64, keys: &mut Vec<(i64, u32)>) {
        keys.clear();
        let queues = self.queues.borrow();
        let Some(own) = queues.by_query.get(query as usize) else { return };
        let plain = own.plain.times.front().map(|head| (*head, 0));
        keys.extend(plain.filter(|(head, _)| *head <= now));
        keys.extend(own.heads.iter().take_while(|(head, _)| *head <= now));
    }

    /// Follows the wall clock to `now`; in playback this may bring the check of `idle.time`, which
    /// says to what time the app moves.
    pub(crate) fn advance_wall(&self, now: i64) -> Option<i64> {
        if let Some(Playback { idle: Some(idle) }) = self.playback
            && let Some(check) = self.idle.get().filter(|check| check.at <= now)
        {
            return Some(self.check_idle(idle, check));
        }
        self.wall.set(self.wall.get().max(now));
        None
    }

    /// The check comes: when nothing has moved the time for long enough it moves by the increment.
    fn check_idle(&self, idle: Idle, check: IdleCheck) -> i64 {
        self.wall.set(self.wall.get().max(check.at));
        if check.at - check.moved >= idle.time_ms {
            let moved = self.event.get().saturating_add(idle.increment_ms);
            self.event.set(moved);
            let at = check.at.saturating_add(idle.time_ms);
            self.idle.set(Some(IdleCheck { at, moved: check.at }));
        } else {
            let at = check.moved.saturating_add(idle.time_ms);
            self.idle.set(Some(IdleCheck { at, ..check }));
        }
        self.event.get()
    }

    /// When the next timer is due, in the time that timers run by.
    pub(crate) fn next(&self) -> Option<i64> {
        let queues = self.queues.borrow();
        if self.is_playback() {
            return (queues.filled > 0).then(|| queues.firsts.min());
        }
        queues.wake_ups.peek().map(|Reverse((time, ..))| *time)
    }

    /// When the wall clock next has something to do: a timer, or in playback a check of `idle.time`.
    pub(crate) fn next_by_wall(&self) -> Option<i64> {
        if self.is_playback() { self.idle.get().map(|check| check.at) } else { self.next() }
    }

    /// Whether a query waits for a time.
    pub(crate) fn is_awaited_by(&self, query: usize) -> bool {
        let queues = self.queues.borrow();
        queues.by_query.get(query).is_some_and(|own| {
            let mut queues = std::iter::once(&own.plain).chain(&own.keyed);
            queues.any(|queue| !queue.times.is_empty())
        })
    }

    pub(crate) fn save(&self) -> SavedTime {
        let queues = self.queues.borrow();
        let mut saved = Vec::new();
        for (query, own) in queues.by_query.iter().enumerate() {
            let keys = std::iter::once(&own.plain).chain(&own.keyed).enumerate();
            for (key, queue) in keys.filter(|(_, queue)| !queue.times.is_empty()) {
                let owner = Owner {
                    query: u32::try_from(query).unwrap_or(u32::MAX),
                    key: u32::try_from(key).unwrap_or(u32::MAX),
                };
                saved.push((owner, queue.times.clone()));
            }
        }
        let mut wake_ups: Vec<_> = queues.wake_ups.iter().map(|Reverse(entry)| *entry).collect();
        wake_ups.sort_unstable();
        SavedTime {
            wall: self.wall_now(),
            event: self.event.get(),
            idle: self.idle.get(),
            queues: saved,
            wake_ups: wake_ups.into_iter().map(|(time, _, owner)| (time, owner)).collect(),
        }
    }

    /// Puts a saved time back: everybody waits for what they waited for, in the same order. Who waited
    /// in playback, which sets no wake-ups, gets one where the app is live now.
    pub(crate) fn load(&self, saved: SavedTime) {
        self.wall.set(saved.wall);
        self.event.set(saved.event);
        self.idle.set(saved.idle);
        let mut queues = self.queues.borrow_mut();
        *queues = Queues::default();
        let mut heads = Vec::new();
        for (owner, times) in saved.queues {
            let head = times.front().copied();
            queues.of(owner).times = times;
            if self.is_playback() {
                queues.head_moves(owner, None, head);
            }
            queues.filled += usize::from(head.is_some());
            heads.extend(head.map(|head| (head, owner)));
        }
        self.fill(&mut queues, 0);
        for (time, owner) in saved.wake_ups {
            queues.of(owner).has_wake_up = true;
            queues.set_wake_up(owner, time);
        }
        for (time, owner) in heads {
            let own = queues.of(owner);
            if !self.is_playback() && !own.has_wake_up {
                own.has_wake_up = true;
                queues.set_wake_up(owner, time);
            }
        }
    }
}

impl SavedTime {
    /// Gives every owner's query another place; owners whose query is gone are dropped.
    pub(crate) fn rename(&mut self, place: impl Fn(u32) -> Option<u32>) {
        let moved = |owner: Owner| Some(Owner { query: place(owner.query)?, ..owner });
        self.queues = std::mem::take(&mut self.queues)
            .into_iter()
            .filter_map(|(owner, times)| Some((moved(owner)?, times)))
            .collect();
        self.wake_ups = std::mem::take(&mut self.wake_ups)
            .into_iter()
            .filter_map(|(time, owner)| Some((time, moved(owner)?)))
            .collect();
    }
}

impl Queues {
    #[expect(clippy::indexing_slicing, reason = "in range by the resize")]
    fn of(&mut self, owner: Owner) -> &mut Queue {
        let query = owner.query as usize;
        if self.by_query.len() <= query {
            self.by_query.resize_with(query + 1, QueryQueues::default);
        }
        self.by_query[query].of(owner.key)
    }

    fn set_wake_up(&mut self, owner: Owner, time: i64) {
        self.set += 1;
        self.wake_ups.push(Reverse((time, self.set, owner)));
    }

    /// Playback: the head of an owner's queue has been replaced.
    fn head_moves(&mut self, owner: Owner, before: Option<i64>, after: Option<i64>) {
        let Some(own) = self.by_query.get_mut(owner.query as usize) else { return };
        if owner.key != 0 {
            if let Some(head) = before {
                own.heads.remove(&(head, owner.key));
            }
            own.heads.extend(after.map(|head| (head, owner.key)));
        }
        self.firsts.set(owner.query, own.first());
    }
}

impl QueryQueues {
    #[expect(clippy::indexing_slicing, reason = "in range by the resize")]
    fn of(&mut self, key: u32) -> &mut Queue {
        let Some(place) = (key as usize).checked_sub(1) else { return &mut self.plain };
        if self.keyed.len() <= place {
            self.keyed.resize_with(place + 1, Queue::default);
        }
        &mut self.keyed[place]
    }

    /// Playback: the smallest head.
    fn first(&self) -> i64 {
        let keyed = self.heads.first().map_or(NEVER, |(head, _)| *head);
        self.plain.times.front().map_or(keyed, |plain| keyed.min(*plain))
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the tree is full: the parents, siblings and children of its nodes are in it"
)]
impl Firsts {
    /// The smallest of all.
    fn min(&self) -> i64 {
        self.nodes.get(1).copied().unwrap_or(NEVER)
    }

    fn set(&mut self, query: u32, first: i64) {
        let query = query as usize;
        if self.nodes.len() / 2 <= query {
            self.grow(query + 1);
        }
        let mut node = self.nodes.len() / 2 + query;
        // In range: there is a leaf for the query, and parents have smaller numbers.
        self.nodes[node] = first;
        while node > 1 {
            let first = self.nodes[node].min(self.nodes[node ^ 1]);
            node /= 2;
            if self.nodes[node] == first {
                break;
            }
            self.nodes[node] = first;
        }
    }

    /// Makes room for so many queries.
    fn grow(&mut self, queries: usize) {
        let leaves = self.nodes.split_off(self.nodes.len() / 2);
        let width = queries.next_power_of_two();
        self.nodes = vec![NEVER; width];
        self.nodes.extend(leaves);
        self.nodes.resize(2 * width, NEVER);
        for node in (1..width).rev() {
            self.nodes[node] = self.nodes[2 * node].min(self.nodes[2 * node + 1]);
        }
    }

    /// The first query, from one on, whose smallest head is due.
    fn first_due(&self, from: u32, now: i64) -> Option<u32> {
        let width = self.nodes.len() / 2;
        let mut node = width + from as usize;
        if self.min() > now || node >= self.nodes.len() {
            return None;
        }
        while self.nodes[node] > now {
            // On to the widest subtree that begins behind this one, if it is not the last.
            node += 1;
            if node.is_power_of_two() {
                return None;
            }
            node >>= node.trailing_zeros();
        }
        while node < width {
            node = 2 * node + usize::from(self.nodes[2 * node] > now);
        }
        u32::try_from(node - width).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use siddhi_pipeline::TestClock;

    use super::*;

    /// What is asked and worked off.
    #[derive(Clone, Debug)]
    enum Step {
        Ask(Owner, i64),
        Move(i64),
        Restart,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Every other query is in a partition.
        let key = |query: u32, key: u32| if query.is_multiple_of(2) { 0 } else { key };
        let owner = (0..9_u32, 1..5_u32)
            .prop_map(move |(query, number)| Owner { query, key: key(query, number) });
        let step = prop_oneof![
            4 => (owner, 0..100_i64).prop_map(|(owner, time)| Step::Ask(owner, time)),
            1 => (0..30_i64).prop_map(Step::Move),
            1 => Just(Step::Restart),
        ];
        prop::collection::vec(step, 0..80)
    }

    /// Owners in the order of queries; of a query those that are due first, by head, then by key.
    fn model_pass(model: &mut [(Owner, VecDeque<i64>)], now: i64) -> Vec<(Owner, i64)> {
        let head = |queue: &VecDeque<i64>| queue.front().copied().filter(|head| *head <= now);
        model.sort_by_key(|(owner, queue)| (owner.query, head(queue).unwrap_or(NEVER), owner.key));
        let mut done = Vec::new();
        for (owner, queue) in model {
            while let Some(time) = head(queue) {
                queue.pop_front();
                done.push((*owner, time));
            }
        }
        done
    }

    fn pass(time: &Time) -> Vec<(Owner, i64)> {
        let (mut done, mut keys, mut from) = (Vec::new(), Vec::new(), 0);
        while let Some(query) = time.next_due(from) {
            time.due_keys(query, time.now(), &mut keys);
            for (_, key) in &keys {
                let owner = Owner { query, key: *key };
                while let Some(due) = time.take_due(owner, time.now()) {
                    done.push((owner, due));
                }
            }
            from = query + 1;
        }
        done
    }

    fn playback() -> Time {
        Time::new(Arc::new(TestClock::new(0)), Some(Playback::default()))
    }

    proptest! {
        #[test]
        fn playback_works_off_as_plain_lists_do(steps in steps()) {
            let mut time = playback();
            let mut model: Vec<(Owner, VecDeque<i64>)> = Vec::new();
            for step in steps {
                match step {
                    Step::Ask(owner, at) => {
                        time.ask(owner, at);
                        match model.iter_mut().find(|(known, _)| *known == owner) {
                            Some((_, queue)) => queue.push_back(at),
                            None => model.push((owner, VecDeque::from([at]))),
                        }
                    }
                    Step::Move(by) => {
                        let now = time.now() + by;
                        time.event(now);
                        prop_assert_eq!(pass(&time), model_pass(&mut model, now));
                    }
                    Step::Restart => {
                        let saved = time.save();
                        time = playback();
                        time.load(saved);
                    }
                }
                let first = model.iter().filter_map(|(_, queue)| queue.front().copied()).min();
                prop_assert_eq!(time.next(), first);
                prop_assert_eq!(time.is_waiting(), first.is_some());
            }
        }
    }

    #[test]
    fn an_event_with_nothing_due_looks_at_no_query() {
        let mut firsts = Firsts::default();
        for query in (0..1_000).rev() {
            firsts.set(query, i64::from(query) + 10);
        }
        assert_eq!(firsts.first_due(0, 9), None);
        assert_eq!(firsts.first_due(0, 10), Some(0));
        assert_eq!(firsts.first_due(1, 10), None);
        assert_eq!(firsts.first_due(700, NEVER - 1), Some(700));
        firsts.set(3, NEVER);
        assert_eq!(firsts.first_due(3, 14), Some(4));
        assert_eq!(firsts.first_due(1_000, NEVER), Some(1_000));
        assert_eq!(firsts.first_due(1_024, NEVER), None);
    }

    #[test]
    fn live_nothing_waits_any_more_when_the_last_timer_has_run() {
        let clock = TestClock::new(0);
        let time = Time::new(Arc::new(clock), None);
        let owner = Owner { query: 2, key: 3 };
        assert!(!time.is_waiting());
        time.ask(owner, 5);
        assert!(time.is_waiting());
        assert_eq!(time.next_wake_up(5), Some(owner));
        assert_eq!(time.take_due(owner, 5), Some(5));
        time.finish(owner);
        assert!(!time.is_waiting());
        assert_eq!(time.next(), None);
    }
}
