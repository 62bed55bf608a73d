//! Connectors in running apps. What the conformance corpus says of topics is not repeated here.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
#![allow(clippy::disallowed_methods, reason = "the tests write and read files")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use siddhi_core::extension::{
    Buffer, ConnectorDocumentation, OptionError, Options, Payload, Progress, PushSource, Registry,
    Schema, Source, SourceError, SourceFactory, SourceHandler,
};
use siddhi_core::{App, SiddhiManager, Value};
use siddhi_extensions::Environment;

/// A manager, and the topics of its apps.
fn manager() -> (SiddhiManager, Environment) {
    let environment = Environment::default();
    let mut registry = Registry::with_builtins();
    siddhi_extensions::register_with(&mut registry, &environment);
    (SiddhiManager::with_registry(registry), environment)
}

/// What a stream says, one text an event.
fn listen(app: &App, stream: &str) -> Arc<Mutex<Vec<String>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let rows = Arc::clone(&heard);
    app.on_stream(stream, move |chunk| {
        for row in chunk.rows() {
            let values: Vec<String> = row.values().iter().map(ToString::to_string).collect();
            rows.lock().push(format!("{} {}", row.timestamp(), values.join(" ")));
        }
    })
    .unwrap();
    heard
}

fn refused(text: &str) -> String {
    let error = manager().0.create_app(text).unwrap_err();
    error.diagnostics().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn texts_are_read_from_a_topic() {
    let (manager, environment) = manager();
    let app = manager
        .create_app(
            "@app:playback
             @source(type = 'inMemory', topic = 't', event.time = 'at', @map(type = 'json'))
             define stream S (at long, k string);",
        )
        .unwrap();
    let heard = listen(&app, "S");
    app.start().unwrap();
    let text = br#"[{"at":5,"k":"a"},{"at":6},{"at":7,"k":"b"}]"#;
    environment.topics.publish("t", Payload::Bytes(text));
    assert_eq!(*heard.lock(), ["5 5 a", "7 7 b"]);
    let counters = app.counters();
    let stream = counters.iter().find(|it| it.element == "stream S").unwrap();
    assert_eq!(stream.get("refused"), Some(1));
}

#[test]
fn an_app_that_is_gone_hears_nothing() {
    let (manager, environment) = manager();
    let text = "@source(type = 'inMemory', topic = 't') define stream S (k string);";
    let app = manager.create_app(text).unwrap();
    let heard = listen(&app, "S");
    app.start().unwrap();
    let feed = manager
        .create_app("@sink(type = 'inMemory', topic = 't') define stream F (k string);")
        .unwrap();
    feed.start().unwrap();
    let input = feed.input("F").unwrap();
    input.send(1, &[Value::from("a")]).unwrap();
    app.shutdown().unwrap();
    input.send(2, &[Value::from("b")]).unwrap();
    drop(app);
    input.send(3, &[Value::from("c")]).unwrap();
    assert_eq!(*heard.lock(), ["1 a"]);
    // The handler keeps nothing alive: the callback went with its app.
    assert_eq!(Arc::strong_count(&heard), 1);
    drop(environment);
}

#[test]
fn rows_that_an_app_does_not_take_in_are_counted() {
    let (manager, environment) = manager();
    let app = manager
        .create_app(
            "@source(type = 'inMemory', topic = 't', @map(type = 'json'))
             define stream S (k string);",
        )
        .unwrap();
    app.on_stream("S", |_| panic!("on purpose")).unwrap();
    app.start().unwrap();
    for _ in 0..2 {
        environment.topics.publish("t", Payload::Bytes(br#"[{"k":"a"},{"k":"b"}]"#));
    }
    let counters = app.counters();
    let stream = counters.iter().find(|it| it.element == "stream S").unwrap();
    assert_eq!(stream.get("refused"), Some(4));
}

#[test]
fn rows_that_do_not_fit_are_refused_one_by_one() {
    let (manager, _) = manager();
    let app = manager
        .create_app(
            "@sink(type = 'inMemory', topic = 't') define stream A (k string, v long);
             @source(type = 'inMemory', topic = 't') define stream B (k string, v double);
             @source(type = 'inMemory', topic = 't') @OnError(action = 'STREAM')
             define stream C (k string);
             from !C select k insert into Faults;",
        )
        .unwrap();
    let (widened, faults) = (listen(&app, "B"), listen(&app, "Faults"));
    app.start().unwrap();
    app.input("A").unwrap().send(1, &[Value::from("a"), Value::Long(2)]).unwrap();
    assert_eq!(
        (widened.lock().join(","), faults.lock().join(",")),
        ("1 a 2.0".into(), "1 a".into())
    );
}

#[test]
fn what_a_sink_cannot_publish_goes_where_on_error_says() {
    let (manager, _) = manager();
    let app = manager
        .create_app(
            "@OnError(action = 'STREAM')
             @sink(type = 'inMemory', topic = 't', on.error = 'STREAM',
                   @map(type = 'json', event.grouping.enabled = 'false', validate.json = 'true',
                        @payload(\"\"\"{\"k\": {{k}}}\"\"\")))
             define stream A (k string);
             @source(type = 'inMemory', topic = 't', @map(type = 'json', @attributes(k = '$.k')))
             define stream Heard (k int);
             from !A select k insert into Faults;",
        )
        .unwrap();
    let (heard, faults) = (listen(&app, "Heard"), listen(&app, "Faults"));
    app.start().unwrap();
    let input = app.input("A").unwrap();
    input.send(1, &[Value::from("1")]).unwrap();
    input.send(2, &[Value::from("no JSON")]).unwrap();
    let chunk = ["2", "nor this", "3", "{"].map(|k| (3, vec![Value::from(k)]));
    input.send_batch(&chunk).unwrap();
    assert_eq!(*faults.lock(), ["2 no JSON", "3 nor this", "3 {"]);
    let heard: Vec<String> =
        heard.lock().iter().filter_map(|row| Some(row.split_once(' ')?.1.to_owned())).collect();
    assert_eq!(heard, ["1", "2", "3"], "good events beside bad ones are published");
    let counters = app.counters();
    let sink = counters.iter().find(|it| it.element == "sink A").unwrap();
    assert_eq!(sink.counts, [("in", 6), ("diverted", 3)]);
}

#[test]
fn files_are_read_by_whoever_drives_the_app() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.csv"), "k,v\na,1\nb,x\nc,3\n").unwrap();
    let environment =
        Environment { base_directory: Some(directory.path().into()), ..Environment::default() };
    let mut registry = Registry::with_builtins();
    siddhi_extensions::register_with(&mut registry, &environment);
    let app = SiddhiManager::with_registry(registry)
        .create_app(
            "@source(type = 'file', file.uri = 's.csv', tailing = 'false',
                     @map(type = 'csv', header = 'true'))
             define stream S (k string, v int);",
        )
        .unwrap();
    let heard = listen(&app, "S");
    app.start().unwrap();
    let mut inputs = app.take_inputs();
    assert!(app.take_inputs().is_empty());
    let mut buffer = Buffer::new(inputs[0].schema());
    let progress = inputs[0].fill(&mut buffer, 7, 100).unwrap();
    assert_eq!((progress, buffer.ends.as_slice()), (Progress::Finished, &[1, 2][..]));
    assert_eq!(buffer.rejections.len(), 1);
    app.input("S").unwrap().send_rows(&buffer.batch).unwrap();
    assert_eq!(*heard.lock(), ["7 a 1", "7 c 3"]);
}

/// Makes an app with a sink `file` anew for each of some chunks, which it gets twice; the files that
/// are there then, each with its text, by name.
fn written(sink: &str, runs: &[&[(&str, i32)]]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let environment =
        Environment { base_directory: Some(directory.path().into()), ..Environment::default() };
    std::fs::write(directory.path().join("empty.csv"), "").unwrap();
    for chunk in runs {
        let mut registry = Registry::with_builtins();
        siddhi_extensions::register_with(&mut registry, &environment);
        let app = SiddhiManager::with_registry(registry)
            .create_app(&format!("{sink} define stream S (k string, v int);"))
            .unwrap();
        app.start().unwrap();
        let input = app.input("S").unwrap();
        let rows: Vec<(i64, Vec<Value>)> =
            chunk.iter().map(|(k, v)| (1, vec![Value::from(*k), Value::Int(*v)])).collect();
        input.send_batch(&rows).unwrap();
        input.send_batch(&rows).unwrap();
    }
    let entries = std::fs::read_dir(directory.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let text = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        format!("{name}: {}", std::fs::read_to_string(path).unwrap().trim_end().replace('\n', " "))
    };
    names.iter().map(text).collect()
}

#[test]
fn a_header_stands_once_at_the_head_of_each_file() {
    let map = "@map(type = 'csv', header = 'true')";
    let runs: [&[(&str, i32)]; 2] = [&[("a", 1), ("b", 2)], &[("b", 3), ("empty", 4)]];
    let by_key =
        written(&format!("@sink(type = 'file', file.uri = '{{{{k}}}}.csv', {map})"), &runs);
    assert_eq!(by_key, ["a: k,v a,1 a,1", "b: k,v b,2 b,2 b,3 b,3", "empty: k,v empty,4 empty,4"]);
    let anew = format!("@sink(type = 'file', file.uri = 'x.csv', append = 'false', {map})");
    assert_eq!(written(&anew, &runs)[1], "x: k,v b,3 empty,4 b,3 empty,4");
    let grouped = "@sink(type = 'file', file.uri = 'x.csv', @map(type = 'csv', header = 'true', \
                   event.grouping.enabled = 'true', @payload(v = '0')))";
    assert_eq!(written(grouped, &runs)[1], "x: v 1 2 1 2 3 4 3 4");
    let without = "@sink(type = 'file', file.uri = 'x.csv', @map(type = 'csv'))";
    assert_eq!(written(without, &runs[..1])[1], "x: a,1 b,2 a,1 b,2");
}

#[test]
fn a_header_goes_with_how_payloads_are_distributed() {
    let sink = |strategy: &str| {
        format!(
            "@sink(type = 'file', @map(type = 'csv', header = 'true'),
                   @distribution(strategy = '{strategy}', @destination(file.uri = 'x.csv'),
                                 @destination(file.uri = 'y.csv')))"
        )
    };
    let rows: &[(&str, i32)] = &[("a", 1), ("b", 2)];
    let all = written(&sink("broadcast"), &[rows, rows]);
    let text = "k,v a,1 b,2 a,1 b,2 a,1 b,2 a,1 b,2";
    assert_eq!(all, ["empty: ".to_owned(), format!("x: {text}"), format!("y: {text}")]);
    let shared = written(&sink("roundRobin"), &[rows]);
    assert_eq!(shared, ["empty: ", "x: k,v a,1 a,1", "y: k,v b,2 b,2"]);
}

#[test]
fn mistakes_in_annotations_are_told_with_their_names() {
    for (annotation, expected) in [
        ("@source(type = 'fil')", "there is no source `fil`"),
        ("@sink(type = 'file', @map(type = 'cvs'))", "there is no sink mapper `cvs`"),
        ("@source(type = 'inMemory')", "source `inMemory`: option 'topic' is missing"),
        (
            "@source(type = 'inMemory', topic = 't', event.time = 'k')",
            "option 'event.time' is 'k', expected the name of an int or long attribute",
        ),
        (
            "@sink(type = 'file', file.uri = 'x')",
            "sink `file`: the sink file writes text: say how with @map",
        ),
        (
            "@sink(type = 'inMemory', topic = 't', @distribution(strategy = 'broadcast'))",
            "`@distribution` needs destinations",
        ),
        (
            "@sink(type = 'inMemory', topic = 't', on.error = 'WAIT')",
            "not supported yet: on.error = 'WAIT' of a sink",
        ),
        (
            "@source(type = 'inMemory', topic = 't', @map(type = 'json', @attributes(k = 'trp:file.path')))",
            "not supported yet: properties of the transport",
        ),
        (
            "@source(type = 'inMemory', topic = 't', @map(type = 'csv', delimiter = '-/-'))",
            "not supported yet: delimiters of csv",
        ),
        (
            "@sink(type = 'log', @map(type = 'json', enable.null.attribute.value = 'false'))",
            "not supported yet: option 'enable.null.attribute.value'",
        ),
    ] {
        let found = refused(&format!("{annotation} define stream S (k string);"));
        assert!(found.contains(expected), "{annotation}\n{found}");
    }
    let two = refused("@source(type = 'x') @sink(type = 'y') define stream S (k string);");
    assert_eq!(two.lines().count(), 2, "{two}");
}

#[test]
fn options_that_nobody_reads_are_told() {
    let app = "
        @source(type = 'inMemory', topic = 't', event.tme = 'v', TYPE = 'x',
                @map(type = 'csv', delimter = ';'))
        @sink(type = 'log', prority = 'INFO', prefix = 'p', on.error = 'LOG',
              @map(type = 'json', event.grouping.enabled = 'true'))
        @source(type = 'inMemory', topic = 'u',
                @map(type = 'text', regex.Any = '(.*)', @attributes(k = 'Any[1]', v = 'Any[1]')))
        define stream S (k string, v long);
    ";
    let app = manager().0.create_app(app).unwrap();
    let told: Vec<String> = app
        .warnings()
        .iter()
        .map(|warning| format!("{} {}", warning.message, warning.help.join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            "the source `inMemory` has no option `event.tme` did you mean `event.time`?",
            "the mapper `csv` has no option `delimter` did you mean `delimiter`?",
            "the sink `log` has no option `prority` did you mean `priority`?",
        ]
    );
}

/// A source that hands over an event while it is being connected.
#[derive(Debug)]
struct Eager;

impl PushSource for Eager {
    fn connect(&mut self, handler: SourceHandler) -> Result<(), SourceError> {
        handler.receive(Payload::Bytes(b"now"));
        Ok(())
    }

    fn disconnect(&mut self) {
        DISCONNECTED.fetch_add(1, Ordering::SeqCst);
    }
}

static DISCONNECTED: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct EagerFactory;

impl SourceFactory for EagerFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        ConnectorDocumentation { name: "eager", description: "", options: &[], example: "" }
    }

    fn create(&self, _: &Options, _: &Schema) -> Result<Source, OptionError> {
        Ok(Source::Push(Box::new(Eager)))
    }
}

#[test]
fn a_callback_may_ask_anything_of_the_app_while_it_starts() {
    let mut registry = Registry::with_builtins();
    siddhi_extensions::register(&mut registry);
    registry.register_source(Arc::new(EagerFactory));
    let app = SiddhiManager::with_registry(registry)
        .create_app("@source(type = 'eager') define stream S (line string);")
        .unwrap();
    let heard = Arc::new(Mutex::new(0));
    let (inner, count) = (app.clone(), Arc::clone(&heard));
    app.on_stream("S", move |_| {
        *count.lock() += 1;
        assert!(inner.take_inputs().is_empty());
        inner.start().unwrap();
        assert!(!inner.counters().is_empty());
        inner.shutdown().unwrap();
    })
    .unwrap();
    app.start().unwrap();
    assert_eq!(*heard.lock(), 1);
    assert_eq!(DISCONNECTED.load(Ordering::SeqCst), 1, "the app was ended while it started");
    assert!(app.input("S").unwrap().send(1, &[Value::from("x")]).is_err());
    app.start().unwrap();
    assert_eq!(*heard.lock(), 2, "it can be started again");
}
