//! Time values.

use super::NOWHERE;
use crate::ast::TimeValue;

macro_rules! units {
    ($($name:ident $millis:literal $doc:literal;)*) => {
        /// Sums wrap around in 64 bits, as those of a text do.
        impl TimeValue {
            $(
                #[doc = $doc]
                #[must_use]
                pub fn $name(count: u64) -> Self {
                    Self { millis: count.wrapping_mul($millis).cast_signed(), span: NOWHERE }
                }
            )*
        }
    };
}

units! {
    millis 1 "So many milliseconds.";
    seconds 1_000 "So many seconds.";
    minutes 60_000 "So many minutes.";
    hours 3_600_000 "So many hours.";
    days 86_400_000 "So many days.";
    weeks 604_800_000 "So many weeks.";
    months 2_592_000_000 "So many months of 30 days.";
    years 31_536_000_000 "So many years of 365 days.";
}

impl std::ops::Add for TimeValue {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { millis: self.millis.wrapping_add(other.millis), span: NOWHERE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up() {
        let time = TimeValue::minutes(1) + TimeValue::seconds(30);
        assert_eq!(time.millis, 90_000);
        assert_eq!(time.to_string(), "1 min 30 sec");
        assert!(TimeValue::years(u64::MAX).millis < 0, "wraps as in a text");
    }
}
