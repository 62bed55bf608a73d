//! On-demand queries.

use super::expression::clamp;
use super::query::selection;
use super::{List, NOWHERE};
use crate::ast::{
    Constant, Expression, Ident, OnDemandAction, OnDemandFind, OnDemandQuery, OrderBy, SelectItem,
    Selector, SetItem, Variable,
};

impl OnDemandQuery {
    /// A search in a table, a window or an aggregation.
    ///
    /// ```
    /// use siddhi_query::ast::OnDemandQuery;
    /// use siddhi_query::builder::{Operators, attr};
    ///
    /// let query = OnDemandQuery::from("T")
    ///     .on(attr("price").gt(50))
    ///     .select([attr("symbol")])
    ///     .limit(5)
    ///     .build();
    /// assert_eq!(query.to_string(), "from T on price > 50\nselect symbol\nlimit 5");
    /// ```
    pub fn from(store: impl Into<Ident>) -> FindBuilder {
        FindBuilder {
            find: OnDemandFind {
                store: store.into(),
                alias: None,
                on: None,
                within: None,
                per: None,
            },
            selector: Selector::default(),
        }
    }

    /// A selection, made of constants, that is inserted into a table or changes its rows.
    ///
    /// ```
    /// use siddhi_query::ast::OnDemandQuery;
    /// use siddhi_query::builder::Operators;
    /// use siddhi_query::ast::Constant;
    ///
    /// let query = OnDemandQuery::select([Constant::from("IBM").named("symbol")]).insert_into("T");
    /// assert_eq!(query.to_string(), "select 'IBM' as symbol\ninsert into T");
    /// ```
    pub fn select(items: impl List<SelectItem>) -> SelectBuilder {
        SelectBuilder { selector: Selector::default() }.select(items)
    }

    /// Deletes all rows of a table.
    #[must_use]
    pub fn delete(table: impl Into<Ident>) -> Self {
        SelectBuilder::default().delete(table)
    }

    /// Deletes the rows of a table for which the condition holds.
    #[must_use]
    pub fn delete_where(table: impl Into<Ident>, on: impl Into<Expression>) -> Self {
        SelectBuilder::default().delete_where(table, on)
    }

    /// Updates the rows of a table for which the condition holds.
    #[must_use]
    pub fn update(
        table: impl Into<Ident>,
        set: impl List<SetItem>,
        on: impl Into<Expression>,
    ) -> Self {
        SelectBuilder::default().update(table, set, on)
    }
}

/// A search being made.
#[derive(Clone, Debug)]
#[must_use]
pub struct FindBuilder {
    find: OnDemandFind,
    selector: Selector,
}

impl FindBuilder {
    selection!();

    /// Adds the condition.
    pub fn on(mut self, condition: impl Into<Expression>) -> Self {
        self.find.on = Some(condition.into());
        self
    }

    /// Says what part of an aggregation is searched, and its period: `within time per period`.
    pub fn within(mut self, time: impl Into<Expression>, per: impl Into<Expression>) -> Self {
        self.find.within = Some((time.into(), None));
        self.find.per = Some(per.into());
        self
    }

    /// Says what part of an aggregation is searched: `within start, end per period`.
    pub fn within_range(
        mut self,
        (start, end): (impl Into<Expression>, impl Into<Expression>),
        per: impl Into<Expression>,
    ) -> Self {
        self.find.within = Some((start.into(), Some(end.into())));
        self.find.per = Some(per.into());
        self
    }

    /// The query.
    #[must_use]
    pub fn build(self) -> OnDemandQuery {
        query(OnDemandAction::Find(self.find), self.selector)
    }
}

/// A selection, until it is said what happens with it.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SelectBuilder {
    selector: Selector,
}

impl SelectBuilder {
    selection!();

    /// Inserts the selection into a table.
    #[must_use]
    pub fn insert_into(self, table: impl Into<Ident>) -> OnDemandQuery {
        query(OnDemandAction::Insert(table.into().into()), self.selector)
    }

    /// Updates rows with the selection, or inserts it if the condition holds for none.
    #[must_use]
    pub fn update_or_insert(
        self,
        table: impl Into<Ident>,
        set: impl List<SetItem>,
        on: impl Into<Expression>,
    ) -> OnDemandQuery {
        let table = table.into().into();
        let action = OnDemandAction::UpdateOrInsert(table, set.into_list(), on.into());
        query(action, self.selector)
    }

    /// Updates rows with the selection.
    #[must_use]
    pub fn update(
        self,
        table: impl Into<Ident>,
        set: impl List<SetItem>,
        on: impl Into<Expression>,
    ) -> OnDemandQuery {
        let action = OnDemandAction::Update(table.into().into(), set.into_list(), on.into());
        query(action, self.selector)
    }

    /// Deletes all rows.
    #[must_use]
    pub fn delete(self, table: impl Into<Ident>) -> OnDemandQuery {
        query(OnDemandAction::Delete(table.into().into(), None), self.selector)
    }

    /// Deletes the rows for which a condition holds, in which the selection is known.
    #[must_use]
    pub fn delete_where(self, table: impl Into<Ident>, on: impl Into<Expression>) -> OnDemandQuery {
        query(OnDemandAction::Delete(table.into().into(), Some(on.into())), self.selector)
    }
}

fn query(action: OnDemandAction, selector: Selector) -> OnDemandQuery {
    OnDemandQuery { action, selector, span: NOWHERE }
}
