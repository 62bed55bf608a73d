//! Scalar functions: over columns, or by an adapter over rows.

use std::fmt;
use std::sync::Arc;

use siddhi_pipeline::Random;
use siddhi_query::ast::DataType;

use crate::event::column::Column;
use crate::event::value::Value;
use crate::event::view::Selection;

/// What the binder knows of an argument: its type and, for a constant, its value.
#[derive(Clone, Debug)]
pub struct ParameterValue {
    /// The static type.
    pub data_type: DataType,
    /// The value, when the argument is a literal.
    pub constant: Option<Value>,
    /// The attribute, when the argument is a plain reference to one.
    pub attribute: bool,
}

/// Why a call does not fit what is called.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct BindError {
    /// What is wrong, in one phrase.
    pub message: String,
    /// The argument at fault, from 0; none when the call as a whole is.
    pub argument: Option<usize>,
}

impl BindError {
    /// The call as a whole is wrong.
    pub fn call(message: impl Into<String>) -> Self {
        Self { message: message.into(), argument: None }
    }

    /// One argument is wrong.
    pub fn argument(index: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), argument: Some(index) }
    }
}

/// The page of the manual for an extension.
#[derive(Clone, Copy, Debug)]
pub struct Documentation {
    /// The name in the language.
    pub name: &'static str,
    /// The forms of a call, such as `maximum(x, …)`.
    pub syntax: &'static str,
    /// What it does, in sentences.
    pub description: &'static str,
    /// A query that uses it.
    pub example: &'static str,
}

/// A function that can be called in expressions: checks the arguments of each call.
pub trait FunctionFactory: Send + Sync + fmt::Debug {
    /// The page of the manual; its name is the name in the language.
    fn documentation(&self) -> Documentation;

    /// Checks a call.
    ///
    /// # Errors
    /// When number or types of the arguments do not fit.
    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundScalar, BindError>;
}

/// What a checked call becomes.
#[derive(Clone, Debug)]
pub enum Callee {
    /// A function of the values of the arguments.
    Function(Arc<dyn ScalarFunction>),
    /// The second or third argument, as the first says; only the chosen one is evaluated.
    IfThenElse,
    /// The timestamp of the row.
    EventTimestamp,
}

/// A function bound to the types of a call.
#[derive(Clone, Debug)]
pub struct BoundScalar {
    /// What is called.
    pub callee: Callee,
    /// The type of the result.
    pub return_type: DataType,
    /// Equal arguments give equal results, and nothing else happens.
    pub pure: bool,
    /// The call can fail for a row.
    pub(crate) fallible: bool,
}

impl BoundScalar {
    /// A function that depends on nothing but its arguments.
    ///
    /// Like every function it may fail for a row, see [`CallContext::fail`]: the row is left out,
    /// counted, and handed to the fault stream if there is one.
    pub fn pure(function: impl ScalarFunction + 'static, return_type: DataType) -> Self {
        let callee = Callee::Function(Arc::new(function));
        Self { callee, return_type, pure: true, fallible: true }
    }

    /// A function that gives something new on each call; it may fail for a row, too.
    pub fn impure(function: impl ScalarFunction + 'static, return_type: DataType) -> Self {
        Self { pure: false, ..Self::pure(function, return_type) }
    }

    /// The same call, of which its author promises that it fails for no row and gives values of its
    /// type: there are faster ways to run it, which do not look for failures. Where such a way finds
    /// in the end that one has failed all the same, the app is poisoned: nobody knows what it has
    /// answered.
    #[must_use]
    pub fn never_fails(self) -> Self {
        Self { fallible: false, ..self }
    }
}

/// An argument of a running call.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    /// A value for each row, at the row's place.
    Column(&'a Column),
    /// The same value for all rows.
    Constant(&'a Value),
}

impl Argument<'_> {
    /// The value at a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value {
        match self {
            Self::Column(column) => column.value(row),
            Self::Constant(value) => (*value).clone(),
        }
    }
}

/// The arguments of a running call.
pub type Arguments<'a> = &'a [Argument<'a>];

/// What a running call may ask for, and where it reports rows that fail.
pub struct CallContext<'a> {
    /// The timestamps of the rows, at their places.
    pub timestamps: &'a [i64],
    /// The time of the app in milliseconds; asked only when needed.
    pub now: &'a dyn Fn() -> i64,
    /// The app's seeded randomness, part of its state.
    pub random: &'a mut Random,
    /// The rows that failed, with the reason. Their results mean nothing.
    pub failures: &'a mut Vec<(u32, String)>,
}

impl fmt::Debug for CallContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallContext").field("failures", &self.failures).finish_non_exhaustive()
    }
}

impl CallContext<'_> {
    /// Reports that a row fails.
    pub fn fail(&mut self, row: usize, message: impl Into<String>) {
        self.failures.push((u32::try_from(row).unwrap_or(u32::MAX), message.into()));
    }
}

/// A scalar function over columns.
pub trait ScalarFunction: Send + Sync + fmt::Debug {
    /// Writes the result of each row of `rows` to its place in `out`, which is long enough, has the
    /// type of the result and no nulls at these rows yet.
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        context: &mut CallContext<'_>,
    );
}

/// A scalar function over the values of one row; every row function is a [`ScalarFunction`].
pub trait RowFunction: Send + Sync + fmt::Debug {
    /// The result for one row, in the bound type or one that widens to it (see [`Value::fit`]), or
    /// null. The row fails when it is of another type.
    ///
    /// # Errors
    /// When the row fails; the text says why.
    fn call(&self, arguments: &[Value]) -> Result<Value, String>;
}

impl<T: RowFunction> ScalarFunction for T {
    fn evaluate(
        &self,
        arguments: Arguments<'_>,
        rows: Selection<'_>,
        out: &mut Column,
        context: &mut CallContext<'_>,
    ) {
        let data_type = out.data_type();
        let mut values = Vec::with_capacity(arguments.len());
        for row in rows.iter() {
            values.clear();
            values.extend(arguments.iter().map(|argument| argument.value(row)));
            match self.call(&values) {
                Ok(value) => {
                    let found = value.data_type();
                    match value.fit(data_type) {
                        Some(value) => out.set(row, value),
                        None => context.fail(row, misfit(found, data_type)),
                    }
                }
                Err(message) => context.fail(row, message),
            }
        }
    }
}

fn misfit(found: Option<DataType>, wanted: DataType) -> String {
    let found = found.map_or("null", DataType::as_str);
    format!("the function gave a value of type {found} where one of type {wanted} was promised")
}
