//! Cutting text into records and fields, as RFC 4180 says.

use std::borrow::Cow;

/// A record, cut from the front of a text.
#[derive(Debug, PartialEq)]
pub(crate) enum Record {
    /// `fields` has the fields.
    Fields {
        /// Bytes of the record, its line end included.
        length: usize,
    },
    /// Not a record, and why; the text goes on behind the line.
    Bad {
        /// Bytes up to the end of the line.
        length: usize,
        /// Why, in one phrase.
        reason: &'static str,
    },
}

/// Cuts the next record from the front of a text, which is not empty.
pub(crate) fn next_record<'a>(
    text: &'a [u8],
    delimiter: u8,
    fields: &mut Vec<Cow<'a, [u8]>>,
) -> Record {
    fields.clear();
    let line = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let whole_line = text.get(..line).unwrap_or_default();
    if !whole_line.contains(&b'"') {
        let trimmed = whole_line.strip_suffix(b"\r").unwrap_or(whole_line);
        fields.extend(trimmed.split(|byte| *byte == delimiter).map(Cow::Borrowed));
        return Record::Fields { length: (line + 1).min(text.len()) };
    }
    quoted_record(text, delimiter, fields).unwrap_or_else(|reason| {
        fields.clear();
        Record::Bad { length: (line + 1).min(text.len()), reason }
    })
}

const NOT_CLOSED: &str = "a quote is not closed";

fn quoted_record<'a>(
    text: &'a [u8],
    delimiter: u8,
    fields: &mut Vec<Cow<'a, [u8]>>,
) -> Result<Record, &'static str> {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let (field, length) = if rest.first() == Some(&b'"') {
            quoted_field(rest)?
        } else {
            let end = rest.iter().position(|byte| *byte == delimiter || *byte == b'\n');
            let end = end.unwrap_or(rest.len());
            (Cow::Borrowed(rest.get(..end).unwrap_or_default()), end)
        };
        at += length;
        match text.get(at) {
            Some(byte) if *byte == delimiter => {
                fields.push(field);
                at += 1;
            }
            Some(b'\r') if text.get(at + 1) == Some(&b'\n') => {
                fields.push(field);
                return Ok(Record::Fields { length: at + 2 });
            }
            Some(b'\n') | None => {
                // The carriage return of an unquoted last field belongs to the line end.
                fields.push(match field {
                    Cow::Borrowed(bytes) if rest.first() != Some(&b'"') => {
                        Cow::Borrowed(bytes.strip_suffix(b"\r").unwrap_or(bytes))
                    }
                    field => field,
                });
                return Ok(Record::Fields { length: (at + 1).min(text.len()) });
            }
            Some(b'\r') if at + 1 == text.len() => {
                fields.push(field);
                return Ok(Record::Fields { length: text.len() });
            }
            Some(_) => return Err("there is text behind a closing quote"),
        }
    }
}

/// The value of a quoted field at the front of a text, and its length with the quotes.
fn quoted_field(text: &[u8]) -> Result<(Cow<'_, [u8]>, usize), &'static str> {
    let mut owned: Option<Vec<u8>> = None;
    let mut from = 1;
    loop {
        let rest = text.get(from..).unwrap_or_default();
        let Some(quote) = rest.iter().position(|byte| *byte == b'"') else {
            return Err(NOT_CLOSED);
        };
        let piece = rest.get(..quote).unwrap_or_default();
        let behind = from + quote + 1;
        if text.get(behind) == Some(&b'"') {
            let value = owned.get_or_insert_default();
            value.extend_from_slice(piece);
            value.push(b'"');
            from = behind + 1;
            continue;
        }
        return Ok(match owned {
            None => (Cow::Borrowed(piece), behind),
            Some(mut value) => {
                value.extend_from_slice(piece);
                (Cow::Owned(value), behind)
            }
        });
    }
}

/// Whether a text ends outside of quotes: it does not when a quoted field holds a line end and the
/// text was cut there.
pub(crate) fn is_complete(text: &[u8], delimiter: u8) -> bool {
    if !text.contains(&b'"') {
        return true;
    }
    let mut fields = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        match next_record(rest, delimiter, &mut fields) {
            Record::Fields { length } => rest = rest.get(length..).unwrap_or_default(),
            Record::Bad { reason, .. } => return reason != NOT_CLOSED,
        }
    }
    true
}

/// The length of the first record of a text; None when it ends within quotes.
pub(crate) fn record_length(text: &[u8], delimiter: u8) -> Option<usize> {
    match next_record(text, delimiter, &mut Vec::new()) {
        Record::Bad { reason: NOT_CLOSED, .. } => None,
        Record::Fields { length } | Record::Bad { length, .. } => Some(length),
    }
}

/// Appends a field, in quotes when it could not be read back without.
pub(crate) fn write_field(out: &mut Vec<u8>, field: &str, delimiter: u8) {
    let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == delimiter;
    if !field.as_bytes().iter().any(special) {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(b'"');
    for piece in field.split_inclusive('"') {
        out.extend_from_slice(piece.as_bytes());
        if piece.ends_with('"') {
            out.push(b'"');
        }
    }
    out.push(b'"');
}
