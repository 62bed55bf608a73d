//! Output rates and outputs.

use super::super::grammar::{Node, Rule};
use super::Builder;
use crate::ast::{
    Expression, Output, OutputAction, OutputEvents, OutputRate, RateKind, RateSelection, SetItem,
    Source, Span,
};
use crate::diagnostic::{Code, Diagnostic};

/// The parts of an update, delete or insert.
pub(super) struct Target {
    /// What is written to.
    pub(super) source: Source,
    /// The kinds of events.
    pub(super) events: Option<OutputEvents>,
    /// `set`.
    pub(super) set: Vec<SetItem>,
    /// `on`.
    pub(super) on: Option<Expression>,
}

impl Builder<'_> {
    pub(super) fn output_rate(&mut self, node: Node<'_>) -> Option<OutputRate> {
        let span = self.span(&node);
        let mut selection = RateSelection::All;
        let mut kind = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::rate_selection => selection = rate_selection(Self::token(&part)),
                Rule::snapshot_time => {
                    kind = Some(RateKind::Snapshot(self.time(part.into_inner().next()?)?));
                }
                Rule::time => kind = Some(RateKind::Time(selection, self.time(part)?)),
                Rule::integer => kind = Some(RateKind::Events(selection, self.integer(&part)?)),
                _ => {}
            }
        }
        Some(OutputRate { kind: kind?, span })
    }

    /// `all events`, `expired events`, `current events`, `events`.
    pub(super) fn output_events(node: Node<'_>) -> OutputEvents {
        match node.into_inner().next().map(|part| part.as_rule()) {
            Some(Rule::kw_all) => OutputEvents::All,
            Some(Rule::kw_expired) => OutputEvents::Expired,
            _ => OutputEvents::Current,
        }
    }

    pub(super) fn output(&mut self, node: Node<'_>) -> Option<Output> {
        let span = self.span(&node);
        let form = node.into_inner().next()?;
        let rule = form.as_rule();
        if rule == Rule::output_return {
            let events = Self::returned_events(form);
            return Some(Output { action: OutputAction::Return, events, span });
        }
        let Target { source, events, set, on } = self.target(form)?;
        if rule != Rule::output_insert {
            self.refuse_mark(&source);
        }
        let action = match rule {
            Rule::output_insert => OutputAction::Insert(source),
            Rule::output_delete => OutputAction::Delete(source, on),
            Rule::output_update => OutputAction::Update(source, set, on?),
            _ => OutputAction::UpdateOrInsert(source, set, on?),
        };
        Some(Output { action, events: events.unwrap_or(OutputEvents::Current), span })
    }

    /// The events of `return`.
    pub(super) fn returned_events(node: Node<'_>) -> OutputEvents {
        let events = node.into_inner().find(|part| part.as_rule() == Rule::output_events);
        events.map_or(OutputEvents::Current, Self::output_events)
    }

    /// The target of an output with its clauses.
    pub(super) fn target(&mut self, node: Node<'_>) -> Option<Target> {
        let mut source = None;
        let mut events = None;
        let mut set = Vec::new();
        let mut on = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::source => source = Some(self.source(part)?),
                Rule::output_events => events = Some(Self::output_events(part)),
                Rule::set_clause => set = self.set_clause(part)?,
                Rule::expression => on = Some(self.expression(part)?),
                _ => {}
            }
        }
        Some(Target { source: source?, events, set, on })
    }

    /// Tables and windows bear no mark.
    pub(super) fn refuse_mark(&mut self, source: &Source) {
        if source.inner || source.fault {
            let name_start = source.name.span.start as usize;
            let mark = Span::new(source.span.start as usize, name_start);
            self.report(
                Diagnostic::error(
                    Code::MARKED_NAME,
                    "a table's name has no mark",
                    mark,
                    "only a stream may be marked",
                )
                .with_suggestion("leave the mark out", mark, ""),
            );
        }
    }

    fn set_clause(&mut self, node: Node<'_>) -> Option<Vec<SetItem>> {
        let mut items = Vec::new();
        for part in node.into_inner().filter(|part| part.as_rule() == Rule::set_item) {
            let span = self.span(&part);
            let mut target = None;
            let mut value = None;
            for part in part.into_inner() {
                match part.as_rule() {
                    Rule::variable => target = Some(self.attribute_reference(part)?),
                    Rule::expression => value = Some(self.expression(part)?),
                    _ => {}
                }
            }
            items.push(SetItem { target: target?, value: value?, span });
        }
        Some(items)
    }
}

fn rate_selection(word: &str) -> RateSelection {
    match word.to_ascii_lowercase().as_str() {
        "first" => RateSelection::First,
        "last" => RateSelection::Last,
        _ => RateSelection::All,
    }
}
