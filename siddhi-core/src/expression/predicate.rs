//! Conditions as selections: the rows of a view where an expression is true.

use siddhi_query::ast::DataType;

use super::compile::Compiler;
use super::kernels::{Inputs, Row, Test};
use super::program::{Layout, Scratch, Step, exclude};
use super::typed::{Expr, ExprKind};
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::{Selection, View};
use crate::extension::CallContext;

/// A condition, ready to run over views.
///
/// The terms of a conjunction refine the selection one after another, each on the rows that the
/// terms before it have left.
#[derive(Debug)]
pub(crate) struct Predicate {
    terms: Vec<Term>,
    layout: Layout,
    /// It is nothing but tests of columns: nothing is computed before one.
    bare: bool,
}

#[derive(Debug)]
struct Term {
    /// What computes the operands of the test.
    steps: Vec<Step>,
    test: Box<dyn Test>,
}

impl Predicate {
    /// Compiles a condition of type bool.
    pub(crate) fn compile(condition: &Expr) -> Self {
        debug_assert_eq!(condition.data_type, DataType::Bool, "a condition is a truth");
        let mut compiler = Compiler::default();
        let mut terms = Vec::new();
        add_terms(condition, &mut compiler, &mut terms);
        let (_, layout) = compiler.finish();
        let bare = terms.iter().all(|term| term.steps.is_empty()) && layout.registers.is_empty();
        Self { terms, layout, bare }
    }

    /// Columns for this condition to write to.
    pub(crate) fn scratch(&self) -> Scratch {
        self.layout.scratch()
    }

    /// Puts the selected rows of the view for which the condition is true into `out`, in order,
    /// instead of what it held. A row that fails is reported in the context and left out.
    pub(crate) fn select(
        &self,
        view: &View<'_>,
        scratch: &mut Scratch,
        context: &mut CallContext<'_>,
        out: &mut Vec<u32>,
    ) {
        self.layout.fit(view, scratch);
        let mut terms = self.terms.iter();
        match terms.next() {
            None => all(view.selection, out),
            Some(first) => {
                if first.steps.is_empty() {
                    first.test.select(scratch.inputs(view), view.selection, out);
                } else {
                    let failed = context.failures.len();
                    scratch.run(&first.steps, view, view.selection, context);
                    first.test.select(scratch.inputs(view), view.selection, out);
                    exclude(out, context.failures.get(failed..).unwrap_or_default());
                }
            }
        }
        for term in terms {
            if out.is_empty() {
                return;
            }
            let failed = context.failures.len();
            scratch.run(&term.steps, view, Selection::Rows(out), context);
            exclude(out, context.failures.get(failed..).unwrap_or_default());
            term.test.refine(scratch.inputs(view), out);
        }
    }
}

impl Predicate {
    /// Whether [`Predicate::holds`] can answer.
    pub(crate) fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether one row of a view holds, when the condition is nothing but tests of columns; none when
    /// something has to be computed first.
    #[inline]
    pub(crate) fn holds(&self, view: &View<'_>, row: usize) -> Option<bool> {
        self.bare.then(|| self.holds_bare(view, row))
    }

    /// As [`Predicate::holds`], when it can answer.
    #[inline]
    pub(crate) fn holds_bare(&self, view: &View<'_>, row: usize) -> bool {
        self.holds_at(Row::Stored(Inputs { view, registers: &[] }, row))
    }

    /// As [`Predicate::holds_bare`], of an event that stands in no column yet.
    #[inline]
    pub(crate) fn holds_of(&self, event: &Incoming<'_>) -> bool {
        self.holds_at(Row::Incoming(event, &[]))
    }

    #[inline]
    fn holds_at(&self, row: Row<'_>) -> bool {
        match self.terms.as_slice() {
            [only] => only.test.holds(row),
            terms => terms.iter().all(|term| term.test.holds(row)),
        }
    }
}

fn add_terms(condition: &Expr, compiler: &mut Compiler, terms: &mut Vec<Term>) {
    match &condition.kind {
        ExprKind::And(left, right) => {
            add_terms(left, compiler, terms);
            add_terms(right, compiler, terms);
        }
        ExprKind::Constant(Value::Bool(true)) => {}
        _ => {
            let test = compiler.test(condition);
            terms.push(Term { steps: compiler.take_steps(), test });
        }
    }
}

fn all(rows: Selection<'_>, out: &mut Vec<u32>) {
    out.clear();
    match rows {
        Selection::All(count) => out.extend((0_u32..).take(count)),
        Selection::Rows(rows) => out.extend_from_slice(rows),
    }
}
