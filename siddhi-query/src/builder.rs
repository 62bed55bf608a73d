//! Apps and queries made in Rust, without text.
//!
//! What comes out is the tree of [`ast`](crate::ast), as if it had been parsed; its spans are
//! empty. Types keep apart what the grammar keeps apart: a query is none before its output is
//! said, a stream takes one window, a side of a join has nothing behind its window, a pattern has
//! no `every` inside `every`, an expression is selected under a name. What only a look at the
//! whole can tell, such as an attribute's name given twice, is checked with the app, not here.
//!
//! | to build | begin with |
//! |---|---|
//! | an app | [`App::builder`](crate::ast::App::builder) |
//! | a definition | [`StreamDefinition::named`](crate::ast::StreamDefinition::named), [`TriggerDefinition::every`](crate::ast::TriggerDefinition::every), [`FunctionDefinition::new`](crate::ast::FunctionDefinition::new), [`AggregationDefinition::named`](crate::ast::AggregationDefinition::named) |
//! | a query | [`Query::from`](crate::ast::Query::from), with a name, a [`stream`], a [`Join`], a pattern or a [`Sequence`] |
//! | a partition | [`Partition::by`](crate::ast::Partition::by) |
//! | an on-demand query | [`OnDemandQuery::from`](crate::ast::OnDemandQuery::from), [`OnDemandQuery::delete`](crate::ast::OnDemandQuery::delete), … |
//! | an expression | [`attr`], [`call`], a Rust value |
//!
//! # Examples
//!
//! ```
//! use siddhi_query::ast::{App, DataType, Query, StreamDefinition};
//! use siddhi_query::builder::{Operators, attr, call};
//!
//! let trades = StreamDefinition::named("Trades")
//!     .attribute("symbol", DataType::String)
//!     .attribute("price", DataType::Double);
//! let averages = Query::from("Trades")
//!     .info("averages")
//!     .filter(attr("price").gt(50.0))
//!     .window("length", [5])
//!     .select((attr("symbol"), call("avg", [attr("price")]).named("average")))
//!     .group_by([attr("symbol")])
//!     .insert_into("Averages");
//! let app = App::builder().name("Prices").stream(trades).query(averages).build();
//!
//! assert_eq!(
//!     app.to_string(),
//!     "\
//! @app:name('Prices')
//!
//! define stream Trades (symbol string, price double);
//!
//! @info(name='averages')
//! from Trades[price > 50.0]#window.length(5)
//! select symbol, avg(price) as average
//! group by symbol
//! insert into Averages;
//! "
//! );
//! ```

mod annotation;
mod app;
mod definition;
mod expression;
mod join;
mod list;
mod on_demand;
mod partition;
mod pattern;
mod query;
mod stream;
mod time;

pub use app::{AppBuilder, Defined, Empty};
pub use definition::{AggregationBuilder, WithoutAttributes};
pub use expression::{Nullable, Operators, attr, call, event_ref};
pub use join::Join;
pub use list::List;
pub use on_demand::{FindBuilder, SelectBuilder};
pub use partition::{PartitionBuilder, range};
pub use pattern::{
    Absent, Counted, Element, Event, EveryState, HasEvery, NoEvery, Pair, Part, Pattern, Sequence,
    Step, absent, every,
};
pub use query::{IntoInput, QueryBuilder, set};
pub use stream::{HandledWindow, Plain, Stream, Windowed, fault, inner, stream};

use crate::ast::{Ident, Source, Span};

/// The span of everything that was not read from a text.
const NOWHERE: Span = Span { start: 0, end: 0 };

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl From<String> for Ident {
    fn from(name: String) -> Self {
        Self { name, span: NOWHERE }
    }
}

/// A plain stream; for inner and fault streams see [`Source::inner`] and [`Source::fault`].
impl From<&str> for Source {
    fn from(name: &str) -> Self {
        Ident::from(name).into()
    }
}

/// A plain stream; for inner and fault streams see [`Source::inner`] and [`Source::fault`].
impl From<String> for Source {
    fn from(name: String) -> Self {
        Ident::from(name).into()
    }
}

/// A plain stream; for inner and fault streams see [`Source::inner`] and [`Source::fault`].
impl From<Ident> for Source {
    fn from(name: Ident) -> Self {
        Self { name, inner: false, fault: false, span: NOWHERE }
    }
}

impl Source {
    /// The inner stream `#name` of a partition.
    #[must_use]
    pub fn inner(name: impl Into<Ident>) -> Self {
        Self { inner: true, ..Self::from(name.into()) }
    }

    /// The fault stream `!name`.
    #[must_use]
    pub fn fault(name: impl Into<Ident>) -> Self {
        Self { fault: true, ..Self::from(name.into()) }
    }
}
