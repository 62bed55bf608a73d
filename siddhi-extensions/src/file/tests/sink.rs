//! The sink `file`.

use std::fs;

use siddhi_core::extension::{DynamicOptions, Options, Payload, SinkFactory as _};
use siddhi_query::ast::DataType;

use super::super::FileSinkFactory;
use super::{Fixture, text};
use crate::environment::Environment;
use crate::testing;

fn publish(
    environment: &Environment,
    options: &[(&str, &str)],
    map: &str,
    payloads: &[(&str, &str)],
) {
    let factory = FileSinkFactory { environment: environment.clone() };
    let schema = testing::schema(&[("k", DataType::String)]);
    let sink = factory.create(&Options::new(options.iter().copied()), &schema, map).unwrap();
    for (uri, payload) in payloads {
        let texts = [(*uri).to_owned()];
        let options = DynamicOptions::new(&["file.uri"], &texts);
        sink.publish(Payload::Bytes(payload.as_bytes()), options).unwrap();
    }
}

#[test]
fn payloads_are_written_by_file() {
    let fixture = Fixture::new();
    let environment = fixture.environment();
    fixture.write("a", "old\n");
    let uri = ("file.uri", "{{k}}");
    publish(&environment, &[uri], "json", &[("a", "1"), ("b", "2"), ("a", "3")]);
    assert_eq!(text(&fixture.path("a")), "old\n1\n3\n");
    assert_eq!(text(&fixture.path("b")), "2\n");
    publish(&environment, &[uri, ("append", "false")], "csv", &[("a", "4\n"), ("a", "5\n")]);
    assert_eq!(text(&fixture.path("a")), "4\n5\n");
}

#[test]
fn many_files_are_written_with_few_open() {
    let fixture = Fixture::new();
    let names: Vec<String> = (0..100).map(|n| format!("f{n}")).collect();
    let once: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let twice = [once.clone(), once].concat();
    let options = [("file.uri", "{{k}}"), ("append", "false")];
    publish(&fixture.environment(), &options, "text", &twice);
    assert!(names.iter().all(|name| text(&fixture.path(name)) == "x\nx\n"));
}

#[test]
fn values_lead_to_no_other_directory() {
    let fixture = Fixture::new();
    fs::create_dir_all(fixture.path("up/out")).unwrap();
    let factory = FileSinkFactory { environment: fixture.environment() };
    let schema = testing::schema(&[("k", DataType::String)]);
    let options = Options::new([("file.uri", "up/../up/out/{{k}}.csv")]);
    let sink = factory.create(&options, &schema, "csv").unwrap();
    let publish = |value: &str| {
        let texts = [format!("up/../up/out/{value}.csv")];
        sink.publish(Payload::Bytes(b"x"), DynamicOptions::new(&["file.uri"], &texts)).is_ok()
    };
    assert!(publish("a"));
    for value in ["../../escaped", "..", "inner/a", "inner\\a"] {
        assert!(!publish(value), "{value}");
    }
    assert!(fixture.path("up/out/a.csv").exists());
    assert!(!fixture.path("escaped.csv").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn few_files_are_open() {
    let fixture = Fixture::new();
    let factory = FileSinkFactory { environment: fixture.environment() };
    let schema = testing::schema(&[("k", DataType::String)]);
    let options = Options::new([("file.uri", "{{k}}")]);
    let sink = factory.create(&options, &schema, "csv").unwrap();
    let publish = |name: String| {
        let options = [name];
        let options = DynamicOptions::new(&["file.uri"], &options);
        sink.publish(Payload::Bytes(b"x"), options).unwrap();
    };
    for number in 0..200 {
        publish(format!("f{number}"));
        publish("often".into());
    }
    let here = fixture.directory.path().canonicalize().unwrap();
    let open: Vec<std::path::PathBuf> = fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .filter(|path| path.starts_with(&here))
        .collect();
    assert_eq!(open.len(), 64);
    assert!(open.contains(&here.join("often")), "the one that is written often stays open");
}
