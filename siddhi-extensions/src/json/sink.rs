//! The sink mapper `json`.

use serde_json::Value as Json;
use siddhi_core::event::view::{Selection, View};
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, Payload, PayloadWriter,
    Schema, SinkError, SinkMapper, SinkMapperFactory, Template,
};

use super::path::Path;
use super::value::to_json;

const NULLS: &str = "enable.null.attribute.value";

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "json",
    description: "Writes `{\"event\": {…}}` for an event and an array of such objects for a chunk \
                  of several. `@payload` gives a text of its own, in which `{{attribute}}` stands \
                  for the value.",
    options: &[
        OptionDocumentation {
            name: "enclosing.element",
            description: "The path of the element that encloses the events, such as \
                          `$.portfolio`.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "event.grouping.enabled",
            description: "Whether the events of a chunk go out as one array. If not, each is a \
                          payload.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: NULLS,
            description: "Whether a null is written as `null`. Siddhi's other way, the text \
                          `undefined`, is not supported yet.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: "validate.json",
            description: "Whether a payload that is no JSON, as a `@payload` can make it, is an \
                          error instead of being published.",
            default: Some("false"),
        },
    ],
    example: "@sink(type = 'inMemory', topic = 'stocks', @map(type = 'json'))\n\
              define stream Stocks (symbol string, price double, volume long);",
};

/// Makes mappers that write JSON.
#[derive(Debug)]
pub(crate) struct JsonSinkMapperFactory;

impl SinkMapperFactory for JsonSinkMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SinkMapper>, OptionError> {
        const ENCLOSING: &str = "enclosing.element";
        let options = config.options;
        if !options.bool(NULLS, true)? {
            return Err(OptionError::Unsupported {
                feature: format!("option '{NULLS}' = 'false' of the mapper json"),
                option: NULLS.into(),
            });
        }
        let (mut before, mut behind) = (String::new(), String::new());
        if let Some(text) = options.get(ENCLOSING) {
            let path = Path::parse(text);
            let names = path.as_ref().and_then(Path::names);
            let names =
                names.ok_or_else(|| options.invalid(ENCLOSING, "a path such as '$.a.b'"))?;
            for name in names {
                before.push_str(&format!("{{{}:", Json::from(name)));
                behind.push('}');
            }
        }
        let payload = match config.mapping {
            [] => None,
            [one] => Some(Template::parse(&one.value, "payload", config.schema)?),
            _ => return Err(OptionError::mapping("@payload of json takes one text")),
        };
        Ok(Box::new(JsonSinkMapper {
            schema: config.schema.clone(),
            grouped: options.bool("event.grouping.enabled", true)?,
            validates: options.bool("validate.json", false)?,
            before,
            behind,
            payload,
        }))
    }
}

#[derive(Debug)]
struct JsonSinkMapper {
    schema: Schema,
    grouped: bool,
    validates: bool,
    /// What opens and closes the enclosing element.
    before: String,
    behind: String,
    payload: Option<Template>,
}

impl SinkMapper for JsonSinkMapper {
    fn encode(&self, rows: &View<'_>, payloads: &mut PayloadWriter<'_>) {
        if self.grouped && rows.len() > 1 {
            let mut out = self.before.clone();
            for (place, row) in rows.selection.iter().enumerate() {
                out.push(if place == 0 { '[' } else { ',' });
                self.event(rows, row, &mut out);
            }
            out.push(']');
            self.finish(rows.selection, out, payloads);
            return;
        }
        for row in rows.selection.iter() {
            let mut out = self.before.clone();
            self.event(rows, row, &mut out);
            let only = [u32::try_from(row).unwrap_or(u32::MAX)];
            self.finish(Selection::Rows(&only), out, payloads);
        }
    }
}

impl JsonSinkMapper {
    fn event(&self, rows: &View<'_>, row: usize, out: &mut String) {
        if let Some(template) = &self.payload {
            template.render(rows, row, out);
            return;
        }
        // By hand, since an object of serde_json would sort the attributes.
        out.push_str("{\"event\":{");
        for (at, (name, _)) in self.schema.attributes.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&Json::from(name.as_str()).to_string());
            out.push(':');
            out.push_str(&to_json(&rows.value(at, row)).to_string());
        }
        out.push_str("}}");
    }

    fn finish(&self, rows: Selection<'_>, mut out: String, payloads: &mut PayloadWriter<'_>) {
        out.push_str(&self.behind);
        if self.validates
            && let Err(error) = serde_json::from_str::<Json>(&out)
        {
            let message = format!("the payload is no JSON: {error}");
            payloads.fail(rows, SinkError::Payload { message });
            return;
        }
        payloads.publish(rows, Payload::Bytes(out.as_bytes()));
    }
}
