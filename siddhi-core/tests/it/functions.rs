//! Functions of somebody else, written over rows: what they give, and what becomes of rows for which
//! they fail.

use std::sync::Arc;

use parking_lot::Mutex;
use siddhi_core::extension::{
    BindError, BoundScalar, Documentation, FunctionFactory, ParameterValue, RowFunction,
};
use siddhi_core::{Registry, SendError, SiddhiManager, Value};
use siddhi_query::ast::DataType;

/// `odd(x)`: what is called a long and is whatever its argument says.
#[derive(Debug)]
struct Odd;

impl FunctionFactory for Odd {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "odd",
            syntax: "odd(x)",
            description: "Gives values of many types.",
            example: "from S select odd(a) as o insert into O;",
        }
    }

    fn bind(&self, _parameters: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        Ok(BoundScalar::pure(Odd, DataType::Long))
    }
}

impl RowFunction for Odd {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        match arguments {
            [Value::Int(0)] => Err("nothing is odd about 0".into()),
            [Value::Int(1)] => Ok(Value::Null),
            [Value::Int(2)] => Ok(Value::Long(2)),
            [Value::Int(3)] => Ok(Value::Int(3)),
            [Value::Int(4)] => Ok(Value::Double(4.0)),
            _ => Ok(Value::from("many")),
        }
    }
}

/// What comes out when the numbers from 0 to 5 come in, and the reasons on the fault stream.
fn run(query: &str, one_by_one: bool) -> (Vec<Value>, Vec<String>) {
    let mut registry = Registry::with_builtins();
    registry.register_function(Arc::new(Odd));
    let text = format!("@OnError(action = 'STREAM') define stream S (a int); {query}");
    let app = SiddhiManager::with_registry(registry).create_app(&text).unwrap();
    let (out, faults) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let (seen, told) = (Arc::clone(&out), Arc::clone(&faults));
    app.on_stream("O", move |chunk| {
        seen.lock().extend(chunk.rows().filter_map(|row| row.values().into_iter().next()));
    })
    .unwrap();
    app.on_stream("!S", move |chunk| {
        told.lock().extend(chunk.rows().map(|row| row.values().remove(1).to_string()));
    })
    .unwrap();
    app.start().unwrap();
    let input = app.input("S").unwrap();
    let events: Vec<(i64, Vec<Value>)> = (0..6).map(|a| (1, vec![Value::Int(a)])).collect();
    if one_by_one {
        for (time, values) in &events {
            input.send(*time, values).unwrap();
        }
    } else {
        input.send_batch(&events).unwrap();
    }
    app.shutdown().unwrap();
    let (out, faults) = (out.lock().clone(), faults.lock().clone());
    (out, faults)
}

#[test]
fn a_value_is_widened_or_the_row_fails() {
    let long = |values: &[i64]| values.iter().map(|v| Value::Long(*v)).collect::<Vec<_>>();
    for one_by_one in [true, false] {
        let (out, faults) = run("from S select odd(a) as o insert into O;", one_by_one);
        assert_eq!(out, [Value::Null, Value::Long(2), Value::Long(3)]);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("nothing is odd about 0"), "{faults:?}");
        let of_type = |found: &str| {
            format!("the function gave a value of type {found} where one of type long was promised")
        };
        assert!(faults[1].contains(&of_type("double")), "{faults:?}");
        assert!(faults[2].contains(&of_type("string")), "{faults:?}");

        let (out, faults) = run("from S[odd(a) > 0] select odd(a) as o insert into O;", one_by_one);
        assert_eq!((out, faults.len()), (long(&[2, 3]), 3));
        let query = "from S#window.length(2) select sum(odd(a)) as o insert into O;";
        let (out, faults) = run(query, one_by_one);
        assert_eq!((out.last(), faults.len()), (Some(&Value::Long(5)), 3));
    }
    // A call of a constant is made once, and one that fails fails for each row.
    let (out, faults) = run("from S select odd(3) as o insert into O;", true);
    assert_eq!((out, faults.len()), (long(&[3; 6]), 0));
    let (out, faults) = run("from S select odd(0) as o insert into O;", true);
    assert_eq!((out.len(), faults.len()), (0, 6));
}

/// Promises not to fail, and fails for 3.
#[derive(Debug)]
struct Sure;

impl FunctionFactory for Sure {
    fn documentation(&self) -> Documentation {
        Documentation { name: "sure", syntax: "sure(a)", description: "", example: "" }
    }

    fn bind(&self, _: &[ParameterValue]) -> Result<BoundScalar, BindError> {
        Ok(BoundScalar::pure(Self, DataType::Int).never_fails())
    }
}

impl RowFunction for Sure {
    fn call(&self, arguments: &[Value]) -> Result<Value, String> {
        match arguments {
            [Value::Int(3)] => Err("3 was not foreseen".into()),
            _ => Ok(Value::Int(1)),
        }
    }
}

#[test]
fn a_broken_promise_poisons() {
    for query in [
        "from S select sure(a) as o insert into O;",
        "from S[sure(a) == 1] select a insert into O;",
        "from S#window.length(5) select sum(sure(a)) as o insert into O;",
        "partition with (a of S) begin from S#window.length(5) select sum(sure(a)) as o
         insert into O; end;",
    ] {
        let mut registry = Registry::with_builtins();
        registry.register_function(Arc::new(Sure));
        let text = format!("define stream S (a int); {query}");
        let app = SiddhiManager::with_registry(registry).create_app(&text).unwrap();
        app.start().unwrap();
        let input = app.input("S").unwrap();
        input.send(1, &[Value::Int(2)]).unwrap();
        assert!(matches!(input.send(2, &[Value::Int(3)]), Err(SendError::Poisoned)), "{query}");
    }
}
