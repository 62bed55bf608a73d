//! Queries and what they select.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Annotation, Expression, Ident, Input, Output, OutputRate, Span, Variable};

node! {
    /// `from … select … output … insert into …`.
    pub struct Query {
        /// The annotations before `from`.
        pub annotations: Vec<Annotation>,
        /// What it reads.
        pub input: Input,
        /// What it selects.
        pub selector: Selector,
        /// The output rate.
        pub rate: Option<OutputRate>,
        /// Where the output goes.
        pub output: Output,
        /// The whole query.
        pub span: Span,
    }

    /// What is selected.
    #[derive(Default)]
    pub struct Selector {
        /// The items; empty for `*` and for an absent `select`.
        pub items: Vec<SelectItem>,
        /// `group by`.
        pub group_by: Vec<Variable>,
        /// `having`.
        pub having: Option<Expression>,
        /// `order by`.
        pub order_by: Vec<OrderBy>,
        /// `limit`: one constant.
        pub limit: Option<Expression>,
        /// `offset`: one constant.
        pub offset: Option<Expression>,
        /// From `select` to the end of its clauses; empty when absent.
        pub span: Span,
    }

    /// `expression as name`.
    pub struct SelectItem {
        /// The expression.
        pub expression: Expression,
        /// The name of the output attribute: of a plain reference its attribute's.
        pub name: Ident,
        /// True when `as` was written.
        pub renamed: bool,
        /// The whole item.
        pub span: Span,
    }

    /// One item of `order by`.
    pub struct OrderBy {
        /// The output attribute.
        pub variable: Variable,
        /// `desc`.
        pub descending: bool,
        /// The whole item.
        pub span: Span,
    }
}
