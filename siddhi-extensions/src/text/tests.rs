use proptest::prelude::*;
use siddhi_core::Value;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::extension::{
    MapperConfig, Options, SinkMapperFactory as _, SourceMapperFactory as _,
};

use super::{TextSinkMapperFactory, TextSourceMapperFactory};
use crate::testing;

fn decode(
    options: &[(&str, &str)],
    attributes: &[(&str, &str)],
    payloads: &[&str],
) -> (Vec<String>, Vec<String>) {
    let schema = testing::batch().0;
    testing::decode(&TextSourceMapperFactory, &schema, options, attributes, payloads)
}

#[test]
fn pairs_are_events() {
    let (rows, rejected) =
        decode(&[], &[], &["k:\"A\",\nv:1,\np:1.5", "v : 2,\nk:'B',\np:x", "k:\"C\",\nv:3"]);
    assert_eq!(rows, [r#"String("A") Int(1) Double(1.5)"#]);
    assert_eq!(rejected, ["in:2: p: 'x' is no double", "in:3: p: no value"]);
    let grouped = [("event.grouping.enabled", "true"), ("fail.on.missing.attribute", "false")];
    let (rows, _) = decode(&grouped, &[], &["k:\"A\"\n~~~~~~~~~~\nv:2"]);
    assert_eq!(rows, [r#"String("A") Null Null"#, "Null Int(2) Null"]);
}

#[test]
fn regular_expressions_find_values() {
    let options = [("regex.A", r"(\w+)\s([-0-9]+)"), ("regex.B", r"volume\s([.0-9]+)")];
    let attributes = [("k", "A[1]"), ("v", "A[2]"), ("p", "B")];
    let (rows, rejected) = decode(&options, &attributes, &["wos2 550 volume 100", "wos2 550"]);
    assert_eq!(rows, [r#"String("wos2") Int(550) Double(100.0)"#]);
    assert_eq!(rejected, [r"in:2: p: 'volume\s([.0-9]+)' does not match"]);
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let schema = testing::batch().0;
    let refused = |options: &[(&str, &str)], attributes: &[(&str, &str)]| {
        let options = Options::new(options.iter().copied());
        let mapping = testing::mapping(attributes);
        let config = MapperConfig { schema: &schema, options: &options, mapping: &mapping };
        TextSourceMapperFactory.create(config).unwrap_err().to_string()
    };
    assert_eq!(refused(&[], &[("k", "A[1]")]), "option 'regex.A' is missing");
    assert_eq!(
        refused(&[("regex.A", "(?=x)")], &[("k", "A")]),
        "option 'regex.A' is '(?=x)', expected a regular expression without look-around"
    );
    assert_eq!(
        refused(&[("regex.A", "(x)")], &[("k", "A[2]")]),
        "@attributes: 'A[2]' asks for group 2, but '(x)' has 1"
    );
}

#[test]
fn events_are_written() {
    let (schema, batch) = testing::batch();
    let encode = |options: &[(&str, &str)], payload: &[(&str, &str)]| {
        testing::encode(&TextSinkMapperFactory, &schema, &batch, options, payload)
    };
    assert_eq!(encode(&[], &[]), ["k:\"A\",\nv:1,\np:1.5", "k:\"B\",\nv:null,\np:2.0"]);
    assert_eq!(
        encode(&[("event.grouping.enabled", "true")], &[("", "{{k}} is {{p}}")]),
        ["A is 1.5\n~~~~~~~~~~\nB is 2.0"]
    );
    let options = Options::new([("mustache.enabled", "true")]);
    let config = MapperConfig { schema: &schema, options: &options, mapping: &[] };
    let error = TextSinkMapperFactory.create(config).unwrap_err();
    assert_eq!(error.to_string(), "not supported yet: mustache.enabled of the mapper text");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "[kvp:\",\n a0]{0,40}") {
        decode(&[], &[], &[&text]);
    }

    #[test]
    fn events_come_back(k in "[a-z ]{0,9}", v in any::<i32>(), p in -1e9..1e9) {
        let schema = testing::batch().0;
        let mut batch = Batch::new(&schema.types());
        let values = [Value::from(k.as_str()), Value::Int(v), Value::Double(p)];
        batch.push_row(0, Kind::Current, values.clone());
        let payloads = testing::encode(&TextSinkMapperFactory, &schema, &batch, &[], &[]);
        let (read, rejected) = decode(&[], &[], &[&payloads[0]]);
        prop_assert_eq!(rejected, Vec::<String>::new());
        let expected: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        prop_assert_eq!(read, [expected.join(" ")]);
    }
}
