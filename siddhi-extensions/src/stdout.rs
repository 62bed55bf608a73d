//! The sink `stdout`: what a stream says, on standard output.

use std::fmt::Write as _;

use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionError, Options, Payload, Schema, Sink, SinkError,
    SinkFactory,
};

use crate::environment::Writer;

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "stdout",
    description: "Writes each payload to standard output, followed by a line end when it has \
                  none. Without `@map` a line holds the values of an event, parted by commas.",
    options: &[],
    example: "@sink(type = 'stdout', @map(type = 'json'))\n\
              define stream Alerts (airport string, delay int);",
};

/// Makes sinks that write to standard output.
#[derive(Debug)]
pub(crate) struct StdoutSinkFactory {
    pub(crate) output: Writer,
}

impl SinkFactory for StdoutSinkFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, _: &Options, _: &Schema, _: &str) -> Result<Box<dyn Sink>, OptionError> {
        Ok(Box::new(StdoutSink { output: self.output.clone() }))
    }
}

#[derive(Debug)]
struct StdoutSink {
    output: Writer,
}

impl Sink for StdoutSink {
    fn publish(&self, payload: Payload<'_>, _: DynamicOptions<'_>) -> Result<(), SinkError> {
        let failed = |source| SinkError::Io { target: "standard output".into(), source };
        match payload {
            Payload::Bytes(bytes) if bytes.ends_with(b"\n") => self.output.write(bytes),
            Payload::Bytes(bytes) => self.output.write(&[bytes, b"\n"].concat()),
            Payload::Rows(rows) => {
                let mut lines = String::new();
                for row in rows.selection.iter() {
                    for at in 0..rows.columns.len() {
                        let comma = if at == 0 { "" } else { ", " };
                        // Writing to a String cannot fail.
                        write!(lines, "{comma}{}", rows.value(at, row)).unwrap_or_default();
                    }
                    lines.push('\n');
                }
                self.output.write(lines.as_bytes())
            }
        }
        .map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Captured, batch};

    #[test]
    fn every_payload_ends_with_a_line_end() {
        let captured = Captured::default();
        let factory = StdoutSinkFactory { output: captured.writer() };
        let (schema, batch) = batch();
        let none: [(&str, &str); 0] = [];
        let sink = factory.create(&Options::new(none), &schema, "csv").unwrap();
        for payload in [Payload::Bytes(b"a"), Payload::Bytes(b"b\n"), Payload::Rows(batch.view())] {
            sink.publish(payload, DynamicOptions::new(&[], &[])).unwrap();
        }
        assert_eq!(captured.text(), "a\nb\nA, 1, 1.5\nB, null, 2.0\n");
    }
}
