//! Sources, sinks and mappers for the Siddhi engine, each behind a cargo feature of its name.
//!
//! | | |
//! |---|---|
//! | sources | `file`, `inMemory` |
//! | sinks | `file`, `inMemory`, `log`, `stdout` |
//! | mappers | `csv`, `json`, `text`, `passThrough` |
//!
//! Options are named and meant as in Siddhi's own extensions; each page of documentation says
//! where we differ.
//!
//! ```
//! use siddhi_core::extension::Registry;
//! let mut registry = Registry::with_builtins();
//! siddhi_extensions::register(&mut registry);
//! assert!(registry.source("file").is_some());
//! ```

use siddhi_core::extension::Registry;

mod environment;

#[cfg(any(feature = "csv", feature = "json", feature = "text"))]
mod convert;
#[cfg(feature = "csv")]
mod csv;
#[cfg(feature = "file")]
mod file;
#[cfg(feature = "inMemory")]
pub mod in_memory;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "log")]
mod log;
#[cfg(feature = "passThrough")]
mod pass_through;
#[cfg(feature = "stdout")]
mod stdout;
#[cfg(test)]
mod testing;
#[cfg(feature = "text")]
mod text;

pub use environment::{Environment, Writer};

/// Adds everything that is built in to a registry, with paths from the working directory and
/// standard output.
pub fn register(registry: &mut Registry) {
    register_with(registry, &Environment::default());
}

/// Adds everything that is built in to a registry, for a program that says where paths begin and
/// output goes.
#[cfg_attr(
    not(any(feature = "file", feature = "inMemory", feature = "stdout")),
    allow(unused_variables, unused_imports, reason = "no connector that is built in needs it")
)]
pub fn register_with(registry: &mut Registry, environment: &Environment) {
    use std::sync::Arc;

    #[cfg(feature = "file")]
    {
        let source = file::FileSourceFactory { environment: environment.clone() };
        registry.register_source(Arc::new(source));
        let sink = file::FileSinkFactory { environment: environment.clone() };
        registry.register_sink(Arc::new(sink));
    }
    #[cfg(feature = "inMemory")]
    {
        let topics = environment.topics.clone();
        registry.register_source(Arc::new(in_memory::InMemorySourceFactory { topics }));
        let topics = environment.topics.clone();
        registry.register_sink(Arc::new(in_memory::InMemorySinkFactory { topics }));
    }
    #[cfg(feature = "log")]
    registry.register_sink(Arc::new(log::LogSinkFactory));
    #[cfg(feature = "stdout")]
    registry
        .register_sink(Arc::new(stdout::StdoutSinkFactory { output: environment.output.clone() }));
    #[cfg(feature = "csv")]
    {
        registry.register_source_mapper(Arc::new(csv::CsvSourceMapperFactory));
        registry.register_sink_mapper(Arc::new(csv::CsvSinkMapperFactory));
    }
    #[cfg(feature = "json")]
    {
        registry.register_source_mapper(Arc::new(json::JsonSourceMapperFactory));
        registry.register_sink_mapper(Arc::new(json::JsonSinkMapperFactory));
    }
    #[cfg(feature = "text")]
    {
        registry.register_source_mapper(Arc::new(text::TextSourceMapperFactory));
        registry.register_sink_mapper(Arc::new(text::TextSinkMapperFactory));
    }
    #[cfg(feature = "passThrough")]
    {
        registry.register_source_mapper(Arc::new(pass_through::PassThroughFactory));
        registry.register_sink_mapper(Arc::new(pass_through::PassThroughFactory));
    }
}
