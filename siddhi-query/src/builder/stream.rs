//! Streams with handlers: what queries, joins and patterns read.

use std::marker::PhantomData;

use super::{List, NOWHERE};
use crate::ast::{Call, Expression, Handler, Ident, SingleInput, Source};

/// A stream without window; patterns and aggregations take only such.
#[derive(Clone, Copy, Debug)]
pub enum Plain {}

/// A stream with a window and nothing behind it.
#[derive(Clone, Copy, Debug)]
pub enum Windowed {}

/// A stream with handlers behind its window; no side of a join.
#[derive(Clone, Copy, Debug)]
pub enum HandledWindow {}

/// A stream with its handlers, in the order in which events pass them.
#[derive(Clone, Debug)]
#[must_use]
pub struct Stream<State> {
    input: SingleInput,
    state: PhantomData<State>,
}

/// A stream, table, window or aggregation to read from.
///
/// ```
/// use siddhi_query::builder::{Operators, attr, stream};
/// use siddhi_query::ast::SingleInput;
///
/// let input: SingleInput = stream("S").filter(attr("a").gt(5)).window("length", [10]).into();
/// assert_eq!(input.to_string(), "S[a > 5]#window.length(10)");
/// ```
///
/// A stream has at most one window:
///
/// ```compile_fail
/// # use siddhi_query::builder::stream;
/// stream("S").window("length", [1]).window("length", [2]);
/// ```
pub fn stream(source: impl Into<Source>) -> Stream<Plain> {
    let input = SingleInput { source: source.into(), handlers: Vec::new(), span: NOWHERE };
    Stream { input, state: PhantomData }
}

/// The inner stream `#name` of a partition, to read from.
pub fn inner(name: impl Into<Ident>) -> Stream<Plain> {
    stream(Source::inner(name))
}

/// The fault stream `!name`, to read from.
pub fn fault(name: impl Into<Ident>) -> Stream<Plain> {
    stream(Source::fault(name))
}

impl<State> Stream<State> {
    fn handler<Next>(mut self, handler: Handler) -> Stream<Next> {
        self.input.handlers.push(handler);
        Stream { input: self.input, state: PhantomData }
    }
}

impl Stream<Plain> {
    /// Lets pass only what fulfils the condition: `[condition]`.
    pub fn filter(self, condition: impl Into<Expression>) -> Self {
        self.handler(Handler::Filter(condition.into()))
    }

    /// Applies a stream function: `#function(…)`.
    pub fn function(self, function: Call) -> Self {
        self.handler(Handler::Function(function))
    }

    /// Adds the window: `#window.name(arguments)`.
    pub fn window(
        self,
        name: impl Into<Ident>,
        arguments: impl List<Expression>,
    ) -> Stream<Windowed> {
        self.window_call(super::call(name, arguments))
    }

    /// Adds a window given as a call, as one with a namespace is.
    pub fn window_call(self, window: Call) -> Stream<Windowed> {
        self.handler(Handler::Window(window))
    }
}

macro_rules! behind_window {
    ($($state:ty),*) => {$(
        impl Stream<$state> {
            /// Lets pass only what fulfils the condition, of what comes out of the window.
            pub fn filter(self, condition: impl Into<Expression>) -> Stream<HandledWindow> {
                self.handler(Handler::Filter(condition.into()))
            }

            /// Applies a stream function to what comes out of the window.
            pub fn function(self, function: Call) -> Stream<HandledWindow> {
                self.handler(Handler::Function(function))
            }
        }
    )*};
}
behind_window!(Windowed, HandledWindow);

impl From<&str> for Stream<Plain> {
    fn from(name: &str) -> Self {
        stream(name)
    }
}

impl From<Source> for Stream<Plain> {
    fn from(source: Source) -> Self {
        stream(source)
    }
}

impl<State> From<Stream<State>> for SingleInput {
    fn from(stream: Stream<State>) -> Self {
        stream.input
    }
}
