//! `timeBatch(t[, start][, stream])`: the events of one period at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;
use siddhi_state::{StateError, StateHolder, check_version, decode, encode};

use super::parameters::{bool, count, int_or_long};
use crate::extension::{
    BindError, BoundWindow, Documentation, Panes, ParameterValue, Window, WindowFactory,
    WindowPass, WindowStep,
};

/// Binds `timeBatch`.
#[derive(Debug)]
pub(super) struct TimeBatch;

impl WindowFactory for TimeBatch {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "timeBatch",
            syntax: "timeBatch(int|long|time t[, int|long start][, bool stream])",
            description: "Collects the events of a period and puts them out together at its end; \
                          those of the period before expire. Periods begin with the first event, \
                          or at start plus a multiple of t. With stream the events pass at once.",
            example: "from Trades#window.timeBatch(1 hour) select symbol, sum(volume) as total \
                      group by symbol insert into Hourly;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundWindow, BindError> {
        let last_is_bool = parameters.last().is_some_and(|p| p.data_type == DataType::Bool);
        let times = parameters.len() - usize::from(last_is_bool);
        if times == 0 || times > 2 {
            return Err(BindError::call(
                "timeBatch takes a time, a start time, and true or false to stream",
            ));
        }
        let time = int_or_long(parameters, 0, "the period")?;
        if time <= 0 {
            return Err(BindError::argument(0, "the period must be positive"));
        }
        let start = (times == 2).then(|| int_or_long(parameters, 1, "the start")).transpose()?;
        let stream = last_is_bool && bool(parameters, times, "stream")?;
        Ok(BoundWindow {
            make: Arc::new(move || {
                Box::new(TimeBatchWindow { time, start, stream, state: State::default() })
            }),
            sliding: false,
            in_order: true,
            starts_anew: false,
            panes: if stream { Panes::No } else { Panes::Yes },
            last_rows: None,
            needs_timestamps: false,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    /// The end of the period; none before the first event.
    end: Option<i64>,
    /// Rows of the period before.
    previous: u64,
    /// Rows of the period in progress.
    open: u64,
}

struct TimeBatchWindow {
    time: i64,
    start: Option<i64>,
    stream: bool,
    state: State,
}

impl TimeBatchWindow {
    /// Ends the period when its time has come; whether it has.
    fn pass_time(&mut self, pass: &mut WindowPass<'_>) -> bool {
        let now = pass.now();
        let end = *self.state.end.get_or_insert_with(|| {
            let end = match self.start {
                // Java: TimeBatchWindowProcessor#getNextEmitTime, whose longs wrap around.
                Some(start) => {
                    let elapsed = now.wrapping_sub(start) % self.time;
                    now.saturating_add(self.time.wrapping_sub(elapsed))
                }
                None => now.saturating_add(self.time),
            };
            pass.wake_at(end);
            end
        });
        if now < end {
            return false;
        }
        // Of empty periods nothing is seen, however many there are: they pass in one step.
        let is_empty = self.state.open == 0 && (self.stream || self.state.previous == 0);
        let next = if is_empty { self.end_after(end, now) } else { end.saturating_add(self.time) };
        self.state.end = Some(next);
        // At the end of all time there is nothing to wait for.
        if !is_empty || next > now {
            pass.wake_at(next);
        }
        if self.stream {
            self.end_stream(pass, now);
        } else {
            self.flush(pass, now);
        }
        true
    }

    /// The first end of a period behind `now`, of which `end` is one that has come.
    fn end_after(&self, end: i64, now: i64) -> i64 {
        let (end, now, time) = (i128::from(end), i128::from(now), i128::from(self.time));
        let next = end + ((now - end) / time + 1) * time;
        i64::try_from(next).unwrap_or(i64::MAX)
    }

    fn flush(&mut self, pass: &mut WindowPass<'_>, now: i64) {
        let previous = std::mem::take(&mut self.state.previous);
        let open = std::mem::take(&mut self.state.open);
        if previous > 0 {
            pass.put(leave(pass.wants_expired, previous, now));
        }
        if open > 0 {
            let row = pass.store.end() - open;
            let at = pass.store.timestamp(row);
            pass.put(WindowStep::Reset { row, at });
            pass.put(WindowStep::Current(count(open)));
        }
        pass.put(WindowStep::End);
        self.state.previous = open;
    }

    fn end_stream(&mut self, pass: &mut WindowPass<'_>, now: i64) {
        let open = std::mem::take(&mut self.state.open);
        if open > 0 {
            let row = pass.store.end() - open;
            let at = pass.store.timestamp(row);
            pass.put(leave(pass.wants_expired, open, now));
            pass.put(WindowStep::Reset { row, at });
        }
        pass.put(WindowStep::End);
    }
}

fn leave(wants_expired: bool, rows: u64, at: i64) -> WindowStep {
    if wants_expired {
        WindowStep::Expire { count: count(rows), at }
    } else {
        WindowStep::Forget(count(rows))
    }
}

impl Window for TimeBatchWindow {
    fn rows(&mut self, pass: &mut WindowPass<'_>) {
        let rows = pass.store.end() - pass.first_new;
        self.state.open += rows;
        if self.stream {
            pass.put(WindowStep::Current(count(rows)));
        }
        // Rows at which the period ends are of one chunk with what leaves, themselves included.
        let ended = self.pass_time(pass);
        if self.stream && !ended {
            pass.put(WindowStep::End);
        }
    }

    fn wake(&mut self, _time: i64, pass: &mut WindowPass<'_>) {
        self.pass_time(pass);
    }
}

impl StateHolder for TimeBatchWindow {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.state)
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("timeBatch", self.schema_version(), version)?;
        self.state = decode(bytes)?;
        Ok(())
    }
}
