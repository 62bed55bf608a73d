//! The SiddhiQL engine: catalogue, planner, optimizer, operators and runtime.
//!
//! An app is a text in SiddhiQL. [`SiddhiManager`] makes an [`App`] of it; events go in through
//! [`InputHandler`]s and come out through callbacks, on the thread that sends them, before the send
//! returns.
//!
//! ```
//! use siddhi_core::{SiddhiManager, Value};
//!
//! let app = SiddhiManager::new().create_app(
//!     "define stream Trades (symbol string, price double);
//!      from Trades#window.length(3) select symbol, avg(price) as mean insert into Means;",
//! )?;
//! app.on_stream("Means", |chunk| {
//!     for row in chunk.rows() {
//!         println!("{}: {:?} {:?}", row.timestamp(), row.text(0), row.double(1));
//!     }
//! })?;
//! app.start()?;
//! app.input("Trades")?.send(1, &[Value::from("IBM"), Value::from(75.5)])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod aggregators;
pub mod event;
pub mod expression;
pub mod extension;
pub mod functions;
pub(crate) mod pattern;
pub(crate) mod plan;
pub(crate) mod rules;
pub(crate) mod runtime;
pub(crate) mod selector;
pub(crate) mod stream_functions;
pub(crate) mod stream_processors;
pub(crate) mod windows;

pub use event::batch::Batch;
pub use event::text::Text;
pub use event::value::{Object, Value};
pub use extension::Registry;
#[doc(hidden)]
pub use plan::rules::Switches;
pub use runtime::app::{Answer, App, StreamInfo};
pub use runtime::callback::{Chunk, QueryOutput, Row};
pub use runtime::counters::ElementCounters;
pub use runtime::error::{AppError, CreateError, SendError};
pub use runtime::findings::Findings;
pub use runtime::input::InputHandler;
pub use runtime::manager::SiddhiManager;
