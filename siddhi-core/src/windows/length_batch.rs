//! `lengthBatch(n[, stream])`: n events at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use siddhi_state::{StateError, StateHolder, check_version, decode, encode};

use super::parameters::{bool, count, int};
use crate::extension::{
    BindError, BoundWindow, Documentation, Panes, ParameterValue, Window, WindowFactory,
    WindowPass, WindowStep,
};

/// Binds `lengthBatch`.
#[derive(Debug)]
pub(super) struct LengthBatch;

impl WindowFactory for LengthBatch {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "lengthBatch",
            syntax: "lengthBatch(int n[, bool stream])",
            description: "Collects n events and puts them out together; the batch before them \
                          expires. With stream the events pass at once and the batch ends with the \
                          next event.",
            example: "from Trades#window.lengthBatch(100) select symbol, sum(volume) as total \
                      group by symbol insert into Totals;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundWindow, BindError> {
        if parameters.is_empty() || parameters.len() > 2 {
            return Err(BindError::call("lengthBatch takes an int, and true or false to stream"));
        }
        let length = int(parameters, 0, "the number of events")?;
        let stream = parameters.len() == 2 && bool(parameters, 1, "stream")?;
        Ok(BoundWindow {
            make: Arc::new(move || {
                Box::new(LengthBatchWindow { length, stream, state: State::default() })
            }),
            sliding: false,
            in_order: true,
            starts_anew: false,
            panes: match u64::try_from(length) {
                Ok(length @ 1..) if !stream => Panes::OfRows(length),
                _ => Panes::No,
            },
            last_rows: None,
            needs_timestamps: false,
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    /// Rows of the batch before, still in the store because somebody asks for expired events.
    previous: u64,
    /// Rows of the batch in progress.
    open: u64,
    /// The row whose attributes the next reset carries (streaming only).
    mark: Option<u64>,
}

struct LengthBatchWindow {
    length: i64,
    stream: bool,
    state: State,
}

impl Window for LengthBatchWindow {
    fn rows(&mut self, pass: &mut WindowPass<'_>) {
        let (first, end) = (pass.first_new, pass.store.end());
        if let (Ok(length @ 1..), false) = (u64::try_from(self.length), self.stream) {
            self.collect(pass, first, end, length);
            return;
        }
        for row in first..end {
            match u64::try_from(self.length) {
                Ok(0) => Self::nothing_fits(pass, row),
                Ok(length) => self.pass_through(pass, row, length),
                // A negative length is never reached: events pass when streaming, else stay unseen.
                Err(_) if self.stream => {
                    pass.put(WindowStep::Current(1));
                    pass.put(WindowStep::Forget(1));
                    pass.put(WindowStep::End);
                }
                Err(_) => self.state.open += 1,
            }
        }
    }

    fn wake(&mut self, _time: i64, _pass: &mut WindowPass<'_>) {}
}

impl LengthBatchWindow {
    fn nothing_fits(pass: &mut WindowPass<'_>, row: u64) {
        let at = pass.now();
        pass.put(WindowStep::Current(1));
        if pass.wants_expired {
            pass.put(WindowStep::Expire { count: 1, at });
        } else {
            pass.put(WindowStep::Forget(1));
        }
        pass.put(WindowStep::Reset { row, at });
        pass.put(WindowStep::End);
    }

    fn collect(&mut self, pass: &mut WindowPass<'_>, first: u64, end: u64, length: u64) {
        let mut row = first;
        while row < end {
            let taken = length.saturating_sub(self.state.open).min(end - row);
            self.state.open += taken;
            row += taken;
            if self.state.open < length {
                return;
            }
            let at = pass.now();
            self.let_go(pass, at);
            pass.put(WindowStep::Reset { row: row - length, at });
            pass.put(WindowStep::Current(count(length)));
            pass.put(WindowStep::End);
            self.state.open = 0;
            self.state.previous = length;
        }
    }

    fn pass_through(&mut self, pass: &mut WindowPass<'_>, row: u64, length: u64) {
        // The mark is taken by the first event that comes when there is none: the very first, then
        // the one behind the event at which the last reset went out.
        let mark = *self.state.mark.get_or_insert(row);
        if self.state.open == length {
            let at = pass.now();
            self.state.previous = length;
            self.let_go(pass, at);
            pass.put(WindowStep::Reset { row: mark, at });
            self.state.open = 0;
            self.state.mark = None;
        }
        self.state.open += 1;
        pass.put(WindowStep::Current(1));
        pass.put(WindowStep::End);
    }

    /// Lets the batch before go: as expired events when somebody asks for them.
    fn let_go(&mut self, pass: &mut WindowPass<'_>, at: i64) {
        let previous = std::mem::take(&mut self.state.previous);
        if previous == 0 {
            return;
        }
        pass.put(if pass.wants_expired {
            WindowStep::Expire { count: count(previous), at }
        } else {
            WindowStep::Forget(count(previous))
        });
    }
}

impl StateHolder for LengthBatchWindow {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        encode(&self.state)
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("lengthBatch", self.schema_version(), version)?;
        let state: State = decode(bytes)?;
        // A batch in progress is never longer than the window.
        if u64::try_from(self.length).is_ok_and(|length| state.open > length) {
            return Err(StateError::Damaged);
        }
        self.state = state;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn window(length: i32, stream: bool) -> Box<dyn Window> {
        let parameters = [Value::Int(length), Value::Bool(stream)].map(|value| ParameterValue {
            data_type: value.data_type().unwrap(),
            constant: Some(value),
            attribute: false,
        });
        (LengthBatch.bind(&parameters).unwrap().make)()
    }

    #[test]
    fn a_batch_that_is_longer_than_the_window_is_refused() {
        let state = |open| encode(&State { previous: 0, open, mark: None }).unwrap();
        for stream in [false, true] {
            window(3, stream).restore(1, &state(3)).unwrap();
            let refused = window(3, stream).restore(1, &state(4));
            assert!(matches!(refused, Err(StateError::Damaged)), "{refused:?}");
        }
        // What is never full may hold any number.
        window(-1, false).restore(1, &state(4)).unwrap();
    }
}
