//! Checked expressions as a flat list of kernels over columns.
//!
//! A program is compiled once and never changes; what it writes to is a [`Scratch`] that keeps its
//! size, so that running allocates nothing. A computed value stands at the place of its row, and a
//! row that is not selected has none.
//!
//! ```text
//! price * 2, price * 2 > 10    becomes    r0 = column 1 * 2      results: r0, r1
//!                                         r1 = r0 > 10
//! ```

use std::sync::Arc;

use siddhi_query::ast::DataType;
use smallvec::SmallVec;

use super::compile::Compiler;
use super::kernels::{Inputs, Kernel, Operand, Row, Test};
use super::typed::Expr;
use crate::event::column::{Column, Values};
use crate::event::incoming::Incoming;
use crate::event::value::Value;
use crate::event::view::{Columns, Selection, View};
use crate::extension::{Argument, CallContext, ScalarFunction};

/// One step of a program: writes one register, or runs other steps on some of the rows.
#[derive(Debug)]
pub(super) enum Step {
    /// A kernel of the engine.
    Kernel {
        kernel: Box<dyn Kernel>,
        /// The register that is written; it reads only registers before it.
        out: usize,
        /// Whether it is cheaper to compute every row than to pick out the selected ones.
        dense: bool,
    },
    /// A function.
    Call(Call),
    /// Steps that run only where a test holds.
    Where {
        test: Box<dyn Test>,
        steps: Vec<Step>,
        /// The scratch selection for these rows.
        rows: usize,
    },
}

/// A call of a function.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: Arc<dyn ScalarFunction>,
    pub(super) arguments: Vec<Source>,
    /// The register that is written; the arguments are before it.
    pub(super) out: usize,
}

/// Where an argument of a call comes from.
#[derive(Debug)]
pub(super) enum Source {
    Column(Operand),
    Constant(Value),
}

/// A register: its type, and the value that fills it when it is a constant.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) data_type: DataType,
    pub(super) constant: Option<Column>,
}

/// What the steps of a program need to run.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) registers: Vec<Register>,
    /// How many selections the conditional steps need.
    pub(super) selections: usize,
}

/// The columns that a program writes.
///
/// They hold what the last run wrote, and keep their size from run to run.
#[derive(Debug)]
pub(crate) struct Scratch {
    registers: Vec<Column>,
    /// The length of the registers.
    rows: usize,
    selections: Vec<Vec<u32>>,
    /// Stands in for a column that is not there, which is an error of the planner.
    absent: Column,
}

impl Layout {
    pub(super) fn scratch(&self) -> Scratch {
        let column = |register: &Register| Column::new(register.data_type);
        Scratch {
            registers: self.registers.iter().map(column).collect(),
            rows: 0,
            selections: vec![Vec::new(); self.selections],
            absent: Column::new(DataType::Object),
        }
    }

    /// Makes the registers long enough for all rows of a view.
    #[inline]
    pub(super) fn fit(&self, view: &View<'_>, scratch: &mut Scratch) {
        let rows = extent(view);
        if scratch.rows < rows {
            self.grow(rows.next_power_of_two(), scratch);
        }
    }

    #[cold]
    fn grow(&self, rows: usize, scratch: &mut Scratch) {
        for (column, register) in scratch.registers.iter_mut().zip(&self.registers) {
            column.resize(rows);
            if let Some(constant) = &register.constant {
                for row in scratch.rows..rows {
                    column.set_from(row, constant, 0);
                }
            }
        }
        scratch.rows = rows;
    }
}

/// The rows that a selection of the view can name.
#[inline]
fn extent(view: &View<'_>) -> usize {
    match view.selection {
        Selection::All(count) => count,
        Selection::Rows(_) => view.timestamps.len(),
    }
}

impl Scratch {
    /// What kernels read.
    pub(super) fn inputs<'a>(&'a self, view: &'a View<'a>) -> Inputs<'a> {
        Inputs { view, registers: &self.registers }
    }

    fn column(&self, register: usize) -> &Column {
        self.registers.get(register).unwrap_or(&self.absent)
    }

    /// Runs steps over rows. Rows that fail are reported, and no later step sees them.
    pub(super) fn run(
        &mut self,
        steps: &[Step],
        view: &View<'_>,
        rows: Selection<'_>,
        context: &mut CallContext<'_>,
    ) {
        if let Some(row) = rows.only_row() {
            return self.run_row(steps, view, row, context);
        }
        // With a quarter of the rows selected, a loop over all of them is the faster one.
        let every = extent(view);
        let dense = if rows.len() * 4 >= every { Selection::All(every) } else { rows };
        for (index, step) in steps.iter().enumerate() {
            if let Step::Kernel { kernel, out, dense: is_dense } = step {
                let (before, after) = self.registers.split_at_mut(*out);
                if let Some(out) = after.first_mut() {
                    out.nulls.clear();
                    let rows = if *is_dense { dense } else { rows };
                    kernel.run(Inputs { view, registers: before }, rows, out);
                }
                // A kernel never fails.
                continue;
            }
            let failed = context.failures.len();
            self.run_other(step, view, rows, context);
            if context.failures.len() > failed {
                let steps = steps.get(index + 1..).unwrap_or_default();
                return self.run_rest(steps, view, rows, failed, context);
            }
        }
    }

    /// Runs steps over one row.
    fn run_row(
        &mut self,
        steps: &[Step],
        view: &View<'_>,
        row: usize,
        context: &mut CallContext<'_>,
    ) {
        for step in steps {
            if let Step::Kernel { kernel, out, .. } = step {
                self.run_kernel(kernel.as_ref(), *out, |registers| {
                    Row::Stored(Inputs { view, registers }, row)
                });
                continue;
            }
            let failed = context.failures.len();
            let only = [u32::try_from(row).unwrap_or(u32::MAX)];
            self.run_other(step, view, Selection::Rows(&only), context);
            if context.failures.len() > failed {
                return;
            }
        }
    }

    /// Runs a kernel over one row, which is made of the registers before its own.
    #[inline]
    fn run_kernel<'a>(
        &'a mut self,
        kernel: &dyn Kernel,
        out: usize,
        row: impl FnOnce(&'a [Column]) -> Row<'a>,
    ) {
        let (before, after) = self.registers.split_at_mut(out);
        if let Some(out) = after.first_mut() {
            out.nulls.clear();
            kernel.run_row(row(before), out);
        }
    }

    /// Runs a step that is no kernel.
    fn run_other(
        &mut self,
        step: &Step,
        view: &View<'_>,
        rows: Selection<'_>,
        context: &mut CallContext<'_>,
    ) {
        match step {
            Step::Kernel { .. } => {}
            Step::Call(call) => self.call(call, view, rows, context),
            Step::Where { test, steps, rows: buffer } => {
                let buffer_of = |all: &mut Vec<Vec<u32>>| all.get_mut(*buffer).map(std::mem::take);
                let mut some = buffer_of(&mut self.selections).unwrap_or_default();
                test.select(self.inputs(view), rows, &mut some);
                self.run(steps, view, Selection::Rows(&some), context);
                if let Some(place) = self.selections.get_mut(*buffer) {
                    *place = some;
                }
            }
        }
    }

    /// Goes on without the rows that have failed since `failed`.
    #[cold]
    fn run_rest(
        &mut self,
        steps: &[Step],
        view: &View<'_>,
        rows: Selection<'_>,
        failed: usize,
        context: &mut CallContext<'_>,
    ) {
        let mut left = Vec::new();
        left.extend(rows.iter().filter_map(|row| u32::try_from(row).ok()));
        exclude(&mut left, context.failures.get(failed..).unwrap_or_default());
        self.run(steps, view, Selection::Rows(&left), context);
    }

    fn call(
        &mut self,
        call: &Call,
        view: &View<'_>,
        rows: Selection<'_>,
        context: &mut CallContext<'_>,
    ) {
        let (before, after) = self.registers.split_at_mut(call.out);
        let Some(out) = after.first_mut() else { return };
        let inputs = Inputs { view, registers: before };
        let absent = &self.absent;
        let arguments: SmallVec<[Argument<'_>; 8]> = call
            .arguments
            .iter()
            .map(|source| match source {
                Source::Column(operand) => {
                    Argument::Column(inputs.column(*operand).unwrap_or(absent))
                }
                Source::Constant(value) => Argument::Constant(value),
            })
            .collect();
        out.nulls.clear();
        call.function.evaluate(&arguments, rows, out, context);
        if out.nulls.any()
            && let Values::Bool(values) = &mut out.values
        {
            // A function whose type is bool never gives null.
            for row in rows.iter().filter(|row| out.nulls.get(*row)) {
                if let Some(value) = values.get_mut(row) {
                    *value = false;
                }
            }
            out.nulls.clear();
        }
    }
}

/// Expressions, ready to run over views.
#[derive(Debug)]
pub(crate) struct Program {
    steps: Vec<Step>,
    layout: Layout,
    results: Vec<Operand>,
    /// No step calls a function or depends on a test.
    kernels_only: bool,
    /// The attributes that are copied of an event that stands in no column, see
    /// [`Program::run_event`].
    copied: Vec<(usize, DataType)>,
    /// As `results`, with the copies instead of the columns of a view.
    event_results: Vec<Operand>,
}

impl Program {
    /// Compiles expressions. Equal ones among them, and equal parts, are computed once.
    pub(crate) fn compile(expressions: &[Expr]) -> Self {
        let mut compiler = Compiler::default();
        let results: Vec<Operand> = expressions.iter().map(|e| compiler.operand(e)).collect();
        let (steps, layout) = compiler.finish();
        let kernels_only = steps.iter().all(|step| matches!(step, Step::Kernel { .. }));
        let mut copied = Vec::new();
        let copies = results.iter().zip(expressions).map(|(result, expression)| match *result {
            Operand::Input(attribute) => {
                copied.push((attribute, expression.data_type));
                Operand::Input(copied.len() - 1)
            }
            register @ Operand::Register(_) => register,
        });
        let event_results = copies.collect();
        Self { steps, layout, results, kernels_only, copied, event_results }
    }

    /// Columns for this program to write to.
    pub(crate) fn scratch(&self) -> Scratch {
        self.layout.scratch()
    }

    /// Whether all results are columns of the view.
    #[inline]
    pub(crate) fn computes_nothing(&self) -> bool {
        self.layout.registers.is_empty()
    }

    /// Computes the expressions for the selected rows of the view. A row that fails is reported in
    /// the context and not evaluated further; its results mean nothing.
    pub(crate) fn run(
        &self,
        view: &View<'_>,
        scratch: &mut Scratch,
        context: &mut CallContext<'_>,
    ) {
        if self.computes_nothing() {
            return;
        }
        self.layout.fit(view, scratch);
        if !self.steps.is_empty() {
            scratch.run(&self.steps, view, view.selection, context);
        }
    }

    /// Whether there are nothing but kernels to run, see [`Program::run_kernels`].
    #[inline]
    pub(crate) fn has_only_kernels(&self) -> bool {
        self.kernels_only
    }

    /// As [`Program::run`] for one row of a view, the only one selected; for programs of nothing but
    /// kernels, which need no context.
    #[inline]
    pub(crate) fn run_kernels(&self, view: &View<'_>, row: usize, scratch: &mut Scratch) {
        debug_assert!(self.kernels_only, "whoever asks has made sure");
        self.layout.fit(view, scratch);
        for step in &self.steps {
            if let Step::Kernel { kernel, out, .. } = step {
                scratch.run_kernel(kernel.as_ref(), *out, |registers| {
                    Row::Stored(Inputs { view, registers }, row)
                });
            }
        }
    }

    /// Columns of one row, for [`Program::run_event`] to copy attributes to.
    pub(crate) fn copies(&self) -> Vec<Column> {
        self.copied.iter().map(|(_, data_type)| Column::of_one_row(*data_type)).collect()
    }

    /// As [`Program::run_kernels`] for an event that stands in no column yet: results that are
    /// attributes are copied, and everything stands at row 0.
    #[inline]
    pub(crate) fn run_event(
        &self,
        event: &Incoming<'_>,
        scratch: &mut Scratch,
        copies: &mut [Column],
    ) {
        debug_assert!(self.kernels_only, "whoever asks has made sure");
        if scratch.rows == 0 {
            self.layout.grow(1, scratch);
        }
        for (copy, (attribute, _)) in copies.iter_mut().zip(&self.copied) {
            copy.set_first(event.values.get(*attribute).unwrap_or(&Value::Null));
        }
        for step in &self.steps {
            if let Step::Kernel { kernel, out, .. } = step {
                scratch
                    .run_kernel(kernel.as_ref(), *out, |registers| Row::Incoming(event, registers));
            }
        }
    }

    /// The values of all expressions after [`Program::run_event`].
    #[inline]
    pub(crate) fn event_results<'a>(
        &'a self,
        copies: &'a Columns<'a>,
        scratch: &'a Scratch,
    ) -> Columns<'a> {
        let sources = &self.event_results;
        Columns::Projected { sources, input: copies, computed: &scratch.registers }
    }

    /// The values of an expression after [`Program::run`] over the same view: the view's own column,
    /// or one of the scratch with the values at the places of their rows.
    #[inline]
    pub(crate) fn result<'a>(
        &self,
        index: usize,
        view: &View<'a>,
        scratch: &'a Scratch,
    ) -> &'a Column {
        match self.results.get(index) {
            Some(Operand::Input(column)) => view.columns.get(*column).unwrap_or(&scratch.absent),
            Some(Operand::Register(register)) => scratch.column(*register),
            None => &scratch.absent,
        }
    }

    /// The values of all expressions after [`Program::run`] over a view with these columns.
    #[inline]
    pub(crate) fn results<'a>(
        &'a self,
        input: &'a Columns<'a>,
        scratch: &'a Scratch,
    ) -> Columns<'a> {
        self.first_results(self.results.len(), input, scratch)
    }

    /// As [`Program::results`], of the first expressions only.
    #[inline]
    pub(crate) fn first_results<'a>(
        &'a self,
        count: usize,
        input: &'a Columns<'a>,
        scratch: &'a Scratch,
    ) -> Columns<'a> {
        let sources = self.results.get(..count).unwrap_or(&self.results);
        Columns::Projected { sources, input, computed: &scratch.registers }
    }
}

/// Takes the rows out that failed.
pub(crate) fn exclude(rows: &mut Vec<u32>, failures: &[(u32, String)]) {
    if failures.is_empty() {
        return;
    }
    let mut failed: Vec<u32> = failures.iter().map(|(row, _)| *row).collect();
    failed.sort_unstable();
    rows.retain(|row| failed.binary_search(row).is_err());
}
