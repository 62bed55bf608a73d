//! On-demand queries.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::output::Target;
use crate::ast::{OnDemandAction, OnDemandFind, OnDemandQuery, Selector};

impl Builder<'_> {
    /// An on-demand query.
    pub(in super::super) fn on_demand(&mut self, node: Node<'_>) -> Option<OnDemandQuery> {
        let span = self.span(&node);
        let mut selector = Selector::default();
        let mut action = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::selector => selector = self.selector(part)?,
                Rule::find => action = Some(self.find(part, &mut selector)?),
                _ => action = Some(self.statement(part)?),
            }
        }
        Some(OnDemandQuery { action: action?, selector, span })
    }

    fn statement(&mut self, node: Node<'_>) -> Option<OnDemandAction> {
        let rule = node.as_rule();
        let Target { source, set, on, .. } = self.target(node)?;
        self.refuse_mark(&source);
        Some(match rule {
            Rule::on_demand_insert => OnDemandAction::Insert(source),
            Rule::on_demand_delete => OnDemandAction::Delete(source, on),
            Rule::on_demand_update => OnDemandAction::Update(source, set, on?),
            _ => OnDemandAction::UpdateOrInsert(source, set, on?),
        })
    }

    fn find(&mut self, node: Node<'_>, selector: &mut Selector) -> Option<OnDemandAction> {
        let mut store = None;
        let mut alias = None;
        let mut on = None;
        let mut within = None;
        let mut per = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => store = Some(self.ident(&part)),
                Rule::find_alias => {
                    let name = part.into_inner().find(|part| part.as_rule() == Rule::name)?;
                    alias = Some(self.ident(&name));
                }
                Rule::expression => on = Some(self.expression(part)?),
                Rule::within_per => (within, per) = self.within_per(part)?,
                Rule::selector => *selector = self.selector(part)?,
                _ => {}
            }
        }
        Some(OnDemandAction::Find(OnDemandFind { store: store?, alias, on, within, per }))
    }
}
