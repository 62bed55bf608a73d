//! What expressions become, and how they are refused.

use siddhi_query::ast::{DataType, StreamReference, Variable};
use siddhi_query::{Diagnostic, parse_expression};

use super::Binder;
use crate::expression::codes;
use crate::expression::scope::{EventPresence, Scope, ScopeColumn, Unknown};
use crate::expression::typed::{Expr, ExprKind};
use crate::extension::Registry;

/// One attribute of each type, named by its letter, as in `i int`; an input `S` that is always
/// there, and an event `e` whose presence shows in column 2 and whose timestamp is column 9.
#[derive(Debug)]
struct Letters;

const ATTRIBUTES: [(&str, DataType); 7] = [
    ("i", DataType::Int),
    ("l", DataType::Long),
    ("f", DataType::Float),
    ("d", DataType::Double),
    ("s", DataType::String),
    ("b", DataType::Bool),
    ("o", DataType::Object),
];

impl Scope for Letters {
    fn attribute(&self, variable: &Variable) -> Result<ScopeColumn, Unknown> {
        let name = &variable.attribute.name;
        ATTRIBUTES
            .iter()
            .position(|(known, _)| known == name)
            .map(|index| ScopeColumn { index, data_type: ATTRIBUTES[index].1 })
            .ok_or_else(|| {
                let message = format!("no attribute `{name}`");
                let code = codes::UNKNOWN_ATTRIBUTE;
                Some(Box::new(Diagnostic::error(code, message, variable.span, "")))
            })
    }

    fn presence(&self, reference: &StreamReference) -> Option<EventPresence> {
        match reference.source.name.name.as_str() {
            "S" => Some(EventPresence::Always),
            "e" => Some(EventPresence::Column(2)),
            _ => None,
        }
    }

    fn star(&self) -> Option<Vec<ScopeColumn>> {
        Some(vec![ScopeColumn { index: 0, data_type: DataType::Int }])
    }

    fn event_timestamp(&self, name: &Variable) -> Option<ScopeColumn> {
        (name.attribute.name == "e").then_some(ScopeColumn { index: 9, data_type: DataType::Long })
    }
}

struct Bound {
    expr: Option<Expr>,
    diagnostics: Vec<Diagnostic>,
    unsupported: Vec<String>,
}

fn bind_as(text: &str, aggregates: bool, condition: bool) -> Bound {
    let (mut diagnostics, mut unsupported) = (Vec::new(), Vec::new());
    let mut binder = Binder {
        registry: &Registry::with_builtins(),
        scope: &Letters,
        diagnostics: &mut diagnostics,
        unsupported: &mut unsupported,
        aggregates,
    };
    let expression = parse_expression(text).unwrap();
    let expr =
        if condition { binder.condition(&expression) } else { binder.expression(&expression) };
    let unsupported = unsupported.into_iter().map(|(feature, _)| feature).collect();
    Bound { expr, diagnostics, unsupported }
}

fn bind(text: &str) -> Bound {
    bind_as(text, true, false)
}

/// The bound expression as text: columns as `#0`, conversions as `type(…)`.
fn show(expr: &Expr) -> String {
    let binary =
        |a: &Expr, operator: &str, b: &Expr| format!("({} {operator} {})", show(a), show(b));
    let call = |name: &str, arguments: &[Expr]| {
        format!("{name}({})", arguments.iter().map(show).collect::<Vec<_>>().join(", "))
    };
    match &expr.kind {
        ExprKind::Constant(value) => format!("{value}:{}", expr.data_type),
        ExprKind::Column(index) => format!("#{index}"),
        ExprKind::Arithmetic(operator, a, b) | ExprKind::Compare(operator, a, b) => {
            binary(a, operator.as_str(), b)
        }
        ExprKind::And(a, b) => binary(a, "and", b),
        ExprKind::Or(a, b) => binary(a, "or", b),
        ExprKind::Not(a) => format!("not {}", show(a)),
        ExprKind::IsNull(a) => format!("{} is null", show(a)),
        ExprKind::Convert(a) => format!("{}({})", expr.data_type, show(a)),
        ExprKind::IfThenElse(c, a, b) => format!("if {} {} {}", show(c), show(a), show(b)),
        ExprKind::Call(of) => call(&of.name, &of.arguments),
        ExprKind::EventTimestamp => "timestamp".into(),
        ExprKind::Aggregate(of) => call(&of.name, &of.arguments),
    }
}

#[test]
fn conversions_are_written_out() {
    for (text, shown, data_type) in [
        ("i + l", "(long(#0) + #1)", DataType::Long),
        ("i + 1.5f", "(float(#0) + 1.5:float)", DataType::Float),
        ("l * f", "(float(#1) * #2)", DataType::Float),
        ("f / d", "(double(#2) / #3)", DataType::Double),
        ("d > 50", "(#3 > 50.0:double)", DataType::Bool),
        ("i + o", "(#0 + int(#6))", DataType::Int),
        ("o - d", "(double(#6) - #3)", DataType::Double),
        ("l < f", "(float(#1) < #2)", DataType::Bool),
        ("l == f", "(double(#1) == double(#2))", DataType::Bool),
        ("i == f", "(float(#0) == #2)", DataType::Bool),
        ("s != 'a'", "(#4 != a:string)", DataType::Bool),
        ("1 sec", "1000:long", DataType::Long),
        ("not b == true", "(not #5 == true:bool)", DataType::Bool),
        ("b and not i is null or b", "((#5 and not #0 is null) or #5)", DataType::Bool),
        ("ifThenElse(b, i, 0)", "if #5 #0 0:int", DataType::Int),
        ("coalesce(i, 1)", "coalesce(#0, 1:int)", DataType::Int),
        ("convert(i, 'LONG')", "convert(#0, LONG:string)", DataType::Long),
        ("sum(count()) + 1", "(sum(count()) + 1:long)", DataType::Long),
        ("count(*)", "count(#0)", DataType::Long),
        ("maximum(*)", "maximum(#0)", DataType::Int),
        ("eventTimestamp()", "timestamp", DataType::Long),
        ("eventTimestamp(e)", "#9", DataType::Long),
        ("S is null", "false:bool", DataType::Bool),
        ("e is null", "#2 is null", DataType::Bool),
        ("i is null", "#0 is null", DataType::Bool),
    ] {
        let bound = bind(text);
        assert!(bound.diagnostics.is_empty(), "{text}: {:?}", bound.diagnostics);
        let expr = bound.expr.unwrap();
        assert_eq!((show(&expr).as_str(), expr.data_type), (shown, data_type), "{text}");
    }
}

#[test]
fn mistakes_are_reported_with_their_codes() {
    for (text, code) in [
        ("x", codes::UNKNOWN_ATTRIBUTE),
        ("x is null", codes::UNKNOWN_ATTRIBUTE),
        ("#x is null", codes::UNKNOWN_STREAM_REFERENCE),
        ("s + s", codes::ARITHMETIC_TYPE),
        ("i + s", codes::ARITHMETIC_TYPE),
        ("b * i", codes::ARITHMETIC_TYPE),
        ("o - o", codes::ARITHMETIC_TYPE),
        ("s < s", codes::COMPARE_TYPE),
        ("b > b", codes::COMPARE_TYPE),
        ("i == s", codes::COMPARE_TYPE),
        ("b != i", codes::COMPARE_TYPE),
        ("o == o", codes::COMPARE_TYPE),
        ("i and b", codes::LOGIC_TYPE),
        ("b or s", codes::LOGIC_TYPE),
        ("not i == 1", codes::LOGIC_TYPE),
        ("nosuch(i)", codes::UNKNOWN_FUNCTION),
        ("Coalesce(i)", codes::UNKNOWN_FUNCTION),
        ("nosuch:concat(s)", codes::UNKNOWN_FUNCTION),
        ("coalesce(i, l)", codes::ARGUMENTS),
        ("default(i, i)", codes::ARGUMENTS),
        ("default(i, 1 + 1)", codes::ARGUMENTS),
        ("cast(i, s)", codes::ARGUMENTS),
        ("sum(i, l)", codes::ARGUMENTS),
        ("eventTimestamp(i)", codes::ARGUMENTS),
        ("UUID(i)", codes::ARGUMENTS),
    ] {
        let bound = bind(text);
        assert!(bound.expr.is_none(), "{text}");
        let found: Vec<_> = bound.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, [code], "{text}");
    }
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let bound = bind("x + coalesce(y, s + s)");
    assert_eq!(bound.diagnostics.len(), 3);
}

#[test]
fn a_condition_is_a_bool() {
    assert_eq!(bind_as("i", true, true).diagnostics[0].code, codes::CONDITION_TYPE);
    assert!(bind_as("b", true, true).expr.is_some());
}

#[test]
fn aggregators_stand_only_where_they_may() {
    let refused = bind_as("sum(i) > 1", false, true);
    assert_eq!(refused.diagnostics[0].code, codes::AGGREGATOR_PLACE);
    assert!(bind_as("sum(i) > 1", true, true).expr.is_some());
}

#[test]
fn names_that_are_nearly_right_are_proposed() {
    let bound = bind("coalese(i)");
    assert_eq!(bound.diagnostics[0].help, ["did you mean `coalesce`?"]);
    assert_eq!(bound.diagnostics[0].fixes[0].edits[0].replacement, "coalesce");
}

#[test]
fn what_siddhi_has_and_we_do_not_is_no_mistake() {
    for (text, feature) in [("i in T", "tables"), ("str:concat(s, s)", "str:concat")] {
        let bound = bind(text);
        assert!(bound.expr.is_none() && bound.diagnostics.is_empty());
        assert_eq!(bound.unsupported, [feature]);
    }
}
