//! The mapper `json`: events as JSON objects.
//!
//! ```sql
//! @source(type = 'file', file.uri = 'stocks.jsonl', tailing = 'false',
//!         @map(type = 'json', enclosing.element = '$.trade',
//!              @attributes(symbol = 'company.symbol', price = 'price')))
//! define stream Stocks (symbol string, price double);
//!
//! @sink(type = 'stdout',
//!       @map(type = 'json', @payload("""{"alert": "{{symbol}} at {{price}}"}""")))
//! define stream Alerts (symbol string, price double);
//! ```

mod path;
mod sink;
mod source;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use sink::JsonSinkMapperFactory;
pub(crate) use source::JsonSourceMapperFactory;
