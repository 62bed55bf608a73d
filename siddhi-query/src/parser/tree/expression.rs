//! Expressions: operands and operators in a row become a tree by their precedence.

use super::super::grammar::{Node, Rule};
use super::Builder;
use super::constant::unquoted;
use crate::ast::{BinaryOperator, Call, Constant, Expression, ExpressionKind, Ident, Span};
use crate::diagnostic::{Code, Diagnostic};

/// The height of the tallest expression: whoever walks the tree, or drops it, does so by
/// recursion.
pub(in super::super) const HEIGHT_MAX: usize = 1000;

/// An expression with what the tree does not keep.
pub(super) struct Operand {
    expression: Expression,
    /// The place with the brackets around it.
    outer: Span,
    /// The height of the tree.
    height: usize,
}

/// What stands between the brackets of a call.
#[derive(Default)]
struct Arguments {
    expressions: Vec<Expression>,
    star: bool,
    /// The height of the tallest.
    height: usize,
    span: Span,
}

enum Piece {
    Operand(Operand),
    Operator(BinaryOperator),
    In(Ident),
}

/// How tight an operator binds; `in` stands between the comparisons and `and`.
fn rank(operator: BinaryOperator) -> u8 {
    use BinaryOperator as Op;
    match operator {
        Op::Or => 1,
        Op::And => 2,
        Op::Equal | Op::NotEqual => IN_RANK + 1,
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => IN_RANK + 2,
        Op::Add | Op::Subtract => IN_RANK + 3,
        Op::Multiply | Op::Divide | Op::Modulo => IN_RANK + 4,
    }
}

const IN_RANK: u8 = 3;

fn operator(text: &str) -> Option<BinaryOperator> {
    use BinaryOperator as Op;
    let operators = [
        Op::Multiply,
        Op::Divide,
        Op::Modulo,
        Op::Add,
        Op::Subtract,
        Op::Less,
        Op::LessOrEqual,
        Op::Greater,
        Op::GreaterOrEqual,
        Op::Equal,
        Op::NotEqual,
        Op::And,
        Op::Or,
    ];
    operators.into_iter().find(|operator| operator.as_str().eq_ignore_ascii_case(text))
}

impl Builder<'_> {
    /// An expression.
    pub(in super::super) fn expression(&mut self, node: Node<'_>) -> Option<Expression> {
        let operand = self.operands(node)?;
        if operand.height > HEIGHT_MAX {
            self.report(
                Diagnostic::error(
                    Code::TOO_DEEP,
                    "the expression is too long",
                    operand.expression.span,
                    format!("more than {HEIGHT_MAX} operators follow or hold each other"),
                )
                .with_help("split it into several filters or queries"),
            );
            drop_flat(operand.expression);
            return None;
        }
        Some(operand.expression)
    }

    fn operands(&mut self, node: Node<'_>) -> Option<Operand> {
        let mut pieces = Vec::new();
        for part in node.into_inner() {
            pieces.push(match part.as_rule() {
                Rule::operand => Piece::Operand(self.operand(part)?),
                Rule::operator => Piece::Operator(operator(Self::token(&part))?),
                Rule::name => Piece::In(self.ident(&part)),
                _ => continue,
            });
        }
        climb(&mut pieces.into_iter().peekable(), 0)
    }

    fn operand(&mut self, node: Node<'_>) -> Option<Operand> {
        let mut nots = Vec::new();
        let mut operand = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::not_operator => nots.push(self.span(&part)),
                Rule::not_group => operand = Some(self.not_group(part)?),
                _ => operand = Some(self.primary(part)?),
            }
        }
        let mut operand = operand?;
        for not in nots.into_iter().rev() {
            let span = not.to(operand.outer);
            let kind = ExpressionKind::Not(Box::new(operand.expression));
            let expression = Expression { kind, span };
            operand = Operand { expression, outer: span, height: operand.height + 1 };
        }
        Some(operand)
    }

    /// `not (…)`: the operator before one expression, else a call of a function called `not`.
    fn not_group(&mut self, node: Node<'_>) -> Option<Operand> {
        let span = self.span(&node);
        let mut name = None;
        let mut arguments = Arguments::default();
        let mut is_null = false;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::kw_not => name = Some(self.ident(&part)),
                Rule::arguments => arguments = self.arguments(part)?,
                _ => is_null = true,
            }
        }
        let Arguments { mut expressions, star, height, span: end } = arguments;
        let height = height + 1;
        let kind = if expressions.len() == 1 && !is_null {
            ExpressionKind::Not(Box::new(expressions.pop()?))
        } else {
            let name = name?;
            let call_span = name.span.to(end);
            let call =
                Call { namespace: None, name, arguments: expressions, star, span: call_span };
            let kind = ExpressionKind::Call(call);
            if is_null {
                ExpressionKind::IsNull(Box::new(Expression { kind, span: call_span }))
            } else {
                kind
            }
        };
        Some(Operand { expression: Expression { kind, span }, outer: span, height: height + 1 })
    }

    fn primary(&mut self, node: Node<'_>) -> Option<Operand> {
        let span = self.span(&node);
        let mut height = 1;
        let kind = match node.as_rule() {
            Rule::group => {
                let inner = self.operands(node.into_inner().next()?)?;
                return Some(Operand { outer: span, ..inner });
            }
            Rule::time => ExpressionKind::Constant(Constant::Time(self.time(node)?)),
            Rule::number => ExpressionKind::Constant(self.number(node)?),
            Rule::string => {
                ExpressionKind::Constant(Constant::String(unquoted(Self::token(&node)).to_owned()))
            }
            Rule::boolean => {
                let truth = Self::token(&node).eq_ignore_ascii_case("true");
                ExpressionKind::Constant(Constant::Bool(truth))
            }
            _ => {
                let (kind, depth) = self.reference(node)?;
                height += depth;
                kind
            }
        };
        Some(Operand { expression: Expression { kind, span }, outer: span, height })
    }

    /// `namespace:name(arguments)`, and the height of the arguments.
    pub(super) fn call(&mut self, node: Node<'_>) -> Option<(Call, usize)> {
        let span = self.span(&node);
        let mut names = Vec::new();
        let mut arguments = Arguments::default();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => names.push(self.ident(&part)),
                _ => arguments = self.arguments(part)?,
            }
        }
        let name = names.pop()?;
        let Arguments { expressions, star, height, .. } = arguments;
        let namespace = names.pop();
        Some((Call { namespace, name, arguments: expressions, star, span }, height))
    }

    fn arguments(&mut self, node: Node<'_>) -> Option<Arguments> {
        let mut arguments = Arguments { span: self.span(&node), ..Arguments::default() };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::star => arguments.star = true,
                Rule::expression => {
                    let argument = self.operands(part)?;
                    arguments.height = arguments.height.max(argument.height);
                    arguments.expressions.push(argument.expression);
                }
                _ => {}
            }
        }
        Some(arguments)
    }
}

/// Reads operands and operators down to rank `least`, each operator from the left.
fn climb(
    pieces: &mut std::iter::Peekable<std::vec::IntoIter<Piece>>,
    least: u8,
) -> Option<Operand> {
    let Some(Piece::Operand(mut left)) = pieces.next() else { return None };
    loop {
        let fits = match pieces.peek() {
            Some(Piece::Operator(operator)) => rank(*operator) >= least,
            Some(Piece::In(_)) => IN_RANK >= least,
            _ => false,
        };
        if !fits {
            return Some(left);
        }
        left = match pieces.next()? {
            Piece::Operator(operator) => {
                let right = climb(pieces, rank(operator) + 1)?;
                let span = left.outer.to(right.outer);
                let height = left.height.max(right.height) + 1;
                let (l, r) = (Box::new(left.expression), Box::new(right.expression));
                let kind = ExpressionKind::Binary(operator, l, r);
                Operand { expression: Expression { kind, span }, outer: span, height }
            }
            Piece::In(table) => {
                let span = left.outer.to(table.span);
                let kind = ExpressionKind::In(Box::new(left.expression), table);
                let height = left.height + 1;
                Operand { expression: Expression { kind, span }, outer: span, height }
            }
            Piece::Operand(_) => return None,
        };
    }
}

/// Drops a tree that is too high to be dropped by recursion.
fn drop_flat(expression: Expression) {
    let mut open = vec![expression];
    while let Some(expression) = open.pop() {
        match expression.kind {
            ExpressionKind::Binary(_, left, right) => open.extend([*left, *right]),
            ExpressionKind::Not(inner)
            | ExpressionKind::IsNull(inner)
            | ExpressionKind::In(inner, _) => open.push(*inner),
            ExpressionKind::Call(call) => open.extend(call.arguments),
            ExpressionKind::Constant(_)
            | ExpressionKind::Variable(_)
            | ExpressionKind::IsNullStream(_) => {}
        }
    }
}
