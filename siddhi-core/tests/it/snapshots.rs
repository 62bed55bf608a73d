//! What snapshots refuse, and what they go by.

use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::{App, AppError, SendError, SiddhiManager, Value};
use siddhi_pipeline::TestClock;
use siddhi_state::StateError;

fn app(text: &str) -> App {
    let mut manager = SiddhiManager::new();
    manager.set_clock(Arc::new(TestClock::new(0)));
    let app = manager.create_app(text).unwrap();
    app.start().unwrap();
    app
}

fn send(app: &App, stream: &str, value: i64) {
    app.input(stream).unwrap().send(0, &[Value::Long(value)]).unwrap();
}

/// What comes out of `O` when a value is sent to `S`.
fn answers(app: &App, value: i64) -> Vec<Vec<Value>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let rows = Arc::clone(&seen);
    app.on_stream("O", move |chunk| rows.lock().extend(chunk.rows().map(|row| row.values())))
        .unwrap();
    send(app, "S", value);
    std::mem::take(&mut *seen.lock())
}

const STREAM: &str = "define stream S (n long); ";
const BATCH: &str =
    "@info(name = 'q') from S#window.lengthBatch(3) select sum(n) as n insert into O; ";

#[test]
fn a_window_of_another_form_is_refused_and_poisons() {
    let alone = app(&format!("{STREAM}{BATCH}"));
    send(&alone, "S", 1);
    let snapshot = alone.snapshot().unwrap();
    // What the query puts out comes back to it: its window runs in the general form.
    let circle = app(&format!("{STREAM}{BATCH} from O[n < 0] select n insert into S;"));
    let refused = circle.restore(&snapshot);
    let Err(AppError::State(error @ StateError::Misfit { .. })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        error.to_string(),
        "state of `query:q` does not fit: it has a window in panes form over (), not a window in \
         general form over (long)"
    );
    let sent = circle.input("S").unwrap().send(0, &[Value::Long(1)]);
    assert!(matches!(sent, Err(SendError::Poisoned)));
    assert!(matches!(circle.snapshot(), Err(AppError::Poisoned)));
    assert!(matches!(circle.restore(&snapshot), Err(AppError::Poisoned)));
}

#[test]
fn damaged_bytes_change_nothing() {
    let app = app(&format!("{STREAM}{BATCH}"));
    send(&app, "S", 1);
    let mut snapshot = app.snapshot().unwrap();
    *snapshot.last_mut().unwrap() ^= 1;
    assert!(matches!(app.restore(&snapshot), Err(AppError::State(StateError::Damaged))));
    send(&app, "S", 2);
    assert_eq!(answers(&app, 3), [[Value::Long(6)]]);
}

#[test]
fn nothing_is_saved_or_restored_from_inside_a_callback() {
    let text =
        format!("{STREAM} @info(name = 'q') from S#window.timeBatch(10) select n insert into O;");
    let app = app(&text);
    let snapshot = app.snapshot().unwrap();
    let refused = Arc::new(Mutex::new(0));
    let (inside, count) = (app.clone(), Arc::clone(&refused));
    let try_both = move || {
        assert!(matches!(inside.snapshot(), Err(AppError::Busy)));
        assert!(matches!(inside.restore(&snapshot), Err(AppError::Busy)));
        *count.lock() += 1;
    };
    let again = try_both.clone();
    app.on_stream("S", move |_| try_both()).unwrap();
    // A timer calls it, outside of any send.
    app.on_query("q", move |_| again()).unwrap();
    send(&app, "S", 1);
    app.advance(10).unwrap();
    assert_eq!(*refused.lock(), 2);
    app.snapshot().unwrap();
}

#[test]
fn a_clock_that_was_advanced_does_not_go_back() {
    let text = format!("{STREAM} from S#window.timeBatch(1 sec) select n insert into O;");
    let before = app(&text);
    send(&before, "S", 1);
    before.advance(900).unwrap();
    let after = app(&text);
    after.restore(&before.snapshot().unwrap()).unwrap();
    assert_eq!(after.time(), 900);
}

const PARTITION: &str = "partition with (n of S) begin
    from S#window.length(5) select n, count() as c insert into O; end; ";

#[test]
fn partitions_are_known_by_their_text() {
    let before = app(&format!("{STREAM}{PARTITION}"));
    for value in [7, 8, 7] {
        send(&before, "S", value);
    }
    // Another partition and another query stand before it.
    let after = app(&format!(
        "{STREAM} from S select n insert into P;
         partition with (n of S) begin from S select n insert into P; end; {PARTITION}"
    ));
    after.restore(&before.snapshot().unwrap()).unwrap();
    assert_eq!(answers(&after, 7), [[Value::Long(7), Value::Long(3)]]);
}

#[test]
fn a_partition_named_like_another_without_a_name_shares_nothing_with_it() {
    let text = format!(
        "{STREAM} define stream T (n long);
         @info(name = 'partition_2') partition with (n of T) begin
         from T#window.length(5) select n, count() as c insert into P; end; {PARTITION} {PARTITION}"
    );
    let before = app(&text);
    send(&before, "T", 1);
    send(&before, "S", 2);
    let after = app(&text);
    after.restore(&before.snapshot().unwrap()).unwrap();
    let twice = [Value::Long(2), Value::Long(2)];
    assert_eq!(answers(&after, 2), [twice.clone(), twice]);
}

#[test]
fn a_query_that_moved_to_another_partition_begins_anew() {
    let query = "@info(name = 'q') from S#window.length(5) select n, count() as c insert into O;";
    let text = |name: &str| {
        format!("{STREAM} @info(name = '{name}') partition with (n of S) begin {query} end;")
    };
    let before = app(&text("a"));
    send(&before, "S", 1);
    let after = app(&text("b"));
    after.restore(&before.snapshot().unwrap()).unwrap();
    assert_eq!(answers(&after, 1), [[Value::Long(1), Value::Long(1)]]);
}

#[test]
fn who_waited_in_playback_waits_in_a_live_app() {
    let query = "define stream S (n long);
                 @info(name = 'q') from S#window.time(1 sec) select n insert expired events into O;";
    let before = app(&format!("@app:playback {query}"));
    before.input("S").unwrap().send(1_000, &[Value::Long(1)]).unwrap();
    let after = app(query);
    after.restore(&before.snapshot().unwrap()).unwrap();
    let rows = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&rows);
    after.on_stream("O", move |chunk| *seen.lock() += chunk.len()).unwrap();
    assert_eq!(after.next_timer(), Some(2_000));
    after.advance(100_000).unwrap();
    assert_eq!(*rows.lock(), 1);
}
