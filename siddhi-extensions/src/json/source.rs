//! The source mapper `json`.

use serde_json::Value as Json;
use siddhi_core::Value;
use siddhi_core::event::column::Column;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, RowWriter, Schema,
    SourceMapper, SourceMapperFactory,
};

use super::path::Path;
use super::value::push;
use crate::convert::no_value;

const EVENT: &str = "event";
const GROUPED: &str = "event.grouping.enabled";

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "json",
    description: "Reads JSON objects, one or many in a payload, or arrays of them, whose keys are \
                  the attributes; an object may be enclosed as `{\"event\": {…}}`. An array makes \
                  one chunk. With `@attributes` values are found by paths such as \
                  `company.symbol`, `$.price` or `bids[0]`. Objects and arrays go to `object` \
                  attributes as they are and to `string` attributes as text.",
    options: &[
        OptionDocumentation {
            name: "enclosing.element",
            description: "With `@attributes`: the path of the object, or array of objects, that \
                          holds the events.",
            default: Some("$"),
        },
        OptionDocumentation {
            name: "fail.on.missing.attribute",
            description: "Whether an event that lacks an attribute is rejected. If not, the \
                          attribute is null.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: GROUPED,
            description: "Accepted for Siddhi's sake: an array always makes one chunk.",
            default: Some("true"),
        },
    ],
    example: "@source(type = 'inMemory', topic = 'stocks', @map(type = 'json'))\n\
              define stream Stocks (symbol string, price double, volume long);",
};

/// Makes mappers that read JSON.
#[derive(Debug)]
pub(crate) struct JsonSourceMapperFactory;

impl SourceMapperFactory for JsonSourceMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError> {
        const ENCLOSING: &str = "enclosing.element";
        config.options.bool(GROUPED, true)?;
        let path = "a path such as '$.a.b'";
        let enclosing = match config.options.get(ENCLOSING) {
            Some(text) => {
                Path::parse(text).ok_or_else(|| config.options.invalid(ENCLOSING, path))?
            }
            None => Path::default(),
        };
        Ok(Box::new(JsonSourceMapper {
            schema: config.schema.clone(),
            rejects_missing: config.options.bool("fail.on.missing.attribute", true)?,
            enclosing,
            paths: paths(&config)?,
        }))
    }
}

/// The path of each attribute, when there is `@attributes`.
fn paths(config: &MapperConfig<'_>) -> Result<Option<Vec<Option<Path>>>, OptionError> {
    if config.mapping.is_empty() {
        return Ok(None);
    }
    let mut paths = vec![None; config.schema.attributes.len()];
    for (index, element) in config.mapping.iter().enumerate() {
        let attribute = match &element.key {
            Some(key) => config.schema.position(&key.name),
            None => Some(index),
        };
        let place = attribute.and_then(|attribute| paths.get_mut(attribute)).ok_or_else(|| {
            let name = element.key.as_ref().map_or(element.value.as_str(), |key| &key.name);
            OptionError::mapping(format!(
                "@attributes: '{name}' is not an attribute of stream '{}'",
                config.schema.stream
            ))
        })?;
        *place = Some(Path::parse(&element.value).ok_or_else(|| {
            OptionError::mapping(format!(
                "@attributes: '{}' is no path such as 'a.b' or '$.a[0]'",
                element.value
            ))
        })?);
    }
    Ok(Some(paths))
}

#[derive(Debug)]
struct JsonSourceMapper {
    schema: Schema,
    rejects_missing: bool,
    enclosing: Path,
    paths: Option<Vec<Option<Path>>>,
}

impl SourceMapper for JsonSourceMapper {
    fn decode(&mut self, payload: &[u8], rows: &mut RowWriter<'_>) {
        let mut values = serde_json::Deserializer::from_slice(payload).into_iter::<Json>();
        let (mut line, mut from) = (0, 0);
        loop {
            let rest = payload.get(from..).unwrap_or_default();
            let blank = rest.len() - rest.trim_ascii_start().len();
            line += count_line_ends(rest.get(..blank).unwrap_or_default());
            rows.at_line(line);
            match values.next() {
                Some(Ok(json)) => self.document(&json, rows),
                Some(Err(error)) => {
                    // Its place is one in the payload, and the row has one in the file.
                    let text = error.to_string();
                    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |it| it.0);
                    rows.reject(format!("no JSON: {reason}"));
                }
                None => return,
            }
            let behind = values.byte_offset();
            line += count_line_ends(payload.get(from + blank..behind).unwrap_or_default());
            from = behind;
        }
    }
}

fn count_line_ends(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

impl JsonSourceMapper {
    fn document(&self, json: &Json, rows: &mut RowWriter<'_>) {
        let json = if self.paths.is_some() { self.enclosing.find(json) } else { Some(json) };
        let Some(json) = json else {
            rows.reject("there is no enclosing element");
            return;
        };
        let events = match json {
            Json::Array(events) => events.as_slice(),
            event => std::slice::from_ref(event),
        };
        for event in events {
            let done = match &self.paths {
                None => self.push_by_name(event, rows),
                Some(paths) => self.push_by_path(paths, event, rows),
            };
            match done {
                Ok(()) => rows.commit(),
                Err(reason) => rows.reject(reason),
            }
        }
    }

    fn push_by_name(&self, event: &Json, rows: &mut RowWriter<'_>) -> Result<(), String> {
        let Json::Object(object) = event else {
            return Err("an event is a JSON object".into());
        };
        let mut entries = object;
        if let (1, Some(Json::Object(inner))) = (entries.len(), entries.get(EVENT)) {
            entries = inner;
        }
        let mut found = 0;
        for (column, (name, _)) in rows.columns().iter_mut().zip(&self.schema.attributes) {
            match entries.get(name) {
                Some(json) => {
                    found += 1;
                    push_value(name, column, json, false)?;
                }
                None => self.push_missing(name, column)?,
            }
        }
        if found < entries.len() {
            let known = |name: &String| self.schema.position(name).is_some();
            if let Some(unknown) = entries.keys().find(|name| !known(name)) {
                let stream = &self.schema.stream;
                return Err(format!("'{unknown}' is not an attribute of stream '{stream}'"));
            }
        }
        Ok(())
    }

    fn push_by_path(
        &self,
        paths: &[Option<Path>],
        event: &Json,
        rows: &mut RowWriter<'_>,
    ) -> Result<(), String> {
        let columns = rows.columns().iter_mut();
        for ((column, path), (name, _)) in columns.zip(paths).zip(&self.schema.attributes) {
            match path.as_ref().map(|path| path.find(event)) {
                Some(Some(json)) => push_value(name, column, json, true)?,
                Some(None) => self.push_missing(name, column)?,
                None => {
                    column.push(Value::Null);
                }
            }
        }
        Ok(())
    }

    fn push_missing(&self, name: &str, column: &mut Column) -> Result<(), String> {
        if self.rejects_missing {
            return Err(format!("{name}: no value"));
        }
        column.push(Value::Null);
        Ok(())
    }
}

fn push_value(name: &str, column: &mut Column, json: &Json, converts: bool) -> Result<(), String> {
    if push(column, json, converts) {
        Ok(())
    } else {
        Err(no_value(name, &json.to_string(), column.data_type()))
    }
}
