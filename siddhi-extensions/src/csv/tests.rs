use std::borrow::Cow;

use proptest::prelude::*;
use siddhi_core::Value;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::extension::{
    MapperConfig, Options, Place, RowWriter, SinkMapperFactory as _, SourceMapperFactory as _,
};
use siddhi_query::ast::DataType;

use super::record::{Record, is_complete, next_record, write_field};
use super::{CsvSinkMapperFactory, CsvSourceMapperFactory};
use crate::testing;

fn stocks() -> siddhi_core::extension::Schema {
    testing::schema(&[
        ("symbol", DataType::String),
        ("price", DataType::Double),
        ("volume", DataType::Long),
    ])
}

fn decode(
    options: &[(&str, &str)],
    attributes: &[(&str, &str)],
    payloads: &[&str],
) -> (Vec<String>, Vec<String>) {
    testing::decode(&CsvSourceMapperFactory, &stocks(), options, attributes, payloads)
}

#[test]
fn fields_go_to_attributes_by_position() {
    let (rows, rejected) =
        decode(&[], &[], &["IBM,55.6,100", "\"a, b\", 1 , 2,more", "", "IBM;1;2"]);
    assert_eq!(
        rows,
        ["String(\"IBM\") Double(55.6) Long(100)", "String(\"a, b\") Double(1.0) Long(2)",]
    );
    assert_eq!(rejected, ["in:4: price: there are only 1 fields"]);
}

#[test]
fn a_header_names_the_fields() {
    let header = [("header", "true")];
    let text = "volume,x,symbol,price\n1,2,A,3.5\n\n1,2,B,\n";
    let (rows, rejected) = decode(&header, &[], &[text]);
    assert_eq!(rows, ["String(\"A\") Double(3.5) Long(1)"]);
    assert_eq!(rejected, ["in:4: price: no value"]);
    // No name is there: by position, as in Siddhi.
    let (rows, _) = decode(&header, &[], &["a,b,c\nA,3.5,1\n"]);
    assert_eq!(rows, ["String(\"A\") Double(3.5) Long(1)"]);
}

#[test]
fn a_header_that_names_some_fields_gives_none_by_position() {
    let text = "volume,cost,symbol\n1,2,A\n";
    let (rows, rejected) = decode(&[("header", "true")], &[], &[text]);
    assert!(rows.is_empty());
    assert_eq!(rejected, ["in:2: the header has no column 'price'"]);
    let lenient = [("header", "true"), ("fail.on.unknown.attribute", "false")];
    let (rows, _) = decode(&lenient, &[], &[text]);
    assert_eq!(rows, ["String(\"A\") Null Long(1)"]);
}

#[test]
fn attributes_choose_fields() {
    let by_place = [("symbol", "2"), ("price", "0"), ("volume", "1")];
    let (rows, _) = decode(&[], &by_place, &["55.6,100,IBM"]);
    assert_eq!(rows, ["String(\"IBM\") Double(55.6) Long(100)"]);
    let by_name = [("symbol", "Ticker"), ("price", "0")];
    let (rows, _) = decode(&[("header", "true")], &by_name, &["p,Ticker\n1.5,A"]);
    assert_eq!(rows, ["String(\"A\") Double(1.5) Null"]);
    let (rows, rejected) = decode(&[("header", "true")], &by_name, &["p,q\n1.5,A"]);
    assert!(rows.is_empty());
    assert_eq!(rejected, ["in:2: the header has no column 'Ticker'"]);
}

#[test]
fn missing_values_may_be_null_but_wrong_ones_never() {
    let lenient = [("fail.on.unknown.attribute", "false"), ("delimiter", "\\t")];
    let (rows, rejected) = decode(&lenient, &[], &["A", "\t\tnull", "A\tx\t1"]);
    assert_eq!(rows, ["String(\"\") Null Null"]);
    assert_eq!(rejected, ["in:1: price: there are only 1 fields", "in:3: price: 'x' is no double"]);
}

#[test]
fn a_row_under_a_header_has_as_many_fields() {
    let lenient = [("header", "true"), ("fail.on.unknown.attribute", "false")];
    let text = "symbol,price,volume,note\nA,1,2,x\nB,1,2\nC,1,2,x,\nD, Inc,1,2,x\n";
    let (rows, rejected) = decode(&lenient, &[], &[text]);
    let row = |symbol| format!("String(\"{symbol}\") Double(1.0) Long(2)");
    assert_eq!(rows, ["A", "B", "C"].map(row), "a field that nobody wants may be missing or empty");
    assert_eq!(rejected, ["in:5: 5 fields under a header of 4"]);
}

#[test]
fn a_first_row_of_values_is_no_header() {
    let auto = [("header", "auto")];
    let (rows, rejected) = decode(&auto, &[], &["A,1.5,2\nB,2.5,3\n"]);
    assert_eq!(rows, [r#"String("A") Double(1.5) Long(2)"#, r#"String("B") Double(2.5) Long(3)"#]);
    assert!(rejected.is_empty());
    for header in ["volume,symbol,price\n2,A,1.5\n", "Volume,SYMBOL,price\n2,A,1.5\n"] {
        let (rows, rejected) = decode(&auto, &[], &[header]);
        assert_eq!(rows, [r#"String("A") Double(1.5) Long(2)"#], "{header}");
        assert!(rejected.is_empty());
    }
    let (rows, rejected) = decode(&auto, &[], &["A,1.5\nB,2.5,3\n"]);
    assert!(rows.is_empty());
    let unnamed = |line: &str| {
        format!(
            "in:2: the first line, '{line}', names none of the attributes symbol, price, volume, and \
             is no event with values of their types"
        )
    };
    assert_eq!(rejected, [unnamed("A,1.5")], "too short for an event");
    let (rows, rejected) = decode(&auto, &[], &["ticker,cost,count\nA,1.5,2\n"]);
    assert!(rows.is_empty());
    assert_eq!(rejected, [unnamed("ticker,cost,count")], "columns must not change places");
    let (_, rejected) = decode(&auto, &[], &["symbol;price;volume\nA;1.5;2\n"]);
    assert!(rejected[0].ends_with("; is ',' what stands between fields?"), "{rejected:?}");
    let names = [("symbol", "sym"), ("price", "cost"), ("volume", "count")];
    let (rows, rejected) = decode(&auto, &names, &["A,1.5,2\nB,2.5,3\n"]);
    assert!(rows.is_empty());
    assert_eq!(rejected, ["in:2: the header has no column 'sym'"], "names need a header");
}

#[test]
fn without_its_header_no_row_can_be_read() {
    let (rows, rejected) = decode(&[("header", "true")], &[], &["\"symbol\"x,price\nA,1,2\n"]);
    assert!(rows.is_empty());
    assert_eq!(
        rejected,
        ["in:1: there is text behind a closing quote", "in:2: the header could not be read"]
    );
}

#[test]
fn each_file_has_a_header_of_its_own_or_none() {
    let schema = testing::schema(&[("a", DataType::Long), ("b", DataType::Long)]);
    let options = Options::new([("header", "auto")]);
    let config = MapperConfig { schema: &schema, options: &options, mapping: &[] };
    let mut mapper = CsvSourceMapperFactory.create(config).unwrap();
    let mut batch = Batch::new(&schema.types());
    let mut rejections = Vec::new();
    let place = Place { origin: "in".into(), line: None };
    for file in ["b,a\n20,10\n", "1,2\n", "a,b\n3,4\n"] {
        mapper.begin();
        let mut rows = RowWriter::new(&mut batch, &mut rejections, &place, 0, None);
        mapper.decode(file.as_bytes(), &mut rows);
    }
    let values = |column: usize| -> Vec<Value> {
        (0..batch.len()).map(|row| batch.columns[column].value(row)).collect()
    };
    assert_eq!(values(0), [10, 1, 3].map(Value::Long));
    assert_eq!(values(1), [20, 2, 4].map(Value::Long));
    assert!(rejections.is_empty());
}

#[test]
fn a_bad_record_does_not_take_the_next_with_it() {
    let (rows, rejected) = decode(&[], &[], &["\"a\"b,1,2\nB,1,2\n\"c,1,2\nD,1,2"]);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rejected,
        ["in:1: there is text behind a closing quote", "in:3: a quote is not closed"]
    );
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    let schema = stocks();
    let refused = |options: &[(&str, &str)], attributes: &[(&str, &str)]| {
        let options = Options::new(options.iter().copied());
        let mapping = testing::mapping(attributes);
        let config = MapperConfig { schema: &schema, options: &options, mapping: &mapping };
        let source = CsvSourceMapperFactory.create(config).err().map(|error| error.to_string());
        let sink = CsvSinkMapperFactory.create(config).err().map(|error| error.to_string());
        (source.unwrap_or_default(), sink.unwrap_or_default())
    };
    let (source, sink) = refused(&[], &[("nope", "1")]);
    assert_eq!(source, "@attributes: 'nope' is not an attribute of stream 'S'");
    assert_eq!(sink, "@payload: 'nope' is not an attribute of stream 'S'");
    let (source, sink) = refused(&[], &[("price", "first")]);
    assert_eq!(source, "@attributes: 'first' is no position; names need header = 'true'");
    assert_eq!(sink, "@payload: the place of 'price' is 'first', expected a number from 0 to 0");
    let (_, sink) = refused(&[], &[("price", "0"), ("symbol", "0")]);
    assert_eq!(sink, "@payload gives place 0 twice");
    let (source, _) = refused(&[("delimiter", "--")], &[]);
    assert_eq!(source, "not supported yet: delimiters of csv that are no ASCII character");
}

#[test]
fn rows_are_written() {
    let (schema, batch) = testing::batch();
    let encode = |options: &[(&str, &str)], payload: &[(&str, &str)]| {
        testing::encode(&CsvSinkMapperFactory, &schema, &batch, options, payload)
    };
    assert_eq!(encode(&[], &[]), ["A,1,1.5\n", "B,null,2.0\n"]);
    assert_eq!(
        encode(&[("header", "true"), ("event.grouping.enabled", "true")], &[]),
        ["k,v,p\n", "A,1,1.5\nB,null,2.0\n"]
    );
    assert_eq!(encode(&[("delimiter", "-")], &[("v", "1"), ("p", "0")]), ["1.5-1\n", "2.0-null\n"]);
}

fn fields(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut records = Vec::new();
    let mut rest = text;
    let mut fields: Vec<Cow<'_, [u8]>> = Vec::new();
    while !rest.is_empty() {
        let length = match next_record(rest, b',', &mut fields) {
            Record::Fields { length } | Record::Bad { length, .. } => length,
        };
        let record: Vec<Vec<u8>> = fields.iter().map(|field| field.to_vec()).collect();
        if !(record.is_empty() || record == [b""]) {
            records.push(record);
        }
        rest = &rest[length..];
    }
    records
}

proptest! {
    #[test]
    fn any_bytes_are_cut_without_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        is_complete(&text, b',');
        fields(&text);
    }

    #[test]
    fn what_is_written_is_read_back(
        records in proptest::collection::vec(
            proptest::collection::vec("[a-c\",\r\n é]{0,6}", 2..5), 1..5)
    ) {
        let mut out = Vec::new();
        for record in &records {
            for (place, field) in record.iter().enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_field(&mut out, field, b',');
            }
            out.push(b'\n');
        }
        let expected: Vec<Vec<Vec<u8>>> = records
            .iter()
            .map(|record| record.iter().map(|field| field.clone().into_bytes()).collect())
            .collect();
        prop_assert!(is_complete(&out, b','));
        prop_assert_eq!(&fields(&out), &expected);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(out.as_slice());
        let peer: Vec<Vec<Vec<u8>>> = reader
            .byte_records()
            .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
            .collect();
        prop_assert_eq!(peer, expected);
    }

    #[test]
    fn events_come_back(rows in proptest::collection::vec((".{0,12}", any::<Option<i32>>(), -1e9..1e9), 1..6)) {
        let schema = testing::batch().0;
        let mut batch = Batch::new(&schema.types());
        for (k, v, p) in &rows {
            let values = [Value::from(k.as_str()), Value::from(*v), Value::Double(*p)];
            batch.push_row(0, Kind::Current, values);
        }
        let text = testing::encode(&CsvSinkMapperFactory, &schema, &batch, &[], &[]).concat();
        let options = [("fail.on.unknown.attribute", "false")];
        let (read, rejected) =
            testing::decode(&CsvSourceMapperFactory, &schema, &options, &[], &[&text]);
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
