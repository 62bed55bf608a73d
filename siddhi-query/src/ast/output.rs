//! Output rates, and where output goes.

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use super::{Expression, Source, Span, TimeValue, Variable};

node! {
    /// `output … every …`.
    pub struct OutputRate {
        /// What is put out, and when.
        pub kind: RateKind,
        /// The whole clause.
        pub span: Span,
    }

    /// The forms of an output rate.
    pub enum RateKind {
        /// `every N events`.
        Events(RateSelection, i32),
        /// `every TIME`.
        Time(RateSelection, TimeValue),
        /// `snapshot every TIME`.
        Snapshot(TimeValue),
    }

    /// Where a query's output goes.
    pub struct Output {
        /// The action.
        pub action: OutputAction,
        /// The kinds of events; current when not written.
        pub events: OutputEvents,
        /// The whole clause.
        pub span: Span,
    }

    /// What happens with the output.
    pub enum OutputAction {
        /// `insert into`.
        Insert(Source),
        /// `delete T on …`.
        Delete(Source, Option<Expression>),
        /// `update T set … on …`.
        Update(Source, Vec<SetItem>, Expression),
        /// `update or insert into T set … on …`.
        UpdateOrInsert(Source, Vec<SetItem>, Expression),
        /// `return`.
        Return,
    }

    /// `T.a = expression` of a `set` clause.
    pub struct SetItem {
        /// The attribute of the table.
        pub target: Variable,
        /// The new value.
        pub value: Expression,
        /// The whole item.
        pub span: Span,
    }
}

words! {
    /// Kinds of events that a query puts out or a named window shows.
    OutputEvents {
        /// `current events`.
        Current = "current events",
        /// `expired events`.
        Expired = "expired events",
        /// `all events`.
        All = "all events",
    }

    /// Which rows an output rate passes.
    RateSelection {
        /// All of them, together.
        All = "all",
        /// The first.
        First = "first",
        /// The last.
        Last = "last",
    }
}
