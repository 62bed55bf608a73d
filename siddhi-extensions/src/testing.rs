//! What the tests of several connectors need.

use std::io::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::Value;
use siddhi_core::event::batch::Batch;
use siddhi_core::event::view::Kind;
use siddhi_core::extension::{
    MapperConfig, Options, Payload, PayloadWriter, Place, Rejection, RowWriter, Schema,
    SinkMapperFactory, SourceMapperFactory,
};
use siddhi_query::ast::{AnnotationElement, DataType, Ident, Span};

use crate::environment::Writer;

/// Remembers what is written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(crate) fn writer(&self) -> Writer {
        Writer::new(self.clone())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock()).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn schema(attributes: &[(&str, DataType)]) -> Schema {
    let attributes = attributes.iter().map(|(name, kind)| ((*name).into(), *kind)).collect();
    Schema { stream: "S".into(), attributes }
}

/// Two rows of `S (k string, v int, p double)`.
pub(crate) fn batch() -> (Schema, Batch) {
    let schema = schema(&[("k", DataType::String), ("v", DataType::Int), ("p", DataType::Double)]);
    let mut batch = Batch::new(&schema.types());
    batch.push_row(10, Kind::Current, [Value::from("A"), Value::Int(1), Value::Double(1.5)]);
    batch.push_row(20, Kind::Current, [Value::from("B"), Value::Null, Value::Double(2.0)]);
    (schema, batch)
}

pub(crate) fn mapping(pairs: &[(&str, &str)]) -> Vec<AnnotationElement> {
    let span = Span::default();
    pairs
        .iter()
        .map(|(key, value)| AnnotationElement {
            key: (!key.is_empty()).then(|| Ident { name: (*key).into(), span }),
            value: (*value).into(),
            span,
        })
        .collect()
}

/// Decodes payloads: the rows as text, and the rejections.
pub(crate) fn decode(
    factory: &dyn SourceMapperFactory,
    schema: &Schema,
    options: &[(&str, &str)],
    attributes: &[(&str, &str)],
    payloads: &[&str],
) -> (Vec<String>, Vec<String>) {
    let options = Options::new(options.iter().copied());
    let mapping = mapping(attributes);
    let config = MapperConfig { schema, options: &options, mapping: &mapping };
    let mut mapper = factory.create(config).unwrap();
    let mut batch = Batch::new(&schema.types());
    let mut rejections: Vec<Rejection> = Vec::new();
    mapper.begin();
    for (line, payload) in payloads.iter().enumerate() {
        let place = Place { origin: "in".into(), line: Some(line as u64 + 1) };
        let mut rows = RowWriter::new(&mut batch, &mut rejections, &place, 0, None);
        mapper.decode(payload.as_bytes(), &mut rows);
    }
    let rows = (0..batch.len())
        .map(|row| {
            let values: Vec<String> =
                batch.columns.iter().map(|column| format!("{:?}", column.value(row))).collect();
            values.join(" ")
        })
        .collect();
    (rows, rejections.iter().map(ToString::to_string).collect())
}

/// Encodes a batch: the payloads as text.
pub(crate) fn encode(
    factory: &dyn SinkMapperFactory,
    schema: &Schema,
    batch: &Batch,
    options: &[(&str, &str)],
    payload: &[(&str, &str)],
) -> Vec<String> {
    let options = Options::new(options.iter().copied());
    let mapping = mapping(payload);
    let config = MapperConfig { schema, options: &options, mapping: &mapping };
    let mapper = factory.create(config).unwrap();
    let head = mapper.head().map(|head| String::from_utf8_lossy(head).into_owned());
    let mut payloads: Vec<String> = head.into_iter().collect();
    let mut publish = |payload: Payload<'_>| {
        if let Payload::Bytes(bytes) = payload {
            payloads.push(String::from_utf8_lossy(bytes).into_owned());
        }
        Ok(())
    };
    let mut writer = PayloadWriter::new(&mut publish);
    mapper.encode(&batch.view(), &mut writer);
    let unpublished = writer.into_unpublished();
    assert!(unpublished.is_empty(), "{unpublished:?}");
    payloads
}
