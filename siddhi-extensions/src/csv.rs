//! The mapper `csv`: events as rows of fields with commas between them.
//!
//! ```sql
//! @source(type = 'file', file.uri = 'stocks.csv', tailing = 'false',
//!         @map(type = 'csv', header = 'true'))
//! define stream Stocks (symbol string, price double, volume long);
//!
//! @sink(type = 'file', file.uri = 'alerts.csv', @map(type = 'csv', header = 'true'))
//! define stream Alerts (symbol string, price double);
//! ```

mod record;
mod sink;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use sink::CsvSinkMapperFactory;
pub(crate) use source::CsvSourceMapperFactory;
