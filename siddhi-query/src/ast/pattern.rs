//! Patterns and sequences.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Ident, SingleInput, Span, TimeValue};

node! {
    /// A pattern or a sequence.
    pub struct PatternInput {
        /// `->` or `,`.
        pub kind: PatternKind,
        /// The elements.
        pub element: PatternElement,
        /// `within` for the whole.
        pub within: Option<TimeValue>,
        /// The whole input.
        pub span: Span,
    }

    /// An element of a pattern or sequence.
    #[allow(clippy::large_enum_variant, reason = "the tree is built once")]
    pub enum PatternElement {
        /// One event.
        Stream(PatternStream),
        /// No event: `not S for TIME`, or without time inside a logical element.
        Absent(AbsentStream),
        /// `S<least:most>`.
        Count(CountElement),
        /// `A and B`, `A or B`; with one absent part, that part is first.
        Logical(Box<LogicalElement>),
        /// `first -> second` or `first, second`, read from the left.
        Next(Box<PatternElement>, Box<PatternElement>),
        /// `every inner`.
        Every(Box<PatternElement>, Span),
    }

    /// `e = S[…]`.
    pub struct PatternStream {
        /// The name of the event.
        pub reference: Option<Ident>,
        /// The stream with its handlers.
        pub input: SingleInput,
        /// The whole element.
        pub span: Span,
    }

    /// `not S[…] for TIME`.
    pub struct AbsentStream {
        /// The stream with its handlers.
        pub input: SingleInput,
        /// How long it must stay away.
        pub waiting: Option<TimeValue>,
        /// The whole element.
        pub span: Span,
    }

    /// `S<least:most>`.
    pub struct CountElement {
        /// The stream.
        pub stream: PatternStream,
        /// The least number; none for `<:m>`, which means 0.
        pub least: Option<i32>,
        /// The most; none is without limit.
        pub most: Option<i32>,
        /// With the count.
        pub span: Span,
    }

    /// `first and second`, `first or second`.
    pub struct LogicalElement {
        /// `and` or `or`.
        pub kind: LogicalKind,
        /// The first part: the absent one when there is just one.
        pub first: PatternElement,
        /// The second part.
        pub second: PatternElement,
        /// The whole element.
        pub span: Span,
    }
}

words! {
    /// Pattern or sequence.
    PatternKind {
        /// Elements joined by `->`.
        Pattern = "pattern",
        /// Elements joined by `,`.
        Sequence = "sequence",
    }

    /// The two logical elements.
    LogicalKind {
        /// Both.
        And = "and",
        /// One of them.
        Or = "or",
    }
}
