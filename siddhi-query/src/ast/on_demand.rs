//! On-demand queries.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Expression, Ident, Selector, SetItem, Source, Span};

node! {
    /// A query that is run once on a table, window or aggregation.
    pub struct OnDemandQuery {
        /// What it does.
        pub action: OnDemandAction,
        /// The selection; empty when absent.
        pub selector: Selector,
        /// The whole query.
        pub span: Span,
    }

    /// The forms of an on-demand query.
    #[allow(clippy::large_enum_variant, reason = "the tree is built once")]
    pub enum OnDemandAction {
        /// `from S on … within … per …`.
        Find(OnDemandFind),
        /// `select … insert into T`.
        Insert(Source),
        /// `delete T on …`.
        Delete(Source, Option<Expression>),
        /// `update T set … on …`.
        Update(Source, Vec<SetItem>, Expression),
        /// `update or insert into T set … on …`.
        UpdateOrInsert(Source, Vec<SetItem>, Expression),
    }

    /// The input of an on-demand search.
    pub struct OnDemandFind {
        /// The store.
        pub store: Ident,
        /// The alias.
        pub alias: Option<Ident>,
        /// The condition.
        pub on: Option<Expression>,
        /// `within`: one or two expressions.
        pub within: Option<(Expression, Option<Expression>)>,
        /// `per`.
        pub per: Option<Expression>,
    }
}
