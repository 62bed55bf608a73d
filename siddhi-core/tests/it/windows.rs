//! Windows with parameters that hardly anybody means.

use std::sync::Arc;

use siddhi_core::{SiddhiManager, Value};
use siddhi_pipeline::TestClock;

#[test]
fn a_start_that_is_further_away_than_a_long_reaches() {
    let mut manager = SiddhiManager::new();
    manager.set_clock(Arc::new(TestClock::new(10_000)));
    let text = "define stream S (n long);
                from S#window.timeBatch(1 sec, -9223372036854775807L) select n insert into O;";
    let app = manager.create_app(text).unwrap();
    app.start().unwrap();
    app.input("S").unwrap().send(10_000, &[Value::Long(1)]).unwrap();
    // The difference wraps around to -9223372036854765809, the rest is -809.
    assert_eq!(app.next_timer(), Some(11_809));
}

#[test]
fn nothing_waits_at_the_end_of_all_time() {
    let text = "@app:playback
                define stream S (n long);
                from S#window.timeBatch(1) select count() as n insert all events into O;
                from S#window.timeBatch(7, 3, true) select count() as n insert all events into P;
                from S#window.time(5) select count() as n insert all events into Q;";
    let app = SiddhiManager::new().create_app(text).unwrap();
    app.start().unwrap();
    let input = app.input("S").unwrap();
    for time in [1, 1_764_000_000_000, i64::MAX - 1, i64::MAX, i64::MAX] {
        input.send(time, &[Value::Long(time)]).unwrap();
    }
    assert_eq!(app.time(), i64::MAX);
}
