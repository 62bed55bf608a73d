//! `unionSet(o)`: all elements of the sets.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use siddhi_query::ast::DataType;

use super::group::Group;
use super::{bound, one, wrong_type};
use crate::event::value::{Object, Value};
use crate::extension::{
    AggregatorFactory, BindError, BoundAggregator, Documentation, ParameterValue,
};

/// Binds `unionSet`.
#[derive(Debug)]
pub(super) struct UnionSet;

impl AggregatorFactory for UnionSet {
    fn documentation(&self) -> Documentation {
        Documentation {
            name: "unionSet",
            syntax: "unionSet(set)",
            description: "Gives the set of all elements of the sets that are in, in the order in \
                          which they came. Sets are made by `createSet`. Nulls are left out; a row \
                          whose object is no set fails.",
            example: "from Sets#window.length(20) select unionSet(symbols) as symbols \
                      insert into Unions;",
        }
    }

    fn bind(&self, parameters: &[ParameterValue]) -> Result<BoundAggregator, BindError> {
        match one("unionSet", parameters)? {
            DataType::Object => Ok(bound::<Value, Union>(DataType::Object)),
            other => Err(wrong_type("unionSet", "an object that holds a set", other)),
        }
    }
}

/// How often each element is in: one that leaves before it came counts below zero.
// Java never counts an element down to zero, so that one that came back does not leave any more.
#[derive(Default)]
struct Union {
    elements: HashMap<Element, Membership>,
    /// The elements that are in, by when they came.
    order: BTreeMap<u64, Value>,
    came: u64,
    /// The set as a value, until something changes.
    value: OnceCell<Arc<Object>>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Membership {
    count: i64,
    /// The place in the order, while the count is above zero.
    place: u64,
}

/// A value as an element: values of different types differ, 0.0 and -0.0 are two, NaN is one,
/// objects are told apart by their text.
#[derive(Clone, Debug)]
struct Element(Value);

impl Element {
    fn bits(&self) -> (u8, u64) {
        let truth = |value: bool| u64::from(value);
        match &self.0 {
            Value::Null => (0, 0),
            Value::Bool(v) => (1, truth(*v)),
            Value::Int(v) => (2, i64::from(*v).cast_unsigned()),
            Value::Long(v) => (3, v.cast_unsigned()),
            Value::Float(v) if v.is_nan() => (4, f32::NAN.to_bits().into()),
            Value::Float(v) => (4, v.to_bits().into()),
            Value::Double(v) if v.is_nan() => (5, f64::NAN.to_bits()),
            Value::Double(v) => (5, v.to_bits()),
            Value::String(v) => (6, v.fast_hash()),
            Value::Object(_) => (7, 0),
        }
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => a.to_string() == b.to_string(),
            _ => self.bits() == other.bits(),
        }
    }
}

impl Eq for Element {}

impl Hash for Element {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
        if let Value::Object(object) = &self.0 {
            object.to_string().hash(state);
        }
    }
}

impl Union {
    fn change(&mut self, element: &Value, by: i64) {
        self.value.take();
        let key = Element(element.clone());
        let member = self.elements.entry_ref(&key).or_default();
        let was_in = member.count > 0;
        member.count += by;
        if member.count > 0 && !was_in {
            member.place = self.came;
            self.order.insert(self.came, element.clone());
            self.came += 1;
        } else if member.count <= 0 && was_in {
            self.order.remove(&member.place);
        }
        if member.count == 0 {
            self.elements.remove(&key);
        }
    }
}

impl From<&Element> for Element {
    fn from(element: &Element) -> Self {
        element.clone()
    }
}

fn set(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Object(object) => match &**object {
            Object::Set(elements) => Some(elements),
            _ => None,
        },
        _ => None,
    }
}

impl Group<Value> for Union {
    type Out = Value;
    const FALLIBLE: bool = true;

    fn add(&mut self, value: &Value) {
        for element in set(value).unwrap_or_default() {
            self.change(element, 1);
        }
    }

    fn remove(&mut self, value: &Value) {
        for element in set(value).unwrap_or_default() {
            self.change(element, -1);
        }
    }

    fn value(&self) -> Option<Value> {
        let set = || Arc::new(Object::Set(self.order.values().cloned().collect()));
        Some(Value::Object(Arc::clone(self.value.get_or_init(set))))
    }

    fn check(value: &Value) -> Result<(), String> {
        set(value).map(|_| ()).ok_or_else(|| format!("{value} is no set"))
    }
}

impl Serialize for Union {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut elements: Vec<(&Value, Membership)> =
            self.elements.iter().map(|(element, member)| (&element.0, *member)).collect();
        // Elements that are owed have no place; their text makes equal states equal bytes.
        elements.sort_by_cached_key(|(value, member)| {
            (member.count <= 0, member.place, value.to_string())
        });
        (elements, self.came).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Union {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (elements, came) = <(Vec<(Value, Membership)>, u64)>::deserialize(deserializer)?;
        let order = elements
            .iter()
            .filter(|(_, member)| member.count > 0)
            .map(|(value, member)| (member.place, value.clone()))
            .collect();
        let elements =
            elements.into_iter().map(|(value, member)| (Element(value), member)).collect();
        Ok(Self { elements, order, came, value: OnceCell::new() })
    }
}
