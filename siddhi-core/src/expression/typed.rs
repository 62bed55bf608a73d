//! Expressions after type checking: every node knows its type, every name its column.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siddhi_query::ast::{BinaryOperator, DataType, Span};

use crate::event::value::Value;
use crate::extension::{BoundAggregator, ScalarFunction};

/// An expression whose names are resolved and whose types are checked.
///
/// Columns are numbers into whatever the expression is evaluated over: the attributes of a stream
/// with those that stream functions added, the captured events of a pattern, the output of a
/// selection. The expression does not know which.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value.
    pub data_type: DataType,
    /// Where it stands in the text.
    pub span: Span,
}

/// The forms of a checked expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A constant of the expression's type, or null.
    Constant(Value),
    /// The value of a column.
    Column(usize),
    /// `*`, `/`, `%`, `+`, `-` of two operands of the expression's type (conversions are explicit).
    Arithmetic(BinaryOperator, Box<Expr>, Box<Expr>),
    /// A comparison of two operands of one type (conversions are explicit).
    Compare(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `and`: null counts as false; the right side is evaluated only where the left is true.
    And(Box<Expr>, Box<Expr>),
    /// `or`: the right side is evaluated only where the left is not true.
    Or(Box<Expr>, Box<Expr>),
    /// `not`: of null it is true.
    Not(Box<Expr>),
    /// Whether the value is null.
    IsNull(Box<Expr>),
    /// The value in the expression's type: numeric widening, or an object's number as a number.
    /// An object that holds no number makes the row fail.
    Convert(Box<Expr>),
    /// `ifThenElse(condition, then, else)`: only the chosen side is evaluated.
    IfThenElse(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A call of a scalar function.
    Call(BoundFunction),
    /// The timestamp of the row.
    EventTimestamp,
    /// The value of an aggregator at this row. The selector's planner replaces it by a column.
    Aggregate(Box<AggregateCall>),
}

/// A function with its arguments.
#[derive(Clone, Debug)]
pub struct BoundFunction {
    /// The name, for explain and messages.
    pub name: String,
    /// What is called.
    pub function: Arc<dyn ScalarFunction>,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Equal arguments give equal results and nothing else happens: may be folded, shared, skipped.
    pub pure: bool,
    /// The call can fail for a row.
    pub fallible: bool,
}

/// An aggregator with its arguments.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// The name, for explain and messages.
    pub name: String,
    /// Makes the aggregator.
    pub bound: BoundAggregator,
    /// The arguments; they may hold aggregates of their own.
    pub arguments: Vec<Expr>,
}

impl Expr {
    /// A constant.
    #[must_use]
    pub fn constant(value: Value, data_type: DataType, span: Span) -> Self {
        Self { kind: ExprKind::Constant(value), data_type, span }
    }

    /// A column.
    #[must_use]
    pub fn column(index: usize, data_type: DataType, span: Span) -> Self {
        Self { kind: ExprKind::Column(index), data_type, span }
    }

    /// The operands, left to right.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Constant(_) | ExprKind::Column(_) | ExprKind::EventTimestamp => Vec::new(),
            ExprKind::Arithmetic(_, a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b) => vec![a, b],
            ExprKind::Not(a) | ExprKind::IsNull(a) | ExprKind::Convert(a) => vec![a],
            ExprKind::IfThenElse(a, b, c) => vec![a, b, c],
            ExprKind::Call(call) => call.arguments.iter().collect(),
            ExprKind::Aggregate(call) => call.arguments.iter().collect(),
        }
    }

    /// The operands, left to right, to change them.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Constant(_) | ExprKind::Column(_) | ExprKind::EventTimestamp => Vec::new(),
            ExprKind::Arithmetic(_, a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b) => vec![a, b],
            ExprKind::Not(a) | ExprKind::IsNull(a) | ExprKind::Convert(a) => vec![a],
            ExprKind::IfThenElse(a, b, c) => vec![a, b, c],
            ExprKind::Call(call) => call.arguments.iter_mut().collect(),
            ExprKind::Aggregate(call) => call.arguments.iter_mut().collect(),
        }
    }

    /// Whether `test` holds for the expression or anything in it.
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }

    /// Whether an aggregator stands in it.
    #[must_use]
    pub fn has_aggregate(&self) -> bool {
        self.any(&mut |e| matches!(e.kind, ExprKind::Aggregate(_)))
    }

    /// Whether evaluating it can fail for a row.
    #[must_use]
    pub fn fallible(&self) -> bool {
        self.any(&mut |e| match &e.kind {
            ExprKind::Call(call) => call.fallible,
            ExprKind::Aggregate(call) => call.bound.fallible,
            ExprKind::Convert(from) => from.data_type == DataType::Object,
            _ => false,
        })
    }

    /// Whether it depends on nothing but the columns of its row: neither on when it is evaluated
    /// nor on how often.
    #[must_use]
    pub fn pure(&self) -> bool {
        !self.any(&mut |e| match &e.kind {
            ExprKind::Call(call) => !call.pure,
            ExprKind::EventTimestamp | ExprKind::Aggregate(_) => true,
            _ => false,
        })
    }

    /// Whether both compute the same from the same row: the same operations, in the same order, on the
    /// same columns and on constants that are equal to the last bit.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let own = match (&self.kind, &other.kind) {
            (ExprKind::Constant(a), ExprKind::Constant(b)) => a.identical(b),
            (ExprKind::Column(a), ExprKind::Column(b)) => a == b,
            (ExprKind::Arithmetic(a, ..), ExprKind::Arithmetic(b, ..))
            | (ExprKind::Compare(a, ..), ExprKind::Compare(b, ..)) => a == b,
            // A name stands for one function, whose binding follows from its arguments.
            (ExprKind::Call(a), ExprKind::Call(b)) => a.name == b.name && a.pure && b.pure,
            (ExprKind::Aggregate(_), _) => false,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        };
        let (own_children, others) = (self.children(), other.children());
        own && self.data_type == other.data_type
            && own_children.len() == others.len()
            && own_children.iter().zip(others).all(|(a, b)| a.same(b))
    }

    /// Hashes what [`Expr::same`] compares, constants aside.
    pub(crate) fn hash_structure(&self, state: &mut impl Hasher) {
        (std::mem::discriminant(&self.kind), self.data_type as u8).hash(state);
        match &self.kind {
            ExprKind::Column(column) => column.hash(state),
            ExprKind::Call(call) => call.name.hash(state),
            _ => {}
        }
        self.children().into_iter().for_each(|child| child.hash_structure(state));
    }

    /// Calls `visit` for every column that is read.
    pub fn columns(&self, visit: &mut dyn FnMut(usize)) {
        if let ExprKind::Column(index) = self.kind {
            visit(index);
        }
        for child in self.children() {
            child.columns(visit);
        }
    }

    /// Gives every column another number.
    pub fn map_columns(&mut self, map: &mut dyn FnMut(usize) -> usize) {
        if let ExprKind::Column(index) = &mut self.kind {
            *index = map(*index);
        }
        for child in self.children_mut() {
            child.map_columns(map);
        }
    }
}
