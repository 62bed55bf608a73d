//! References to attributes, streams and calls, and their null checks.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{
    EventIndex, Expression, ExpressionKind, Ident, Source, Span, StreamReference, Variable,
};
use crate::diagnostic::{Code, Diagnostic};

/// A reference as written: with or without an attribute at its end.
struct Path {
    source: Source,
    index: Option<EventIndex>,
    function: Option<(Ident, Option<EventIndex>)>,
    attribute: Option<Ident>,
    span: Span,
}

impl Builder<'_> {
    /// A call or a reference, with `is null` or without, and its height.
    pub(super) fn reference(&mut self, node: Node<'_>) -> Option<(ExpressionKind, usize)> {
        let mut parts = node.into_inner();
        let first = parts.next()?;
        let is_null = parts.any(|part| part.as_rule() == Rule::is_null);
        if first.as_rule() == Rule::call {
            let span = self.span(&first);
            let (call, height) = self.call(first)?;
            let kind = ExpressionKind::Call(call);
            return Some(if is_null {
                (null_check(kind, span), height + 1)
            } else {
                (kind, height)
            });
        }
        let path = self.path(first)?;
        if is_null && path.attribute.is_none() && path.function.is_none() {
            let Path { source, index, span, .. } = path;
            return Some((
                ExpressionKind::IsNullStream(StreamReference { source, index, span }),
                0,
            ));
        }
        let span = path.span;
        let kind = ExpressionKind::Variable(self.variable(path)?);
        Some(if is_null { (null_check(kind, span), 1) } else { (kind, 0) })
    }

    /// A reference to an attribute, where nothing else may stand.
    pub(super) fn attribute_reference(&mut self, node: Node<'_>) -> Option<Variable> {
        let path = self.path(node)?;
        self.variable(path)
    }

    fn path(&mut self, node: Node<'_>) -> Option<Path> {
        let span = self.span(&node);
        let mut mark = None;
        let mut name = None;
        let mut index = None;
        let mut function = None;
        let mut attribute = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::mark => mark = Some((Self::token(&part) == "#", self.span(&part))),
                Rule::name => name = Some(self.ident(&part)),
                Rule::event_index => index = Some(self.event_index(part)?),
                Rule::function_path => function = Some(self.function_path(part)?),
                Rule::attribute_name => attribute = Some(self.ident(&part)),
                _ => {}
            }
        }
        let name = name?;
        let source_span = mark.map_or(name.span, |(_, mark)| mark.to(name.span));
        let inner = mark.is_some_and(|(inner, _)| inner);
        let fault = mark.is_some_and(|(inner, _)| !inner);
        let source = Source { name, inner, fault, span: source_span };
        Some(Path { source, index, function, attribute, span })
    }

    fn variable(&mut self, path: Path) -> Option<Variable> {
        let Path { source, index, function, attribute, span } = path;
        let Some(attribute) = attribute else {
            if source.inner || source.fault || index.is_some() || function.is_some() {
                self.report(missing_attribute(&source, span));
                return None;
            }
            let attribute = source.name;
            return Some(Variable { stream: None, index: None, function: None, attribute, span });
        };
        Some(Variable { stream: Some(source), index, function, attribute, span })
    }

    fn function_path(&mut self, node: Node<'_>) -> Option<(Ident, Option<EventIndex>)> {
        let mut name = None;
        let mut index = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.ident(&part)),
                Rule::event_index => index = Some(self.event_index(part)?),
                _ => {}
            }
        }
        Some((name?, index))
    }

    fn event_index(&mut self, node: Node<'_>) -> Option<EventIndex> {
        let mut last = false;
        let mut number = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::index_last => last = true,
                Rule::integer => number = Some(self.integer(&part)?),
                _ => {}
            }
        }
        if last {
            Some(EventIndex::FromLast(number.unwrap_or(0)))
        } else {
            number.map(EventIndex::At)
        }
    }
}

fn missing_attribute(source: &Source, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::MISSING_ATTRIBUTE,
        "the reference stops before the attribute",
        span,
        "which attribute of it?",
    );
    if source.fault {
        let mark = Span::new(span.start as usize, source.name.span.start as usize);
        return diagnostic
            .with_note("`!` marks a fault stream; the negation is `not`")
            .with_suggestion("write `not`", mark, "not ");
    }
    diagnostic.with_help(
        "an attribute follows a point: `e1[0].price`; only `is null` asks for the event itself",
    )
}

fn null_check(kind: ExpressionKind, span: Span) -> ExpressionKind {
    ExpressionKind::IsNull(Box::new(Expression { kind, span }))
}
