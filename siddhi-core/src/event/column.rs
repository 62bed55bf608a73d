//! A typed column of values with an optional set of nulls.

use serde::{Deserialize, Serialize};
use siddhi_query::ast::DataType;

use super::text::Text;
use super::value::Value;

/// The rows of a column that are null, one bit a row; empty while nothing is null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Nulls {
    words: Vec<u64>,
}

impl Nulls {
    /// Whether any row may be null. Kernels look here once and take the plain loop when not.
    #[inline]
    #[must_use]
    pub fn any(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether a row is null.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Marks a row as null.
    pub fn set(&mut self, row: usize) {
        if self.words.len() <= row / 64 {
            self.words.resize(row / 64 + 1, 0);
        }
        if let Some(word) = self.words.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Marks a row as present.
    #[inline]
    pub fn unset(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    /// Marks a row.
    #[inline]
    pub fn assign(&mut self, row: usize, null: bool) {
        if null {
            self.set(row);
        } else {
            self.unset(row);
        }
    }

    /// Marks every row as null that is null in `other`.
    pub(crate) fn union(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// No row is null any more.
    #[inline]
    pub fn clear(&mut self) {
        self.words.clear();
    }

    /// Forgets the rows from `length` on.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.words.truncate(length.div_ceil(64));
        if let Some(word) = self.words.get_mut(length / 64) {
            *word &= (1 << (length % 64)) - 1;
        }
        if self.words.iter().all(|word| *word == 0) {
            self.words.clear();
        }
    }

    /// Drops the first `count` of `length` rows.
    pub(crate) fn drop_front(&mut self, count: usize, length: usize) {
        if !self.any() {
            return;
        }
        let mut kept = Self::default();
        for row in count..length {
            if self.get(row) {
                kept.set(row - count);
            }
        }
        *self = kept;
    }
}

/// The values of a column, one vector for each type. What stands at a null row means nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Values {
    /// `bool`.
    Bool(Vec<bool>),
    /// `int`.
    Int(Vec<i32>),
    /// `long`.
    Long(Vec<i64>),
    /// `float`.
    Float(Vec<f32>),
    /// `double`.
    Double(Vec<f64>),
    /// `string`.
    String(Vec<Text>),
    /// `object`: any value.
    Object(Vec<Value>),
}

/// Runs the same code for whichever vector a column holds.
macro_rules! each_type {
    ($values:expr, $vector:ident => $body:expr) => {
        match $values {
            Values::Bool($vector) => $body,
            Values::Int($vector) => $body,
            Values::Long($vector) => $body,
            Values::Float($vector) => $body,
            Values::Double($vector) => $body,
            Values::String($vector) => $body,
            Values::Object($vector) => $body,
        }
    };
}

/// Runs the same code for two columns of one type; columns of different types do nothing.
macro_rules! both_types {
    ($left:expr, $right:expr, ($a:ident, $b:ident) => $body:expr) => {
        match ($left, $right) {
            (Values::Bool($a), Values::Bool($b)) => $body,
            (Values::Int($a), Values::Int($b)) => $body,
            (Values::Long($a), Values::Long($b)) => $body,
            (Values::Float($a), Values::Float($b)) => $body,
            (Values::Double($a), Values::Double($b)) => $body,
            (Values::String($a), Values::String($b)) => $body,
            (Values::Object($a), Values::Object($b)) => $body,
            _ => debug_assert!(false, "the binder gives both columns one type"),
        }
    };
}

/// A typed column: as many values as rows, and which of them are null.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The values.
    pub values: Values,
    /// The null rows.
    pub nulls: Nulls,
}

impl Column {
    /// An empty column of a type.
    #[must_use]
    pub fn new(data_type: DataType) -> Self {
        let values = match data_type {
            DataType::Bool => Values::Bool(Vec::new()),
            DataType::Int => Values::Int(Vec::new()),
            DataType::Long => Values::Long(Vec::new()),
            DataType::Float => Values::Float(Vec::new()),
            DataType::Double => Values::Double(Vec::new()),
            DataType::String => Values::String(Vec::new()),
            DataType::Object => Values::Object(Vec::new()),
        };
        Self { values, nulls: Nulls::default() }
    }

    /// A column of one row, to be written over.
    pub(crate) fn of_one_row(data_type: DataType) -> Self {
        let mut column = Self::new(data_type);
        column.resize(1);
        column
    }

    /// The type.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        match &self.values {
            Values::Bool(_) => DataType::Bool,
            Values::Int(_) => DataType::Int,
            Values::Long(_) => DataType::Long,
            Values::Float(_) => DataType::Float,
            Values::Double(_) => DataType::Double,
            Values::String(_) => DataType::String,
            Values::Object(_) => DataType::Object,
        }
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        each_type!(&self.values, v => v.len())
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row is null.
    #[inline]
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        self.nulls.get(row)
    }

    /// The value of a row; null behind the end.
    #[must_use]
    pub fn value(&self, row: usize) -> Value {
        if self.is_null(row) {
            return Value::Null;
        }
        match &self.values {
            Values::Bool(v) => v.get(row).copied().into(),
            Values::Int(v) => v.get(row).copied().into(),
            Values::Long(v) => v.get(row).copied().into(),
            Values::Float(v) => v.get(row).copied().into(),
            Values::Double(v) => v.get(row).copied().into(),
            Values::String(v) => v.get(row).cloned().into(),
            Values::Object(v) => v.get(row).cloned().unwrap_or_default(),
        }
    }

    /// Appends a value. A value of another type is stored as null and `false` comes back: the
    /// caller has checked types, see [`Value::fit`].
    pub fn push(&mut self, value: Value) -> bool {
        let row = self.len();
        let fits = match (&mut self.values, value) {
            (Values::Bool(v), Value::Bool(x)) => return push(v, x),
            (Values::Int(v), Value::Int(x)) => return push(v, x),
            (Values::Long(v), Value::Long(x)) => return push(v, x),
            (Values::Float(v), Value::Float(x)) => return push(v, x),
            (Values::Double(v), Value::Double(x)) => return push(v, x),
            (Values::String(v), Value::String(x)) => return push(v, x),
            (Values::Object(v), x) if !x.is_null() => return push(v, x),
            (_, value) => value.is_null(),
        };
        self.resize(row + 1);
        self.nulls.set(row);
        fits
    }

    /// Appends a copy of a value. A value of another type is stored as null and `false` comes back.
    #[inline]
    pub fn push_ref(&mut self, value: &Value) -> bool {
        match (&mut self.values, value) {
            (Values::Double(v), Value::Double(x)) => push(v, *x),
            (Values::String(v), Value::String(x)) => push(v, x.clone()),
            (Values::Long(v), Value::Long(x)) => push(v, *x),
            (Values::Int(v), Value::Int(x)) => push(v, *x),
            _ => self.push(value.clone()),
        }
    }

    /// Writes a copy of a value over row 0, when it has the column's type or is null; else nothing
    /// happens and `false` comes back.
    #[expect(clippy::inline_always, reason = "in the loops over the values of every single send")]
    #[inline(always)]
    pub(crate) fn set_first(&mut self, value: &Value) -> bool {
        let done = match (&mut self.values, value) {
            (Values::Double(v), Value::Double(x)) => put(v, 0, *x),
            (Values::String(v), Value::String(x)) => {
                v.first_mut().map(|place| place.clone_from(x)).is_some()
            }
            (Values::Long(v), Value::Long(x)) => put(v, 0, *x),
            (Values::Int(v), Value::Int(x)) => put(v, 0, *x),
            (Values::Float(v), Value::Float(x)) => put(v, 0, *x),
            (Values::Bool(v), Value::Bool(x)) => put(v, 0, *x),
            _ => return self.set_first_other(value),
        };
        if done && self.nulls.any() {
            self.nulls.clear();
        }
        done
    }

    /// As [`Column::set_first`], of what is rarer.
    #[cold]
    fn set_first_other(&mut self, value: &Value) -> bool {
        let fits = value.is_null() || matches!(self.values, Values::Object(_));
        if fits {
            self.set(0, value.clone());
        }
        fits
    }

    /// Puts a value at an existing row. A value of another type becomes null.
    pub fn set(&mut self, row: usize, value: Value) {
        let done = match (&mut self.values, value) {
            (Values::Bool(v), Value::Bool(x)) => put(v, row, x),
            (Values::Int(v), Value::Int(x)) => put(v, row, x),
            (Values::Long(v), Value::Long(x)) => put(v, row, x),
            (Values::Float(v), Value::Float(x)) => put(v, row, x),
            (Values::Double(v), Value::Double(x)) => put(v, row, x),
            (Values::String(v), Value::String(x)) => put(v, row, x),
            (Values::Object(v), x) if !x.is_null() => put(v, row, x),
            _ => false,
        };
        self.nulls.assign(row, !done);
    }

    /// Makes the column `length` rows long; new rows hold a default value and are not null.
    pub fn resize(&mut self, length: usize) {
        if self.nulls.any() && length < self.len() {
            self.nulls.truncate(length);
        }
        each_type!(&mut self.values, v => resize(v, length));
    }

    /// Makes the column at least `length` rows long: scratch columns keep their size.
    #[inline]
    pub fn grow(&mut self, length: usize) {
        if self.len() < length {
            self.resize(length);
        }
    }

    /// No rows, same capacity.
    pub fn clear(&mut self) {
        self.nulls.clear();
        each_type!(&mut self.values, v => v.clear());
    }

    /// Appends the rows of `other` that `rows` names; `other` has the same type.
    pub fn extend_from(&mut self, other: &Self, rows: impl Iterator<Item = usize> + Clone) {
        let start = self.len();
        both_types!(&mut self.values, &other.values, (a, b) => {
            a.extend(rows.clone().filter_map(|row| value_at(b, row)));
        });
        if other.nulls.any() {
            for (i, row) in rows.enumerate() {
                if other.nulls.get(row) {
                    self.nulls.set(start + i);
                }
            }
        }
    }

    /// Appends a range of rows of `other`, which has the same type.
    pub fn extend_range(&mut self, other: &Self, rows: std::ops::Range<usize>) {
        let start = self.len();
        both_types!(&mut self.values, &other.values, (a, b) => {
            if let Some(b) = b.get(rows.clone()) {
                a.extend_from_slice(b);
            }
        });
        if other.nulls.any() {
            for (i, row) in rows.enumerate() {
                if other.nulls.get(row) {
                    self.nulls.set(start + i);
                }
            }
        }
    }

    /// Appends one row of `other`, which has the same type.
    #[inline]
    pub fn push_from(&mut self, other: &Self, row: usize) {
        // Numbers are most of what is stored, and the rest would make this too long to be inlined.
        let plain = !other.nulls.any();
        match (&mut self.values, &other.values) {
            (Values::Double(a), Values::Double(b)) if plain => a.extend(b.get(row)),
            (Values::Long(a), Values::Long(b)) if plain => a.extend(b.get(row)),
            (Values::Int(a), Values::Int(b)) if plain => a.extend(b.get(row)),
            _ => self.push_any_from(other, row),
        }
    }

    fn push_any_from(&mut self, other: &Self, row: usize) {
        let at = self.len();
        both_types!(&mut self.values, &other.values, (a, b) => {
            a.extend(value_at(b, row));
        });
        if other.nulls.any() && other.nulls.get(row) {
            self.nulls.set(at);
        }
    }

    /// Copies one row of `other`, which has the same type, over an existing row.
    #[inline]
    pub fn set_from(&mut self, row: usize, other: &Self, from: usize) {
        both_types!(&mut self.values, &other.values, (a, b) => {
            if let (Some(place), Some(value)) = (a.get_mut(row), b.get(from)) {
                place.clone_from(value);
            }
        });
        if self.nulls.any() || other.nulls.any() {
            self.nulls.assign(row, other.nulls.get(from));
        }
    }

    /// Puts a default value at an existing row, and lets go what stood there.
    pub(crate) fn reset(&mut self, row: usize) {
        each_type!(&mut self.values, v => reset(v, row));
        self.nulls.unset(row);
    }

    /// Copies a row of the column over another of its rows.
    pub(crate) fn copy_within(&mut self, from: usize, to: usize) {
        each_type!(&mut self.values, v => if let Some(value) = value_at(v, from)
            && let Some(place) = v.get_mut(to) {
            *place = value;
        });
        let null = self.nulls.get(from);
        self.nulls.assign(to, null);
    }

    /// Drops the first `count` rows.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let length = self.len();
        self.nulls.drop_front(count, length);
        each_type!(&mut self.values, v => drop(v.drain(..count.min(length))));
    }

    /// Gives back memory that no row uses.
    pub(crate) fn shrink(&mut self) {
        each_type!(&mut self.values, v => v.shrink_to_fit());
    }
}

fn resize<T: Clone + Default>(vector: &mut Vec<T>, length: usize) {
    vector.resize(length, T::default());
}

#[inline]
fn reset<T: Default>(vector: &mut [T], row: usize) {
    if let Some(place) = vector.get_mut(row) {
        *place = T::default();
    }
}

#[inline]
fn value_at<T: Clone>(vector: &[T], row: usize) -> Option<T> {
    vector.get(row).cloned()
}

fn push<T>(vector: &mut Vec<T>, value: T) -> bool {
    vector.push(value);
    true
}

fn put<T>(vector: &mut [T], row: usize, value: T) -> bool {
    vector.get_mut(row).map(|place| *place = value).is_some()
}

/// A Rust type that a column can hold: gives typed access to a column's vector.
pub trait Element: Clone + Default + Send + Sync + 'static {
    /// The vector, when the column has this type.
    fn slice(values: &Values) -> Option<&[Self]>;
    /// The vector to write to, when the column has this type.
    fn vector(values: &mut Values) -> Option<&mut Vec<Self>>;
    /// The value, when it has this type.
    fn in_value(value: &Value) -> Option<&Self>;
}

macro_rules! element {
    ($($rust:ty => $variant:ident, $value:ident, $of:expr;)*) => {$(
        impl Element for $rust {
            #[inline]
            fn slice(values: &Values) -> Option<&[Self]> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            #[inline]
            fn vector(values: &mut Values) -> Option<&mut Vec<Self>> {
                match values {
                    Values::$variant(v) => Some(v),
                    _ => None,
                }
            }
            #[inline]
            fn in_value($value: &Value) -> Option<&Self> {
                $of
            }
        }
    )*};
    ($($rust:ty => $variant:ident),*) => {
        element! {$(
            $rust => $variant, value, match value {
                Value::$variant(v) => Some(v),
                _ => None,
            };
        )*}
    };
}

element!(bool => Bool, i32 => Int, i64 => Long, f32 => Float, f64 => Double, Text => String);
element! { Value => Object, value, if value.is_null() { None } else { Some(value) }; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_follow_their_rows() {
        let mut column = Column::new(DataType::Int);
        for row in 0..200 {
            column.push(if row % 3 == 0 { Value::Null } else { Value::Int(row) });
        }
        column.drop_front(64);
        assert_eq!(column.len(), 136);
        assert_eq!(column.value(0), Value::Int(64));
        assert_eq!(column.value(2), Value::Null);
        let mut other = Column::new(DataType::Int);
        other.extend_from(&column, [0, 2, 3].into_iter());
        assert_eq!((other.value(0), other.value(1)), (Value::Int(64), Value::Null));
        column.resize(1);
        assert!(!column.nulls.any());
    }

    #[test]
    fn another_type_is_refused() {
        let mut column = Column::new(DataType::Int);
        assert!(!column.push(Value::from("x")));
        assert_eq!(column.value(0), Value::Null);
    }
}
