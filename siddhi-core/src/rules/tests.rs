//! What is looked up is what the conditions say, value by value.

use std::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use siddhi_query::ast::{BinaryOperator, DataType, Span};

use super::condition::{Accepts, Key, Range, lookup};
use super::equality::EqualityIndex;
use super::range::RangeIndex;
use super::scan::{self, RangeScan};
use crate::event::column::Column;
use crate::event::value::Value;
use crate::expression::typed::{Expr, ExprKind};

fn column(data_type: DataType, values: &[Value]) -> Column {
    let mut column = Column::new(data_type);
    for value in values {
        column.push(value.clone());
    }
    column
}

const OPERATORS: [BinaryOperator; 5] = [
    BinaryOperator::Less,
    BinaryOperator::LessOrEqual,
    BinaryOperator::Greater,
    BinaryOperator::GreaterOrEqual,
    BinaryOperator::Equal,
];

/// A comparison of one of two columns with a number, written either way round.
#[derive(Clone, Debug)]
struct Term {
    operator: BinaryOperator,
    column: usize,
    number: f64,
    number_first: bool,
}

impl Term {
    fn expr(&self) -> Expr {
        let span = Span::default();
        let column = Box::new(Expr::column(self.column, DataType::Double, span));
        let value = Value::Double(self.number);
        let number = Box::new(Expr::constant(value, DataType::Double, span));
        let (left, right) = if self.number_first { (number, column) } else { (column, number) };
        let kind = ExprKind::Compare(self.operator, left, right);
        Expr { kind, data_type: DataType::Bool, span }
    }

    fn holds(&self, row: [f64; 2]) -> bool {
        let value = row[self.column];
        let (left, right) =
            if self.number_first { (self.number, value) } else { (value, self.number) };
        match self.operator {
            BinaryOperator::Less => left < right,
            BinaryOperator::LessOrEqual => left <= right,
            BinaryOperator::Greater => left > right,
            BinaryOperator::GreaterOrEqual => left >= right,
            _ => left.partial_cmp(&right).is_some_and(Ordering::is_eq),
        }
    }
}

/// Few numbers, so that bounds meet each other and the values.
fn number() -> impl Strategy<Value = f64> {
    select(&[0.0, -0.0, 1.0, 2.0, 3.0, -1.5, f64::INFINITY, f64::NEG_INFINITY][..])
}

prop_compose! {
    fn term()(
        operator in select(&OPERATORS[..]),
        column in prop_oneof![4 => Just(0_usize), 1 => Just(1)],
        number in number(),
        number_first in any::<bool>(),
    ) -> Term {
        Term { operator, column, number, number_first }
    }
}

/// Whether a look-up finds a number.
fn accepts(accepts: &Accepts, number: f64) -> bool {
    match accepts {
        Accepts::Range(range) => range.contains(number),
        Accepts::Equal(key) => {
            let mut index = EqualityIndex::new(0);
            index.add(key.clone(), 7);
            index.find(&column(DataType::Double, &[Value::Double(number)]), 0) == [7]
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_is_looked_up_is_what_the_condition_says(
        terms in vec(term(), 1..4),
        rows in vec([number(), number()], 1..20),
    ) {
        let span = Span::default();
        let both = |left: Expr, right: Expr| {
            let kind = ExprKind::And(Box::new(left), Box::new(right));
            Expr { kind, data_type: DataType::Bool, span }
        };
        let condition = terms.iter().map(Term::expr).reduce(both).unwrap();
        let found = lookup(&condition).unwrap();
        for row in rows.into_iter().chain([[f64::NAN; 2]]) {
            let holds = terms.iter().all(|term| term.holds(row));
            let accepted = accepts(&found.accepts, row[found.column]);
            prop_assert!(accepted || !holds, "{:?} misses {:?}", found, row);
            prop_assert!(!found.whole || accepted == holds, "{:?} is not all of it", found);
        }
    }

    #[test]
    fn ranges_are_found_alike_in_all_ways(
        data_type in select(&[DataType::Int, DataType::Float, DataType::Double][..]),
        ranges in vec(range(), 1..150),
        numbers in vec(proptest::option::weighted(0.8, any_number()), 1..70),
        seen in 0..70_usize,
    ) {
        #[allow(clippy::cast_possible_truncation, reason = "any number of the type will do")]
        let value = |number: &Option<f64>| match (number, data_type) {
            (None, _) => Value::Null,
            (Some(number), DataType::Int) => Value::Int(*number as i32),
            (Some(number), DataType::Float) => Value::Float(*number as f32),
            (Some(number), _) => Value::Double(*number),
        };
        let values: Vec<Value> = numbers.iter().map(value).collect();
        let column = column(data_type, &values);
        let rules: Vec<(Range, u32)> = ranges.into_iter().zip(0..).collect();
        let is_in = |range: &Range, row: usize| match &values[row] {
            Value::Int(value) => range.contains(f64::from(*value)),
            Value::Float(value) => range.contains(f64::from(*value)),
            Value::Double(value) => range.contains(*value),
            _ => false,
        };
        let scan = RangeScan::new(0, &rules);
        let index = RangeIndex::new(0, &rules);
        for row in 0..values.len() {
            let asked: Vec<u32> =
                rules.iter().filter(|(range, _)| is_in(range, row)).map(|(_, n)| *n).collect();
            let mut found = Vec::new();
            scan.find(&column, row, |rule| found.push(rule));
            prop_assert_eq!(&found, &asked);
            if let Some(index) = &index {
                found.clear();
                index.find(&column, row, |rule| found.push(rule));
                prop_assert_eq!(&found, &asked);
            }
        }
        let seen = seen.min(values.len());
        // What stood in the buffer before is of no matter.
        let mut found = vec![9; seen / 2];
        for (range, _) in &rules {
            let asked: Vec<u32> =
                (0_u32..).zip(0..seen).filter(|(_, row)| is_in(range, *row)).map(|(n, _)| n).collect();
            scan::select(range, &column, seen, &mut found);
            prop_assert_eq!(&found, &asked);
        }
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![8 => (-4..60_i32).prop_map(f64::from), 1 => number(), 1 => Just(f64::NAN)]
}

/// Narrow ranges, of which an index is made, with some that are open on one side or both.
fn range() -> impl Strategy<Value = Range> {
    let narrow = (-2..50_i32, 0..6_i32).prop_map(|(low, width)| (low.into(), (low + width).into()));
    let bounds = prop_oneof![
        12 => narrow,
        1 => number().prop_map(|low| (low, f64::INFINITY)),
        1 => number().prop_map(|high| (f64::NEG_INFINITY, high)),
    ];
    (bounds, any::<bool>(), any::<bool>()).prop_map(|((low, high), low_inside, high_inside)| {
        Range { low, low_inside, high, high_inside }
    })
}

#[test]
fn an_index_knows_its_bounds() {
    // Every number is a bound, and so is the start of every block.
    let mut rules = Vec::new();
    for low in 0_i32..200 {
        for (low_inside, high_inside) in [(true, true), (false, false), (true, false)] {
            let (low, high) = (f64::from(low), f64::from(low + 1));
            let rule = u32::try_from(rules.len()).unwrap();
            rules.push((Range { low, low_inside, high, high_inside }, rule));
        }
    }
    let index = RangeIndex::new(0, &rules).expect("narrow ranges are worth an index");
    for bound in 0_i32..=200 {
        let bound = f64::from(bound);
        for value in [bound, bound.next_down(), bound.next_up(), bound + 0.5] {
            let column = column(DataType::Double, &[Value::Double(value)]);
            let mut found = Vec::new();
            index.find(&column, 0, |rule| found.push(rule));
            let asked: Vec<u32> =
                rules.iter().filter(|(range, _)| range.contains(value)).map(|(_, n)| *n).collect();
            assert_eq!(found, asked, "{value}");
        }
    }
}

#[test]
fn equal_values_are_found_in_columns_of_every_type() {
    let number = |value: f64| Key::number(value).unwrap();
    let cases = [
        (DataType::String, Value::from(""), Key::Text("".into()), Value::from("x")),
        (DataType::Int, Value::Int(0), Key::Integer(0), Value::Int(1)),
        (DataType::Long, Value::Long(0), Key::Integer(0), Value::Long(1 << 32)),
        (DataType::Bool, Value::Bool(false), Key::Bool(false), Value::Bool(true)),
        (DataType::Float, Value::Float(-0.0), number(0.0), Value::Float(f32::NAN)),
        (DataType::Double, Value::Double(-0.0), number(0.0), Value::Double(f64::NAN)),
    ];
    for (data_type, same, key, other) in cases {
        let mut index = EqualityIndex::new(0);
        index.add(key.clone(), 3);
        index.add(key, 5);
        // What stands at the place of a null is equal to the key.
        let column = column(data_type, &[same, other, Value::Null]);
        assert_eq!(index.find(&column, 0), [3, 5], "{data_type}");
        assert!(index.find(&column, 1).is_empty(), "{data_type}");
        assert!(index.find(&column, 2).is_empty(), "{data_type}");
    }
}

#[test]
fn a_number_that_equals_nothing_is_no_bound_and_no_key() {
    for operator in OPERATORS {
        let term = Term { operator, column: 0, number: f64::NAN, number_first: false };
        assert_eq!(lookup(&term.expr()), None);
    }
}
