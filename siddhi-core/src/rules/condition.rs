//! What of a filter can be looked up.

use siddhi_query::ast::{BinaryOperator, DataType};

use crate::event::column::{Column, Values};
use crate::event::text::Text;
use crate::event::value::Value;
use crate::expression::typed::{Expr, ExprKind};

/// A filter as a look-up: which values of one column it accepts, and whether that is all it asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lookup {
    /// The column.
    pub(crate) column: usize,
    /// The values it accepts.
    pub(crate) accepts: Accepts,
    /// The filter asks nothing else.
    pub(crate) whole: bool,
}

/// The values of a column that a filter accepts; null is never among them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Accepts {
    /// This one.
    Equal(Key),
    /// Those between two bounds.
    Range(Range),
}

/// A value to look up by equality.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A text.
    Text(Text),
    /// An int or long.
    Integer(i64),
    /// A truth.
    Bool(bool),
    /// A float or double by its bits, with one zero; NaN equals nothing and is no key.
    Number(u64),
}

/// A range of numbers as doubles of a column's own type, each bound inside or outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    /// The lower bound, minus infinity when there is none.
    pub(crate) low: f64,
    /// The lower bound itself is accepted.
    pub(crate) low_inside: bool,
    /// The upper bound, infinity when there is none.
    pub(crate) high: f64,
    /// The upper bound itself is accepted.
    pub(crate) high_inside: bool,
}

impl Range {
    const ALL: Self =
        Self { low: f64::NEG_INFINITY, low_inside: true, high: f64::INFINITY, high_inside: true };

    /// Whether a number is accepted; NaN never is.
    #[inline]
    #[expect(clippy::float_cmp, reason = "a bound that is inside is accepted to its last bit")]
    pub(crate) fn contains(&self, number: f64) -> bool {
        (number > self.low || (self.low_inside && number == self.low))
            && (number < self.high || (self.high_inside && number == self.high))
    }

    /// The numbers that both accept.
    fn and(self, other: Self) -> Self {
        let (low, low_inside) = if self.low > other.low {
            (self.low, self.low_inside)
        } else if self.low < other.low {
            (other.low, other.low_inside)
        } else {
            (self.low, self.low_inside && other.low_inside)
        };
        let (high, high_inside) = if self.high < other.high {
            (self.high, self.high_inside)
        } else if self.high > other.high {
            (other.high, other.high_inside)
        } else {
            (self.high, self.high_inside && other.high_inside)
        };
        Self { low, low_inside, high, high_inside }
    }
}

impl Key {
    /// The key of a number.
    pub(crate) fn number(value: f64) -> Option<Self> {
        // Adding zero makes one of the two zeros.
        (!value.is_nan()).then(|| Self::Number((value + 0.0).to_bits()))
    }
}

/// The number at a row of an int, float or double column; none where it is null.
#[inline]
pub(crate) fn number_at(column: &Column, row: usize) -> Option<f64> {
    if column.is_null(row) {
        return None;
    }
    match &column.values {
        Values::Int(v) => v.get(row).map(|v| f64::from(*v)),
        Values::Float(v) => v.get(row).map(|v| f64::from(*v)),
        Values::Double(v) => v.get(row).copied(),
        _ => None,
    }
}

/// What of a condition can be looked up; none when nothing can.
///
/// An equality is worth more than ranges, and of these all that are on the column of the first.
pub(crate) fn lookup(condition: &Expr) -> Option<Lookup> {
    let mut terms = Vec::new();
    conjuncts(condition, &mut terms);
    let known: Vec<Option<(usize, Accepts)>> = terms.iter().map(|term| comparison(term)).collect();
    let count = known.len();
    let equality = known.iter().flatten().find(|(_, accepts)| matches!(accepts, Accepts::Equal(_)));
    if let Some((column, accepts)) = equality {
        return Some(Lookup { column: *column, accepts: accepts.clone(), whole: count == 1 });
    }
    let mut ranges = known.into_iter().flatten();
    let (column, first) = ranges.next()?;
    let (mut range, mut used) = (Range::ALL, 0);
    for (other, accepts) in std::iter::once((column, first)).chain(ranges) {
        if let Accepts::Range(more) = accepts
            && other == column
        {
            range = range.and(more);
            used += 1;
        }
    }
    Some(Lookup { column, accepts: Accepts::Range(range), whole: used == count })
}

fn conjuncts<'e>(condition: &'e Expr, terms: &mut Vec<&'e Expr>) {
    match &condition.kind {
        ExprKind::And(left, right) => {
            conjuncts(left, terms);
            conjuncts(right, terms);
        }
        _ => terms.push(condition),
    }
}

/// A comparison of a column with a constant of its own type.
fn comparison(term: &Expr) -> Option<(usize, Accepts)> {
    let ExprKind::Compare(operator, left, right) = &term.kind else { return None };
    let (operator, column, constant) = match (&left.kind, &right.kind) {
        (ExprKind::Column(column), ExprKind::Constant(value)) => (*operator, *column, value),
        (ExprKind::Constant(value), ExprKind::Column(column)) => {
            (mirrored(*operator), *column, value)
        }
        _ => return None,
    };
    if operator == BinaryOperator::Equal {
        let key = match constant {
            Value::String(text) => Key::Text(text.clone()),
            Value::Int(value) => Key::Integer((*value).into()),
            Value::Long(value) => Key::Integer(*value),
            Value::Bool(value) => Key::Bool(*value),
            Value::Float(value) => Key::number((*value).into())?,
            Value::Double(value) => Key::number(*value)?,
            Value::Null | Value::Object(_) => return None,
        };
        return Some((column, Accepts::Equal(key)));
    }
    let bound = match constant {
        Value::Int(value) => f64::from(*value),
        Value::Float(value) => f64::from(*value),
        Value::Double(value) => *value,
        _ => return None,
    };
    if bound.is_nan() || left.data_type == DataType::Long {
        // A long does not fit a double exactly.
        return None;
    }
    let all = Range::ALL;
    let range = match operator {
        BinaryOperator::Greater => Range { low: bound, low_inside: false, ..all },
        BinaryOperator::GreaterOrEqual => Range { low: bound, ..all },
        BinaryOperator::Less => Range { high: bound, high_inside: false, ..all },
        BinaryOperator::LessOrEqual => Range { high: bound, ..all },
        _ => return None,
    };
    Some((column, Accepts::Range(range)))
}

fn mirrored(operator: BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Less => BinaryOperator::Greater,
        BinaryOperator::LessOrEqual => BinaryOperator::GreaterOrEqual,
        BinaryOperator::Greater => BinaryOperator::Less,
        BinaryOperator::GreaterOrEqual => BinaryOperator::LessOrEqual,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siddhi_query::ast::Span;

    fn column() -> Expr {
        Expr::column(1, DataType::Double, Span::default())
    }

    fn number(value: f64) -> Expr {
        Expr::constant(Value::Double(value), DataType::Double, Span::default())
    }

    fn compare(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
        let kind = ExprKind::Compare(operator, Box::new(left), Box::new(right));
        Expr { kind, data_type: DataType::Bool, span: Span::default() }
    }

    #[test]
    fn two_bounds_make_one_range() {
        let left = compare(BinaryOperator::Greater, column(), number(1.0));
        let right = compare(BinaryOperator::Greater, number(2.0), column());
        let kind = ExprKind::And(Box::new(left), Box::new(right));
        let both = Expr { kind, data_type: DataType::Bool, span: Span::default() };
        let lookup = lookup(&both).unwrap();
        assert!(lookup.whole);
        let Accepts::Range(range) = lookup.accepts else { panic!("a range") };
        assert!(range.contains(1.5));
        assert!(!range.contains(1.0) && !range.contains(2.0) && !range.contains(f64::NAN));
    }

    #[test]
    fn an_equality_wins_and_the_rest_stays() {
        let left = compare(BinaryOperator::Greater, column(), number(1.0));
        let right = compare(BinaryOperator::Equal, column(), number(-0.0));
        let kind = ExprKind::And(Box::new(left), Box::new(right));
        let both = Expr { kind, data_type: DataType::Bool, span: Span::default() };
        let lookup = lookup(&both).unwrap();
        assert!(!lookup.whole);
        assert_eq!(Some(lookup.accepts), Key::number(0.0).map(Accepts::Equal));
    }
}
