//! The sink `log`: a line for each event.

use std::fmt::Write as _;

use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionDocumentation, OptionError, Options, Payload,
    Schema, Sink, SinkError, SinkFactory,
};

use crate::environment::Writer;

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "log",
    description: "Writes each event to the log of the program, for looking at a stream while an \
                  app is being made.",
    options: &[
        OptionDocumentation {
            name: "prefix",
            description: "What stands before each event. It may hold `{{attribute}}`.",
            default: Some("the name of the stream"),
        },
        OptionDocumentation {
            name: "priority",
            description: "INFO, DEBUG, WARN, FATAL, ERROR, OFF or TRACE; with OFF nothing is \
                          written.",
            default: Some("INFO"),
        },
    ],
    example: "@sink(type = 'log', prefix = 'late')\n\
              define stream LateFlights (flight int, delay int);",
};

const PREFIX: &str = "prefix";

const PRIORITIES: [(&str, &str); 7] = [
    ("INFO", "INFO"),
    ("DEBUG", "DEBUG"),
    ("WARN", "WARN"),
    ("FATAL", "FATAL"),
    ("ERROR", "ERROR"),
    ("OFF", ""),
    ("TRACE", "TRACE"),
];

/// Makes sinks that write to the log.
#[derive(Debug)]
pub(crate) struct LogSinkFactory {
    pub(crate) log: Writer,
}

impl SinkFactory for LogSinkFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn dynamic_options(&self) -> &'static [&'static str] {
        &[PREFIX]
    }

    fn create(
        &self,
        options: &Options,
        schema: &Schema,
        _: &str,
    ) -> Result<Box<dyn Sink>, OptionError> {
        let priority = options.choice("priority", "INFO", &PRIORITIES)?;
        Ok(Box::new(LogSink { priority, stream: schema.stream.clone(), log: self.log.clone() }))
    }
}

#[derive(Debug)]
struct LogSink {
    /// Empty: off.
    priority: &'static str,
    stream: String,
    log: Writer,
}

impl Sink for LogSink {
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError> {
        if self.priority.is_empty() {
            return Ok(());
        }
        let prefix = match options.get(PREFIX) {
            "" => &self.stream,
            given => given,
        };
        let mut lines = String::new();
        match payload {
            Payload::Rows(rows) => {
                for row in rows.selection.iter() {
                    let values: Vec<String> =
                        (0..rows.columns.len()).map(|at| rows.value(at, row).to_string()).collect();
                    let (time, values) = (rows.timestamp(row), values.join(", "));
                    // As Java prints an event. Writing to a String cannot fail.
                    writeln!(
                        lines,
                        "{} {prefix} : Event{{timestamp={time}, data=[{values}], isExpired=false}}",
                        self.priority
                    )
                    .unwrap_or_default();
                }
            }
            Payload::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                writeln!(lines, "{} {prefix} : {}", self.priority, text.trim_end_matches('\n'))
                    .unwrap_or_default();
            }
        }
        let failed = |source| SinkError::Io { target: "the log".into(), source };
        self.log.write(lines.as_bytes()).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Captured, batch};

    #[test]
    fn events_are_written_as_in_java() {
        let captured = Captured::default();
        let factory = LogSinkFactory { log: captured.writer() };
        let (schema, batch) = batch();
        let none: [(&str, &str); 0] = [];
        let sink = factory.create(&Options::new(none), &schema, "passThrough").unwrap();
        sink.publish(Payload::Rows(batch.view()), DynamicOptions::new(&[], &[])).unwrap();
        let off = Options::new([("priority", "off")]);
        let sink = factory.create(&off, &schema, "passThrough").unwrap();
        sink.publish(Payload::Rows(batch.view()), DynamicOptions::new(&[], &[])).unwrap();
        assert_eq!(
            captured.text(),
            "INFO S : Event{timestamp=10, data=[A, 1, 1.5], isExpired=false}\n\
             INFO S : Event{timestamp=20, data=[B, null, 2.0], isExpired=false}\n"
        );
        let wrong = factory.create(&Options::new([("priority", "x")]), &schema, "passThrough");
        assert!(wrong.unwrap_err().to_string().contains("expected one of 'INFO'"));
    }
}
