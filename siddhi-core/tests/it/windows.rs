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
