//! Time: the clock of an app and everything that waits for it.
//!
//! Two orders, both exact. Live, each owner keeps a first-in-first-out list of the times it asked
//! for and has at most one wake-up set; wake-ups run by time, then by when they were set. In
//! playback there are no wake-ups: when an event moves the time, each owner in order of creation
//! works off its list.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
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
    /// Whether anything waits: asked on every send.
    waiting: Cell<bool>,
}

/// The queues of all owners.
#[derive(Debug, Default)]
struct Queues {
    /// By query, then by key.
    by_owner: Vec<Vec<Queue>>,
    /// Wake-ups: time, when set, whose.
    wake_ups: BinaryHeap<Reverse<(i64, u64, Owner)>>,
    set: u64,
}

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
        self.waiting.set(true);
        let now = if self.is_playback() { i64::MIN } else { self.now() };
        let live = !self.is_playback();
        let mut queues = self.queues.borrow_mut();
        let queue = queues.of(owner);
        queue.times.push_back(time);
        if live && !queue.has_wake_up {
            queue.has_wake_up = true;
            queues.set_wake_up(owner, time.max(now));
        }
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
        let head = *times.front()?;
        if head > now {
            return None;
        }
        times.pop_front()
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

    /// Playback: the keys of a query whose first time is due, by that time, equal times in order of
    /// the keys' creation.
    pub(crate) fn due_keys(&self, query: u32, now: i64, keys: &mut Vec<(i64, u32)>) {
        keys.clear();
        let queues = self.queues.borrow();
        let Some(own) = queues.by_owner.get(query as usize) else { return };
        for (key, queue) in own.iter().enumerate() {
            if let Some(head) = queue.times.front().filter(|head| **head <= now) {
                keys.push((*head, u32::try_from(key).unwrap_or(u32::MAX)));
            }
        }
        keys.sort_unstable();
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
            let heads = queues.by_owner.iter().flatten().filter_map(|queue| queue.times.front());
            return heads.min().copied();
        }
        queues.wake_ups.peek().map(|Reverse((time, ..))| *time)
    }

    pub(crate) fn save(&self) -> SavedTime {
        let queues = self.queues.borrow();
        let mut saved = Vec::new();
        for (query, keys) in queues.by_owner.iter().enumerate() {
            for (key, queue) in keys.iter().enumerate().filter(|(_, q)| !q.times.is_empty()) {
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
            event: self.event.get(),
            idle: self.idle.get(),
            queues: saved,
            wake_ups: wake_ups.into_iter().map(|(time, _, owner)| (time, owner)).collect(),
        }
    }

    /// Puts a saved time back: everybody waits for what they waited for, in the same order.
    pub(crate) fn load(&self, saved: SavedTime) {
        self.event.set(saved.event);
        self.idle.set(saved.idle);
        let mut queues = self.queues.borrow_mut();
        *queues = Queues::default();
        self.waiting.set(!saved.queues.is_empty());
        for (owner, times) in saved.queues {
            queues.of(owner).times = times;
        }
        for (time, owner) in saved.wake_ups {
            queues.of(owner).has_wake_up = true;
            queues.set_wake_up(owner, time);
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
    fn of(&mut self, owner: Owner) -> &mut Queue {
        let (query, key) = (owner.query as usize, owner.key as usize);
        if self.by_owner.len() <= query {
            self.by_owner.resize_with(query + 1, Vec::new);
        }
        // The indexes are in range by the two resizes.
        let keys = &mut self.by_owner[query];
        if keys.len() <= key {
            keys.resize_with(key + 1, Queue::default);
        }
        &mut keys[key]
    }

    fn set_wake_up(&mut self, owner: Owner, time: i64) {
        self.set += 1;
        self.wake_ups.push(Reverse((time, self.set, owner)));
    }
}
