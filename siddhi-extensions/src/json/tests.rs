use proptest::prelude::*;
use siddhi_core::Value;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::extension::{
    MapperConfig, Options, SinkMapperFactory as _, SourceMapperFactory as _,
};
use siddhi_query::ast::DataType;

use super::{JsonSinkMapperFactory, JsonSourceMapperFactory};
use crate::testing;

fn stocks() -> siddhi_core::extension::Schema {
    testing::schema(&[("symbol", DataType::String), ("price", DataType::Double)])
}

fn decode(
    options: &[(&str, &str)],
    attributes: &[(&str, &str)],
    payloads: &[&str],
) -> (Vec<String>, Vec<String>) {
    testing::decode(&JsonSourceMapperFactory, &stocks(), options, attributes, payloads)
}

#[test]
fn objects_and_arrays_of_them_are_events() {
    let (rows, rejected) = decode(
        &[],
        &[],
        &[
            r#"{"event":{"symbol":"A","price":1}}"#,
            r#"[{"symbol":"B","price":2.5},{"event":{"price":null,"symbol":{"x":1}}}]"#,
            "{\"symbol\":\"C\",\"price\":3}\n{\"symbol\":\"D\",\"price\":\"4\"}\n",
        ],
    );
    assert_eq!(
        rows,
        [
            r#"String("A") Double(1.0)"#,
            r#"String("B") Double(2.5)"#,
            r#"String("{\"x\":1}") Null"#,
            r#"String("C") Double(3.0)"#,
        ]
    );
    assert_eq!(rejected, [r#"in:4: price: '"4"' is no double"#]);
}

#[test]
fn bad_events_are_rejected_one_by_one() {
    let (rows, rejected) = decode(
        &[],
        &[],
        &[r#"{"symbol":"A"}"#, r#"{"symbol":"A","price":1,"x":2}"#, "[1,", "7", ""],
    );
    assert!(rows.is_empty());
    assert_eq!(
        rejected,
        [
            "in:1: price: no value",
            "in:2: 'x' is not an attribute of stream 'S'",
            "in:3: no JSON: EOF while parsing a value",
            "in:4: an event is a JSON object",
        ]
    );
    let (rows, _) = decode(&[("fail.on.missing.attribute", "false")], &[], &["{}"]);
    assert_eq!(rows, ["Null Null"]);
}

#[test]
fn paths_find_values() {
    let options = [("enclosing.element", "$.portfolio")];
    let attributes = [("symbol", "stock.company.symbol"), ("price", "$.stock['price']")];
    let (rows, rejected) = decode(
        &options,
        &attributes,
        &[
            r#"{"portfolio":[{"stock":{"company":{"symbol":"A"},"price":"1.5"}},{"stock":{}}]}"#,
            r#"{"other":1}"#,
        ],
    );
    assert_eq!(rows, [r#"String("A") Double(1.5)"#]);
    assert_eq!(rejected, ["in:1: symbol: no value", "in:2: there is no enclosing element"]);
}

#[test]
fn whole_numbers_stay_whole() {
    let schema = testing::schema(&[
        ("i", DataType::Int),
        ("l", DataType::Long),
        ("f", DataType::Float),
        ("b", DataType::Bool),
        ("o", DataType::Object),
    ]);
    let row = |i: &str, b: &str| {
        format!(r#"{{"i":{i},"l":9007199254740993,"f":0.1,"b":{b},"o":[1,"x",{{"y":2.5}}]}}"#)
    };
    let payloads = [row("1", "true"), row("2147483648", "true"), row("1.0", "true"), row("1", "1")];
    let payloads: Vec<&str> = payloads.iter().map(String::as_str).collect();
    let (rows, rejected) = testing::decode(&JsonSourceMapperFactory, &schema, &[], &[], &payloads);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].starts_with("Int(1) Long(9007199254740993) Float(0.1) Bool(true) Object("));
    assert_eq!(
        rejected,
        ["in:2: i: '2147483648' is no int", "in:3: i: '1.0' is no int", "in:4: b: '1' is no bool"]
    );
}

#[test]
fn events_are_written() {
    let (schema, batch) = testing::batch();
    let encode = |options: &[(&str, &str)], payload: &[(&str, &str)]| {
        testing::encode(&JsonSinkMapperFactory, &schema, &batch, options, payload)
    };
    assert_eq!(
        encode(&[], &[]),
        [r#"[{"event":{"k":"A","v":1,"p":1.5}},{"event":{"k":"B","v":null,"p":2.0}}]"#]
    );
    let single = [("event.grouping.enabled", "false"), ("enclosing.element", "$.a.b")];
    assert_eq!(
        encode(&single, &[("", r#"{"key":"{{k}}","n":{{v}}}"#)]),
        [r#"{"a":{"b":{"key":"A","n":1}}}"#, r#"{"a":{"b":{"key":"B","n":null}}}"#]
    );
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let schema = stocks();
    let refused = |options: &[(&str, &str)], attributes: &[(&str, &str)]| {
        let options = Options::new(options.iter().copied());
        let mapping = testing::mapping(attributes);
        let config = MapperConfig { schema: &schema, options: &options, mapping: &mapping };
        let source = JsonSourceMapperFactory.create(config).err().map(|error| error.to_string());
        let sink = JsonSinkMapperFactory.create(config).err().map(|error| error.to_string());
        (source.unwrap_or_default(), sink.unwrap_or_default())
    };
    let (source, sink) = refused(&[], &[("x", "a"), ("", "b")]);
    assert_eq!(source, "@attributes: 'x' is not an attribute of stream 'S'");
    assert_eq!(sink, "@payload of json takes one text");
    let (source, sink) = refused(&[], &[("price", "a[*]{{x}}")]);
    assert_eq!(source, "@attributes: 'a[*]{{x}}' is no path such as 'a.b' or '$.a[0]'");
    assert_eq!(sink, "'x' is not an attribute of stream 'S'");
    let (source, _) = refused(&[("enclosing.element", "$..a")], &[]);
    assert_eq!(source, "option 'enclosing.element' is '$..a', expected a path such as '$.a.b'");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in ".{0,80}") {
        decode(&[], &[], &[&text]);
    }

    #[test]
    fn events_come_back(rows in proptest::collection::vec((".{0,12}", any::<Option<i32>>(), any::<f64>()), 1..6)) {
        let schema = testing::batch().0;
        let mut batch = Batch::new(&schema.types());
        let rows: Vec<_> = rows.into_iter().filter(|(_, _, p)| p.is_finite()).collect();
        for (k, v, p) in &rows {
            let values = [Value::from(k.as_str()), Value::from(*v), Value::Double(*p)];
            batch.push_row(0, Kind::Current, values);
        }
        let payloads = testing::encode(&JsonSinkMapperFactory, &schema, &batch, &[], &[]);
        let payloads: Vec<&str> = payloads.iter().map(String::as_str).collect();
        let (read, rejected) =
            testing::decode(&JsonSourceMapperFactory, &schema, &[], &[], &payloads);
        let expected: Vec<String> = rows
            .iter()
            .map(|(k, v, p)| {
                let value = |value: Value| format!("{value:?}");
                format!("{} {} {}", value(k.as_str().into()), value((*v).into()), value((*p).into()))
            })
            .collect();
        prop_assert_eq!(rejected, Vec::<String>::new());
        prop_assert_eq!(read, expected);
    }
}
