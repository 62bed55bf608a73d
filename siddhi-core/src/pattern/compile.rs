//! From the plan of a pattern to what runs: each filter is cut into what the event alone decides,
//! equalities with earlier events, and the rest.

use siddhi_query::ast::{BinaryOperator, DataType};

use super::arena::Kept;
use super::filter::{Filter, OwnFunction, OwnStep, Rest};
use super::index::PARTS_MAX;
use super::key::KeyPlan;
use super::machine::Links;
use super::plan::{NULLS, PatternPlan, StatePlan, conjunction, conjuncts};
use super::source::{Gather, Source};
use crate::expression::predicate::Predicate;
use crate::expression::program::Program;
use crate::expression::typed::{Expr, ExprKind};
use crate::plan::explain;
use crate::plan::logical::{HandlerPlan, StreamId};

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) states: Vec<State>,
    /// What matches keep of their events.
    pub(super) kept: Vec<Kept>,
    /// What comes out of a match: the columns that the selection reads.
    pub(super) output: Gather,
    /// How many columns the pattern has.
    pub(super) width: usize,
    pub(super) within: Option<u64>,
    /// How each state finds its matches, as lines of text.
    pub(super) lines: Vec<String>,
}

/// A compiled state.
#[derive(Debug)]
pub(super) struct State {
    pub(super) stream: StreamId,
    pub(super) slot: usize,
    pub(super) links: Links,
    /// The names of the attributes of its event.
    pub(super) names: Vec<String>,
    pub(super) filter: Filter,
    /// The key by which its waiting matches are found.
    pub(super) key: Option<KeyPlan>,
}

/// Compiles a pattern of whose columns the selection reads `read`.
pub(super) fn compile(plan: &PatternPlan, read: &[usize], index: bool) -> Shape {
    let mut compiler = Compiler { plan, types: types(plan), kept: Vec::new() };
    let mut lines = Vec::new();
    let states =
        (0..plan.states.len()).filter_map(|slot| compiler.state(slot, index, &mut lines)).collect();
    let mut output = Gather::default();
    let last = plan.states.len().saturating_sub(1);
    for column in read {
        compiler.gather(&mut output, *column, last);
    }
    let kept: Vec<String> = compiler.kept.iter().map(|kept| format!("#{}", kept.column)).collect();
    lines.push(format!("matches keep [{}]", kept.join(", ")));
    Shape {
        states,
        kept: compiler.kept,
        output,
        width: plan.width(),
        within: plan.within.map(|within| u64::try_from(within).unwrap_or_default()),
        lines,
    }
}

fn types(plan: &PatternPlan) -> Vec<DataType> {
    let mut types = NULLS.to_vec();
    for state in &plan.states {
        types.extend(state.attributes.iter().map(|attribute| attribute.data_type));
        types.extend([DataType::Long, DataType::Object]);
    }
    types
}

struct Compiler<'a> {
    plan: &'a PatternPlan,
    /// The types of the pattern's columns.
    types: Vec<DataType>,
    kept: Vec<Kept>,
}

/// The terms of a state's filters by what decides them.
#[derive(Default)]
struct Terms {
    steps: Vec<OwnStep>,
    /// Terms over the event alone since the last step.
    own: Vec<Expr>,
    /// Equal operands: over the event, and over earlier events.
    keys: Vec<(Expr, Expr)>,
    rest: Vec<Expr>,
    /// A term whose evaluation can be noticed has come: it and all behind it keep their order.
    closed: bool,
    own_lines: Vec<String>,
}

impl Terms {
    fn close_own(&mut self) {
        if let Some(condition) = conjunction(std::mem::take(&mut self.own)) {
            self.steps.push(OwnStep::Filter(Predicate::compile(&condition)));
        }
    }
}

impl Compiler<'_> {
    fn state(&mut self, slot: usize, index: bool, lines: &mut Vec<String>) -> Option<State> {
        let plan = self.plan;
        let state = plan.states.get(slot)?;
        let mut terms = Terms::default();
        let mut added = Vec::new();
        for handler in &state.handlers {
            match handler {
                HandlerPlan::Filter(filter) => {
                    for term in conjuncts(&filter.condition) {
                        sort_in(state, term, index, &mut terms);
                    }
                }
                HandlerPlan::Function(function) => {
                    terms.close_own();
                    let arguments = function.arguments.iter().map(|e| own(state, e));
                    let arguments: Vec<Expr> = arguments.collect();
                    let own = OwnFunction::new(function, &arguments, added.len());
                    terms.steps.push(OwnStep::Function(own));
                    added.extend(function.bound.added.iter().map(|(_, data_type)| *data_type));
                }
                // Refused when the pattern is bound.
                HandlerPlan::Processor(_) => {}
            }
        }
        terms.close_own();
        lines.push(explain(slot, &terms));
        let (own_keys, earlier): (Vec<Expr>, Vec<Expr>) = terms.keys.into_iter().unzip();
        let key = (!earlier.is_empty()).then(|| self.key(slot, earlier));
        let rest = conjunction(terms.rest).map(|condition| self.rest(slot, condition));
        Some(State {
            stream: state.stream,
            slot,
            links: Links {
                next: state.next,
                again: state.again,
                head: state.head,
                first: state.first,
                last: state.last,
            },
            names: state.attributes.iter().map(|attribute| attribute.name.clone()).collect(),
            filter: Filter::new(terms.steps, added, &own_keys, rest),
            key,
        })
    }

    fn key(&mut self, slot: usize, earlier: Vec<Expr>) -> KeyPlan {
        let types = earlier.iter().map(|e| e.data_type).collect();
        let mut gather = Gather::default();
        let mut stored = Vec::new();
        let mut expressions = Vec::new();
        for expression in earlier {
            let kept = match expression.kind {
                ExprKind::Column(column) => Some(self.keep(column)),
                _ => None,
            };
            stored.push(kept);
            expressions.push(self.gathered(&mut gather, slot, expression));
        }
        let stored: Option<Vec<usize>> = stored.into_iter().collect();
        KeyPlan { types, stored, gather, program: Program::compile(&expressions) }
    }

    fn rest(&mut self, slot: usize, condition: Expr) -> Rest {
        let mut gather = Gather::default();
        let condition = self.gathered(&mut gather, slot, condition);
        Rest { predicate: Predicate::compile(&condition), gather }
    }

    /// The expression over the columns of a gather instead of those of the pattern.
    fn gathered(&mut self, gather: &mut Gather, slot: usize, mut expression: Expr) -> Expr {
        expression.map_columns(&mut |column| self.gather(gather, column, slot));
        expression
    }

    /// The place of a column in what is gathered while an event is tried in a slot.
    fn gather(&mut self, gather: &mut Gather, column: usize, slot: usize) -> usize {
        let data_type = self.types.get(column).copied().unwrap_or(DataType::Object);
        let source = match self.plan.slot_of(column) {
            None => Source::Null,
            Some(own) if own == slot => self.source(column, own),
            Some(_) => Source::Match(self.keep(column)),
        };
        gather.place(column, data_type, source)
    }

    /// The place of a column among what matches keep.
    fn keep(&mut self, column: usize) -> usize {
        if let Some(place) = self.kept.iter().position(|kept| kept.column == column) {
            return place;
        }
        let slot = self.plan.slot_of(column).unwrap_or_default();
        let data_type = self.types.get(column).copied().unwrap_or(DataType::Object);
        let source = self.source(column, slot);
        self.kept.push(Kept { column, data_type, slot, source });
        self.kept.len() - 1
    }

    /// Where a column of a slot is found in the event of that slot.
    fn source(&self, column: usize, slot: usize) -> Source {
        match self.plan.states.get(slot) {
            Some(state) if column == state.timestamp() => Source::Timestamp,
            Some(state) if column == state.event() => Source::Whole,
            Some(state) => Source::Event(column.saturating_sub(state.base)),
            None => Source::Null,
        }
    }
}

/// Puts a term of a state's filter where it belongs.
fn sort_in(state: &StatePlan, term: &Expr, index: bool, terms: &mut Terms) {
    terms.closed |= !term.pure() || term.fallible();
    if terms.closed {
        terms.rest.push(term.clone());
    } else if reads(term, &|column| is_own(state, column)) {
        terms.own_lines.push(explain::expression(term));
        terms.own.push(own(state, term));
    } else if index
        && terms.keys.len() < PARTS_MAX
        && let Some(key) = equality(state, term)
    {
        terms.keys.push(key);
    } else {
        terms.rest.push(term.clone());
    }
}

/// `own == earlier`, either way round, as the operand over the event and the other one.
fn equality(state: &StatePlan, term: &Expr) -> Option<(Expr, Expr)> {
    let ExprKind::Compare(BinaryOperator::Equal, left, right) = &term.kind else { return None };
    if left.data_type != right.data_type || left.data_type == DataType::Object {
        return None;
    }
    let is_earlier = |column: usize| (NULLS.len()..state.base).contains(&column);
    let over = |e: &Expr, which: &dyn Fn(usize) -> bool| {
        e.any(&mut |e| matches!(e.kind, ExprKind::Column(_))) && reads(e, which)
    };
    for (a, b) in [(left, right), (right, left)] {
        if over(a, &|column| is_own(state, column)) && over(b, &is_earlier) {
            return Some((own(state, a), (**b).clone()));
        }
    }
    None
}

/// Whether an expression reads such columns only.
fn reads(expression: &Expr, which: &dyn Fn(usize) -> bool) -> bool {
    let mut all = true;
    expression.columns(&mut |column| all &= which(column));
    all
}

/// Whether a column is an attribute of the state's own event.
fn is_own(state: &StatePlan, column: usize) -> bool {
    (state.base..state.timestamp()).contains(&column)
}

/// An expression over the event alone, over the event's columns instead of the pattern's.
fn own(state: &StatePlan, expression: &Expr) -> Expr {
    let mut expression = expression.clone();
    expression.map_columns(&mut |column| column.saturating_sub(state.base));
    expression
}

fn explain(slot: usize, terms: &Terms) -> String {
    let mut parts = Vec::new();
    if !terms.own_lines.is_empty() {
        parts.push(format!("whole chunks by {}", terms.own_lines.join(" and ")));
    }
    if terms.keys.is_empty() {
        parts.push("walks its matches".into());
    } else {
        let keys: Vec<String> =
            terms.keys.iter().map(|(_, earlier)| explain::expression(earlier)).collect();
        parts.push(format!("finds its matches by [{}]", keys.join(", ")));
    }
    if !terms.rest.is_empty() {
        let rest: Vec<String> = terms.rest.iter().map(explain::expression).collect();
        parts.push(format!("then {}", rest.join(" and ")));
    }
    format!("slot {slot}: {}", parts.join(", "))
}
