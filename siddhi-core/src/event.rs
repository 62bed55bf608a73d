//! Values, columns, and the batches and views of them that move through the engine.

pub mod batch;
pub mod column;
pub(crate) mod incoming;
pub mod number;
pub mod store;
pub mod text;
pub mod value;
pub mod view;
