//! Expressions, calls and references.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Constant, Ident, Source, Span};

node! {
    /// An expression and its place.
    pub struct Expression {
        /// What it is.
        pub kind: ExpressionKind,
        /// The whole expression, without brackets around it.
        pub span: Span,
    }

    /// The forms of an expression.
    pub enum ExpressionKind {
        /// A constant.
        Constant(Constant),
        /// A reference to an attribute.
        Variable(Variable),
        /// A call of a function or aggregator.
        Call(Call),
        /// `left op right`.
        Binary(BinaryOperator, Box<Expression>, Box<Expression>),
        /// `not x`.
        Not(Box<Expression>),
        /// `x is null` where x is an attribute or call.
        IsNull(Box<Expression>),
        /// `e is null` where e may be an event: the binder decides by the inputs it knows.
        ///
        /// The parser cannot know whether `x` is an input or an attribute, so every bare `x`,
        /// `x[i]`, `#x`, `!x` before `is null` comes in this form.
        IsNullStream(StreamReference),
        /// `x in T`.
        In(Box<Expression>, Ident),
    }

    /// A call: of a function, an aggregator, a window, a stream function.
    pub struct Call {
        /// The namespace before the colon.
        pub namespace: Option<Ident>,
        /// The name.
        pub name: Ident,
        /// The arguments; empty when `star`.
        pub arguments: Vec<Expression>,
        /// `f(*)`.
        pub star: bool,
        /// The whole call.
        pub span: Span,
    }

    /// `x`, `x[i]`, `#x`, `!x` before `is null`.
    pub struct StreamReference {
        /// The name with its mark.
        pub source: Source,
        /// The index.
        pub index: Option<EventIndex>,
        /// The whole reference.
        pub span: Span,
    }

    /// A reference to an attribute.
    pub struct Variable {
        /// The stream, alias or event; none for a bare attribute.
        pub stream: Option<Source>,
        /// The index behind the stream.
        pub index: Option<EventIndex>,
        /// `#name[index]` behind the stream; parsed, of no use.
        pub function: Option<(Ident, Option<EventIndex>)>,
        /// The attribute.
        pub attribute: Ident,
        /// The whole reference.
        pub span: Span,
    }
}

words! {
    /// The binary operators.
    BinaryOperator {
        /// `*`.
        Multiply = "*",
        /// `/`.
        Divide = "/",
        /// `%`.
        Modulo = "%",
        /// `+`.
        Add = "+",
        /// `-`.
        Subtract = "-",
        /// `<`.
        Less = "<",
        /// `<=`.
        LessOrEqual = "<=",
        /// `>`.
        Greater = ">",
        /// `>=`.
        GreaterOrEqual = ">=",
        /// `==`.
        Equal = "==",
        /// `!=`.
        NotEqual = "!=",
        /// `and`.
        And = "and",
        /// `or`.
        Or = "or",
    }
}

/// Which event of a counted element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub enum EventIndex {
    /// `[n]`, from 0.
    At(i32),
    /// `[last - n]`; 0 is the last.
    FromLast(i32),
}
