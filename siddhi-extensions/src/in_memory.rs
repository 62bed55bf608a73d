//! The source and sink `inMemory`: streams joined within a process, by topic.
//!
//! ```sql
//! @sink(type = 'inMemory', topic = 'alerts/{{airport}}')
//! define stream Alerts (airport string, text string);
//!
//! @source(type = 'inMemory', topic = 'alerts/JFK')
//! define stream AlertsOfKennedy (airport string, text string);
//! ```
//!
//! What is published arrives at once, on the same thread: everything behind the source has been
//! done before the sink's stream goes on. Chunks stay chunks and timestamps are kept.

mod sink;
mod source;
#[cfg(test)]
mod tests;
mod topics;

pub(crate) use sink::InMemorySinkFactory;
pub(crate) use source::InMemorySourceFactory;
pub use topics::{Subscription, Topics};
