//! The source mapper `text`.

use regex::Regex;
use siddhi_core::Value;
use siddhi_core::extension::{
    ConnectorDocumentation, MapperConfig, OptionDocumentation, OptionError, RowWriter, Schema,
    SourceMapper, SourceMapperFactory,
};
use siddhi_query::ast::DataType;

use super::{DELIMITER, unescape};
use crate::convert::{no_value, push_text};

const DOCUMENTATION: ConnectorDocumentation = ConnectorDocumentation {
    name: "text",
    description: "Reads `attribute:value` pairs, each on a line and with a comma behind all but \
                  the last; strings stand in quotes. With `@attributes` values are found by \
                  regular expressions instead: `regex.A` gives one the name `A`, and `'A[2]'` \
                  takes its second group, `'A'` its first.",
    options: &[
        OptionDocumentation {
            name: "regex.NAME",
            description: "A regular expression (without look-around and back-references) to be \
                          used by `@attributes`.",
            default: Some("none"),
        },
        OptionDocumentation {
            name: "fail.on.missing.attribute",
            description: "Whether an event that lacks an attribute is rejected. If not, the \
                          attribute is null.",
            default: Some("true"),
        },
        OptionDocumentation {
            name: "event.grouping.enabled",
            description: "Whether a payload holds several events with a delimiter between them.",
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
    example: "@source(type = 'file', file.uri = 'app.log',\n        \
              @map(type = 'text', regex.A = '(\\w+) took (\\d+) ms',\n             \
              @attributes(operation = 'A[1]', took_ms = 'A[2]')))\n\
              define stream Operations (operation string, took_ms int);",
};

/// Makes mappers that read text.
#[derive(Debug)]
pub(crate) struct TextSourceMapperFactory;

impl SourceMapperFactory for TextSourceMapperFactory {
    fn documentation(&self) -> ConnectorDocumentation {
        DOCUMENTATION
    }

    fn create(&self, config: MapperConfig<'_>) -> Result<Box<dyn SourceMapper>, OptionError> {
        let options = config.options;
        let line_end = unescape(options.get("new.line.character").unwrap_or("\n"));
        let delimiter = unescape(options.get("delimiter").unwrap_or(DELIMITER));
        let grouped = options.bool("event.grouping.enabled", false)?;
        Ok(Box::new(TextSourceMapper {
            schema: config.schema.clone(),
            rejects_missing: options.bool("fail.on.missing.attribute", true)?,
            group_delimiter: grouped.then(|| format!("{line_end}{delimiter}{line_end}")),
            pair_delimiter: format!(",{line_end}"),
            groups: groups(&config)?,
        }))
    }
}

/// A group of a regular expression.
#[derive(Debug)]
struct Group {
    regex: Regex,
    index: usize,
}

/// The group of each attribute, when there is `@attributes`.
fn groups(config: &MapperConfig<'_>) -> Result<Option<Vec<Option<Group>>>, OptionError> {
    if config.mapping.is_empty() {
        return Ok(None);
    }
    let mut groups: Vec<Option<Group>> = config.schema.attributes.iter().map(|_| None).collect();
    for (index, element) in config.mapping.iter().enumerate() {
        let attribute = match &element.key {
            Some(key) => config.schema.position(&key.name),
            None => Some(index),
        };
        let place = attribute.and_then(|attribute| groups.get_mut(attribute)).ok_or_else(|| {
            let name = element.key.as_ref().map_or(element.value.as_str(), |key| &key.name);
            OptionError::mapping(format!(
                "@attributes: '{name}' is not an attribute of stream '{}'",
                config.schema.stream
            ))
        })?;
        *place = Some(group(config, &element.value)?);
    }
    Ok(Some(groups))
}

/// Reads `A` or `A[2]`.
fn group(config: &MapperConfig<'_>, text: &str) -> Result<Group, OptionError> {
    let bracket = text.split_once('[').map(|(name, index)| (name, index.strip_suffix(']')));
    let (name, index) = match bracket {
        None => (text, Some(1)),
        Some((name, index)) => (name, index.and_then(|index| index.trim().parse().ok())),
    };
    let index: usize = index.ok_or_else(|| {
        OptionError::mapping(format!("@attributes: '{text}' is no group such as 'A[1]'"))
    })?;
    let option = format!("regex.{}", name.trim());
    let pattern = config.options.required(&option)?;
    let regex = Regex::new(pattern)
        .map_err(|_| config.options.invalid(&option, "a regular expression without look-around"))?;
    if index >= regex.captures_len() {
        return Err(OptionError::mapping(format!(
            "@attributes: '{text}' asks for group {index}, but '{pattern}' has {}",
            regex.captures_len() - 1
        )));
    }
    Ok(Group { regex, index })
}

#[derive(Debug)]
struct TextSourceMapper {
    schema: Schema,
    rejects_missing: bool,
    /// What stands between events, when a payload holds several.
    group_delimiter: Option<String>,
    pair_delimiter: String,
    groups: Option<Vec<Option<Group>>>,
}

impl SourceMapper for TextSourceMapper {
    fn decode(&mut self, payload: &[u8], rows: &mut RowWriter<'_>) {
        let Ok(text) = std::str::from_utf8(payload) else {
            rows.reject("not valid UTF-8");
            return;
        };
        match &self.group_delimiter {
            None => self.event(text, rows),
            Some(delimiter) => {
                let mut line = 0;
                for event in text.split(delimiter.as_str()) {
                    rows.at_line(line);
                    self.event(event, rows);
                    line += (event.matches('\n').count() + delimiter.matches('\n').count()) as u64;
                }
            }
        }
    }
}

impl TextSourceMapper {
    fn event(&self, text: &str, rows: &mut RowWriter<'_>) {
        let done = match &self.groups {
            None => self.push_pairs(text, rows),
            Some(groups) => self.push_groups(groups, text, rows),
        };
        match done {
            Ok(()) => rows.commit(),
            Err(reason) => rows.reject(reason),
        }
    }

    fn push_pairs(&self, text: &str, rows: &mut RowWriter<'_>) -> Result<(), String> {
        let pairs: Vec<(&str, &str)> = text
            .split(self.pair_delimiter.as_str())
            .filter_map(|pair| pair.split_once(':'))
            .map(|(name, value)| (name.trim(), value.trim()))
            .collect();
        let columns = rows.columns().iter_mut();
        for (column, (name, data_type)) in columns.zip(&self.schema.attributes) {
            let Some((_, value)) = pairs.iter().find(|(known, _)| known == name) else {
                if self.rejects_missing {
                    return Err(format!("{name}: no value"));
                }
                column.push(Value::Null);
                continue;
            };
            let value = if *data_type == DataType::String { unquote(value) } else { value };
            if !push_text(column, value) {
                return Err(no_value(name, value, *data_type));
            }
        }
        Ok(())
    }

    fn push_groups(
        &self,
        groups: &[Option<Group>],
        text: &str,
        rows: &mut RowWriter<'_>,
    ) -> Result<(), String> {
        let columns = rows.columns().iter_mut();
        for ((column, group), (name, data_type)) in columns.zip(groups).zip(&self.schema.attributes)
        {
            let Some(group) = group else {
                column.push(Value::Null);
                continue;
            };
            let captures = group.regex.captures(text);
            match captures.and_then(|captures| captures.get(group.index)) {
                Some(found) if push_text(column, found.as_str()) => {}
                Some(found) => return Err(no_value(name, found.as_str(), *data_type)),
                None if self.rejects_missing => {
                    return Err(format!("{name}: '{}' does not match", group.regex));
                }
                None => {
                    column.push(Value::Null);
                }
            }
        }
        Ok(())
    }
}

/// The text between single or double quotes; a text without them is itself.
fn unquote(text: &str) -> &str {
    let between = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    between('"').or_else(|| between('\'')).unwrap_or(text)
}
