//! Every aggregator against a model that looks at the rows that are in, through all forms of feed.

mod forms;
mod model;

use proptest::prelude::*;
use siddhi_query::ast::DataType;

use self::forms::{Arrivals, chunk, panes, slices, window};
use crate::event::value::{Object, Value};
use crate::extension::{Aggregator, Leaving, ParameterValue, Registry};

/// What aggregators are called with.
const CALLS: [(&str, &[DataType]); 12] = [
    ("sum", NUMBERS),
    ("avg", NUMBERS),
    ("count", &[DataType::Int, DataType::String, DataType::Object]),
    ("min", NUMBERS),
    ("max", NUMBERS),
    ("minForever", NUMBERS),
    ("maxForever", NUMBERS),
    ("stdDev", NUMBERS),
    ("distinctCount", &[DataType::Int, DataType::Double, DataType::String]),
    ("and", &[DataType::Bool]),
    ("or", &[DataType::Bool]),
    ("unionSet", &[DataType::Object]),
];

const NUMBERS: &[DataType] = &[DataType::Int, DataType::Long, DataType::Float, DataType::Double];

#[test]
fn the_language_knows_all_names() {
    let mut names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, siddhi_query::AGGREGATORS);
    assert_eq!(super::builtins().len(), names.len());
}

/// An aggregator without rows, and the type of its value.
fn make(name: &str, data_type: DataType, leaving: Leaving) -> (Box<dyn Aggregator>, DataType) {
    let registry = Registry::with_builtins();
    let parameter = ParameterValue { data_type, constant: None, attribute: true };
    let bound = registry.aggregator(name).unwrap().bind(&[parameter]).unwrap();
    ((bound.make)(leaving), bound.return_type)
}

/// A value for an aggregator whose model it does not overtax: sums of doubles must be exact, and a
/// NaN stays in a sum until the group is empty.
fn value(data_type: DataType, sums_doubles: bool) -> BoxedStrategy<Value> {
    let plain = match data_type {
        DataType::Int => (-3..4_i32).prop_map(Value::Int).boxed(),
        DataType::Long if sums_doubles => (-3..4_i64).prop_map(Value::Long).boxed(),
        DataType::Long => prop_oneof![-3..4_i64, Just((1 << 53) + 1), Just(i64::MAX)]
            .prop_map(Value::Long)
            .boxed(),
        DataType::Float => (-3..4_i8).prop_map(|v| Value::Float(v.into())).boxed(),
        DataType::Double => (-3..4_i8).prop_map(|v| Value::Double(v.into())).boxed(),
        DataType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        DataType::String => "[ab]{0,2}".prop_map(Value::from).boxed(),
        DataType::Object => proptest::collection::btree_set(0..5_i32, 0..3)
            .prop_map(|set| Object::Set(set.into_iter().map(Value::Int).collect()).into())
            .boxed(),
    };
    let not_a_number = match data_type {
        DataType::Float if !sums_doubles => Value::Float(f32::NAN),
        DataType::Double if !sums_doubles => Value::Double(f64::NAN),
        _ => Value::Null,
    };
    prop_oneof![8 => plain, 1 => Just(Value::Null), 1 => Just(not_a_number)].boxed()
}

fn arrivals() -> impl Strategy<Value = (&'static str, Arrivals)> {
    let call = proptest::sample::select(&CALLS[..])
        .prop_flat_map(|(name, types)| (Just(name), proptest::sample::select(types)));
    call.prop_flat_map(|(name, data_type)| {
        let real = matches!(data_type, DataType::Float | DataType::Double);
        let sums_doubles = name == "avg" || name == "sum" && real;
        let rows = proptest::collection::vec((value(data_type, sums_doubles), 0..3_u32), 0..40);
        let arrivals =
            (rows, 1..8_usize).prop_map(move |(rows, length)| Arrivals { data_type, rows, length });
        (Just(name), arrivals)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    #[test]
    fn all_forms_agree_with_the_model((name, arrivals) in arrivals()) {
        let expected = model::values(name, &arrivals);
        for leaving in [Leaving::InOrder, Leaving::AnyOrder] {
            let fresh = || make(name, arrivals.data_type, leaving);
            for (form, values) in [
                ("chunk", chunk(&arrivals, fresh)),
                ("window", window(&arrivals, fresh())),
                ("slices", slices(&arrivals, fresh())),
            ] {
                prop_assert_eq!(values.len(), expected.len());
                for (row, (value, expected)) in values.iter().zip(&expected).enumerate() {
                    prop_assert!(
                        model::agree(name, value, expected, &arrivals, row),
                        "{name} {leaving:?} {form} row {row}: {value:?} is not {expected:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn without_leaving_all_ways_agree((name, arrivals) in arrivals()) {
        let arrivals = Arrivals { length: usize::MAX, ..arrivals };
        let make = |leaving| chunk(&arrivals, || make(name, arrivals.data_type, leaving));
        let never = make(Leaving::Never);
        for (row, (a, b)) in never.iter().zip(&make(Leaving::AnyOrder)).enumerate() {
            prop_assert!(model::agree(name, a, b, &arrivals, row), "{name}: {a:?} is not {b:?}");
        }
        // What stays for ever stays from pane to pane, too.
        if !name.ends_with("Forever") {
            let fresh = || super::tests::make(name, arrivals.data_type, Leaving::Never);
            for (row, (a, b)) in panes(&arrivals, fresh).iter().zip(&never).enumerate() {
                prop_assert!(model::agree(name, a, b, &arrivals, row), "{name}: {a:?} is not {b:?}");
            }
        }
    }

    #[test]
    fn counts_are_signed(
        name in proptest::sample::select(vec!["min", "max", "distinctCount"]),
        changes in proptest::collection::vec((0..4_i32, any::<bool>()), 0..30),
    ) {
        let values = forms::changes(&changes, make(name, DataType::Int, Leaving::AnyOrder));
        let mut counts = [0_i32; 4];
        for ((number, comes), value) in changes.iter().zip(values) {
            counts[usize::try_from(*number).unwrap()] += if *comes { 1 } else { -1 };
            let mut present = (0..4).filter(|n| counts[usize::try_from(*n).unwrap()] > 0);
            let expected = match name {
                "min" => present.next().into(),
                "max" => present.next_back().into(),
                _ => Value::Long(i64::try_from(present.count()).unwrap()),
            };
            prop_assert_eq!(value, expected);
        }
    }

    #[test]
    fn deviation_is_that_of_two_passes(
        numbers in proptest::collection::vec(
            prop_oneof![-1.0..1.0, -1e9..1e9, Just(1e20), Just(1e-9), Just(1e200), 1e9..1.000_000_1e9],
            1..60,
        ),
        length in 1..20_usize,
    ) {
        let rows = numbers.iter().map(|number| (Value::Double(*number), 0)).collect();
        let arrivals = Arrivals { data_type: DataType::Double, rows, length };
        let values = window(&arrivals, make("stdDev", DataType::Double, Leaving::InOrder));
        for (row, (value, expected)) in
            values.iter().zip(model::values("stdDev", &arrivals)).enumerate()
        {
            prop_assert!(
                model::agree("stdDev", value, &expected, &arrivals, row),
                "row {row}: {value:?} is not {expected:?}"
            );
        }
    }
}

#[test]
fn sums_of_longs_are_exact_after_rows_have_left() {
    let rows = [9_007_199_254_740_993, 1, 1].map(|number| (Value::Long(number), 0)).to_vec();
    let arrivals = Arrivals { data_type: DataType::Long, rows, length: 2 };
    let sums = window(&arrivals, make("sum", DataType::Long, Leaving::InOrder));
    assert_eq!(sums[2], Value::Long(2));
}

#[test]
fn an_empty_group_starts_anew() {
    let rows = [f64::NAN, 1.0, 2.0].map(|number| (Value::Double(number), 0)).to_vec();
    let arrivals = Arrivals { data_type: DataType::Double, rows, length: 1 };
    for (name, last) in [("sum", 2.0), ("avg", 2.0), ("stdDev", 0.0), ("max", 2.0)] {
        let values = window(&arrivals, make(name, DataType::Double, Leaving::InOrder));
        assert_eq!(values[2], Value::Double(last), "{name}");
    }
}

#[test]
fn an_element_that_came_back_leaves_again() {
    let set = |number| (Object::Set(vec![Value::Int(number)]).into(), 0);
    let arrivals = Arrivals {
        data_type: DataType::Object,
        rows: [1, 2, 1, 2, 3].map(set).to_vec(),
        length: 1,
    };
    let unions = window(&arrivals, make("unionSet", DataType::Object, Leaving::InOrder));
    assert_eq!(unions[4], Object::Set(vec![Value::Int(3)]).into());
}

#[test]
fn what_is_no_set_fails() {
    let rows = vec![(Value::Int(5), 0), (Object::Set(vec![Value::Int(1)]).into(), 0)];
    let arrivals = Arrivals { data_type: DataType::Object, rows, length: 9 };
    let (values, failures) =
        forms::chunk_with_failures(&arrivals, make("unionSet", DataType::Object, Leaving::Never));
    assert_eq!(failures, [(0, "5 is no set".to_owned())]);
    assert_eq!(values[1], Object::Set(vec![Value::Int(1)]).into());
}

#[test]
fn arguments_of_wrong_types_are_refused() {
    let registry = Registry::with_builtins();
    for (name, types) in [
        ("sum", vec![DataType::String]),
        ("sum", vec![DataType::Int, DataType::Int]),
        ("count", vec![DataType::Int, DataType::Int]),
        ("distinctCount", vec![DataType::Bool]),
        ("and", vec![DataType::Int]),
        ("unionSet", vec![DataType::Int]),
        ("max", vec![]),
    ] {
        let parameter = |data_type: &DataType| ParameterValue {
            data_type: *data_type,
            constant: None,
            attribute: true,
        };
        let parameters: Vec<ParameterValue> = types.iter().map(parameter).collect();
        assert!(registry.aggregator(name).unwrap().bind(&parameters).is_err(), "{name} {types:?}");
    }
}

#[test]
fn a_reset_and_forgetting_empty_groups() {
    for (name, after_reset) in [("sum", Value::Long(5)), ("maxForever", Value::Int(7))] {
        let data_type = DataType::Int;
        let values = forms::with_reset(&[7, 5], make(name, data_type, Leaving::Never), |_| {});
        assert_eq!(values[1], after_reset, "{name}");
        let values =
            forms::with_reset(&[7, 5], make(name, data_type, Leaving::Never), |a| a.forget(0));
        assert_eq!(
            values[1],
            Value::from(5).fit(values[1].data_type().unwrap()).unwrap(),
            "{name}"
        );
    }
}
