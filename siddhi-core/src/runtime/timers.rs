//! Timers that fire: what windows of time do between events.
//!
//! Live, each timer is done before the next. In playback a timer may run inside another, as in Java:
//! see [`Region::may_wake`].

use std::cell::RefCell;

use super::faults::Faults;
use super::query::QueryInput;
use super::region::{QueryPass, Region, stack_place};
use super::time::Owner;
use super::windowing::{WindowStage, WindowState};
use crate::event::view::Selection;

/// So many timers may run one inside the other, see [`Region::may_wake`].
const TIMERS_NESTED_MAX: u32 = 16;
/// So often the outermost pass of playback begins again. Who sets off more timers than that, each
/// [`TIMERS_NESTED_MAX`] by an event out of the one before, does so without end.
const ROUNDS_MAX: u32 = 10_000;

impl Region {
    /// Live: runs every timer that is due by `until`, each with the clock at its own time.
    pub(crate) fn run_timers(&self, until: i64) {
        while !self.has_given_up()
            && let Some(owner) = self.time.next_wake_up(until)
        {
            self.wake(owner, self.time.now());
            self.time.finish(owner);
        }
    }

    /// Playback: every owner in order of creation works off its list up to now.
    pub(crate) fn run_playback_timers(&self) {
        if !self.time.is_waiting() {
            return;
        }
        if self.waking.get() > 0 {
            return self.pass_timers();
        }
        for _ in 0..ROUNDS_MAX {
            self.left_due.set(false);
            self.pass_timers();
            if !self.left_due.get() || self.has_given_up() {
                return;
            }
        }
        self.give_up();
    }

    /// Every owner in order of creation, once.
    fn pass_timers(&self) {
        let mut from = 0;
        while !self.has_given_up()
            && let Some(query) = self.time.next_due(from)
        {
            let now = self.time.now();
            let mut keys = std::mem::take(&mut *self.due_keys.borrow_mut());
            self.time.due_keys(query, now, &mut keys);
            for (_, key) in &keys {
                self.wake(Owner { query, key: *key }, now);
            }
            *self.due_keys.borrow_mut() = keys;
            from = query + 1;
        }
    }

    /// Whether an event from outside may run the timers of playback.
    ///
    /// Java: one that comes out of a timer (a callback sends, a sink feeds a source) runs all others
    /// that are due before it goes in, and so each of them inside the one before, which takes the
    /// whole stack when many are due. We follow as far as there is room; what is due beyond is left
    /// to the passes that are under way, of which the outermost then begins again.
    pub(super) fn may_wake(&self) -> bool {
        let waking = self.waking.get();
        let has_room = || stack_place() >= self.stack_end.get().saturating_add(self.stack / 2);
        let may = waking == 0 || waking < TIMERS_NESTED_MAX && has_room();
        if !may {
            self.left_due.set(true);
        }
        may
    }

    /// An owner works off its due times. What is left when the work is given up stays due.
    fn wake(&self, owner: Owner, now: i64) {
        let index = owner.query as usize;
        let Some(query) = self.queries.get(index) else { return };
        while !self.has_given_up()
            && let Some(time) = self.time.take_due(owner, now)
        {
            if let QueryInput::Stream(input) = &query.input
                && let Some((stage, state)) = &input.window
            {
                let depth = self.depth.get();
                // What this timer gives up takes nothing else with it.
                let stack_end = self.stack_end.get();
                if depth == 0 {
                    self.begin();
                }
                self.depth.set(depth + 1);
                self.waking.set(self.waking.get() + 1);
                let pass = QueryPass { index, query, input, key: owner.key };
                self.wake_window(pass, stage, state, time);
                self.waking.set(self.waking.get() - 1);
                self.depth.set(depth);
                self.stack_end.set(stack_end);
            }
        }
    }

    fn wake_window(
        &self,
        query_pass: QueryPass<'_>,
        stage: &WindowStage,
        state: &RefCell<WindowState>,
        time: i64,
    ) {
        let QueryPass { index, query, input, key } = query_pass;
        let mut work = query.take();
        let width = self.junctions.get(input.stream).map_or(0, |j| j.attributes.len());
        let mut faults = Faults::new(input.stream, width);
        if let Some(mut window) = work.window.take() {
            self.evaluate(|context| {
                query.pass(key, state, &mut window, &mut work.selector, |pass| {
                    stage.wake(time, pass, context);
                });
            });
            self.ask(index, key, &window.wake_ups);
            if !stage.passes_rows() {
                self.window_chunks(query_pass, stage, &mut window, &mut work, &mut faults);
            }
            work.window = Some(window);
        }
        query.give(work);
        self.report(faults, Selection::All(0));
    }
}
