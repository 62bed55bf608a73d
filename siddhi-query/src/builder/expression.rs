//! Expressions: references, calls, constants and operators.

use super::{List, NOWHERE};
use crate::ast::{
    BinaryOperator, Call, Constant, EventIndex, Expression, ExpressionKind, Ident, SelectItem,
    Source, StreamReference, TimeValue, Variable,
};

/// A reference to an attribute of whatever stream has it; [`Variable::of`] says of which.
///
/// ```
/// use siddhi_query::ast::EventIndex;
/// use siddhi_query::builder::{Operators, attr};
///
/// assert_eq!(attr("price").to_string(), "price");
/// assert_eq!(attr("price").of("e1").to_string(), "e1.price");
/// assert_eq!(attr("price").of_event("e1", EventIndex::At(2)).to_string(), "e1[2].price");
/// assert_eq!((attr("a") + 1).gt(attr("b") * 2).to_string(), "a + 1 > b * 2");
/// assert_eq!((!(attr("a") + 1).gt(5)).to_string(), "not (a + 1 > 5)");
/// ```
#[must_use]
pub fn attr(name: impl Into<Ident>) -> Variable {
    Variable { stream: None, index: None, function: None, attribute: name.into(), span: NOWHERE }
}

/// A call of a function, an aggregator, a window or a stream function: `name(arguments)`.
///
/// ```
/// use siddhi_query::ast::Call;
/// use siddhi_query::builder::{attr, call};
///
/// assert_eq!(call("sum", [attr("a")]).to_string(), "sum(a)");
/// assert_eq!(call("sin", [attr("a")]).in_namespace("math").to_string(), "math:sin(a)");
/// assert_eq!(Call::star("count").to_string(), "count(*)");
/// ```
#[must_use]
pub fn call(name: impl Into<Ident>, arguments: impl List<Expression>) -> Call {
    Call {
        namespace: None,
        name: name.into(),
        arguments: arguments.into_list(),
        star: false,
        span: NOWHERE,
    }
}

/// A reference to an event or an input, to ask whether it [is null](Nullable::is_null).
///
/// ```
/// use siddhi_query::builder::{Nullable, event_ref};
///
/// assert_eq!(event_ref("e2").is_null().to_string(), "e2 is null");
/// assert_eq!(event_ref("e2").at(1).is_null().to_string(), "e2[1] is null");
/// ```
#[must_use]
pub fn event_ref(name: impl Into<Source>) -> StreamReference {
    StreamReference { source: name.into(), index: None, span: NOWHERE }
}

impl Variable {
    /// Says which stream, alias or event has the attribute: `stream.name`.
    #[must_use]
    pub fn of(self, stream: impl Into<Source>) -> Self {
        Self { stream: Some(stream.into()), ..self }
    }

    /// Says which of several events of a pattern has the attribute: `stream[index].name`.
    #[must_use]
    pub fn of_event(self, stream: impl Into<Source>, index: EventIndex) -> Self {
        Self { index: Some(index), ..self.of(stream) }
    }
}

impl StreamReference {
    /// The n-th of several events, counted from 0.
    #[must_use]
    pub fn at(self, position: u32) -> Self {
        Self { index: Some(EventIndex::At(clamp(position))), ..self }
    }
}

impl Call {
    /// A call of all attributes, `name(*)`.
    #[must_use]
    pub fn star(name: impl Into<Ident>) -> Self {
        Self { star: true, ..call(name, ()) }
    }

    /// Puts a namespace before the name: `namespace:name(…)`.
    #[must_use]
    pub fn in_namespace(self, namespace: impl Into<Ident>) -> Self {
        Self { namespace: Some(namespace.into()), ..self }
    }
}

/// What can stand before `is null`.
pub trait Nullable {
    /// `self is null`.
    ///
    /// A bare name before `is null` means the event if an input has that name, else the attribute.
    #[must_use]
    #[allow(clippy::wrong_self_convention, reason = "Siddhi's words; it makes a node of `self`")]
    fn is_null(self) -> Expression;
}

impl Nullable for Variable {
    fn is_null(self) -> Expression {
        let kind = match self.stream {
            Some(_) => ExpressionKind::IsNull(Box::new(self.into())),
            // The form in which a bare name is parsed.
            None => ExpressionKind::IsNullStream(event_ref(self.attribute)),
        };
        kind.into()
    }
}

impl Nullable for StreamReference {
    fn is_null(self) -> Expression {
        ExpressionKind::IsNullStream(self).into()
    }
}

impl Nullable for Call {
    fn is_null(self) -> Expression {
        ExpressionKind::IsNull(Box::new(self.into())).into()
    }
}

/// Operators that Rust has no sign for, or whose signs cannot give an expression.
///
/// `+ - * / %` and `!` are Rust's own.
pub trait Operators: Into<Expression> + Sized {
    /// `self operator other`.
    #[must_use]
    fn binary(self, operator: BinaryOperator, other: impl Into<Expression>) -> Expression {
        let (left, right) = (Box::new(self.into()), Box::new(other.into()));
        ExpressionKind::Binary(operator, left, right).into()
    }

    /// `self < other`.
    #[must_use]
    fn lt(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::Less, other)
    }

    /// `self <= other`.
    #[must_use]
    fn le(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::LessOrEqual, other)
    }

    /// `self > other`.
    #[must_use]
    fn gt(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::Greater, other)
    }

    /// `self >= other`.
    #[must_use]
    fn ge(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::GreaterOrEqual, other)
    }

    /// `self == other`; named apart from [`PartialEq::eq`], which compares trees.
    #[must_use]
    fn equals(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::Equal, other)
    }

    /// `self != other`.
    #[must_use]
    fn differs(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::NotEqual, other)
    }

    /// `self and other`.
    #[must_use]
    fn and(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::And, other)
    }

    /// `self or other`.
    #[must_use]
    fn or(self, other: impl Into<Expression>) -> Expression {
        self.binary(BinaryOperator::Or, other)
    }

    /// `self in table`: whether the condition holds for some row.
    #[must_use]
    fn in_table(self, table: impl Into<Ident>) -> Expression {
        ExpressionKind::In(Box::new(self.into()), table.into()).into()
    }

    /// `self as name`, an item of a selection.
    #[must_use]
    fn named(self, name: impl Into<Ident>) -> SelectItem {
        SelectItem { expression: self.into(), name: name.into(), renamed: true, span: NOWHERE }
    }
}

impl Operators for Expression {}
impl Operators for Variable {}
impl Operators for Call {}
impl Operators for Constant {}
impl Operators for TimeValue {}

impl From<ExpressionKind> for Expression {
    fn from(kind: ExpressionKind) -> Self {
        Self { kind, span: NOWHERE }
    }
}

impl From<Variable> for Expression {
    fn from(variable: Variable) -> Self {
        ExpressionKind::Variable(variable).into()
    }
}

impl From<Call> for Expression {
    fn from(call: Call) -> Self {
        ExpressionKind::Call(call).into()
    }
}

impl From<Constant> for Expression {
    fn from(constant: Constant) -> Self {
        ExpressionKind::Constant(constant).into()
    }
}

/// A plain reference selects under its attribute's name.
impl From<Variable> for SelectItem {
    fn from(variable: Variable) -> Self {
        let name = variable.attribute.clone();
        Self { expression: variable.into(), name, renamed: false, span: NOWHERE }
    }
}

macro_rules! constants {
    ($($value:ty => $variant:ident;)*) => {$(
        impl From<$value> for Constant {
            fn from(value: $value) -> Self {
                Self::$variant(value.into())
            }
        }

        impl From<$value> for Expression {
            fn from(value: $value) -> Self {
                Constant::from(value).into()
            }
        }
    )*};
}

constants! {
    bool => Bool;
    i32 => Int;
    i64 => Long;
    f32 => Float;
    f64 => Double;
    &str => String;
    String => String;
    TimeValue => Time;
}

macro_rules! arithmetic {
    ($node:ty: $($operator:ident $method:ident $sign:ident),*) => {
        $(
            impl<Other: Into<Expression>> std::ops::$operator<Other> for $node {
                type Output = Expression;

                fn $method(self, other: Other) -> Expression {
                    self.binary(BinaryOperator::$sign, other)
                }
            }
        )*

        impl std::ops::Not for $node {
            type Output = Expression;

            fn not(self) -> Expression {
                ExpressionKind::Not(Box::new(self.into())).into()
            }
        }
    };
    ($($node:ty),*) => {
        $(arithmetic!($node:
            Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide, Rem rem Modulo);)*
    };
}
arithmetic!(Expression, Variable, Call);

/// The number as the tree holds it; the grammar has 31 bits for it.
pub(super) fn clamp(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
