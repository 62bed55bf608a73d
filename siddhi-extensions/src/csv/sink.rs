//! The sink mapper `csv`.

use siddhi_core::event::view::View;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, Payload, PayloadWriter,
    SinkMapper, SinkMapperFactory,
};

use super::delimiter;
use super::record::write_field;

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "csv",
    description: "Writes a row of fields for each event, a null as `null`. A field that holds a \
                  delimiter, quote or line end stands in quotes. \
                  `@payload(symbol = '0', price = '1')` chooses the attributes and their places.",
    options: &[
        OptionDocumentation {
            name: "header",
            description: "Whether a row with the names of the attributes comes first: once for \
                          each destination, and with the sink file once in each file.",
            default: Some("false"),
        },
        OptionDocumentation {
            name: "delimiter",
            description: "The character between fields; `\\t` for the tabulator.",
            default: Some(","),
        },
        OptionDocumentation {
            name: "event.grouping.enabled",
            description: "Whether the events of a chunk go out as one payload.",
            default: Some("false"),
        },
    ],
    example: "@sink(type = 'file', file.uri = 'alerts.csv', @map(type = 'csv', header = 'true'))\n\
              define stream Alerts (symbol string, price double);",
};

/// Makes mappers that write CSV.
#[derive(Debug)]
pub(crate) struct CsvSinkMapperFactory;

impl SinkMapperFactory for CsvSinkMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SinkMapper>, OptionError> {
        let options = config.options;
        let delimiter = delimiter(options)?;
        let columns = columns(&config)?;
        let mut header = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                header.push(delimiter);
            }
            let name = config.schema.attributes.get(*column).map_or("", |(name, _)| name);
            write_field(&mut header, name, delimiter);
        }
        header.push(b'\n');
        Ok(Box::new(CsvSinkMapper {
            delimiter,
            grouped: options.bool("event.grouping.enabled", false)?,
            columns,
            header: options.bool("header", false)?.then_some(header),
        }))
    }
}

/// The attributes in the order of the fields.
fn columns(config: &MapperConfig<'_>) -> Result<Vec<usize>, OptionError> {
    if config.mapping.is_empty() {
        return Ok((0..config.schema.attributes.len()).collect());
    }
    let count = config.mapping.len();
    let mut columns = vec![None; count];
    for element in config.mapping {
        let Some(key) = &element.key else {
            return Err(OptionError::mapping(
                "@payload of csv gives attributes their places: @payload(symbol = '0')",
            ));
        };
        let attribute = config.schema.position(&key.name).ok_or_else(|| {
            OptionError::mapping(format!(
                "@payload: '{}' is not an attribute of stream '{}'",
                key.name, config.schema.stream
            ))
        })?;
        let place: Option<usize> = element.value.trim().parse().ok();
        match place.and_then(|place| columns.get_mut(place)) {
            Some(free) if free.is_none() => *free = Some(attribute),
            Some(_) => {
                return Err(OptionError::mapping(format!(
                    "@payload gives place {} twice",
                    element.value
                )));
            }
            None => {
                return Err(OptionError::mapping(format!(
                    "@payload: the place of '{}' is '{}', expected a number from 0 to {}",
                    key.name,
                    element.value,
                    count - 1
                )));
            }
        }
    }
    // As many places as elements and none given twice: all are taken.
    Ok(columns.into_iter().flatten().collect())
}

#[derive(Debug)]
struct CsvSinkMapper {
    delimiter: u8,
    grouped: bool,
    columns: Vec<usize>,
    header: Option<Vec<u8>>,
}

impl SinkMapper for CsvSinkMapper {
    fn head(&self) -> Option<&[u8]> {
        self.header.as_deref()
    }

    fn encode(&self, rows: &View<'_>, payloads: &mut PayloadWriter<'_>) {
        let mut out = Vec::new();
        for row in rows.selection.iter() {
            for (place, column) in self.columns.iter().enumerate() {
                if place > 0 {
                    out.push(self.delimiter);
                }
                let field = rows.value(*column, row).to_string();
                write_field(&mut out, &field, self.delimiter);
            }
            out.push(b'\n');
            if !self.grouped {
                payloads.publish_row(row, Payload::Bytes(&out));
                out.clear();
            }
        }
        if !out.is_empty() {
            payloads.publish(rows.selection, Payload::Bytes(&out));
        }
    }
}
