//! Queries.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{InnerQuery, Input, OutputEvents, Query, Selector};

impl Builder<'_> {
    /// A query with its annotations.
    pub(in super::super) fn query(&mut self, node: Node<'_>) -> Option<Query> {
        let span = self.span(&node);
        let mut annotations = Vec::new();
        let mut input = None;
        let mut selector = Selector::default();
        let mut rate = None;
        let mut output = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::annotation => annotations.push(self.annotation(part)?),
                Rule::selector => selector = self.selector(part)?,
                Rule::output_rate => rate = Some(self.output_rate(part)?),
                Rule::output => output = Some(self.output(part)?),
                Rule::kw_from => {}
                _ => input = Some(self.input(part)?),
            }
        }
        Some(Query { annotations, input: input?, selector, rate, output: output?, span })
    }

    fn input(&mut self, node: Node<'_>) -> Option<Input> {
        Some(match node.as_rule() {
            Rule::single_input => Input::Single(self.single_input(node)?),
            Rule::join_input => Input::Join(Box::new(self.join(node)?)),
            Rule::pattern_input => Input::Pattern(self.pattern(node)?),
            _ => Input::Inner(Box::new(self.inner_query(node)?)),
        })
    }

    /// A query in brackets; brackets around brackets say nothing.
    fn inner_query(&mut self, node: Node<'_>) -> Option<InnerQuery> {
        let span = self.span(&node);
        let inner = node.into_inner().next()?;
        if inner.as_rule() == Rule::inner_query {
            return Some(InnerQuery { span, ..self.inner_query(inner)? });
        }
        let mut input = None;
        let mut selector = Selector::default();
        let mut rate = None;
        let mut events = OutputEvents::Current;
        for part in inner.into_inner() {
            match part.as_rule() {
                Rule::selector => selector = self.selector(part)?,
                Rule::output_rate => rate = Some(self.output_rate(part)?),
                Rule::output_return => events = Self::returned_events(part),
                Rule::kw_from => {}
                _ => input = Some(self.input(part)?),
            }
        }
        Some(InnerQuery { input: input?, selector, rate, events, span })
    }
}
