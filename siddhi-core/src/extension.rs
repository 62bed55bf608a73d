//! What can be added to the language: the traits behind functions, aggregators, windows, stream
//! functions and processors, sources, sinks and mappers, and the registry that the built-ins use like any other.

mod aggregator;
mod contain;
mod function;
mod mapper;
mod options;
mod registry;
mod sink;
mod source;
mod stream_function;
mod stream_processor;
mod template;
mod window;

pub use crate::aggregators::feed::{Feed, Fold, ResetGroups, RowStep};
pub(crate) use contain::{Panicked, ask, catch};

pub use aggregator::{Aggregator, AggregatorFactory, BoundAggregator, Leaving};
pub use function::{
    Argument, Arguments, BindError, BoundScalar, CallContext, Callee, Documentation,
    FunctionFactory, ParameterValue, RowFunction, ScalarFunction,
};
pub use mapper::{
    MapperConfig, Payload, PayloadWriter, Place, Rejection, RowWriter, SinkMapper,
    SinkMapperFactory, SourceMapper, SourceMapperFactory, Unpublished,
};
pub use options::{ConnectorDocumentation, OptionDocumentation, OptionError, Options, Schema};
pub use registry::Registry;
pub use sink::{DynamicOptions, Sink, SinkError, SinkFactory};
pub use source::{
    Buffer, Decoder, Progress, PullSource, PushSource, Source, SourceError, SourceFactory,
    SourceHandler, SourceInput,
};
pub use stream_function::{BoundStreamFunction, StreamFunction, StreamFunctionFactory};
pub use stream_processor::{
    BoundStreamProcessor, ProcessorInput, ProcessorOutput, StreamProcessor, StreamProcessorFactory,
};
pub use template::Template;
pub use window::{BoundWindow, Panes, Window, WindowFactory, WindowPass, WindowStep};
