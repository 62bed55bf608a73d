//! `siddhi run`.

use insta::assert_snapshot;

use crate::program::Directory;

const APP: &str = "
define stream S (t long, k string, v int);
define stream W (t long, k string);
@info(name = 'q') from S[v > 1] select k, v * 2 as d insert into O;
@info(name = 'w') from W select k insert into P;
";

const S: &str = "t,k,v\n1000,a,1\n2000,b,2\n3000,\"c,d\",x\n4000,e,\n5000,f,7\n";
const W: &str = "{\"t\":1500,\"k\":\"w1\"}\n{\"t\":2000,\"k\":\"w2\"}\nnope\n";

fn fixture() -> Directory {
    Directory::new(&[("app.siddhi", APP), ("s.csv", S), ("w.jsonl", W)])
}

const BOTH: &str = "--events S=s.csv --events W=w.jsonl --time S.t --time W.t --playback";

#[test]
fn inputs_are_merged_by_time_and_bad_rows_told() {
    assert_snapshot!(fixture().siddhi(&format!("run app.siddhi {BOTH}")).text());
}

#[test]
fn ties_come_in_the_order_given() {
    let swapped = "--events W=w.jsonl --events S=s.csv --time S.t --time W.t --playback";
    let output = fixture().siddhi(&format!("run app.siddhi -q --format csv {swapped}"));
    assert_snapshot!(output.out);
}

#[test]
fn events_are_printed_as_json() {
    let output = fixture().siddhi(&format!("run app.siddhi -q --format json {BOTH}"));
    assert_snapshot!(output.out);
}

#[test]
fn runs_are_repeatable() {
    let fixture = fixture();
    let arguments = format!("run app.siddhi -q --format json {BOTH}");
    let first = fixture.siddhi(&arguments).out;
    assert!((0..5).all(|_| fixture.siddhi(&arguments).out == first));
}

#[test]
fn standard_input_is_a_file() {
    let arguments = "run app.siddhi --print S --events S=- --input-format json --time S.t \
                     --playback -q --format csv";
    let output = fixture().siddhi_reading(arguments, "{\"t\":1,\"k\":\"x\"}\n{\"t\":2,\"v\":3}\n");
    assert_eq!(output.out, "timestamp,t,k,v\n1,1,x,null\n2,2,null,3\n");
}

#[test]
fn sources_and_sinks_of_the_app_are_used() {
    let app = "
        @app:playback
        @source(type = 'file', file.uri = 'in/s.csv', tailing = 'false', event.time = 't',
                @map(type = 'csv', header = 'true'))
        define stream S (t long, k string, v int);
        @sink(type = 'file', file.uri = 'out-{{k}}.jsonl', @map(type = 'json'))
        @sink(type = 'stdout', @map(type = 'text', @payload('{{k}} has {{d}}')))
        define stream O (k string, d int);
        from S select k, v * 2 as d insert into O;
    ";
    let directory = Directory::new(&[]);
    std::fs::create_dir_all(directory.path("apps/in")).unwrap();
    directory.write("apps/app.siddhi", app);
    directory.write("apps/in/s.csv", "t,k,v\n1,a,1\n2,b,2\n3,a,\n");
    assert_snapshot!(directory.siddhi("run apps/app.siddhi").text());
    assert_eq!(directory.read("apps/out-a.jsonl"), "{\"event\":{\"k\":\"a\",\"d\":2}}\n");
}

#[test]
fn two_inputs_of_one_stream_are_told_once() {
    let app = "
        @source(type = 'file', file.uri = 's.csv', tailing = 'false', @map(type = 'csv', header = 'true'))
        define stream S (k string);
        define stream T (k string);
        from S select k insert into O;
        from T select k insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app), ("s.csv", "k\na\n")]);
    let told = "stream 'S' is fed by its @source and by --events";
    let twice = "run app.siddhi -q --format csv --events S=s.csv --events S=s.csv";
    let output = directory.siddhi(twice);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert_eq!(output.out.lines().skip(1).count(), 3);
    assert_eq!(output.err.matches(told).count(), 1, "{}", output.err);
    let output = directory.siddhi("run app.siddhi -q --events T=s.csv");
    assert_eq!(output.err, "");
}

#[test]
fn outputs_are_found_behind_variables() {
    let app = "
        define stream S (v ${TYPE});
        @sink(type = 'file', file.uri = 'stdout', @map(type = 'csv'))
        define stream O (v int);
        from S select v insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let arguments = "run app.siddhi -q --format csv --events S=-";
    let output = directory.siddhi_knowing(&[("TYPE", "int")], arguments, "v\n7\n");
    assert_eq!(output.code, Some(0), "{}", output.err);
    let printed = output.out.lines().nth(1).and_then(|line| line.rsplit(',').next());
    assert_eq!(printed, Some("7"), "{}", output.out);
}

#[test]
fn playback_of_the_command_line_is_that_of_the_app() {
    let app = "define stream S (t long, v int);
               from S#window.timeBatch(1 sec) select sum(v) as s insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let arguments = "run app.siddhi -q --format csv --playback --events S=- --time S.t";
    let output = directory.siddhi_reading(arguments, "t,v\n1000,1\n1500,2\n2500,9\n");
    assert_eq!(output.out, "timestamp,s\n1500,3\n");
}

#[test]
fn times_that_move_no_window_are_told_once() {
    let fixture = fixture();
    let arguments = "run app.siddhi -q --events S=s.csv --events W=w.jsonl --time S.t --time W.t";
    let told = "windows of time go by the clock of the system";
    let output = fixture.siddhi(arguments);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert_eq!(output.err.matches(told).count(), 1, "{}", output.err);
    assert!(output.err.contains("--playback"), "{}", output.err);
    assert!(!fixture.siddhi(&format!("{arguments} --playback")).err.contains(told));
    fixture.write("app.siddhi", &format!("@app:playback {APP}"));
    assert!(!fixture.siddhi(arguments).err.contains(told));
}

#[test]
fn an_input_that_cannot_be_read_at_all_ends_with_its_code() {
    let fixture = fixture();
    let run = |input: &str| {
        let arguments = "run app.siddhi -q --events W=w.jsonl --events S=-";
        let output = fixture.siddhi_reading(arguments, input);
        (output.code, output.err.contains("no row of an input of stream 'S' could be read"))
    };
    assert_eq!(run("t,k,v\nx,a,1\ny,b,2\n"), (Some(4), true));
    assert_eq!(run("t,k,v\nx,a,1\n1,b,2\n"), (Some(0), false), "a row that is read is enough");
    assert_eq!(run("t,k,v\n"), (Some(0), false), "nothing was rejected");
}

#[test]
fn what_could_not_be_published_is_counted_and_ends_with_its_code() {
    let app = "
        define stream S (k string);
        @sink(type = 'file', file.uri = 'nowhere/{{k}}.txt', @map(type = 'csv'))
        define stream O (k string);
        from S select k insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let output = directory.siddhi_reading("run app.siddhi --events S=-", "k\na\nb\n");
    assert_eq!(output.code, Some(4), "{}", output.err);
    assert!(output.err.contains("sink O"), "{}", output.err);
    assert!(output.err.contains("in 2, failed 2"), "{}", output.err);
}

#[test]
fn misspelled_options_are_told_before_the_run() {
    let app = "
        @source(type = 'file', file.uri = 's.csv', tailing = 'false', @map(type = 'csv', header = 'true', delimter = ','))
        define stream S (t long, k string, v int);
        from S select k insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app), ("s.csv", "t,k,v\n1,a,1\n")]);
    let output = directory.siddhi("run app.siddhi -q");
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(output.err.contains("did you mean `delimiter`?"), "{}", output.err);
}

#[test]
fn how_a_header_is_taken_is_told_once() {
    let app = "define stream S (k string, v int); from S select k, v insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let arguments = "run app.siddhi -q --format csv --events S=-";
    let rows = |input: &str| {
        let output = directory.siddhi_reading(arguments, input);
        let rows =
            output.out.lines().skip(1).filter_map(|line| Some(line.split_once(',')?.1.to_owned()));
        (rows.collect::<Vec<_>>(), output.err)
    };
    let (named, told) = rows("v,x\n1,a\n2,b\n");
    assert_eq!(named, ["null,1", "null,2"]);
    assert_eq!(told.matches("has no column 'k'").count(), 1, "{told}");
    let (placed, told) = rows("a,b\nx,1\ny,2\n");
    assert!(placed.is_empty());
    assert!(told.contains("'a,b', names none of the attributes k, v"), "{told}");
    let (events, told) = rows("x,1\ny,2\n");
    assert_eq!(events, ["x,1", "y,2"]);
    assert_eq!(told.matches("'x,1', is no header but an event").count(), 1, "{told}");
    let (_, told) = rows("ky,v\na,1\n");
    assert!(told.contains("has no column 'k' (is it 'ky'?)"), "{told}");
}

#[test]
fn of_many_bad_rows_the_first_are_shown() {
    let app = "define stream S (k string, v int); from S select k, v insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let input = format!("k,v\n{}a,1\n", "a,x\n".repeat(150));
    let output = directory.siddhi_reading("run app.siddhi --events S=-", &input);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert_eq!(output.err.matches("'x' is no int").count(), 100, "{}", output.err);
    assert_eq!(output.err.matches("counted and not shown").count(), 1, "{}", output.err);
    assert!(output.err.contains("150 rows could not be read"), "{}", output.err);
}

#[test]
fn of_many_events_that_fail_the_first_are_shown() {
    let app = "define stream S (k string);
               from S select cast(createSet(k), 'int') as n insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let output = directory
        .siddhi_reading("run app.siddhi --events S=-", &format!("k\n{}", "a\n".repeat(150)));
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert_eq!(output.err.matches(" failed: ").count(), 100, "{}", output.err);
    assert_eq!(output.err.matches("counted and not shown").count(), 1, "{}", output.err);
    assert!(output.err.contains("failed 150"), "{}", output.err);
}

#[test]
fn chunks_that_were_given_up_are_counted_and_end_with_their_code() {
    let app = "@app:playback define stream S (at long, n int);
               from S#window.time(1 sec) select n insert expired events into O;
               from O[n == 0] select n insert into O;";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let run = |arguments: &str| {
        let arguments = format!("run app.siddhi --events S=- --time S.at {arguments}");
        directory.siddhi_reading(&arguments, "at,n\n1000,0\n5000,1\n9000,0\n")
    };
    let output = run("--drain");
    assert_eq!(output.code, Some(4), "{}", output.err);
    assert!(output.err.contains("given_up 2"), "{}", output.err);
    assert!(output.err.contains("end: 2 chunks given up"), "{}", output.err);
    assert!(output.out.contains('1'), "{}", output.out);
    assert!(run("--format json").err.contains(r#""given_up":1"#), "{}", output.err);
}

#[test]
fn a_value_that_leads_elsewhere_is_counted_as_lost() {
    let app = "
        define stream S (k string);
        @sink(type = 'file', file.uri = 'out/{{k}}.csv', @map(type = 'csv'))
        define stream O (k string);
        from S select k insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    std::fs::create_dir(directory.path("out")).unwrap();
    let output = directory.siddhi_reading("run app.siddhi --events S=-", "k\na\n../escaped\n");
    assert_eq!(output.code, Some(4), "{}", output.err);
    assert!(output.err.contains("1 event was not published"), "{}", output.err);
    assert!(output.err.contains("in 2, failed 1"), "{}", output.err);
    assert_eq!(directory.read("out/a.csv"), "a\n");
    assert!(!directory.path("escaped.csv").exists());
}

/// Chunks step over every multiple of a number of events.
#[test]
fn a_run_ends_when_nobody_reads_its_output() {
    use std::process::{Command, Stdio};
    const LINES: usize = 200;
    let app = "
        @source(type = 'file', file.uri = 's.jsonl', tailing = 'false', @map(type = 'json'))
        define stream S (v int);
        @sink(type = 'file', file.uri = 'seen.csv', @map(type = 'csv', event.grouping.enabled = 'true'))
        define stream O (v int);
        from S select v insert into O;
    ";
    let chunk = format!("[{}]\n", vec!["{\"v\":1}"; 256].join(","));
    let directory = Directory::new(&[("app.siddhi", app)]);
    directory.write("s.jsonl", &format!("{{\"v\":1}}\n{}", chunk.repeat(LINES)));
    let mut program = Command::new(env!("CARGO_BIN_EXE_siddhi"))
        .args(["run", "app.siddhi", "--format", "json"])
        .current_dir(directory.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    assert_eq!(program.wait().unwrap().code(), Some(0));
    assert!(directory.read("seen.csv").lines().count() < 100 * 256);
}

const WINDOW: &str = "
@app:playback
define stream S (t long, v int);
@info(name = 'late') from S#window.time(1 hour) select v insert expired events into Gone;
";

#[test]
fn rows_that_are_held_are_told() {
    let directory = Directory::new(&[("app.siddhi", WINDOW)]);
    let arguments = "run app.siddhi --events S=- --time S.t";
    assert_snapshot!(directory.siddhi_reading(arguments, "t,v\n1000,1\n2000,2\n").text());
}

#[test]
fn draining_outlasts_windows_that_flush_for_ever() {
    let app = "
        @app:playback
        define stream S (t long, v int);
        from S#window.timeBatch(1 sec) select sum(v) as v insert into Sums;
        from S#window.time(1 hour) select v insert expired events into Gone;
        from S#window.length(2) select v insert expired events into Old;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let arguments = "run app.siddhi --format csv --drain --events S=- --time S.t";
    let output = directory.siddhi_reading(arguments, "t,v\n1000,1\n1500,2\n");
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(output.out.contains("Gone,3601000,1\nGone,3601500,2\n"), "{}", output.out);
    assert!(output.err.contains("still held: 2 in query query_3"), "{}", output.err);
    assert!(!output.err.contains("--drain"), "nothing is due any more: {}", output.err);
}

#[test]
fn events_that_come_late_are_counted() {
    let directory = Directory::new(&[("app.siddhi", WINDOW)]);
    let arguments = "run app.siddhi --events S=- --time S.t";
    let output = directory.siddhi_reading(arguments, "t,v\n3000,1\n1000,2\n2000,3\n3000,4\n");
    assert!(output.err.contains("2 events came late"), "{}", output.err);
    let output = directory.siddhi_reading(arguments, "t,v\n1000,2\n2000,3\n");
    assert!(!output.err.contains("came late"), "{}", output.err);
}

#[test]
fn nobody_is_idle_while_a_file_is_read() {
    let app = "
        @app:playback(idle.time = '10 min', increment = '1 hour')
        define stream S (t long, v int);
        from S#window.time(1 hour) select sum(v) as v insert into Sums;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let arguments = "run app.siddhi -q --format csv --events S=- --time S.t";
    // The events are 20 minutes apart, and come at once.
    let output = directory.siddhi_reading(arguments, "t,v\n0,1\n1200000,2\n2400000,3\n");
    assert_eq!(output.out, "timestamp,v\n0,1\n1200000,3\n2400000,6\n");
}

#[test]
fn draining_moves_the_clock_on() {
    let directory = Directory::new(&[("app.siddhi", WINDOW)]);
    let arguments = "run app.siddhi --drain --events S=- --time S.t";
    assert_snapshot!(directory.siddhi_reading(arguments, "t,v\n1000,1\n2000,2\n").text());
}

#[test]
fn exit_codes_say_what_is_wrong() {
    let directory = fixture();
    directory.write("later.siddhi", "define table T (a int); define stream S (a int);");
    directory.write("wrong.siddhi", "define stream S (a int); from T select a insert into O;");
    for (arguments, code, error) in [
        ("run app.siddhi", 2, "error: nothing to read"),
        ("run app.siddhi --events s=s.csv", 2, "did you mean 'S'?"),
        ("run app.siddhi --events S=s.csv --playback", 2, "with --time S.ATTRIBUTE"),
        ("run app.siddhi --events S=s.csv --time S.k", 2, "'k' is not an int or long"),
        ("run app.siddhi --events S", 2, "expected STREAM=FILE"),
        ("run app.siddhi --events S=- --events W=-", 2, "--events S=- and --events W=- read it"),
        ("run app.siddhi --events S=none.csv", 4, "cannot read DIR/none.csv"),
        ("run none.siddhi", 4, "cannot read none.siddhi"),
        ("run wrong.siddhi", 1, "wrong.siddhi:1:31"),
        ("run later.siddhi", 3, "not supported yet: tables"),
    ] {
        let output = directory.siddhi(arguments);
        assert_eq!(output.code, Some(code), "{arguments}\n{}", output.err);
        assert!(output.err.contains(error), "{arguments}\n{}", output.err);
    }
    let output = directory.siddhi_reading("run - --events S=-", APP);
    assert_eq!(output.code, Some(2), "{}", output.err);
    assert!(output.err.contains("the app and --events S=- read it"), "{}", output.err);
}

/// Whoever writes a pipe slowly gets an answer to each row, and time passes between them.
#[test]
fn rows_of_a_slow_pipe_are_processed_when_they_arrive() {
    let app = "
        define stream S (k string, v int);
        from S select k, v * 2 as d insert into O;
        from S#window.timeBatch(20 millisec) select k, v as d insert into P;
    ";
    let directory = Directory::new(&[("app.siddhi", app)]);
    let mut program = directory.start("run app.siddhi -q --events S=- --format json");
    let mut answers = |row: &str| {
        program.write(row);
        let line = || {
            let line: serde_json::Value = serde_json::from_str(&program.line()).unwrap();
            format!("{} {}", line["stream"], line["event"]["d"])
        };
        std::iter::repeat_with(line).take(2).collect::<Vec<_>>()
    };
    assert_eq!(answers("k,v\na,1\n"), ["\"O\" 2", "\"P\" 1"]);
    assert_eq!(answers("b,2\n"), ["\"O\" 4", "\"P\" 2"]);
    assert_eq!(program.end(), (Some(0), String::new()));
}

const TWO: &str = "
    define stream A (t long);
    define stream B (t long);
    from A select t insert into O;
    from B select t insert into O;
";

#[test]
fn a_silent_pipe_holds_back_only_what_is_merged_with_it_by_time() {
    let directory = Directory::new(&[("app.siddhi", TWO), ("b.csv", "t\n7\n8\n")]);
    for (times, order) in [
        ("", ["7", "8", "5", "9"]),
        ("--time A.t", ["7", "8", "5", "9"]),
        ("--time A.t --time B.t", ["5", "7", "8", "9"]),
    ] {
        let arguments = format!("run app.siddhi -q --events A=- --events B=b.csv {times}");
        let mut program = directory.start(&format!("{arguments} --format csv"));
        let value = |line: String| line.rsplit(',').next().unwrap().to_owned();
        let is_held = order[0] == "5";
        let before = if is_held { 0 } else { 3 };
        let mut lines: Vec<String> = (0..before).map(|_| value(program.line())).collect();
        program.write("t\n5\n9\n");
        lines.extend((before..5).map(|_| value(program.line())));
        assert_eq!(lines[1..], order, "{times}");
        assert_eq!(program.end().0, Some(0));
    }
}

#[test]
fn files_without_times_are_read_one_after_the_other() {
    let directory = Directory::new(&[("app.siddhi", TWO)]);
    for (file, from) in [("a.csv", 0), ("b.csv", 3000)] {
        let rows: String = (from..from + 3000).map(|t| format!("{t}\n")).collect();
        directory.write(file, &format!("t\n{rows}"));
    }
    let arguments = "run app.siddhi -q --events A=a.csv --events B=b.csv --format csv";
    let output = directory.siddhi(arguments).out;
    let values = output.lines().skip(1).map(|line| line.rsplit(',').next().unwrap());
    assert!(values.eq((0..6000).map(|t| t.to_string())), "{output}");
}

#[test]
fn rows_that_were_rejected_before_a_failure_are_told() {
    let app = "
        @source(type = 'file', file.uri = 's.csv', tailing = 'false', action.after.process = 'move',
                move.after.process = 'app.siddhi/done', @map(type = 'csv'))
        define stream S (v int);
        from S select v insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app), ("s.csv", "x\ny\n")]);
    let output = directory.siddhi("run app.siddhi");
    assert_eq!(output.code, Some(4), "{}", output.err);
    assert!(output.err.contains("s.csv:1: v: 'x' is no int"), "{}", output.err);
    assert!(output.err.contains("2 rows could not be read"), "{}", output.err);
}

/// A followed file: what is appended comes out at once, and Ctrl-C ends the run in good order.
#[cfg(unix)]
#[test]
fn a_followed_file_is_run_until_ctrl_c() {
    use std::io::Write as _;
    let app = "
        @source(type = 'file', file.uri = 's.csv', file.polling.interval = '1',
                @map(type = 'csv'))
        define stream S (k string, v int);
        @info(name = 'q') from S select k, v * 2 as d insert into O;
    ";
    let directory = Directory::new(&[("app.siddhi", app), ("s.csv", "a,1\n")]);
    let mut program = directory.start("run app.siddhi --format csv");
    let mut next = || program.line().split_once(',').unwrap().1.to_owned();
    assert_eq!([next(), next()], ["k,d", "a,2"]);
    let mut file = std::fs::OpenOptions::new().append(true).open(directory.path("s.csv")).unwrap();
    file.write_all(b"b,2\n").unwrap();
    assert_eq!(next(), "b,4");
    program.interrupt();
    let (code, err) = program.end();
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("stream S") && err.contains("in 2"), "{err}");
}
