//! The SiddhiQL engine.
pub mod aggregators;
pub mod event;
pub mod expression;
pub mod extension;
pub mod functions;
pub use event::text::Text;
pub use event::value::{Object, Value};
