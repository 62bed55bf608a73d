//! Texts as numbers, by the rules of Java: for `convert` and for what maps texts to events.

use std::str::FromStr;

/// The digits zero of the scripts whose digits Java takes: all decimal digits of the basic plane.
const ZEROS: [u32; 37] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
    0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80,
    0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10,
];

fn digit(c: char) -> Option<i64> {
    let c = u32::from(c);
    ZEROS.iter().map(|zero| c.wrapping_sub(*zero)).find(|value| *value < 10).map(i64::from)
}

/// A text as a long, as `Long.parseLong` reads it: an optional sign, then digits of any script and
/// nothing else, within the range.
#[must_use]
pub fn long(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    // Counting down reaches the smallest number, which has no positive counterpart.
    let mut value = 0_i64;
    for c in digits.chars() {
        value = value.checked_mul(10)?.checked_sub(digit(c)?)?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// A text as an int, as `Integer.parseInt` reads it.
#[must_use]
pub fn int(text: &str) -> Option<i32> {
    long(text)?.try_into().ok()
}

/// A text as a double, as `Double.parseDouble` reads it.
#[must_use]
pub fn double(text: &str) -> Option<f64> {
    if let Some(value) = plain(text) {
        return Some(value);
    }
    match Form::of(text)? {
        Form::Decimal(text) => text.parse().ok(),
        Form::Named(negative, value) => Some(if negative { -value } else { value }),
        Form::Hexadecimal(negative, number) => {
            let value = f64::from_bits(number.bits(53, -1074));
            Some(if negative { -value } else { value })
        }
    }
}

/// A text as a float, as `Float.parseFloat` reads it.
#[must_use]
pub fn float(text: &str) -> Option<f32> {
    if let Some(value) = plain(text) {
        return Some(value);
    }
    match Form::of(text)? {
        Form::Decimal(text) => text.parse().ok(),
        #[allow(clippy::cast_possible_truncation, reason = "infinity and NaN are the same in both")]
        Form::Named(negative, value) => Some(if negative { -value as f32 } else { value as f32 }),
        Form::Hexadecimal(negative, number) => {
            let value = f32::from_bits(u32::try_from(number.bits(24, -149)).ok()?);
            Some(if negative { -value } else { value })
        }
    }
}

/// What Rust reads in a text that ends in a digit: it is no name, and Java reads the same.
fn plain<T: FromStr>(text: &str) -> Option<T> {
    if text.ends_with(|last: char| last.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// What a text of a floating-point number is made of.
enum Form<'a> {
    /// What Rust reads as well.
    Decimal(&'a str),
    /// With a minus, NaN or infinity.
    Named(bool, f64),
    /// With a minus, the number.
    Hexadecimal(bool, Hexadecimal),
}

impl<'a> Form<'a> {
    fn of(text: &'a str) -> Option<Self> {
        // Java cuts off everything up to the blank, control characters included.
        let text = text.trim_matches(|c| c <= ' ');
        let (negative, number) = match text.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        match number {
            "NaN" => return Some(Self::Named(negative, f64::NAN)),
            "Infinity" => return Some(Self::Named(negative, f64::INFINITY)),
            _ => {}
        }
        let number = number.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(number);
        if let Some(digits) = number.strip_prefix("0x").or_else(|| number.strip_prefix("0X")) {
            return Some(Self::Hexadecimal(negative, Hexadecimal::read(digits)?));
        }
        let end = text.len() - usize::from(text.ends_with(['f', 'F', 'd', 'D']));
        is_decimal(number).then_some(text.get(..end)?).map(Self::Decimal)
    }
}

/// Whether a text is digits with at most one point and at most one exponent.
fn is_decimal(number: &str) -> bool {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent_fits
}

/// `mantissa · 2^exponent`, and whether something was left off behind the mantissa.
struct Hexadecimal {
    mantissa: u64,
    exponent: i64,
    inexact: bool,
}

impl Hexadecimal {
    /// Reads what follows `0x`: digits with an optional point, then `p` and a decimal exponent.
    fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['p', 'P'])?;
        let (whole, fraction) = match mantissa.split_once('.') {
            // `0x1.p0` is one; a point needs a digit on one side.
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // An exponent beyond 64 bits is one that nothing can make up for.
        let far = if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 };
        let exponent = exponent.parse().unwrap_or(far).clamp(i64::MIN / 4, i64::MAX / 4);
        let mut number = Self { mantissa: 0, exponent, inexact: false };
        for (digits, step) in [(whole, 0), (fraction, -4)] {
            for c in digits.chars() {
                number.push(c.to_digit(16)?, step);
            }
        }
        Some(number)
    }

    fn push(&mut self, digit: u32, step: i64) {
        if self.mantissa >> 60 == 0 {
            self.mantissa = self.mantissa << 4 | u64::from(digit);
            self.exponent += step;
        } else {
            // No room: the digit counts for rounding only.
            self.inexact |= digit != 0;
            self.exponent += step + 4;
        }
    }

    /// The bits of the nearest number with `precision` bits whose smallest unit is `2^smallest`,
    /// ties to even, as IEEE lays it out without its sign.
    fn bits(&self, precision: u32, smallest: i64) -> u64 {
        if self.mantissa == 0 {
            return 0;
        }
        let shifted = self.mantissa.leading_zeros();
        let mantissa = u128::from(self.mantissa << shifted) << 64;
        // The value is mantissa · 2^(exponent - 128), and the mantissa has 128 bits.
        let exponent = self.exponent + 64 - i64::from(shifted);
        let unit = (exponent - i64::from(precision)).max(smallest);
        let infinity = u64::from((1_u32 << (if precision == 53 { 11 } else { 8 })) - 1);
        let infinity = infinity << (precision - 1);
        let Some(cut) = u32::try_from(unit - exponent + 128).ok().filter(|cut| *cut <= 128) else {
            return 0;
        };
        let kept = mantissa.checked_shr(cut).unwrap_or(0);
        let rest = mantissa.checked_shl(128 - cut).unwrap_or(0);
        let half = 1_u128 << 127;
        let up = match rest.cmp(&half) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => self.inexact || kept % 2 == 1,
            std::cmp::Ordering::Greater => true,
        };
        let kept = u64::try_from(kept).unwrap_or(u64::MAX) + u64::from(up);
        let Ok(place) = u64::try_from(unit - smallest) else { return infinity };
        if place >= 1 << 12 {
            return infinity;
        }
        // A mantissa with its leading bit adds one to the exponent, and so does one that is rounded
        // up to the next power of two.
        ((place << (precision - 1)) + kept).min(infinity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_a_sign_and_digits_of_any_script() {
        for (text, value) in [
            ("007", Some(7)),
            ("+5", Some(5)),
            ("-5", Some(-5)),
            ("٣٤", Some(34)),
            ("९", Some(9)),
            ("３", Some(3)),
            ("-2147483648", Some(i32::MIN)),
            ("2147483647", Some(i32::MAX)),
            ("2147483648", None),
            ("", None),
            ("+", None),
            ("-", None),
            ("--1", None),
            (" 1", None),
            ("1.0", None),
            ("1e3", None),
            ("5L", None),
            ("1_0", None),
            // Java looks at characters of 16 bits, and these digits have two of them.
            ("𝟗", None),
        ] {
            assert_eq!(int(text), value, "{text}");
        }
        assert_eq!(long("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(long("9223372036854775808"), None);
    }

    #[test]
    fn doubles_are_decimal_or_hexadecimal() {
        for (text, value) in [
            ("1.", 1.0),
            (".5", 0.5),
            ("+.5e2", 50.0),
            ("1E-3", 0.001),
            ("\t2\n", 2.0),
            ("1f", 1.0),
            ("1D", 1.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
            ("1e-999", 0.0),
            ("0x1.8p1", 3.0),
            ("0X.8P1d", 1.0),
            ("0x1p-1074", 5e-324),
            ("0x1p-1075", 0.0),
            ("0x1.00001p-1075", 5e-324),
            ("0x1.fffffffffffff7p1023", f64::MAX),
            ("0x1.fffffffffffff8p1023", f64::INFINITY),
            ("0x1p99999999999999999999", f64::INFINITY),
            ("-0x1p-99999999999999999999", -0.0),
            ("0x10000000000000000000000000000p0", 2_f64.powi(112)),
            ("0x1.00000000000008p0", 1.0),
            ("0x1.000000000000080000000000000000001p0", 1.0 + f64::EPSILON),
        ] {
            assert_eq!(double(text).map(f64::to_bits), Some(value.to_bits()), "{text}");
        }
        assert!(double("NaN").is_some_and(f64::is_nan));
        for text in [
            "", ".", "1,5", "1e", "e5", "nan", "infinity", "1_0", "0x10", "- 1", "1ff", "NaNf",
            "++1", "0x1.8", "0x.p1", "0xp1", "1e+", "f", "0x1pf", "٣", "inf", "1.2.3",
        ] {
            assert_eq!(double(text), None, "{text}");
        }
    }

    #[test]
    fn floats_are_rounded_once() {
        // Rounded to a double first, this would fall to the even neighbour below.
        assert_eq!(float("1.00000005960464478"), Some(1.000_000_1));
        assert_eq!(float("0x1.000001000000001p0"), Some(1.000_000_1));
        assert_eq!(float("1e39"), Some(f32::INFINITY));
        assert_eq!(float("0x1p-149"), Some(f32::from_bits(1)));
        assert_eq!(float("0x1.fffffep127"), Some(f32::MAX));
    }
}
