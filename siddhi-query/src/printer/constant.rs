//! Constants: numbers that come back with the same type and bits, strings, time values.

use super::display;
use crate::ast::{Constant, TimeValue};

display! {
    Constant: print;
    TimeValue: time;
}

pub(super) fn print(constant: &Constant) -> String {
    match constant {
        Constant::Bool(value) => value.to_string(),
        Constant::Int(value) => value.to_string(),
        Constant::Long(value) => format!("{value}L"),
        Constant::Float(value) => number(f64::from(*value), format!("{value:?}"), "f"),
        Constant::Double(value) => number(*value, format!("{value:?}"), ""),
        Constant::String(value) => string(value),
        Constant::Time(value) => time(value),
    }
}

/// A number of `digits` with the mark of its type behind.
fn number(value: f64, digits: String, mark: &str) -> String {
    if value.is_nan() {
        // There is no literal; the difference of two infinities is NaN.
        format!("(1e999{mark} - 1e999{mark})")
    } else if value.is_infinite() {
        // Numbers that are too large overflow to infinity.
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}1e999{mark}")
    } else {
        digits + mark
    }
}

/// A string in the plainest quotes that can hold it.
pub(super) fn string(value: &str) -> String {
    let plain = !value.chars().any(|it| it == '"' || it < ' ');
    if !plain {
        format!("\"\"\"{value}\"\"\"")
    } else if value.contains('\'') {
        format!("\"{value}\"")
    } else {
        format!("'{value}'")
    }
}

/// Units that are used alone, when they hold the whole value.
const LONG_UNITS: &[(u64, &str)] =
    &[(31_536_000_000, "year"), (2_592_000_000, "month"), (604_800_000, "week")];

/// Units that a value is split into, with the words for one and for many.
const UNITS: &[(u64, &str, &str)] = &[
    (86_400_000, "day", "days"),
    (3_600_000, "hour", "hours"),
    (60_000, "min", "min"),
    (1_000, "sec", "sec"),
    (1, "millisec", "millisec"),
];

pub(super) fn time(value: &TimeValue) -> String {
    let Ok(millis) = u64::try_from(value.millis) else {
        return wrapped(value.millis);
    };
    if millis == 0 {
        return "0 sec".to_owned();
    }
    // Months and years are fixed numbers of days; splitting by them would surprise (400 days).
    if let Some((unit, word)) = LONG_UNITS.iter().find(|(unit, _)| millis.is_multiple_of(*unit)) {
        let count = millis / unit;
        return format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    }
    let mut rest = millis;
    let mut parts = Vec::new();
    for (unit, one, many) in UNITS {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            parts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    parts.join(" ")
}

/// A negative value, which only a sum that wraps around in 64 bits can give.
///
/// Read without sign it is at least 2^63, more than one number of a text may hold, but its
/// seconds are not.
fn wrapped(millis: i64) -> String {
    let sum = millis.cast_unsigned();
    format!("{} sec {} millisec", sum / 1000, sum % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time_of(millis: i64) -> String {
        TimeValue { millis, span: crate::ast::Span::default() }.to_string()
    }

    #[test]
    fn splits_times_into_units() {
        assert_eq!(time_of(0), "0 sec");
        assert_eq!(time_of(90_500), "1 min 30 sec 500 millisec");
        assert_eq!(time_of(5 * 86_400_000), "5 days");
        assert_eq!(time_of(2 * 2_592_000_000), "2 months");
        assert_eq!(time_of(31_536_000_000), "1 year");
        assert_eq!(time_of(-1), "18446744073709551 sec 615 millisec");
    }

    #[test]
    fn numbers_keep_type_and_value() {
        assert_eq!(print(&Constant::Int(i32::MIN)), "-2147483648");
        assert_eq!(print(&Constant::Long(5)), "5L");
        assert_eq!(print(&Constant::Float(0.1)), "0.1f");
        assert_eq!(print(&Constant::Float(1e30)), "1e30f");
        assert_eq!(print(&Constant::Double(5.0)), "5.0");
        assert_eq!(print(&Constant::Double(f64::MIN_POSITIVE)), "2.2250738585072014e-308");
        assert_eq!(print(&Constant::Double(f64::NEG_INFINITY)), "-1e999");
        assert_eq!(print(&Constant::Float(f32::INFINITY)), "1e999f");
        assert_eq!(print(&Constant::Double(-0.0)), "-0.0");
    }

    #[test]
    fn strings_take_the_quotes_that_hold_them() {
        assert_eq!(string("a"), "'a'");
        assert_eq!(string("it's"), "\"it's\"");
        assert_eq!(string("say \"it's\" now"), "\"\"\"say \"it's\" now\"\"\"");
        assert_eq!(string("two\nlines"), "\"\"\"two\nlines\"\"\"");
    }
}
