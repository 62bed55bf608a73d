//! Patterns: chains of elements that events complete one after the other.
//!
//! A pattern is a row of *states*, one for each element. A *match* is what has come together so far;
//! it stands in the lists of the state that it waits for. What an event does is decided event by
//! event, exactly as Siddhi decides it; how the matches are found is not: conditions on the event
//! alone run over whole chunks, equalities with earlier events find their matches by hash.
//!
//! ```text
//! plan      states with their links, as the binder leaves them
//! compile   each state's filter cut into what the event alone decides, equalities, and the rest
//! machine   the matches, the lists they stand in, and what an event does to them
//! expiry    which matches `within` ends, and when that has to be looked at
//! starts    matches by when they began, for lists that are in another order
//! pass      a chunk taken through the machine, results put out
//! operator  the whole of it, as the runtime sees it
//! ```

pub(crate) mod binder;
pub(crate) mod operator;
pub(crate) mod plan;
pub(crate) mod scope;

mod arena;
mod compile;
mod expiry;
mod filter;
mod index;
mod key;
mod list;
mod machine;
mod output;
mod pass;
mod snapshot;
mod source;
mod starts;
#[cfg(test)]
mod tests;
