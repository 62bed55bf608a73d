//! Milliseconds since 1970 as a date and time of day, UTC.

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// `2013-02-08 21:05:00`, with the milliseconds when there are some.
pub(super) fn text(timestamp_ms: i64) -> String {
    let (year, month, day) = date(timestamp_ms.div_euclid(DAY_MS));
    let of_day = timestamp_ms.rem_euclid(DAY_MS);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    if millis == 0 { text } else { format!("{text}.{millis:03}") }
}

/// The civil date of a day since 1970, in the proleptic Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn date(day: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the leap day is the last of its year; eras of 400 years are
    // all alike.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn dates_are_right() {
        for (timestamp, expected) in [
            (0, "1970-01-01 00:00:00"),
            (-1, "1969-12-31 23:59:59.999"),
            (951_782_400_000, "2000-02-29 00:00:00"),
            (1_360_357_500_000, "2013-02-08 21:05:00"),
            (4_107_542_399_000, "2100-02-28 23:59:59"),
            (4_107_542_400_000, "2100-03-01 00:00:00"),
        ] {
            assert_eq!(text(timestamp), expected);
        }
    }
}
