//! Apps that reach themselves, and callbacks that misbehave.

use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::{App, AppError, Chunk, SendError, SiddhiManager, Value};

fn app(text: &str) -> App {
    let app = SiddhiManager::new().create_app(text).unwrap();
    app.start().unwrap();
    app
}

/// Streams with what they brought.
type Log = Arc<Mutex<Vec<(String, Vec<i64>)>>>;

/// What a stream brings, chunk by chunk, as the first attribute of each row.
fn listen(app: &App, stream: &str, log: &Log) {
    let log = Arc::clone(log);
    let name = stream.to_owned();
    let note = move |chunk: &Chunk<'_>| {
        let rows = chunk.rows().filter_map(|row| row.long(0)).collect();
        log.lock().push((name.clone(), rows));
    };
    app.on_stream(stream, note).unwrap();
}

fn of(stream: &str, rows: &[i64]) -> (String, Vec<i64>) {
    (stream.to_owned(), rows.to_vec())
}

#[test]
fn a_query_feeds_itself() {
    let app = app("define stream S (n long);
                   from S[n < 3] select n + 1L as n insert into S;");
    let log = Log::default();
    listen(&app, "S", &log);
    app.input("S").unwrap().send(1, &[Value::Long(0)]).unwrap();
    // Readers come before callbacks: what came last is seen first.
    assert_eq!(*log.lock(), [of("S", &[3]), of("S", &[2]), of("S", &[1]), of("S", &[0])]);
}

#[test]
fn a_circle_without_end_is_given_up() {
    // Whatever a level of the circle takes of the stack.
    for circle in [
        "from S[n == 0] select n insert into S;",
        "partition with (n of S) begin
         from S#window.length(2)#log('x')[n == 0] select min(n) as n group by n having n < 9 insert into #I;
         from #I#window.lengthBatch(1)[n == 0] select n, sum(n) as m insert into #J;
         from #J select n insert into S; end;",
    ] {
        let app = app(&format!("define stream S (n long); {circle}
                                from S[n == 1] select n insert into O;"));
        let log = Log::default();
        listen(&app, "S", &log);
        listen(&app, "O", &log);
        let input = app.input("S").unwrap();
        assert!(matches!(input.send(1, &[Value::Long(0)]), Err(SendError::Endless)));
        assert_eq!(*log.lock(), []);
        input.send(1, &[Value::Long(1)]).unwrap();
        assert_eq!(*log.lock(), [of("O", &[1]), of("S", &[1])]);
    }
}

#[test]
fn how_deep_a_circle_may_go_can_be_said() {
    let run = || {
        let mut manager = SiddhiManager::new();
        manager.set_stack_limit(32 << 20);
        let app = manager
            .create_app(
                "define stream S (n long); define stream O (n long);
                 from S#window.lengthBatch(1)[n < 500] select sum(n) + 1L as n insert into S;
                 from S[n == 500] select n insert into O;",
            )
            .unwrap();
        app.start().unwrap();
        let log = Log::default();
        listen(&app, "O", &log);
        app.input("S").unwrap().send(1, &[Value::Long(0)]).unwrap();
        assert_eq!(*log.lock(), [of("O", &[500])]);
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_window_feeds_itself() {
    let app = app("define stream S (n long);
                   from S#window.length(2)[n < 3] select sum(n) + 1L as n insert into S;");
    let log = Log::default();
    listen(&app, "S", &log);
    app.input("S").unwrap().send(1, &[Value::Long(1)]).unwrap();
    // 1 gives 2; then 1 + 2 gives 4, which does not pass.
    assert_eq!(*log.lock(), [of("S", &[4]), of("S", &[2]), of("S", &[1])]);
}

#[test]
fn a_callback_sends_into_its_app() {
    let app = app("define stream S (n long);
                   from S select n insert into A;
                   from S select n * 10L as n insert into B;");
    let log = Log::default();
    let input = app.input("S").unwrap();
    app.on_stream("A", move |chunk| {
        for n in chunk.rows().filter_map(|row| row.long(0)).filter(|n| *n < 3) {
            input.send(1, &[Value::Long(n + 1)]).unwrap();
        }
    })
    .unwrap();
    listen(&app, "A", &log);
    listen(&app, "B", &log);
    app.input("S").unwrap().send(1, &[Value::Long(1)]).unwrap();
    // Depth first: all that follows from the inner event is done before the outer one goes on.
    let expected = [("A", 3), ("B", 30), ("A", 2), ("B", 20), ("A", 1), ("B", 10)];
    assert_eq!(*log.lock(), expected.map(|(stream, n)| of(stream, &[n])));
}

#[test]
fn a_panic_poisons_the_app() {
    let app = app("define stream S (n long); from S select n insert into A;");
    app.on_stream("A", |chunk| {
        let odd = chunk.rows().filter_map(|row| row.long(0)).any(|n| n % 2 == 1);
        assert!(!odd, "this message belongs to the test");
    })
    .unwrap();
    let input = app.input("S").unwrap();
    input.send(1, &[Value::Long(2)]).unwrap();
    assert!(matches!(input.send(2, &[Value::Long(1)]), Err(SendError::Poisoned)));
    assert!(matches!(input.send(3, &[Value::Long(2)]), Err(SendError::Poisoned)));
    assert!(matches!(input.send_batch(&[]), Err(SendError::Poisoned)));
    assert!(matches!(app.advance(4), Err(AppError::Poisoned)));
    assert!(matches!(app.snapshot(), Err(AppError::Poisoned)));
    assert!(matches!(app.start(), Err(AppError::Poisoned)));
    assert!(!app.counters().is_empty());
    app.shutdown().unwrap();
}

#[test]
fn a_panic_in_a_nested_send_poisons_for_all() {
    let app = app("define stream S (n long); define stream T (n long);");
    let other = app.input("T").unwrap();
    app.on_stream("T", |_| panic!("on purpose")).unwrap();
    app.on_stream("S", move |_| {
        assert!(matches!(other.send(1, &[Value::Long(1)]), Err(SendError::Poisoned)));
    })
    .unwrap();
    let input = app.input("S").unwrap();
    assert!(matches!(input.send(1, &[Value::Long(1)]), Err(SendError::Poisoned)));
}

#[test]
fn a_panic_in_a_query_callback_poisons_too() {
    let app = app("define stream S (n long); @info(name = 'q') from S select n insert into A;");
    app.on_query("q", |_| panic!("this message belongs to the test")).unwrap();
    let input = app.input("S").unwrap();
    assert!(matches!(input.send(1, &[Value::Long(1)]), Err(SendError::Poisoned)));
    assert!(matches!(input.send(2, &[Value::Long(1)]), Err(SendError::Poisoned)));
}

#[test]
fn no_callback_is_added_inside_a_callback() {
    let app = app("define stream S (n long); @info(name = 'q') from S select n insert into A;");
    let refused = Arc::new(Mutex::new(Vec::new()));
    let (inside, seen) = (app.clone(), Arc::clone(&refused));
    app.on_stream("A", move |_| {
        let result = inside.on_stream("A", |_| {});
        seen.lock().push(matches!(result, Err(AppError::InsideCallback)));
    })
    .unwrap();
    let (inside, seen) = (app.clone(), Arc::clone(&refused));
    app.on_query("q", move |_| {
        let result = inside.on_query("q", |_| {});
        seen.lock().push(matches!(result, Err(AppError::InsideCallback)));
    })
    .unwrap();
    app.input("S").unwrap().send(1, &[Value::Long(1)]).unwrap();
    assert_eq!(*refused.lock(), [true, true]);
}

#[test]
fn two_threads_send_at_once() {
    let app = app("define stream S (n long);
                   from S select count() as n insert into Counts;
                   from Counts#window.lengthBatch(2) select max(n) as n insert into Pairs;");
    let log = Log::default();
    listen(&app, "Pairs", &log);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let input = app.input("S").unwrap();
            scope.spawn(move || {
                for n in 0..500 {
                    input.send(n, &[Value::Long(n)]).unwrap();
                }
            });
        }
    });
    // Each event went all the way before the next.
    let expected: Vec<_> = (1..=500).map(|n| of("Pairs", &[2 * n])).collect();
    assert_eq!(*log.lock(), expected);
}

/// An app with a window for each key of `S`, whose expired rows a callback sends on to `P`.
fn relay(annotation: &str) -> (App, Log) {
    let app = app(&format!(
        "{annotation} define stream S (n long); define stream P (n long);
         partition with (n of S) begin
         from S#window.time(1 sec) select n insert expired events into O; end;
         from P select n insert into Q;"
    ));
    let log = Log::default();
    let input = app.input("P").unwrap();
    app.on_stream("O", move |chunk| {
        for row in chunk.rows() {
            input.send(row.timestamp(), &row.values()).unwrap();
        }
    })
    .unwrap();
    listen(&app, "O", &log);
    listen(&app, "Q", &log);
    (app, log)
}

#[test]
fn in_playback_timers_run_before_what_a_timer_sends() {
    let (app, log) = relay("@app:playback");
    let input = app.input("S").unwrap();
    for n in 0..3 {
        input.send(1_000 + n, &[Value::Long(n)]).unwrap();
    }
    input.send(9_000, &[Value::Long(9)]).unwrap();
    // As in Java: each send finds the time that it brings not run yet.
    let expected = [("Q", 2), ("O", 2), ("Q", 1), ("O", 1), ("Q", 0), ("O", 0)];
    assert_eq!(*log.lock(), expected.map(|(stream, n)| of(stream, &[n])));
}

#[test]
fn in_playback_what_many_timers_send_at_once_arrives() {
    let (app, log) = relay("@app:playback");
    let input = app.input("S").unwrap();
    let all: Vec<_> = (0..10_000).map(|n| (1_000, vec![Value::Long(n)])).collect();
    input.send_batch(&all).unwrap();
    app.move_time(9_000).unwrap();
    for stream in ["O", "Q"] {
        let log = log.lock();
        let mut rows: Vec<i64> = log
            .iter()
            .filter(|(name, _)| name == stream)
            .flat_map(|(_, rows)| rows.clone())
            .collect();
        rows.sort_unstable();
        assert!(rows.into_iter().eq(0..10_000), "{stream}");
    }
    assert_eq!(app.next_timer(), None);
}

#[test]
fn live_a_timer_has_put_out_everything_before_the_next() {
    let (app, log) = relay("");
    let input = app.input("S").unwrap();
    let now = app.time();
    let all: Vec<_> = (0..5).map(|n| (now, vec![Value::Long(n)])).collect();
    input.send_batch(&all).unwrap();
    app.advance(app.time() + 60_000).unwrap();
    let expected: Vec<_> = (0..5).flat_map(|n| [of("Q", &[n]), of("O", &[n])]).collect();
    assert_eq!(*log.lock(), expected);
}

#[test]
fn whoever_lets_a_timer_start_a_circle_is_told() {
    for annotation in ["", "@app:playback"] {
        let app = app(&format!(
            "{annotation} define stream S (n long); define stream T (n long);
             partition with (n of S) begin
             from S#window.time(1 sec) select n insert expired events into O; end;
             from O[n % 2 == 0] select n insert into O;"
        ));
        let log = Log::default();
        listen(&app, "O", &log);
        let start = app.time();
        let input = app.input("S").unwrap();
        for n in 1..5 {
            input.send(start, &[Value::Long(n)]).unwrap();
        }
        assert!(matches!(app.move_time(start + 60_000), Err(AppError::Endless)));
        // Two timers went round and round, and the others lost nothing by it.
        assert_eq!(*log.lock(), [of("O", &[1]), of("O", &[3])]);
        let counters = app.counters();
        let given_up =
            counters.iter().find(|it| it.element == "app").and_then(|it| it.get("given_up"));
        assert_eq!(given_up, Some(2));
        app.input("T").unwrap().send(start + 60_000, &[Value::Long(1)]).unwrap();
    }
}

#[test]
fn an_event_is_not_lost_by_the_timer_that_runs_before_it() {
    let app = app("@app:playback define stream S (n long);
                   from S#window.time(1 sec) select n insert expired events into O;
                   from O select n insert into O;
                   from S select n insert into Q;");
    let log = Log::default();
    listen(&app, "Q", &log);
    let input = app.input("S").unwrap();
    input.send(1, &[Value::Long(1)]).unwrap();
    assert!(matches!(input.send(5_000, &[Value::Long(2)]), Err(SendError::Endless)));
    assert_eq!(*log.lock(), [of("Q", &[1]), of("Q", &[2])]);
}

/// An app with a chain of so many links: a callback on a timer's output sends the next event, then
/// moves the time on until that expires, too. What came out of it, and how it ended.
fn chain(links: i64) -> (Log, Result<(), AppError>) {
    let app = app("@app:playback define stream S (n long); define stream T (n long);
                   from S#window.time(1 sec) select n insert expired events into O;");
    let log = Log::default();
    listen(&app, "O", &log);
    let (input, tick) = (app.input("S").unwrap(), app.input("T").unwrap());
    app.on_stream("O", move |chunk| {
        for n in chunk.rows().filter_map(|row| row.long(0)).filter(|n| *n < links) {
            let at = 1_000 + (n + 1) * 2_000;
            input.send(at, &[Value::Long(n + 1)]).unwrap();
            tick.send(at + 1_500, &[Value::Long(0)]).unwrap();
        }
    })
    .unwrap();
    app.input("S").unwrap().send(1_000, &[Value::Long(0)]).unwrap();
    let moved = app.move_time(2_500);
    (log, moved)
}

#[test]
fn in_playback_a_chain_of_timers_has_no_last_link() {
    for links in [3, 15, 16, 17, 200] {
        let (log, moved) = chain(links);
        moved.unwrap();
        let mut seen = log.lock().clone();
        seen.sort();
        let expected: Vec<_> = (0..=links).map(|n| of("O", &[n])).collect();
        assert_eq!(seen, expected, "{links}");
    }
    assert!(matches!(chain(i64::MAX).1, Err(AppError::Endless)));
}

#[test]
fn a_circle_of_another_timer_takes_nothing_with_it() {
    for annotation in ["", "@app:playback"] {
        let app = app(&format!(
            "{annotation} define stream S (n long); define stream P (n long);
             from S#window.time(1 sec) select n insert expired events into O;
             from S#window.time(1 sec) select n insert expired events into X;
             from X select n insert into X;
             from P select n insert into Q;"
        ));
        let log = Log::default();
        listen(&app, "Q", &log);
        let input = app.input("P").unwrap();
        app.on_stream("O", move |chunk| {
            for row in chunk.rows() {
                input.send(row.timestamp(), &row.values()).unwrap();
            }
        })
        .unwrap();
        let start = app.time();
        app.input("S").unwrap().send(start, &[Value::Long(7)]).unwrap();
        assert!(matches!(app.move_time(start + 60_000), Err(AppError::Endless)));
        assert_eq!(*log.lock(), [of("Q", &[7])], "{annotation}");
    }
}
