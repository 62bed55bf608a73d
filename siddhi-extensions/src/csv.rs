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

use siddhi_core::extension::{OptionError, Options};

mod record;
mod sink;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use sink::CsvSinkMapperFactory;
pub(crate) use source::CsvSourceMapperFactory;

/// The character between fields.
fn delimiter(options: &Options) -> Result<u8, OptionError> {
    const OPTION: &str = "delimiter";
    match options.get(OPTION) {
        // Siddhi takes any text.
        Some(text) if !text.is_empty() && text != "\\t" && text.len() > 1 => {
            Err(OptionError::Unsupported {
                feature: "delimiters of csv that are no ASCII character".into(),
                option: OPTION.into(),
            })
        }
        _ => options.character(OPTION, b','),
    }
}
