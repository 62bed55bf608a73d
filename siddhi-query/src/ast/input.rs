//! What queries read: single streams, joins, queries.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Call, Expression, Ident, OutputEvents, OutputRate, PatternInput, Selector, Span};

node! {
    /// The input of a query.
    #[allow(clippy::large_enum_variant, reason = "one per query; the tree is built once")]
    pub enum Input {
        /// One stream.
        Single(SingleInput),
        /// A join.
        Join(Box<JoinInput>),
        /// A pattern or sequence.
        Pattern(PatternInput),
        /// `(from … return)`; parses, refused at creation.
        Inner(Box<InnerQuery>),
    }

    /// A query in place of a stream.
    pub struct InnerQuery {
        /// Its input.
        pub input: Input,
        /// Its selection.
        pub selector: Selector,
        /// Its rate.
        pub rate: Option<OutputRate>,
        /// Which events it returns.
        pub events: OutputEvents,
        /// With the brackets.
        pub span: Span,
    }

    /// A stream's name with its mark: none, `#` (inner) or `!` (fault).
    pub struct Source {
        /// The name without mark.
        pub name: Ident,
        /// `#name`.
        pub inner: bool,
        /// `!name`.
        pub fault: bool,
        /// With the mark.
        pub span: Span,
    }

    /// A stream with its handlers.
    pub struct SingleInput {
        /// The stream.
        pub source: Source,
        /// Handlers in order, the window among them.
        pub handlers: Vec<Handler>,
        /// The whole input.
        pub span: Span,
    }

    /// What stands behind a stream's name.
    pub enum Handler {
        /// `[condition]` or `#[condition]`.
        Filter(Expression),
        /// `#function(…)`.
        Function(Call),
        /// `#window.name(…)`; at most one.
        Window(Call),
    }

    /// `left join right on … within … per …`.
    pub struct JoinInput {
        /// The left side.
        pub left: JoinSide,
        /// The right side.
        pub right: JoinSide,
        /// The kind.
        pub kind: JoinKind,
        /// The side marked `unidirectional`: it alone triggers.
        pub unidirectional: Option<Side>,
        /// The condition.
        pub on: Option<Expression>,
        /// `within`: one or two expressions.
        pub within: Option<(Expression, Option<Expression>)>,
        /// `per`.
        pub per: Option<Expression>,
        /// The whole input.
        pub span: Span,
    }

    /// One side of a join.
    pub struct JoinSide {
        /// The stream, table, window or aggregation with its handlers.
        pub input: SingleInput,
        /// The alias.
        pub alias: Option<Ident>,
    }
}

words! {
    /// The kinds of join.
    JoinKind {
        /// `join`.
        Inner = "join",
        /// `left outer join`.
        LeftOuter = "left outer join",
        /// `right outer join`.
        RightOuter = "right outer join",
        /// `full outer join`.
        FullOuter = "full outer join",
    }

    /// A side of a join.
    Side {
        /// The left one.
        Left = "left",
        /// The right one.
        Right = "right",
    }
}
