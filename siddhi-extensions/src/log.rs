//! The sink `log`: a line for each event.

use ::log::Level;
use siddhi_core::event::view::View;
use siddhi_core::extension::{
    ConnectorDocumentation, DynamicOptions, OptionDocumentation, OptionError, Options, Payload,
    Schema, Sink, SinkError, SinkFactory,
};

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
                          written. FATAL is logged as ERROR.",
            default: Some("INFO"),
        },
    ],
    example: "@sink(type = 'log', prefix = 'late')\n\
              define stream LateFlights (flight int, delay int);",
};

const PREFIX: &str = "prefix";

const PRIORITIES: [(&str, Option<Level>); 7] = [
    ("INFO", Some(Level::Info)),
    ("DEBUG", Some(Level::Debug)),
    ("WARN", Some(Level::Warn)),
    ("FATAL", Some(Level::Error)),
    ("ERROR", Some(Level::Error)),
    ("OFF", None),
    ("TRACE", Some(Level::Trace)),
];

/// Makes sinks that write to the log.
#[derive(Debug)]
pub(crate) struct LogSinkFactory;

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
        let level = options.choice("priority", Some(Level::Info), &PRIORITIES)?;
        Ok(Box::new(LogSink { level, stream: schema.stream.clone() }))
    }
}

#[derive(Debug)]
struct LogSink {
    /// None: off.
    level: Option<Level>,
    stream: String,
}

impl Sink for LogSink {
    fn publish(&self, payload: Payload<'_>, options: DynamicOptions<'_>) -> Result<(), SinkError> {
        let Some(level) = self.level else { return Ok(()) };
        let prefix = match options.get(PREFIX) {
            "" => &self.stream,
            given => given,
        };
        match payload {
            Payload::Rows(rows) => {
                for row in rows.selection.iter() {
                    ::log::log!(target: "siddhi", level, "{prefix} : {}", event_text(&rows, row));
                }
            }
            Payload::Bytes(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                ::log::log!(target: "siddhi", level, "{prefix} : {}", text.trim_end_matches('\n'));
            }
        }
        Ok(())
    }
}

/// An event as Java prints it.
fn event_text(rows: &View<'_>, row: usize) -> String {
    let values = (0..rows.columns.len()).map(|at| rows.value(at, row).to_string());
    let values: Vec<String> = values.collect();
    let (time, values) = (rows.timestamp(row), values.join(", "));
    format!("Event{{timestamp={time}, data=[{values}], isExpired=false}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::batch;

    #[test]
    fn events_are_written_as_in_java() {
        let view = batch().1;
        let texts = [event_text(&view.view(), 0), event_text(&view.view(), 1)];
        assert_eq!(
            texts,
            [
                "Event{timestamp=10, data=[A, 1, 1.5], isExpired=false}",
                "Event{timestamp=20, data=[B, null, 2.0], isExpired=false}",
            ]
        );
    }

    #[test]
    fn priorities_are_known_words() {
        let schema = batch().0;
        let create = |priority: &str| {
            let options = Options::new([("priority", priority)]);
            LogSinkFactory.create(&options, &schema, "passThrough").map(drop)
        };
        assert_eq!(create("off"), Ok(()));
        assert!(create("x").unwrap_err().to_string().contains("expected one of 'INFO'"));
    }
}
