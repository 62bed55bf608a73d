//! Everything that can be called by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    AggregatorFactory, FunctionFactory, SinkFactory, SinkMapperFactory, SourceFactory,
    SourceMapperFactory, StreamFunctionFactory, StreamProcessorFactory, WindowFactory,
};

/// Things of one kind by their names in the language, such as `sum` or `str:concat`, in the order
/// of the names.
#[derive(Debug)]
pub(crate) struct Named<T: ?Sized>(BTreeMap<String, Arc<T>>);

impl<T: ?Sized> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: ?Sized> Named<T> {
    /// Adds a thing, in the place of one with the same name.
    pub(crate) fn insert(&mut self, name: &str, thing: Arc<T>) {
        self.0.insert(name.into(), thing);
    }

    /// Takes a thing out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The thing of a name; upper and lower case differ.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<T>> {
        self.0.get(name)
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Arc<T>)> {
        self.0.iter().map(|(name, thing)| (name.as_str(), thing))
    }
}

/// What can be called in the apps of one manager: the built-ins, and what was added.
///
/// Names are those of the language, with a namespace before a colon where there is one, and
/// case-sensitive. What is added under a name that is taken takes its place.
#[derive(Debug, Default)]
pub struct Registry {
    functions: Named<dyn FunctionFactory>,
    aggregators: Named<dyn AggregatorFactory>,
    windows: Named<dyn WindowFactory>,
    stream_functions: Named<dyn StreamFunctionFactory>,
    stream_processors: Named<dyn StreamProcessorFactory>,
    sources: Named<dyn SourceFactory>,
    sinks: Named<dyn SinkFactory>,
    source_mappers: Named<dyn SourceMapperFactory>,
    sink_mappers: Named<dyn SinkMapperFactory>,
}

impl Registry {
    /// A registry with everything that Siddhi has without extensions.
    #[must_use]
    pub fn with_builtins() -> Self {
        let mut registry = Self::default();
        for function in crate::functions::builtins() {
            registry.register_function(function);
        }
        for aggregator in crate::aggregators::builtins() {
            registry.register_aggregator(aggregator);
        }
        for window in crate::windows::builtins() {
            registry.register_window(window);
        }
        for function in crate::stream_functions::builtins() {
            registry.register_stream_function(function);
        }
        for processor in crate::stream_processors::builtins() {
            registry.register_stream_processor(processor);
        }
        registry
    }

    /// Adds a function under the name of its documentation.
    pub fn register_function(&mut self, factory: Arc<dyn FunctionFactory>) {
        self.functions.insert(factory.documentation().name, factory);
    }

    /// Adds an aggregator under the name of its documentation.
    pub fn register_aggregator(&mut self, factory: Arc<dyn AggregatorFactory>) {
        self.aggregators.insert(factory.documentation().name, factory);
    }

    /// Adds a window under the name of its documentation.
    pub fn register_window(&mut self, factory: Arc<dyn WindowFactory>) {
        self.windows.insert(factory.documentation().name, factory);
    }

    /// Adds a stream function under the name of its documentation, in the place of a stream processor
    /// too: both are called in the same way.
    pub fn register_stream_function(&mut self, factory: Arc<dyn StreamFunctionFactory>) {
        self.stream_processors.remove(factory.documentation().name);
        self.stream_functions.insert(factory.documentation().name, factory);
    }

    /// Adds a stream processor under the name of its documentation, in the place of a stream function
    /// too: both are called in the same way.
    pub fn register_stream_processor(&mut self, factory: Arc<dyn StreamProcessorFactory>) {
        self.stream_functions.remove(factory.documentation().name);
        self.stream_processors.insert(factory.documentation().name, factory);
    }

    /// The function of a name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Arc<dyn FunctionFactory>> {
        self.functions.get(name)
    }

    /// The aggregator of a name.
    #[must_use]
    pub fn aggregator(&self, name: &str) -> Option<&Arc<dyn AggregatorFactory>> {
        self.aggregators.get(name)
    }

    /// The window of a name.
    #[must_use]
    pub fn window(&self, name: &str) -> Option<&Arc<dyn WindowFactory>> {
        self.windows.get(name)
    }

    /// The stream function of a name.
    #[must_use]
    pub fn stream_function(&self, name: &str) -> Option<&Arc<dyn StreamFunctionFactory>> {
        self.stream_functions.get(name)
    }

    /// The stream processor of a name.
    #[must_use]
    pub fn stream_processor(&self, name: &str) -> Option<&Arc<dyn StreamProcessorFactory>> {
        self.stream_processors.get(name)
    }

    /// All windows, by name.
    pub fn windows(&self) -> impl Iterator<Item = (&str, &Arc<dyn WindowFactory>)> {
        self.windows.iter()
    }

    /// All stream functions, by name.
    pub fn stream_functions(
        &self,
    ) -> impl Iterator<Item = (&str, &Arc<dyn StreamFunctionFactory>)> {
        self.stream_functions.iter()
    }

    /// All stream processors, by name.
    pub fn stream_processors(
        &self,
    ) -> impl Iterator<Item = (&str, &Arc<dyn StreamProcessorFactory>)> {
        self.stream_processors.iter()
    }

    /// All functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &Arc<dyn FunctionFactory>)> {
        self.functions.iter()
    }

    /// All aggregators, by name.
    pub fn aggregators(&self) -> impl Iterator<Item = (&str, &Arc<dyn AggregatorFactory>)> {
        self.aggregators.iter()
    }

    /// The names that can be called in an expression: functions, then aggregators.
    pub fn callable_names(&self) -> impl Iterator<Item = &str> {
        self.functions().map(|(name, _)| name).chain(self.aggregators().map(|(name, _)| name))
    }

    /// Adds a source under the name of its documentation.
    pub fn register_source(&mut self, factory: Arc<dyn SourceFactory>) {
        self.sources.insert(factory.documentation().name, factory);
    }

    /// Adds a sink under the name of its documentation.
    pub fn register_sink(&mut self, factory: Arc<dyn SinkFactory>) {
        self.sinks.insert(factory.documentation().name, factory);
    }

    /// Adds a source mapper under the name of its documentation.
    pub fn register_source_mapper(&mut self, factory: Arc<dyn SourceMapperFactory>) {
        self.source_mappers.insert(factory.documentation().name, factory);
    }

    /// Adds a sink mapper under the name of its documentation.
    pub fn register_sink_mapper(&mut self, factory: Arc<dyn SinkMapperFactory>) {
        self.sink_mappers.insert(factory.documentation().name, factory);
    }

    /// The source of a `type`.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Arc<dyn SourceFactory>> {
        self.sources.get(name)
    }

    /// The sink of a `type`.
    #[must_use]
    pub fn sink(&self, name: &str) -> Option<&Arc<dyn SinkFactory>> {
        self.sinks.get(name)
    }

    /// The source mapper of a `type`.
    #[must_use]
    pub fn source_mapper(&self, name: &str) -> Option<&Arc<dyn SourceMapperFactory>> {
        self.source_mappers.get(name)
    }

    /// The sink mapper of a `type`.
    #[must_use]
    pub fn sink_mapper(&self, name: &str) -> Option<&Arc<dyn SinkMapperFactory>> {
        self.sink_mappers.get(name)
    }

    /// All sources, by name.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Arc<dyn SourceFactory>)> {
        self.sources.iter()
    }

    /// All sinks, by name.
    pub fn sinks(&self) -> impl Iterator<Item = (&str, &Arc<dyn SinkFactory>)> {
        self.sinks.iter()
    }

    /// All source mappers, by name.
    pub fn source_mappers(&self) -> impl Iterator<Item = (&str, &Arc<dyn SourceMapperFactory>)> {
        self.source_mappers.iter()
    }

    /// All sink mappers, by name.
    pub fn sink_mappers(&self) -> impl Iterator<Item = (&str, &Arc<dyn SinkMapperFactory>)> {
        self.sink_mappers.iter()
    }
}
