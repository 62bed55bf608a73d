//! From the tree of an expression to the steps of a program.
//!
//! Every value is numbered: an operand of the view, a register, or a constant. Two nodes with the
//! same operation on the same numbers are the same value, so equal parts of expressions are found
//! by comparing one level.

use std::sync::Arc;

use siddhi_query::ast::{BinaryOperator, DataType};

use super::kernels::{
    FromObject, Kernel, Operand, Side, Test, arithmetic, both, choose, compare, compare_test,
    either, is_null, never, not, null_test, timestamps, truth, widen,
};
use super::program::{Call, Layout, Register, Source, Step};
use super::typed::{BoundFunction, Expr, ExprKind};
use crate::event::column::Column;
use crate::event::value::Value;

/// The number of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Column(Operand),
    /// An index into the constants.
    Constant(usize),
}

/// What a register holds, for finding equal values.
#[derive(Debug, PartialEq)]
enum Key {
    Arithmetic(BinaryOperator, DataType, Node, Node),
    Compare(BinaryOperator, DataType, Node, Node),
    And(Operand, Operand),
    Or(Operand, Operand),
    Not(Operand),
    IsNull(Operand),
    Convert(DataType, Operand),
    Choose(DataType, Operand, Operand, Operand),
    Call(String, DataType, Vec<Node>),
    Timestamp,
}

#[derive(Debug)]
struct Constant {
    value: Value,
    data_type: DataType,
    /// The register that it fills, when a kernel needs it as a column.
    register: Option<usize>,
}

/// Collects the steps of expressions.
#[derive(Debug, Default)]
pub(super) struct Compiler {
    steps: Vec<Step>,
    registers: Vec<Register>,
    constants: Vec<Constant>,
    known: Vec<(Key, Operand)>,
    selections: usize,
}

impl Compiler {
    /// The steps since the last call.
    pub(super) fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    /// The steps, and what they need.
    pub(super) fn finish(self) -> (Vec<Step>, Layout) {
        (self.steps, Layout { registers: self.registers, selections: self.selections })
    }

    /// The column where the value of an expression will stand.
    pub(super) fn operand(&mut self, expr: &Expr) -> Operand {
        let node = self.node(expr);
        self.column(node)
    }

    /// The test whether an expression is true; its operands are steps.
    pub(super) fn test(&mut self, expr: &Expr) -> Box<dyn Test> {
        match &expr.kind {
            ExprKind::Compare(operator, left, right) => {
                let nodes = [self.node(left), self.node(right)];
                self.with_sides(nodes, |left_side, right_side| {
                    compare_test(*operator, left.data_type, left_side, right_side)
                })
                .unwrap_or_else(never)
            }
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::IsNull(value) => null_test(self.operand(value), false),
                _ => truth(self.operand(inner), false),
            },
            ExprKind::IsNull(inner) => null_test(self.operand(inner), true),
            ExprKind::Constant(value) if *value != Value::Bool(true) => never(),
            _ => truth(self.operand(expr), true),
        }
    }

    fn node(&mut self, expr: &Expr) -> Node {
        let operand = match &expr.kind {
            ExprKind::Constant(value) => return self.constant(value, expr.data_type),
            ExprKind::Column(index) => Operand::Input(*index),
            ExprKind::Arithmetic(operator, left, right) => {
                let nodes = [self.node(left), self.node(right)];
                self.arithmetic(*operator, expr.data_type, nodes)
            }
            ExprKind::Compare(operator, left, right) => {
                let nodes = [self.node(left), self.node(right)];
                self.compare(*operator, left.data_type, nodes)
            }
            ExprKind::And(left, right) => self.logic(true, left, right),
            ExprKind::Or(left, right) => self.logic(false, left, right),
            ExprKind::Not(inner) => {
                let inner = self.operand(inner);
                self.kernel(Key::Not(inner), DataType::Bool, || not(inner))
            }
            ExprKind::IsNull(inner) => {
                let inner = self.operand(inner);
                self.kernel(Key::IsNull(inner), DataType::Bool, || is_null(inner))
            }
            ExprKind::Convert(inner) => self.convert(inner, expr.data_type),
            ExprKind::IfThenElse(condition, then, otherwise) => {
                self.if_then_else(expr.data_type, condition, then, otherwise)
            }
            ExprKind::Call(call) => self.call(call, expr.data_type),
            ExprKind::EventTimestamp => self.kernel(Key::Timestamp, DataType::Long, timestamps),
            ExprKind::Aggregate(_) => {
                debug_assert!(false, "the planner has put a column in the place of an aggregate");
                return self.constant(&Value::Null, expr.data_type);
            }
        };
        Node::Column(operand)
    }

    fn constant(&mut self, value: &Value, data_type: DataType) -> Node {
        let equal = |constant: &Constant| {
            constant.data_type == data_type && same_bits(&constant.value, value)
        };
        let index = self.constants.iter().position(equal).unwrap_or_else(|| {
            self.constants.push(Constant { value: value.clone(), data_type, register: None });
            self.constants.len() - 1
        });
        Node::Constant(index)
    }

    /// The node as a column; a constant fills a register.
    fn column(&mut self, node: Node) -> Operand {
        let index = match node {
            Node::Column(operand) => return operand,
            Node::Constant(index) => index,
        };
        let register = self.registers.len();
        let Some(constant) = self.constants.get_mut(index) else {
            return Operand::Register(register);
        };
        if let Some(register) = constant.register {
            return Operand::Register(register);
        }
        constant.register = Some(register);
        let column = one_row(constant.data_type, &constant.value);
        self.registers.push(Register { data_type: constant.data_type, constant: Some(column) });
        Operand::Register(register)
    }

    /// Calls `build` with the operands as a kernel takes them: at most one a constant, none null.
    fn with_sides<K>(
        &mut self,
        nodes: [Node; 2],
        build: impl FnOnce(Side<'_>, Side<'_>) -> Option<K>,
    ) -> Option<K> {
        let [left, right] = nodes;
        let constants = [self.plain_constant(left), self.plain_constant(right)];
        match constants {
            [Some(constant), None] => build(Err(&constant), Ok(self.column(right))),
            [None, Some(constant)] => build(Ok(self.column(left)), Err(&constant)),
            _ => build(Ok(self.column(left)), Ok(self.column(right))),
        }
    }

    /// A constant that is not null, as a column of one row.
    fn plain_constant(&self, node: Node) -> Option<Column> {
        let Node::Constant(index) = node else { return None };
        let constant = self.constants.get(index).filter(|constant| !constant.value.is_null())?;
        Some(one_row(constant.data_type, &constant.value))
    }

    fn arithmetic(
        &mut self,
        operator: BinaryOperator,
        data_type: DataType,
        nodes: [Node; 2],
    ) -> Operand {
        let key = Key::Arithmetic(operator, data_type, nodes[0], nodes[1]);
        self.with_key(key, data_type, |compiler| {
            compiler.with_sides(nodes, |a, b| arithmetic(operator, data_type, a, b))
        })
    }

    fn compare(
        &mut self,
        operator: BinaryOperator,
        data_type: DataType,
        nodes: [Node; 2],
    ) -> Operand {
        let key = Key::Compare(operator, data_type, nodes[0], nodes[1]);
        self.with_key(key, DataType::Bool, |compiler| {
            compiler.with_sides(nodes, |a, b| compare(operator, data_type, a, b))
        })
    }

    /// `and` and `or`: when evaluating the right side can be noticed, it is a choice between it and
    /// a constant.
    fn logic(&mut self, and: bool, left: &Expr, right: &Expr) -> Operand {
        if !eager(right) {
            let end = Expr::constant(Value::Bool(!and), DataType::Bool, left.span);
            let (then, otherwise) = if and { (right, &end) } else { (&end, right) };
            return self.if_then_else(DataType::Bool, left, then, otherwise);
        }
        let (left, right) = (self.operand(left), self.operand(right));
        if and {
            self.kernel(Key::And(left, right), DataType::Bool, || both(left, right))
        } else {
            self.kernel(Key::Or(left, right), DataType::Bool, || either(left, right))
        }
    }

    fn if_then_else(
        &mut self,
        data_type: DataType,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
    ) -> Operand {
        let condition = self.operand(condition);
        let then = self.branch(condition, true, then);
        let otherwise = self.branch(condition, false, otherwise);
        let key = Key::Choose(data_type, condition, then, otherwise);
        self.kernel(key, data_type, || choose(data_type, condition, then, otherwise))
    }

    /// One side of a choice, evaluated only where it is chosen when that can be noticed.
    fn branch(&mut self, condition: Operand, holds: bool, side: &Expr) -> Operand {
        if eager(side) {
            return self.operand(side);
        }
        let before = self.take_steps();
        let known = self.known.len();
        let operand = self.operand(side);
        // What was computed here was computed for some of the rows only.
        self.known.truncate(known);
        let steps = std::mem::replace(&mut self.steps, before);
        let rows = self.selections;
        self.selections += 1;
        self.steps.push(Step::Where { test: truth(condition, holds), steps, rows });
        operand
    }

    fn convert(&mut self, inner: &Expr, data_type: DataType) -> Operand {
        let from = self.operand(inner);
        if inner.data_type == data_type {
            return from;
        }
        let key = Key::Convert(data_type, from);
        if inner.data_type != DataType::Object {
            return self.kernel(key, data_type, || widen(from));
        }
        self.known(&key).unwrap_or_else(|| {
            let out = self.register(data_type);
            let arguments = vec![Source::Column(from)];
            let function = Arc::new(FromObject);
            self.steps.push(Step::Call(Call { function, arguments, out }));
            self.remember(key, out)
        })
    }

    fn call(&mut self, call: &BoundFunction, data_type: DataType) -> Operand {
        let nodes: Vec<Node> = call.arguments.iter().map(|argument| self.node(argument)).collect();
        let key = Key::Call(call.name.clone(), data_type, nodes);
        if call.pure
            && let Some(operand) = self.known(&key)
        {
            return operand;
        }
        let Key::Call(_, _, nodes) = &key else { return Operand::Register(0) };
        let source = |node: &Node| match node {
            Node::Column(operand) => Source::Column(*operand),
            Node::Constant(index) => Source::Constant(
                self.constants.get(*index).map_or(Value::Null, |constant| constant.value.clone()),
            ),
        };
        let arguments = nodes.iter().map(source).collect();
        let out = self.register(data_type);
        let function = Arc::clone(&call.function);
        self.steps.push(Step::Call(Call { function, arguments, out }));
        if call.pure { self.remember(key, out) } else { Operand::Register(out) }
    }

    fn kernel(
        &mut self,
        key: Key,
        data_type: DataType,
        build: impl FnOnce() -> Box<dyn Kernel>,
    ) -> Operand {
        self.with_key(key, data_type, |_| Some(build()))
    }

    fn with_key(
        &mut self,
        key: Key,
        data_type: DataType,
        build: impl FnOnce(&mut Self) -> Option<Box<dyn Kernel>>,
    ) -> Operand {
        if let Some(operand) = self.known(&key) {
            return operand;
        }
        let kernel = build(self);
        let out = self.register(data_type);
        debug_assert!(kernel.is_some(), "the binder gives operands of a type that fits");
        if let Some(kernel) = kernel {
            // Copying a text or object counts references up; comparing them reads other memory.
            let dense = !matches!(data_type, DataType::String | DataType::Object)
                && !matches!(key, Key::Compare(_, DataType::String, ..));
            self.steps.push(Step::Kernel { kernel, out, dense });
        }
        self.remember(key, out)
    }

    fn known(&self, key: &Key) -> Option<Operand> {
        self.known.iter().find(|(known, _)| known == key).map(|(_, operand)| *operand)
    }

    fn remember(&mut self, key: Key, register: usize) -> Operand {
        let operand = Operand::Register(register);
        self.known.push((key, operand));
        operand
    }

    fn register(&mut self, data_type: DataType) -> usize {
        self.registers.push(Register { data_type, constant: None });
        self.registers.len() - 1
    }
}

/// Whether nobody can tell that the expression was evaluated for a row that did not need it.
fn eager(expr: &Expr) -> bool {
    !expr.fallible() && !expr.any(&mut |e| matches!(&e.kind, ExprKind::Call(call) if !call.pure))
}

fn one_row(data_type: DataType, value: &Value) -> Column {
    let mut column = Column::new(data_type);
    let fits = column.push(value.clone());
    debug_assert!(fits, "a constant has the type of its expression");
    column
}

/// Equality of constants: 0.0 and -0.0 are two, NaN is one.
fn same_bits(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}
