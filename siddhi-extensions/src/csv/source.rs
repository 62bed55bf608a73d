//! The source mapper `csv`.

use std::borrow::Cow;

use siddhi_core::Value;
use siddhi_core::event::column::Column;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, Options, RowWriter,
    Schema, SourceMapper, SourceMapperFactory,
};
use siddhi_query::ast::DataType;
use siddhi_query::did_you_mean;

use super::delimiter;
use super::record::{Record, is_complete, next_record, record_length};
use crate::convert::{no_value, push_text};

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "csv",
    description: "Reads rows of fields (RFC 4180: a field in double quotes may hold delimiters, \
                  line ends, and quotes that are doubled). Fields go to the attributes by position; \
                  by name, be it in another case, when there is a header row that names at least \
                  one of them. What it does not name then has no value, see \
                  `fail.on.unknown.attribute`. \
                  `@attributes` says otherwise: `@attributes(symbol = '2')` takes the third field, \
                  `@attributes(symbol = 'Ticker')` the field under that header. The source file \
                  takes a row of up to 100 lines and 64 KB, and rejects a longer one as a whole.",
    options: &[
        OptionDocumentation {
            name: "header",
            description: "Whether the first row of an input is a header row. With `auto` it is \
                          one, unless its fields are values of all attributes, some of them \
                          numbers or truths; and it must name one of them. A row under a header that \
                          has more fields, and not only empty ones, is rejected. It is also \
                          found as `header.present`.",
            default: Some("false"),
        },
        OptionDocumentation {
            name: "delimiter",
            description: "The character between fields; `\\t` for the tabulator.",
            default: Some(","),
        },
        OptionDocumentation {
            name: "fail.on.unknown.attribute",
            description: "Whether a row is rejected when an attribute has no value: when the \
                          header does not name it, or an attribute that is no string has an empty \
                          field or `null`. If not, the attribute is null. A row with too few \
                          fields is always rejected, and so is one with a text that is no value \
                          of the type.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: "event.grouping.enabled",
            description: "Accepted for Siddhi's sake: a payload with several rows always makes \
                          several events.",
            default: Some("false"),
        },
    ],
    example: "@source(type = 'file', file.uri = 'stocks.csv', tailing = 'false',\n        \
              @map(type = 'csv', header = 'true'))\n\
              define stream Stocks (symbol string, price double, volume long);",
};

/// Makes mappers that read CSV.
#[derive(Debug)]
pub(crate) struct CsvSourceMapperFactory;

impl SourceMapperFactory for CsvSourceMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError> {
        let options = config.options;
        let header = FirstRow::of(options)?;
        options.bool("event.grouping.enabled", false)?;
        let wanted = wanted(&config, header != FirstRow::Event)?;
        let positions = wanted.iter().map(Wanted::position).collect();
        Ok(Box::new(CsvSourceMapper {
            schema: config.schema.clone(),
            delimiter: delimiter(options)?,
            rejects_missing: options.bool("fail.on.unknown.attribute", true)?,
            first_row: header,
            begins: true,
            header_width: None,
            unusable: None,
            has_warned: false,
            wanted,
            positions,
        }))
    }
}

/// What the first row of an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstRow {
    Event,
    Header,
    /// A header, unless it can only be an event.
    Any,
}

impl FirstRow {
    fn of(options: &Options) -> Result<Self, OptionError> {
        let words = [("true", Self::Header), ("false", Self::Event), ("auto", Self::Any)];
        let fallback = options.choice("header.present", Self::Event, &words)?;
        options.choice("header", fallback, &words)
    }
}

/// Where `@attributes` wants the value of an attribute from.
#[derive(Clone, Debug)]
enum Wanted {
    /// Its own name in the header, else this position.
    OwnName { name: String, position: usize },
    /// This name in the header.
    Name(String),
    /// This position.
    Position(usize),
    /// Nowhere: it is null.
    Nothing,
}

impl Wanted {
    /// The position while no header is known.
    fn position(&self) -> Option<usize> {
        match self {
            Self::OwnName { position, .. } | Self::Position(position) => Some(*position),
            Self::Name(_) | Self::Nothing => None,
        }
    }
}

fn wanted(config: &MapperConfig<'_>, header: bool) -> Result<Vec<Wanted>, OptionError> {
    let attributes = &config.schema.attributes;
    if config.mapping.is_empty() {
        let own = |(position, (name, _)): (usize, &(String, DataType))| Wanted::OwnName {
            name: name.clone(),
            position,
        };
        return Ok(attributes.iter().enumerate().map(own).collect());
    }
    let mut wanted = vec![Wanted::Nothing; attributes.len()];
    for (index, element) in config.mapping.iter().enumerate() {
        // Without keys the mappings belong to the attributes in order.
        let attribute = match &element.key {
            Some(key) => config.schema.position(&key.name).ok_or_else(|| {
                OptionError::mapping(format!(
                    "@attributes: '{}' is not an attribute of stream '{}'",
                    key.name, config.schema.stream
                ))
            })?,
            None => index,
        };
        let source = match element.value.trim().parse() {
            Ok(position) => Wanted::Position(position),
            Err(_) if header => Wanted::Name(element.value.trim().into()),
            Err(_) => {
                return Err(OptionError::mapping(format!(
                    "@attributes: '{}' is no position; names need header = 'true'",
                    element.value
                )));
            }
        };
        let Some(place) = wanted.get_mut(attribute) else {
            return Err(OptionError::mapping(format!(
                "@attributes maps more attributes than the {} of stream '{}'",
                attributes.len(),
                config.schema.stream
            )));
        };
        *place = source;
    }
    Ok(wanted)
}

#[derive(Debug)]
struct CsvSourceMapper {
    schema: Schema,
    delimiter: u8,
    rejects_missing: bool,
    first_row: FirstRow,
    /// No row of the input has come.
    begins: bool,
    /// The fields of its header, once there is one.
    header_width: Option<usize>,
    /// Why the rows under the header cannot be read.
    unusable: Option<String>,
    /// It has been said how a header was taken; the next file is like it.
    has_warned: bool,
    wanted: Vec<Wanted>,
    /// The field of each attribute.
    positions: Vec<Option<usize>>,
}

impl SourceMapper for CsvSourceMapper {
    fn begin(&mut self) {
        self.begins = true;
        self.header_width = None;
        self.unusable = None;
        self.positions = self.wanted.iter().map(Wanted::position).collect();
    }

    fn is_complete(&self, payload: &[u8]) -> bool {
        is_complete(payload, self.delimiter)
    }

    fn record_length(&self, text: &[u8]) -> Option<usize> {
        record_length(text, self.delimiter)
    }

    fn decode(&mut self, payload: &[u8], rows: &mut RowWriter<'_>) {
        let mut rest = payload;
        let mut fields = Vec::with_capacity(self.schema.attributes.len());
        let mut line = 0;
        while !rest.is_empty() {
            rows.at_line(line);
            let record = next_record(rest, self.delimiter, &mut fields);
            let (Record::Fields { length } | Record::Bad { length, .. }) = record;
            match record {
                Record::Bad { reason, .. } => {
                    if std::mem::take(&mut self.begins) && self.first_row != FirstRow::Event {
                        self.unusable = Some("the header could not be read".into());
                    }
                    rows.reject(reason);
                }
                // A blank line is no row.
                Record::Fields { .. } if matches!(&fields[..], [only] if only.is_empty()) => {}
                Record::Fields { .. }
                    if std::mem::take(&mut self.begins) && self.is_header(&fields) =>
                {
                    self.unusable = self.read_header(&fields).err();
                }
                Record::Fields { .. } => match self.push(&fields, rows) {
                    Ok(()) => rows.commit(),
                    Err(reason) => rows.reject(reason),
                },
            }
            let (done, behind) = rest.split_at(length);
            line += done.iter().filter(|byte| **byte == b'\n').count() as u64;
            rest = behind;
        }
    }
}

impl CsvSourceMapper {
    /// Whether the first row of an input is a header.
    fn is_header(&mut self, fields: &[Cow<'_, [u8]>]) -> bool {
        let asks_for_names = || self.wanted.iter().any(|wanted| matches!(wanted, Wanted::Name(_)));
        match self.first_row {
            FirstRow::Event => return false,
            FirstRow::Any if !asks_for_names() => {}
            FirstRow::Header | FirstRow::Any => return true,
        }
        let attributes = &self.schema.attributes;
        let is_value = |(field, (_, data_type)): (&Cow<'_, [u8]>, &(String, DataType))| {
            let text = std::str::from_utf8(field);
            text.is_ok_and(|text| push_text(&mut Column::new(*data_type), text))
        };
        // A name is a value too, of a string.
        let tells = |(_, data_type): &(String, DataType)| {
            !matches!(data_type, DataType::String | DataType::Object)
        };
        let is_event = fields.len() == attributes.len()
            && attributes.iter().any(tells)
            && fields.iter().zip(attributes).all(is_value);
        if is_event && !self.has_warned {
            self.has_warned = true;
            log::warn!(
                "stream {}: the first line, '{}', is no header but an event: fields go to the \
                 attributes by position",
                self.schema.stream,
                line_of(fields)
            );
        }
        !is_event
    }

    fn read_header(&mut self, fields: &[Cow<'_, [u8]>]) -> Result<(), String> {
        self.header_width = Some(fields.len());
        let header = Header(fields);
        let own = self.wanted.iter().filter_map(|wanted| match wanted {
            Wanted::OwnName { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let by_name = own.clone().any(|name| header.find(name).is_some());
        if !by_name && own.clone().next().is_some() {
            self.take_nameless(header)?;
        }
        let mut missing = Vec::new();
        for (position, wanted) in self.positions.iter_mut().zip(&self.wanted) {
            *position =
                match wanted {
                    Wanted::OwnName { name, .. } if by_name => {
                        let found = header.find(name);
                        if found.is_none() {
                            missing.push(header.lacks(name));
                        }
                        found
                    }
                    Wanted::Name(name) => Some(header.find(name).ok_or_else(|| {
                        format!("the header has no column {}", header.lacks(name))
                    })?),
                    wanted => wanted.position(),
                };
        }
        if missing.is_empty() {
            return Ok(());
        }
        let missing = format!("the header has no column {}", missing.join(", "));
        if self.rejects_missing {
            return Err(missing);
        }
        if !self.has_warned {
            self.has_warned = true;
            let (stream, line) = (&self.schema.stream, line_of(fields));
            log::warn!("stream {stream}: {missing}, which is null; the header is '{line}'");
        }
        Ok(())
    }

    /// A header that names no attribute: in Siddhi a first line that is skipped. Where nobody has said
    /// that there is a header, it may as well be an event, or a header in other words.
    fn take_nameless(&mut self, header: Header<'_>) -> Result<(), String> {
        let line = line_of(header.0);
        let names: Vec<&str> =
            self.schema.attributes.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        let delimiter = if header.0.len() == 1 && names.contains(',') {
            format!("; is '{}' what stands between fields?", char::from(self.delimiter))
        } else {
            String::new()
        };
        if self.first_row == FirstRow::Any {
            return Err(format!(
                "the first line, '{line}', names none of the attributes {names}, and is no event with \
                 values of their types{delimiter}"
            ));
        }
        if !self.has_warned {
            self.has_warned = true;
            log::warn!(
                "stream {}: the header '{line}' names none of the attributes {names}: fields go to them \
                 by position{delimiter}",
                self.schema.stream
            );
        }
        Ok(())
    }

    fn push(&self, fields: &[Cow<'_, [u8]>], rows: &mut RowWriter<'_>) -> Result<(), String> {
        if let Some(reason) = &self.unusable {
            return Err(reason.clone());
        }
        // An unquoted delimiter has moved the fields behind it; a stray one at the end moves none.
        if let Some(width) = self.header_width
            && fields.get(width..).unwrap_or_default().iter().any(|field| !field.is_empty())
        {
            return Err(format!("{} fields under a header of {width}", fields.len()));
        }
        let columns = rows.columns().iter_mut();
        for ((column, position), (name, data_type)) in
            columns.zip(&self.positions).zip(&self.schema.attributes)
        {
            let Some(position) = position else {
                column.push(Value::Null);
                continue;
            };
            let Some(field) = fields.get(*position) else {
                return Err(format!("{name}: there are only {} fields", fields.len()));
            };
            let text =
                std::str::from_utf8(field).map_err(|_| format!("{name}: not valid UTF-8"))?;
            if *data_type == DataType::String || !is_null(text) {
                if !push_text(column, text) {
                    return Err(no_value(name, text, *data_type));
                }
            } else if self.rejects_missing {
                return Err(format!("{name}: no value"));
            } else {
                column.push(Value::Null);
            }
        }
        Ok(())
    }
}

/// The fields of a header row.
#[derive(Clone, Copy)]
struct Header<'a>(&'a [Cow<'a, [u8]>]);

impl Header<'_> {
    /// The column of a name, as it is written or else in other case, where only one is like it.
    fn find(self, name: &str) -> Option<usize> {
        let exact = |field: &[u8]| field.trim_ascii() == name.as_bytes();
        let alike = |field: &[u8]| field.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        let place = |like: &dyn Fn(&[u8]) -> bool| {
            let mut found = self.0.iter().enumerate().filter(|(_, field)| like(field));
            found.next().map(|(place, _)| (place, found.next().is_none()))
        };
        let exact = place(&exact).map(|(place, _)| place);
        exact.or_else(|| place(&alike).and_then(|(place, only)| only.then_some(place)))
    }

    /// A name that it has no column for, with the one that may be meant.
    fn lacks(self, name: &str) -> String {
        let names: Vec<_> = self.0.iter().map(|field| String::from_utf8_lossy(field)).collect();
        let meant = did_you_mean(name, names.iter().map(|name| name.trim()));
        let meant = meant.map_or(String::new(), |meant| format!(" (is it '{meant}'?)"));
        format!("'{name}'{meant}")
    }
}

/// The fields of a row as a line of text, for messages.
fn line_of(fields: &[Cow<'_, [u8]>]) -> String {
    let fields: Vec<_> = fields.iter().map(|field| String::from_utf8_lossy(field)).collect();
    fields.join(",")
}

/// Whether a field stands for null: empty, or as the sink mapper writes one.
fn is_null(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text == "null"
}
