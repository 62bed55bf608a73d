//! Inputs: one stream with its handlers, and joins.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{Expression, Handler, JoinInput, JoinKind, JoinSide, Side, SingleInput, Span};
use crate::diagnostic::{Code, Diagnostic};

/// `within`, one or two expressions.
pub(super) type Within = (Expression, Option<Expression>);

impl Builder<'_> {
    /// A stream with its handlers; at most one of them is a window.
    pub(super) fn single_input(&mut self, node: Node<'_>) -> Option<SingleInput> {
        let span = self.span(&node);
        let mut source = None;
        let mut handlers = Vec::new();
        let mut window: Option<Span> = None;
        for part in node.into_inner() {
            let part_span = self.span(&part);
            match part.as_rule() {
                Rule::source => source = Some(self.source(part)?),
                Rule::filter => {
                    handlers.push(Handler::Filter(self.expression(part.into_inner().next()?)?));
                }
                Rule::window => {
                    if let Some(first) = window {
                        self.report(
                            Diagnostic::error(
                                Code::MISPLACED_WINDOW,
                                "a stream has one window at most",
                                part_span,
                                "the second window",
                            )
                            .with_secondary(first, "the first window")
                            .with_help("put the second window into a query of its own"),
                        );
                    }
                    window.get_or_insert(part_span);
                    handlers.push(Handler::Window(self.handler_call(part)?));
                }
                Rule::stream_function => handlers.push(Handler::Function(self.handler_call(part)?)),
                _ => {}
            }
        }
        Some(SingleInput { source: source?, handlers, span })
    }

    fn handler_call(&mut self, node: Node<'_>) -> Option<crate::ast::Call> {
        let call = node.into_inner().find(|part| part.as_rule() == Rule::call)?;
        Some(self.call(call)?.0)
    }

    pub(super) fn join(&mut self, node: Node<'_>) -> Option<JoinInput> {
        let span = self.span(&node);
        let mut sides = Vec::new();
        let mut kind = JoinKind::Inner;
        let mut marks = Vec::new();
        let mut on = None;
        let mut within = None;
        let mut per = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::join_side => sides.push(self.join_side(part)?),
                Rule::join_operator => kind = self.join_kind(part),
                Rule::unidirectional => marks.push((sides.len(), self.span(&part))),
                Rule::expression => on = Some(self.expression(part)?),
                Rule::within_per => (within, per) = self.within_per(part)?,
                _ => {}
            }
        }
        if let [(_, first), (_, second)] = marks.as_slice() {
            self.report(
                Diagnostic::error(
                    Code::JOIN_FORM,
                    "both sides of the join are unidirectional",
                    *second,
                    "the second mark",
                )
                .with_secondary(*first, "the first mark")
                .with_help(
                    "mark the side whose events trigger the join; leave both out for either",
                ),
            );
        }
        let side = |&(count, _): &(usize, Span)| if count == 1 { Side::Left } else { Side::Right };
        let unidirectional = marks.first().map(side);
        let mut sides = sides.into_iter();
        let (left, right) = (sides.next()?, sides.next()?);
        Some(JoinInput { left, right, kind, unidirectional, on, within, per, span })
    }

    fn join_side(&mut self, node: Node<'_>) -> Option<JoinSide> {
        let mut input = None;
        let mut alias = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::single_input => input = Some(self.single_input(part)?),
                Rule::name => alias = Some(self.ident(&part)),
                _ => {}
            }
        }
        let input = input?;
        let windows = input.handlers.iter().position(|it| matches!(it, Handler::Window(_)));
        if let Some(index) = windows
            && index + 1 < input.handlers.len()
        {
            self.report(
                Diagnostic::error(
                    Code::MISPLACED_WINDOW,
                    "in a join nothing stands behind the window",
                    input.span,
                    "a filter or function follows the window",
                )
                .with_help("filters and functions of a side stand before its window"),
            );
        }
        Some(JoinSide { input, alias })
    }

    fn join_kind(&mut self, node: Node<'_>) -> JoinKind {
        let span = self.span(&node);
        match node.into_inner().next().map(|part| part.as_rule()) {
            Some(Rule::kw_left) => JoinKind::LeftOuter,
            Some(Rule::kw_right) => JoinKind::RightOuter,
            Some(Rule::kw_full) => JoinKind::FullOuter,
            Some(Rule::kw_outer) => {
                self.report(
                    Diagnostic::error(
                        Code::JOIN_FORM,
                        "an outer join says which side is kept",
                        span,
                        "`left`, `right` or `full` is missing",
                    )
                    .with_suggestion(
                        "keep both sides",
                        span,
                        "full outer join",
                    ),
                );
                JoinKind::FullOuter
            }
            _ => JoinKind::Inner,
        }
    }

    /// `within … per …`.
    pub(super) fn within_per(
        &mut self,
        node: Node<'_>,
    ) -> Option<(Option<Within>, Option<Expression>)> {
        let mut expressions = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Rule::expression) {
            expressions.push(self.expression(part)?);
        }
        let per = expressions.pop()?;
        let second = if expressions.len() > 1 { expressions.pop() } else { None };
        Some((Some((expressions.pop()?, second)), Some(per)))
    }
}
