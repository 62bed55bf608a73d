//! The sink mapper `text`.

use std::fmt::Write as _;

use siddhi_core::Value;
use siddhi_core::event::view::View;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, Payload, PayloadWriter,
    Schema, SinkMapper, SinkMapperFactory, Template,
};

use super::{DELIMITER, unescape};

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "text",
    description: "Writes `attribute:value` for each attribute, each on a line, strings in quotes. \
                  `@payload` gives a text of its own, in which `{{attribute}}` stands for the \
                  value.",
    options: &[
        OptionDocumentation {
            name: "event.grouping.enabled",
            description: "Whether the events of a chunk go out as one payload, with a delimiter \
                          between them.",
            default: Some("false"),
        },
        OptionDocumentation {
            name: "delimiter",
            description: "The line between the events of a group.",
            default: Some(DELIMITER),
        },
        OptionDocumentation {
            name: "new.line.character",
            description: "What ends a line.",
            default: Some("\\n"),
        },
    ],
    example: "@sink(type = 'stdout', @map(type = 'text', @payload('{{symbol}} is at {{price}}')))\n\
              define stream Stocks (symbol string, price double);",
};

/// Makes mappers that write text.
#[derive(Debug)]
pub(crate) struct TextSinkMapperFactory;

impl SinkMapperFactory for TextSinkMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SinkMapper>, OptionError> {
        const MUSTACHE: &str = "mustache.enabled";
        let options = config.options;
        if options.bool(MUSTACHE, false)? {
            return Err(OptionError::Unsupported {
                feature: format!("{MUSTACHE} of the mapper text"),
                option: MUSTACHE.into(),
            });
        }
        let line_end = unescape(options.get("new.line.character").unwrap_or("\n"));
        let delimiter = unescape(options.get("delimiter").unwrap_or(DELIMITER));
        let grouped = options.bool("event.grouping.enabled", false)?;
        let payload = match config.mapping {
            [] => None,
            [one] => Some(Template::parse(&one.value, "payload", config.schema)?),
            _ => return Err(OptionError::mapping("@payload of text takes one text")),
        };
        Ok(Box::new(TextSinkMapper {
            schema: config.schema.clone(),
            group_delimiter: grouped.then(|| format!("{line_end}{delimiter}{line_end}")),
            pair_delimiter: format!(",{line_end}"),
            payload,
        }))
    }
}

#[derive(Debug)]
struct TextSinkMapper {
    schema: Schema,
    group_delimiter: Option<String>,
    pair_delimiter: String,
    payload: Option<Template>,
}

impl SinkMapper for TextSinkMapper {
    fn encode(&self, rows: &View<'_>, payloads: &mut PayloadWriter<'_>) {
        let mut out = String::new();
        let Some(delimiter) = &self.group_delimiter else {
            for row in rows.selection.iter() {
                out.clear();
                self.event(rows, row, &mut out);
                payloads.publish_row(row, Payload::Bytes(out.as_bytes()));
            }
            return;
        };
        for (place, row) in rows.selection.iter().enumerate() {
            if place > 0 {
                out.push_str(delimiter);
            }
            self.event(rows, row, &mut out);
        }
        if !rows.is_empty() {
            payloads.publish(rows.selection, Payload::Bytes(out.as_bytes()));
        }
    }
}

impl TextSinkMapper {
    fn event(&self, rows: &View<'_>, row: usize, out: &mut String) {
        if let Some(template) = &self.payload {
            template.render(rows, row, out);
            return;
        }
        for (at, (name, _)) in self.schema.attributes.iter().enumerate() {
            if at > 0 {
                out.push_str(&self.pair_delimiter);
            }
            // Writing to a String cannot fail.
            match rows.value(at, row) {
                Value::String(text) => write!(out, "{name}:\"{text}\"").unwrap_or_default(),
                value => write!(out, "{name}:{value}").unwrap_or_default(),
            }
        }
    }
}
