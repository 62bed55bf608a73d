//! The source and sink `file`: events from files, directories and standard input, and into files.
//!
//! ```sql
//! @source(type = 'file', file.uri = 'departures.csv', tailing = 'false', event.time = 'time',
//!         @map(type = 'csv', header = 'true', fail.on.unknown.attribute = 'false'))
//! define stream Departures (time long, carrier string, delay int);
//!
//! @sink(type = 'file', file.uri = 'late-{{carrier}}.jsonl', @map(type = 'json'))
//! define stream Late (carrier string, delay int);
//! ```
//!
//! Unlike siddhi-io-file, a file that has been read is kept unless `action.after.process` says
//! otherwise.

mod config;
mod cut;
mod open;
mod sink;
mod source;
#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests read and write files")]
mod tests;

pub(crate) use sink::FileSinkFactory;
pub(crate) use source::FileSourceFactory;
