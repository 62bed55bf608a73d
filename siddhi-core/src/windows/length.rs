//! `length(n)`: the last n events.

use std::sync::Arc;

use siddhi_state::{StateError, StateHolder, check_version};

use super::parameters::{count, int};
use crate::extension::{
    BindError, BoundWindow, Documentation, Panes, ParameterValue, Window, WindowFactory,
    WindowPass, WindowStep,
};

/// Binds `length`.
#[derive(Debug)]
pub(super) struct Length;

impl WindowFactory for Length {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "length",
            syntax: "length(int n)",
            description: "Holds the last n events; each event that comes pushes the oldest out.",
            example: "from Trades#window.length(20) select symbol, avg(price) as mean \
                      group by symbol insert into Means;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundWindow, BindError> {
        if parameters.len() != 1 {
            return Err(BindError::call("length takes one int: the number of events"));
        }
        let length = int(parameters, 0, "the number of events")?;
        let length = u64::try_from(length).unwrap_or(0);
        Ok(BoundWindow {
            make: Arc::new(move || Box::new(LengthWindow { length })),
            // With no room an event passes, expires at once, and a reset follows.
            sliding: length > 0,
            in_order: true,
            starts_anew: false,
            panes: Panes::No,
            last_rows: (length > 0).then_some(length),
            needs_timestamps: false,
        })
    }
}

struct LengthWindow {
    length: u64,
}

impl Window for LengthWindow {
    fn rows(&mut self, pass: &mut WindowPass<'_>) {
        let (head, first, end) = (pass.store.head(), pass.first_new, pass.store.end());
        if self.length == 0 {
            for row in first..end {
                let at = pass.store.timestamp(row);
                pass.put(WindowStep::Current(1));
                pass.put(WindowStep::Expire { count: 1, at });
                pass.put(WindowStep::Reset { row, at });
            }
            pass.put(WindowStep::End);
            return;
        }
        let room = self.length - (first - head).min(self.length);
        let fill = room.min(end - first);
        if fill > 0 {
            pass.put(WindowStep::Current(count(fill)));
        }
        if end - first > fill {
            let at = if pass.wants_expired { pass.now() } else { 0 };
            pass.put(WindowStep::Slide { count: count(end - first - fill), at });
        }
        pass.put(WindowStep::End);
    }

    fn wake(&mut self, _time: i64, _pass: &mut WindowPass<'_>) {}
}

/// What is in is all there is to know.
impl StateHolder for LengthWindow {
    fn schema_version(&self) -> u32 {
        1
    }

    fn snapshot(&self) -> Result<Vec<u8>, StateError> {
        Ok(Vec::new())
    }

    fn restore(&mut self, version: u32, bytes: &[u8]) -> Result<(), StateError> {
        check_version("length", self.schema_version(), version)?;
        if bytes.is_empty() { Ok(()) } else { Err(StateError::Damaged) }
    }
}
