//! Joins.

use super::{NOWHERE, Plain, Stream, Windowed};
use crate::ast::{Expression, Ident, JoinInput, JoinKind, JoinSide, Side};

/// A join of two inputs.
///
/// ```
/// use siddhi_query::ast::{Query, Side};
/// use siddhi_query::builder::{Operators, attr, stream};
///
/// let trades = stream("Trades").window("length", [5]).named_as("t");
/// let join = trades
///     .left_outer_join(stream("Quotes").window("length", [1]).named_as("q"))
///     .on(attr("symbol").of("t").equals(attr("symbol").of("q")))
///     .unidirectional(Side::Left);
/// let query = Query::from(join).insert_into("O");
/// assert_eq!(
///     query.to_string(),
///     "\
/// from Trades#window.length(5) as t unidirectional
///     left outer join Quotes#window.length(1) as q
///     on t.symbol == q.symbol
/// select *
/// insert into O"
/// );
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Join(JoinInput);

impl JoinSide {
    /// Joins this side with another by a kind given at run time.
    pub fn join_as(self, kind: JoinKind, right: impl Into<Self>) -> Join {
        Join(JoinInput {
            left: self,
            right: right.into(),
            kind,
            unidirectional: None,
            on: None,
            within: None,
            per: None,
            span: NOWHERE,
        })
    }

    /// `self join right`.
    pub fn join(self, right: impl Into<Self>) -> Join {
        self.join_as(JoinKind::Inner, right)
    }

    /// `self left outer join right`.
    pub fn left_outer_join(self, right: impl Into<Self>) -> Join {
        self.join_as(JoinKind::LeftOuter, right)
    }

    /// `self right outer join right`.
    pub fn right_outer_join(self, right: impl Into<Self>) -> Join {
        self.join_as(JoinKind::RightOuter, right)
    }

    /// `self full outer join right`.
    pub fn full_outer_join(self, right: impl Into<Self>) -> Join {
        self.join_as(JoinKind::FullOuter, right)
    }
}

macro_rules! sides {
    ($($state:ty),*) => {$(
        impl Stream<$state> {
            /// Gives an alias, by which the rest of the query knows this side: `self as alias`.
            #[must_use]
            pub fn named_as(self, alias: impl Into<Ident>) -> JoinSide {
                JoinSide { alias: Some(alias.into()), ..self.into() }
            }

            /// `self join right`; for the other kinds see [`JoinSide`].
            pub fn join(self, right: impl Into<JoinSide>) -> Join {
                JoinSide::from(self).join(right)
            }
        }

        impl From<Stream<$state>> for JoinSide {
            fn from(stream: Stream<$state>) -> Self {
                Self { input: stream.into(), alias: None }
            }
        }
    )*};
}
sides!(Plain, Windowed);

/// A stream, table, window or aggregation without handlers.
impl From<&str> for JoinSide {
    fn from(name: &str) -> Self {
        super::stream(name).into()
    }
}

impl Join {
    /// Adds the condition.
    pub fn on(mut self, condition: impl Into<Expression>) -> Self {
        self.0.on = Some(condition.into());
        self
    }

    /// Lets only the events of one side make output.
    pub fn unidirectional(mut self, side: Side) -> Self {
        self.0.unidirectional = Some(side);
        self
    }

    /// Says what part of an aggregation is joined, and its period: `within time per period`.
    pub fn within(mut self, time: impl Into<Expression>, per: impl Into<Expression>) -> Self {
        self.0.within = Some((time.into(), None));
        self.0.per = Some(per.into());
        self
    }

    /// Says what part of an aggregation is joined: `within start, end per period`.
    pub fn within_range(
        mut self,
        (start, end): (impl Into<Expression>, impl Into<Expression>),
        per: impl Into<Expression>,
    ) -> Self {
        self.0.within = Some((start.into(), Some(end.into())));
        self.0.per = Some(per.into());
        self
    }
}

impl From<Join> for JoinInput {
    fn from(join: Join) -> Self {
        join.0
    }
}
