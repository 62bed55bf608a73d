//! The source `file`; the sink, and how text is cut, have files of their own.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use siddhi_core::extension::{
    Buffer, Decoder, MapperConfig, Options, Progress, PullSource, Schema, SinkFactory as _, Source,
    SourceFactory as _, SourceMapper, SourceMapperFactory as _,
};
use siddhi_query::ast::DataType;

use super::{FileSinkFactory, FileSourceFactory};
use crate::environment::Environment;
use crate::pass_through::PassThroughFactory;
use crate::testing;

mod cut;
mod sink;

/// A source of lines in a directory of its own.
struct Fixture {
    directory: tempfile::TempDir,
    schema: Schema,
    mapper: Box<dyn SourceMapper>,
}

impl Fixture {
    fn new() -> Self {
        let schema = testing::schema(&[("line", DataType::String)]);
        let none: [(&str, &str); 0] = [];
        let options = Options::new(none);
        let config = MapperConfig { schema: &schema, options: &options, mapping: &[] };
        let mapper =
            siddhi_core::extension::SourceMapperFactory::create(&PassThroughFactory, config);
        let mapper = mapper.unwrap();
        Self { directory: tempfile::tempdir().unwrap(), schema, mapper }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn environment(&self) -> Environment {
        Environment { base_directory: Some(self.directory.path().into()), ..Environment::default() }
    }

    fn source(&self, options: &[(&str, &str)]) -> Result<Box<dyn PullSource>, String> {
        let factory = FileSourceFactory { environment: self.environment() };
        let options = Options::new(options.iter().copied());
        match factory.create(&options, &self.schema).map_err(|error| error.to_string())? {
            Source::Pull(source) => Ok(source),
            Source::Push(_) => Err("a pushing source".into()),
        }
    }

    /// Asks once: the rows, the rejections, and how the source stands.
    fn next(&mut self, source: &mut dyn PullSource) -> (Vec<String>, Vec<String>, Progress) {
        let mut buffer = Buffer::new(&self.schema);
        let mut decoder = Decoder {
            mapper: self.mapper.as_mut(),
            buffer: &mut buffer,
            timestamp: 0,
            event_time: None,
            rows_max: 100,
        };
        let progress = source.next(&mut decoder).unwrap();
        let rows = (0..buffer.batch.len())
            .map(|row| buffer.batch.columns[0].value(row).to_string())
            .collect();
        (rows, buffer.rejections.iter().map(ToString::to_string).collect(), progress)
    }

    fn read(&mut self, options: &[(&str, &str)]) -> Vec<String> {
        let mut source = self.source(options).unwrap();
        let (rows, rejections, progress) = self.next(source.as_mut());
        assert_eq!((rejections, progress), (vec![], Progress::Finished));
        rows
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

const ONCE: (&str, &str) = ("tailing", "false");

#[test]
fn lines_of_a_file() {
    let mut fixture = Fixture::new();
    fixture.write("a", "\u{feff}one\r\ntwo\n\nfour");
    assert_eq!(fixture.read(&[("file.uri", "a"), ONCE]), ["one", "two", "", "four"]);
    let header = [("file.uri", "a"), ONCE, ("header.present", "true"), ("header.line.count", "2")];
    assert_eq!(fixture.read(&header), ["", "four"]);
    let uri = format!("file://{}", fixture.path("a").display());
    assert_eq!(fixture.read(&[("file.uri", uri.as_str()), ONCE]).len(), 4);
    assert!(fixture.path("a").exists(), "a file is kept unless the app says otherwise");
}

#[test]
fn whole_files_of_a_directory_in_the_order_of_their_names() {
    let mut fixture = Fixture::new();
    fixture.write("b", "2\n3");
    fixture.write("a", "1");
    fs::create_dir(fixture.path("inner")).unwrap();
    let options = [("dir.uri", "."), ("mode", "text.full"), ("action.after.process", "delete")];
    assert_eq!(fixture.read(&options), ["1", "2\n3"]);
    assert!(!fixture.path("a").exists());
}

#[test]
fn a_file_that_was_read_can_be_moved() {
    let mut fixture = Fixture::new();
    fixture.write("a", "1");
    let action = [("action.after.process", "move"), ("move.after.process", "done/today")];
    fixture.read(&[("file.uri", "a"), ONCE, action[0], action[1]]);
    assert!(!fixture.path("a").exists());
    assert!(fixture.path("done/today/a").exists());
}

#[test]
fn a_moved_file_takes_no_place_of_another() {
    let mut fixture = Fixture::new();
    fs::create_dir(fixture.path("done")).unwrap();
    fixture.write("done/a.csv", "older");
    let options = |mode: &'static str| {
        let mode = ("move.if.exist.mode", mode);
        [
            ("file.uri", "a.csv"),
            ONCE,
            ("action.after.process", "move"),
            ("move.after.process", "done"),
            mode,
        ]
    };
    for text in ["1", "2"] {
        fixture.write("a.csv", text);
        fixture.read(&options("KEEP"));
    }
    let moved = ["a.csv", "a-1.csv", "a-2.csv"].map(|name| text(&fixture.path("done").join(name)));
    assert_eq!(moved, ["older", "1", "2"]);
    fixture.write("a.csv", "3");
    fixture.read(&options("overwrite"));
    assert_eq!(text(&fixture.path("done/a.csv")), "3");
    let here = [("action.after.process", "move"), ("move.after.process", ".")];
    fixture.write("a.csv", "4");
    fixture.read(&[("file.uri", "a.csv"), ONCE, here[0], here[1]]);
    assert_eq!(text(&fixture.path("a.csv")), "4");
}

#[test]
fn only_named_files_of_a_directory_are_read() {
    let mut fixture = Fixture::new();
    for name in ["a", "b", "c"] {
        fixture.write(name, name);
    }
    let options =
        [("dir.uri", "."), ONCE, ("file.name.list", "c, a"), ("action.after.process", "delete")];
    assert_eq!(fixture.read(&options), ["a", "c"]);
    assert!(fixture.path("b").exists());
}

#[test]
fn what_is_not_built_is_not_ignored() {
    let fixture = Fixture::new();
    let source = |option: (&str, &str)| {
        fixture.source(&[("file.uri", "a"), ONCE, option]).err().unwrap_or_default()
    };
    for option in [
        "skip.trailer",
        "read.only.header",
        "read.only.trailer",
        "timeout",
        "file.read.wait.timeout",
        "buffer.size",
        "file.system.options",
        "cron.expression",
    ] {
        let expected = format!("not supported yet: option '{option}' of the source file");
        assert_eq!(source((option, "true")), expected);
    }
    assert_eq!(source(("timeout", "5000")), "", "this is what it is without the option");
    let list = [("dir.uri", "."), ("file.name.list", ".*csv")];
    let refused = fixture.source(&list).err().unwrap_or_default();
    assert!(refused.starts_with("not supported yet: patterns"), "{refused}");
    let beside = source(("file.name.list", "a"));
    assert!(beside.contains("no file.name.list beside a file.uri"), "{beside}");
    let factory = FileSinkFactory { environment: fixture.environment() };
    let options = Options::new([("file.uri", "a"), ("file.system.options", "x")]);
    let schema = testing::schema(&[]);
    let refused = factory.create(&options, &schema, "csv").map(drop).unwrap_err().to_string();
    assert_eq!(refused, "not supported yet: option 'file.system.options' of the sink file");
}

#[test]
fn matches_of_regular_expressions() {
    let mut fixture = Fixture::new();
    fixture.write("a", "x <a>1\n2</a> y <a>3</a><a>4</a>");
    let mut read = |regexes: &[(&str, &str)]| {
        let options = [("file.uri", "a"), ONCE, ("mode", "regex")];
        fixture.read(&[&options, regexes].concat())
    };
    assert_eq!(
        read(&[("begin.regex", "<a>"), ("end.regex", "</a>")]),
        ["<a>1\n2</a>", "<a>3</a>", "<a>4</a>"]
    );
    assert_eq!(read(&[("begin.regex", "<a>")]), ["<a>1\n2</a> y ", "<a>3</a>", "<a>4</a>"]);
    assert_eq!(read(&[("end.regex", "</a>")]), ["x <a>1\n2</a>", " y <a>3</a>", "<a>4</a>"]);
}

#[test]
fn what_begins_and_does_not_end_is_rejected() {
    let mut fixture = Fixture::new();
    fixture.write("a", "<a>1</a>\nx\n y <a>3\n");
    for (regexes, rejected_line) in [
        (&[("begin.regex", "<a>"), ("end.regex", "</a>")][..], 3),
        (&[("end.regex", "</a>")][..], 2),
    ] {
        let options = [("file.uri", "a"), ONCE, ("mode", "regex")];
        let mut source = fixture.source(&[&options, regexes].concat()).unwrap();
        let (rows, rejections, progress) = fixture.next(source.as_mut());
        assert_eq!((rows, progress), (vec!["<a>1</a>".to_owned()], Progress::Finished));
        let path = fixture.path("a").display().to_string();
        let reason = "the text ends before the event does";
        assert_eq!(rejections, [format!("{path}:{rejected_line}: {reason}")]);
    }
}

fn csv_mapper(schema: &Schema) -> Box<dyn SourceMapper> {
    let none: [(&str, &str); 0] = [];
    let options = Options::new(none);
    let config = MapperConfig { schema, options: &options, mapping: &[] };
    crate::csv::CsvSourceMapperFactory.create(config).unwrap()
}

#[test]
fn rows_behind_a_forgotten_quote_do_not_wait_for_ever() {
    let mut fixture = Fixture::new();
    fixture.mapper = csv_mapper(&fixture.schema);
    let long = format!("\"{}", "x\n".repeat(90));
    fixture.write("a", &format!("{long}{}", "y\n".repeat(20)));
    let mut source = fixture.source(&[("file.uri", "a")]).unwrap();
    let mut next = |fixture: &mut Fixture| {
        let (rows, rejections, _) = fixture.next(source.as_mut());
        (rows.len(), rejections.len())
    };
    let path = fixture.path("a");
    let append = |text: &str| {
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    assert_eq!(next(&mut fixture), (0, 0), "the row may go on");
    append("\"\nbehind\n");
    assert_eq!(next(&mut fixture), (1, 1));
    append(&format!("{long}{}", "y\n".repeat(9)));
    assert_eq!(next(&mut fixture), (0, 0));
    assert_eq!(next(&mut fixture), (0, 0), "it is not too long yet");
    append("y\n");
    assert_eq!(next(&mut fixture), (0, 0));
    assert_eq!(next(&mut fixture), (99, 1), "nothing came meanwhile");
}

#[test]
fn a_row_of_too_many_lines_is_counted_once() {
    let mut fixture = Fixture::new();
    fixture.mapper = csv_mapper(&fixture.schema);
    fixture.write("a", &format!("one\n\"{}\"\ntwo\n", "x\n".repeat(101)));
    let mut source = fixture.source(&[("file.uri", "a"), ONCE]).unwrap();
    let (rows, rejections, _) = fixture.next(source.as_mut());
    assert_eq!(rows, ["one", "two"]);
    let path = fixture.path("a").display().to_string();
    assert_eq!(rejections, [format!("{path}:2: a row of more than 100 lines or 64 KB")]);
}

#[test]
fn a_tailed_file_is_followed() {
    let mut fixture = Fixture::new();
    fixture.write("a", "one\ntw");
    let mut source = fixture.source(&[("file.uri", "a"), ("file.polling.interval", "5")]).unwrap();
    let idle = Progress::Idle { poll_ms: 5 };
    let mut next = |fixture: &mut Fixture| {
        let (rows, _, progress) = fixture.next(source.as_mut());
        assert_eq!(progress, idle);
        rows
    };
    assert_eq!(next(&mut fixture), ["one"]);
    assert_eq!(next(&mut fixture), Vec::<String>::new());
    let mut file = fs::OpenOptions::new().append(true).open(fixture.path("a")).unwrap();
    file.write_all(b"o\nthree\n").unwrap();
    assert_eq!(next(&mut fixture), ["two", "three"]);
    fixture.write("a", "new\n");
    assert_eq!(next(&mut fixture), ["new"]);
}

#[test]
fn a_rotated_file_is_read_to_its_end_and_then_its_successor() {
    let mut fixture = Fixture::new();
    let lines = |name: &str| (1..=150).map(|n| format!("{name}{n}\n")).collect::<String>();
    fixture.write("log", "head\none\n");
    let header = ("header.present", "true");
    let mut source = fixture.source(&[("file.uri", "log"), header]).unwrap();
    let mut next = |fixture: &mut Fixture| {
        let (rows, rejections, progress) = fixture.next(source.as_mut());
        assert_eq!(rejections, Vec::<String>::new());
        (rows, progress == Progress::More)
    };
    assert_eq!(next(&mut fixture).0, ["one"]);
    let mut old = fs::OpenOptions::new().append(true).open(fixture.path("log")).unwrap();
    fs::rename(fixture.path("log"), fixture.path("log.1")).unwrap();
    old.write_all(b"two\n").unwrap();
    assert_eq!(next(&mut fixture), (vec!["two".into()], false), "there is no successor yet");
    // More than one call takes, and a line without an end.
    old.write_all(format!("{}last", lines("old")).as_bytes()).unwrap();
    fixture.write("log", &format!("head\n{}", lines("new")));
    let (mut rows, mut goes_on) = next(&mut fixture);
    while goes_on {
        let (more, again) = next(&mut fixture);
        rows.extend(more);
        goes_on = again;
    }
    let expected = format!("{}last\n{}", lines("old"), lines("new"));
    assert_eq!(rows, expected.lines().collect::<Vec<_>>());
    fs::remove_file(fixture.path("log")).unwrap();
    assert_eq!(next(&mut fixture).0, Vec::<String>::new());
    fixture.write("log", "head\nthird\n");
    assert_eq!(next(&mut fixture).0, ["third"]);
    assert!(fixture.path("log.1").exists(), "a file that is followed is left alone");
}

#[test]
fn the_rest_of_a_line_that_was_emptied_away_is_not_taken_for_it() {
    let mut fixture = Fixture::new();
    fixture.write("a", "1\n1234");
    let mut source = fixture.source(&[("file.uri", "a")]).unwrap();
    assert_eq!(fixture.next(source.as_mut()).0, ["1"]);
    fixture.write("a", "5\n");
    let (rows, rejections, _) = fixture.next(source.as_mut());
    assert_eq!(rows, ["5"]);
    let path = fixture.path("a").display().to_string();
    assert_eq!(rejections, [format!("{path}:2: the file became shorter in this line")]);
}

/// A log that is rotated may have a successor before whoever writes is told of it.
#[test]
fn an_empty_successor_ends_no_file() {
    let mut fixture = Fixture::new();
    fixture.write("log", "one\n");
    let mut source = fixture.source(&[("file.uri", "log")]).unwrap();
    let mut next = |fixture: &mut Fixture| fixture.next(source.as_mut()).0;
    assert_eq!(next(&mut fixture), ["one"]);
    let mut old = fs::OpenOptions::new().append(true).open(fixture.path("log")).unwrap();
    fs::rename(fixture.path("log"), fixture.path("log.1")).unwrap();
    fixture.write("log", "");
    assert_eq!(next(&mut fixture), Vec::<String>::new());
    old.write_all(b"two\n").unwrap();
    fixture.write("log", "three\n");
    assert_eq!(next(&mut fixture), ["two", "three"]);
}

#[test]
fn whole_lines_behind_an_open_quote_outlive_what_empties_the_file() {
    let mut fixture = Fixture::new();
    fixture.mapper = csv_mapper(&fixture.schema);
    fixture.write("a", "\"one\ntwo\nthr");
    let mut source = fixture.source(&[("file.uri", "a")]).unwrap();
    assert_eq!(fixture.next(source.as_mut()).0, Vec::<String>::new());
    fixture.write("a", "four\n");
    let (rows, rejections, _) = fixture.next(source.as_mut());
    assert_eq!(rows, ["two", "four"]);
    let path = fixture.path("a").display().to_string();
    let expected = [
        format!("{path}:3: the file became shorter in this line"),
        format!("{path}:1: a quote is not closed"),
    ];
    assert_eq!(rejections, expected);
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_pipe_has_is_handed_on_before_it_has_more() {
    use std::os::fd::AsRawFd as _;
    let mut fixture = Fixture::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
    let mut source = fixture.source(&[("file.uri", path.as_str()), ONCE]).unwrap();
    writer.write_all(b"one\ntwo\nth").unwrap();
    let (rows, _, progress) = fixture.next(source.as_mut());
    assert_eq!((rows.join(" ").as_str(), progress), ("one two", Progress::More));
    writer.write_all(b"ree\n").unwrap();
    assert_eq!(fixture.next(source.as_mut()).0, ["three"]);
    drop(writer);
    assert_eq!(fixture.next(source.as_mut()).2, Progress::Finished);
}

#[test]
fn a_tailed_directory_is_watched() {
    let mut fixture = Fixture::new();
    fixture.write("a", "1");
    let mut source = fixture.source(&[("dir.uri", "."), ("tailing", "true")]).unwrap();
    assert_eq!(fixture.next(source.as_mut()).0, ["1"]);
    fixture.write("b", "2");
    let (rows, _, progress) = fixture.next(source.as_mut());
    assert_eq!((rows, progress), (vec!["2".to_owned()], Progress::Idle { poll_ms: 1000 }));
}

#[test]
fn bad_rows_are_told_with_their_line() {
    let mut fixture = Fixture::new();
    fs::write(fixture.path("a"), b"one\n\xff\nthree\n").unwrap();
    let mut source = fixture.source(&[("file.uri", "a"), ONCE]).unwrap();
    let (rows, rejections, _) = fixture.next(source.as_mut());
    assert_eq!(rows, ["one", "three"]);
    let expected = format!("{}:2: not valid UTF-8", fixture.path("a").display());
    assert_eq!(rejections, [expected]);
    assert_eq!(source.position(), Some((12, 12)));
}

#[test]
fn quoted_line_ends_are_left_to_the_mapper() {
    let mut fixture = Fixture::new();
    fixture.mapper = csv_mapper(&fixture.schema);
    fixture.write("a", "\"one\nand a half\"\ntwo\n\"three\nfour\n");
    let mut source = fixture.source(&[("file.uri", "a"), ONCE]).unwrap();
    let (rows, rejections, _) = fixture.next(source.as_mut());
    assert_eq!(rows, ["one\nand a half", "two", "four"]);
    let expected = format!("{}:4: a quote is not closed", fixture.path("a").display());
    assert_eq!(rejections, [expected]);
}

#[test]
fn options_that_cannot_be_are_refused() {
    let fixture = Fixture::new();
    let refused = |options: &[(&str, &str)]| fixture.source(options).err().unwrap_or_default();
    assert_eq!(refused(&[]), "option 'file.uri' is missing");
    let both = [("file.uri", "a"), ("dir.uri", "b")];
    assert_eq!(refused(&both), "option 'dir.uri' is 'b', expected no dir.uri beside a file.uri");
    assert_eq!(refused(&[("file.uri", "sftp://x/a")]), "not supported yet: files by sftp");
    let full = [("file.uri", "a"), ("mode", "text.full"), ("tailing", "true")];
    assert!(refused(&full).contains("whole files cannot be tailed"));
    let regex = [("file.uri", "a"), ("mode", "regex")];
    assert_eq!(refused(&regex), "option 'begin.regex' is missing");
    let moves = [("file.uri", "a"), ("action.after.process", "move")];
    assert_eq!(refused(&moves), "option 'move.after.process' is missing");
}

#[test]
fn a_missing_file_is_an_error_with_its_name() {
    let mut fixture = Fixture::new();
    let mut source = fixture.source(&[("file.uri", "nowhere"), ONCE]).unwrap();
    let mut buffer = Buffer::new(&fixture.schema);
    let mut decoder = Decoder {
        mapper: fixture.mapper.as_mut(),
        buffer: &mut buffer,
        timestamp: 0,
        event_time: None,
        rows_max: 100,
    };
    let error = source.next(&mut decoder).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot read {}", fixture.path("nowhere").display()));
}
