//! Sums of numbers and of their squares without any rounding, for the standard deviation.
//!
//! A sum is an expansion: doubles of which each begins where the next larger one ends. Taking a
//! number out again leaves exactly what would be there had it never come, so that nothing adds up
//! over time, however large the numbers were that have left.
//!
//! Source: Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
//! Predicates", Discrete & Computational Geometry 18, 1997.

use serde::{Deserialize, Serialize};

use crate::event::column::Element;

/// A number that aggregators take as a double.
pub(super) trait Number: Element + Copy {
    fn to_f64(self) -> f64;
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            #[allow(
                clippy::cast_precision_loss,
                clippy::cast_lossless,
                reason = "large longs are rounded to the nearest double, as in Java"
            )]
            #[inline]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

number!(i32, i64, f32, f64);

/// A sum that is not rounded; its parts grow in magnitude.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Expansion(Vec<f64>);

impl Expansion {
    fn add(&mut self, number: f64) {
        let mut sum = number;
        let mut kept = 0;
        for index in 0..self.0.len() {
            let Some(part) = self.0.get(index).copied() else { break };
            let (high, low) = two_sum(sum, part);
            if low != 0.0
                && let Some(place) = self.0.get_mut(kept)
            {
                *place = low;
                kept += 1;
            }
            sum = high;
        }
        self.0.truncate(kept);
        if sum != 0.0 {
            self.0.push(sum);
        }
    }

    fn add_product(&mut self, a: f64, b: f64) {
        let (high, low) = two_product(a, b);
        self.add(low);
        self.add(high);
    }

    fn add_scaled(&mut self, other: &Self, factor: f64) {
        for part in &other.0 {
            self.add_product(*part, factor);
        }
    }

    /// The nearest double or one beside it.
    fn value(&self) -> f64 {
        self.0.iter().rev().sum()
    }
}

/// A sum and what rounding took from it.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// A product and what rounding took from it.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (split(a), split(b));
    let rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, rest)
}

/// Two halves of 26 bits.
fn split(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a;
    let high = c - (c - a);
    (high, a - high)
}

/// The count, sum and sum of squares of finite numbers whose squares are finite.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Moments {
    count: i64,
    sum: Expansion,
    squares: Expansion,
}

impl Moments {
    fn change(&mut self, number: f64, by: i64) {
        let sign = by.to_f64();
        self.count += by;
        self.sum.add(sign * number);
        self.squares.add_product(number, sign * number);
    }

    /// The mean of the squared distances from the mean.
    fn variance(&self) -> f64 {
        let count = self.count.to_f64();
        let mean = self.sum.value() / count;
        // Around the rounded mean, without rounding: q = Σx² - 2·mean·Σx + n·mean².
        let mut squares = self.squares.clone();
        squares.add_scaled(&self.sum, -2.0 * mean);
        let (high, low) = two_product(mean, mean);
        squares.add_product(low, count);
        squares.add_product(high, count);
        // The true mean lies beside it by d / n, which makes n·(d / n)² too much.
        let mut distance = self.sum.clone();
        distance.add_product(mean, -count);
        let distance = distance.value();
        let variance = (squares.value() - distance * distance / count) / count;
        // Not `max`, which may keep the sign of a negative zero.
        if variance > 0.0 { variance } else { 0.0 }
    }
}

/// Above this magnitude squares come near to what a double can hold.
const HUGE: f64 = f64::from_bits((1023 + 500) << 52);
/// What huge numbers are scaled by: two to the power of -600.
const SCALE: f64 = f64::from_bits((1023 - 600) << 52);

/// What is known of the numbers that are in.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Spread {
    plain: Moments,
    /// Numbers above [`HUGE`], scaled; none while there were none.
    huge: Option<Box<Moments>>,
    /// Infinities and NaNs.
    infinite: i64,
}

impl Spread {
    /// Takes a number in (`by` is 1) or lets it go (-1).
    pub(super) fn change(&mut self, number: f64, by: i64) {
        if !number.is_finite() {
            self.infinite += by;
        } else if number.abs() <= HUGE {
            self.plain.change(number, by);
        } else {
            let huge = self.huge.get_or_insert_default();
            huge.change(number * SCALE, by);
            if huge.count == 0 && huge.sum.0.is_empty() {
                self.huge = None;
            }
        }
    }

    /// The standard deviation of the population; none when no number is in.
    pub(super) fn deviation(&self) -> Option<f64> {
        let finite = self.plain.count + self.huge.as_ref().map_or(0, |huge| huge.count);
        match finite + self.infinite {
            ..=0 => None,
            1 => Some(0.0),
            _ if self.infinite != 0 => Some(f64::NAN),
            _ => Some(match &self.huge {
                None => self.plain.variance().sqrt(),
                Some(huge) => {
                    let mut all = (**huge).clone();
                    all.count = finite;
                    all.sum.add_scaled(&self.plain.sum, SCALE);
                    for part in &self.plain.squares.0 {
                        all.squares.add(part * SCALE * SCALE);
                    }
                    // A variance beyond the range is infinite, as it is in two passes.
                    (all.variance() / SCALE / SCALE).sqrt()
                }
            }),
        }
    }
}
