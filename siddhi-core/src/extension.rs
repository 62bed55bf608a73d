//! What can be added to the language: the traits behind functions, aggregators, windows, stream
//! functions, sources, sinks and mappers, and the registry that the built-ins use like any other.

mod aggregator;
mod function;

pub use aggregator::{Aggregator, AggregatorFactory, BoundAggregator, Leaving};
pub use function::{
    Argument, Arguments, BindError, BoundScalar, CallContext, Callee, Documentation,
    FunctionFactory, ParameterValue, RowFunction, ScalarFunction,
};
