//! The mapper `text`: events as lines of `attribute:value`, or by regular expressions.
//!
//! ```sql
//! @source(type = 'file', file.uri = 'app.log', mode = 'line',
//!         @map(type = 'text', regex.A = '(\w+) took (\d+) ms',
//!              @attributes(operation = 'A[1]', took_ms = 'A[2]')))
//! define stream Operations (operation string, took_ms int);
//!
//! @sink(type = 'stdout', @map(type = 'text', @payload('{{operation}} is slow')))
//! define stream Slow (operation string);
//! ```

mod sink;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use sink::TextSinkMapperFactory;
pub(crate) use source::TextSourceMapperFactory;

/// What stands between the events of a group unless `delimiter` says otherwise.
const DELIMITER: &str = "~~~~~~~~~~";

/// An option as Siddhi reads it: `\n`, `\r` and `\t` may be written with a backslash.
fn unescape(text: &str) -> String {
    text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")
}
