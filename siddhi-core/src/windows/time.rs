//! `time(t)`: the events of the last t milliseconds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_state::{StateError, StateHolder, check_version, decode, encode};

use super::parameters::{count, int_or_long};
use crate::extension::{
    BindError, BoundWindow, Documentation, Panes, ParameterValue, Window, WindowFactory,
    WindowPass, WindowStep,
};

/// Binds `time`.
#[derive(Debug)]
pub(super) struct Time;

impl WindowFactory for Time {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "time",
            syntax: "time(int|long|time t)",
            description: "Holds the events of the last t milliseconds; each leaves when its time \
                          is over.",
            example: "from Trades#window.time(1 min) select symbol, count() as trades \
                      group by symbol insert into Activity;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundWindow, BindError> {
        if parameters.len() != 1 {
            return Err(BindError::call("time takes one time, such as 1 min"));
        }
        let time = int_or_long(parameters, 0, "the time")?;
        Ok(BoundWindow {
            make: Arc::new(move || Box::new(TimeWindow { time, state: State { last: i64::MIN } })),
            sliding: true,
            in_order: true,
            starts_anew: true,
            panes: Panes::No,
            last_rows: None,
            needs_timestamps: true,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct State {
    /// The largest timestamp so far: only a larger one asks for a wake-up.
    last: i64,
}

struct TimeWindow {
    time: i64,
    state: State,
}

impl TimeWindow {
    /// How many rows from `head` on, none of them `until` or later, have had their time.
    fn due(&self, pass: &WindowPass<'_>, head: u64, until: u64, now: i64) -> u64 {
        let over = |row: &u64| pass.store.timestamp(*row).saturating_add(self.time) <= now;
        (head..until).take_while(over).count() as u64
    }
}

impl Window for TimeWindow {
    fn rows(&mut self, pass: &mut WindowPass<'_>) {
        let now = pass.now();
        let mut head = pass.store.head();
        let mut pending = Pending::default();
        for row in pass.first_new..pass.store.end() {
            let due = self.due(pass, head, row, now);
            head += due;
            pending.row(due, now, pass);
            let timestamp = pass.store.timestamp(row);
            if timestamp > self.state.last {
                self.state.last = timestamp;
                pass.wake_at(timestamp.saturating_add(self.time));
            }
        }
        pending.flush(now, pass);
        pass.put(WindowStep::End);
    }

    fn wake(&mut self, _time: i64, pass: &mut WindowPass<'_>) {
        let now = pass.now();
        let due = self.due(pass, pass.store.head(), pass.store.end(), now);
        if due > 0 {
            pass.put(WindowStep::Expire { count: count(due), at: now });
            pass.put(WindowStep::End);
        }
    }
}

/// Steps that are joined into one as long as they are alike.
#[derive(Default)]
struct Pending {
    slides: u32,
    currents: u32,
}

impl Pending {
    /// A row comes in after `due` rows have left.
    fn row(&mut self, due: u64, at: i64, pass: &mut WindowPass<'_>) {
        match due {
            0 => {
                self.flush_slides(at, pass);
                self.currents += 1;
            }
            1 => {
                self.flush_currents(pass);
                self.slides += 1;
            }
            _ => {
                self.flush(at, pass);
                pass.put(WindowStep::Expire { count: count(due), at });
                self.currents = 1;
            }
        }
    }

    fn flush(&mut self, at: i64, pass: &mut WindowPass<'_>) {
        self.flush_slides(at, pass);
        self.flush_currents(pass);
    }

    fn flush_slides(&mut self, at: i64, pass: &mut WindowPass<'_>) {
        let slides = std::mem::take(&mut self.slides);
        if slides > 0 {
            pass.put(WindowStep::Slide { count: slides, at });
        }
    }

    fn flush_currents(&mut self, pass: &mut WindowPass<'_>) {
        let currents = std::mem::take(&mut self.currents);
        if currents > 0 {
            pass.put(WindowStep::Current(currents));
        }
    }
}

impl StateHolder for TimeWindow {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.state)
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("time", self.schema_version(), version)?;
        self.state = decode(bytes)?;
        Ok(())
    }
}
