//! The mapper `passThrough`: events as they are.

use siddhi_core::event::view::View;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionError, Payload, PayloadWriter, RowWriter, Schema,
    SinkMapper, SinkMapperFactory, SourceMapper, SourceMapperFactory, Template,
};
use siddhi_core::{Text, Value};
use siddhi_query::ast::{AnnotationElement, DataType};

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "passThrough",
    description: "Hands events over as they are, value by position. This is the mapper of a \
                  source or sink without `@map`. A payload of bytes, such as a line of a file, \
                  becomes the only attribute of its stream, which then is a `string`.",
    options: &[],
    example: "@source(type = 'file', file.uri = 'notes.txt', tailing = 'false')\n\
              define stream Lines (line string);",
};

/// Makes mappers that leave events alone.
#[derive(Debug)]
pub(crate) struct PassThroughFactory;

impl SourceMapperFactory for PassThroughFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError> {
        check_attributes(config.mapping, config.schema)?;
        let takes_text = matches!(config.schema.attributes.as_slice(), [(_, DataType::String)]);
        Ok(Box::new(PassThrough { takes_text }))
    }
}

impl SinkMapperFactory for PassThroughFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SinkMapper>, OptionError> {
        // `@payload` changes nothing, but what it names must be there.
        for element in config.mapping {
            Template::parse(&element.value, "@payload", config.schema)?;
        }
        Ok(Box::new(PassThrough { takes_text: false }))
    }
}

/// `@attributes` changes nothing, but it must map every attribute, all by name or all by position.
fn check_attributes(mapping: &[AnnotationElement], schema: &Schema) -> Result<(), OptionError> {
    let named: Vec<&str> =
        mapping.iter().filter_map(|e| e.key.as_ref().map(|key| key.name.as_str())).collect();
    let stream = &schema.stream;
    if named.is_empty() {
        let (given, expected) = (mapping.len(), schema.attributes.len());
        if given != 0 && given != expected {
            return Err(OptionError::mapping(format!(
                "@attributes maps {given} attributes, but stream '{stream}' has {expected}"
            )));
        }
    } else if named.len() < mapping.len() {
        let message = "@attributes maps some attributes by name and some by position";
        return Err(OptionError::mapping(message));
    } else if let Some((name, _)) =
        schema.attributes.iter().find(|(name, _)| !named.contains(&name.as_str()))
    {
        return Err(OptionError::mapping(format!(
            "@attributes does not map '{name}' of stream '{stream}'"
        )));
    }
    Ok(())
}

#[derive(Debug)]
struct PassThrough {
    takes_text: bool,
}

impl SourceMapper for PassThrough {
    fn passes_rows(&self) -> bool {
        true
    }

    fn decode(&mut self, payload: &[u8], rows: &mut RowWriter<'_>) {
        if !self.takes_text {
            rows.reject("passThrough takes rows, not text: say how to read it with @map");
            return;
        }
        match std::str::from_utf8(payload) {
            Ok(text) => {
                for column in rows.columns() {
                    column.push(Value::String(Text::from(text)));
                }
                rows.commit();
            }
            Err(_) => rows.reject("not valid UTF-8"),
        }
    }
}

impl SinkMapper for PassThrough {
    fn encode(&self, rows: &View<'_>, payloads: &mut PayloadWriter<'_>) {
        payloads.publish(rows.selection, Payload::Rows(*rows));
    }
}
