//! Points in time as people and programs write them.

use crate::decode::time as iso;
use crate::formats::json::value::{Json, is_number};

/// A point in time, and whether its text said its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When {
    /// Nanoseconds since 1970-01-01 UTC.
    pub(crate) nanos: i64,
    /// False when UTC was assumed.
    pub(crate) zoned: bool,
}

/// A time in one of the usual forms; `None` when it is none of them:
///
/// - `2024-02-29T23:59:59.1234567Z` and the like, with a blank for the `T`, an offset, or no zone;
/// - seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size, as number or as text;
/// - `/Date(1709251199123)/` as .NET writes it;
/// - `2/29/2024 11:59:59 PM`, month first, unless the first number can be no month.
pub(crate) fn of(value: &Json<'_>) -> Option<When> {
    of_text(value.scalar()?)
}

/// Likewise of a text.
pub(crate) fn of_text(text: &str) -> Option<When> {
    let text = text.trim_ascii();
    if is_number(text.as_bytes()) {
        return epoch(text).map(|nanos| When { nanos, zoned: true });
    }
    if let Some(date) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // An offset behind it says where it was written; the number is UTC all the same.
        let sign = date.get(1..).and_then(|rest| rest.find(['+', '-'])).map_or(date.len(), |at| at + 1);
        let nanos = date[..sign].parse::<i64>().ok()?.checked_mul(1_000_000)?;
        return Some(When { nanos, zoned: true });
    }
    if let Some(nanos) = iso::parse(text) {
        // The date's own hyphens are before the clock.
        let zoned = text.ends_with(['Z', 'z']) || text.ends_with("UTC") || text[11..].contains(['+', '-']);
        return Some(When { nanos, zoned });
    }
    slashed(text).map(|nanos| When { nanos, zoned: false })
}

/// The time as Windows writes it: `2024-02-29T23:59:59.1234567Z`.
pub(crate) fn system_time(nanos: i64) -> String {
    let (seconds, fraction) = (nanos.div_euclid(1_000_000_000), nanos.rem_euclid(1_000_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:07}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        fraction / 100
    )
}

/// Nanoseconds of a number of seconds or smaller units.
fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.contains(['e', 'E']) {
        let seconds: f64 = text.parse().ok()?;
        return epoch(&format!("{seconds:.9}"));
    }
    let number: i64 = whole.parse().ok()?;
    // Units by size: each reaches from 1973 to beyond 5000 (seconds also before).
    let unit: i64 = match number.unsigned_abs() {
        0..=99_999_999_999 => 1_000_000_000,
        100_000_000_000..=99_999_999_999_999 => 1_000_000,
        100_000_000_000_000..=99_999_999_999_999_999 => 1000,
        _ => 1,
    };
    let mut nanos = 0;
    let mut digit = unit / 10;
    for b in fraction.bytes() {
        nanos += i64::from(b - b'0') * digit;
        digit /= 10;
    }
    let nanos = if text.starts_with('-') { -nanos } else { nanos };
    number.checked_mul(unit)?.checked_add(nanos)
}

/// `2/29/2024 11:59:59.123 PM`, also with a comma, with `-` for `/`, and with the year first.
fn slashed(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let date = date.trim_end_matches(',');
    let numbers: Vec<u32> = date.split(['/', '-', '.']).map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match numbers[..] {
        [year, month, day] if year > 99 => (year, month, day),
        [day, month, year] if day > 12 => (year, month, day),
        [month, day, year] => (year, month, day),
        _ => return None,
    };
    let (clock, half) = match clock.trim_ascii().rsplit_once(' ') {
        Some((clock, half)) => (clock.trim_ascii(), Some(half)),
        None => (clock.trim_ascii(), None),
    };
    let (hour, rest) = clock.split_once(':')?;
    let hour: u32 = hour.parse().ok()?;
    let hour = match half {
        None => hour,
        Some(half) if half.eq_ignore_ascii_case("AM") => (1..=12).contains(&hour).then_some(hour % 12)?,
        Some(half) if half.eq_ignore_ascii_case("PM") => {
            (1..=12).contains(&hour).then_some(hour % 12 + 12)?
        }
        Some(_) => return None,
    };
    let rest = if rest.contains(':') { rest.to_owned() } else { format!("{rest}:00") };
    iso::parse(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{rest}"))
}

/// Year, month and day of a number of days since 1970-01-01 (Howard Hinnant's `civil_from_days`,
/// <https://howardhinnant.github.io/date_algorithms.html>).
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_in_every_form() {
        for (text, nanos, zoned) in [
            ("2024-02-29T23:59:59.1234567Z", 1_709_251_199_123_456_700, true),
            ("2024-02-29T23:59:59.1234567+00:00", 1_709_251_199_123_456_700, true),
            ("2024-02-29 18:59:59.1234567 -0500", 1_709_251_199_123_456_700, true),
            ("2024-02-29 23:59:59.1234567", 1_709_251_199_123_456_700, false),
            ("1709251199", 1_709_251_199_000_000_000, true),
            ("1709251199.1234567", 1_709_251_199_123_456_700, true),
            ("1709251199123", 1_709_251_199_123_000_000, true),
            ("1709251199123.4567", 1_709_251_199_123_456_700, true),
            ("1709251199123456", 1_709_251_199_123_456_000, true),
            ("1709251199123456700", 1_709_251_199_123_456_700, true),
            ("1.709251199e9", 1_709_251_199_000_000_000, true),
            ("-1.5", -1_500_000_000, true),
            ("0", 0, true),
            ("/Date(1709251199123)/", 1_709_251_199_123_000_000, true),
            ("/Date(1709251199123+0100)/", 1_709_251_199_123_000_000, true),
            ("/Date(-1)/", -1_000_000, true),
            ("2/29/2024 11:59:59 PM", 1_709_251_199_000_000_000, false),
            ("02/29/2024, 11:59:59.123 PM", 1_709_251_199_123_000_000, false),
            ("29.02.2024 23:59:59", 1_709_251_199_000_000_000, false),
            ("29/02/2024 23:59:59", 1_709_251_199_000_000_000, false),
            ("2024/02/29 23:59:59", 1_709_251_199_000_000_000, false),
            ("3/1/2024 12:00 AM", 1_709_251_200_000_000_000, false),
        ] {
            assert_eq!(of_text(text), Some(When { nanos, zoned }), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "-",
            "now",
            "2024-02-29",
            "13/13/2024 10:00",
            "1/2/2024 13:00 PM",
            "/Date(x)/",
            "/Date()/",
            "1/2 10:00",
            "99999999999999999999",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
        assert_eq!(of(&Json::Null), None);
        assert_eq!(of(&Json::Number("12")), of_text("12"));
    }

    proptest! {
        #[test]
        fn windows_s_form_is_read_back(hundreds in -90_000_000_000_000_000_i64..90_000_000_000_000_000) {
            prop_assert_eq!(of_text(&system_time(hundreds * 100)), Some(When { nanos: hundreds * 100, zoned: true }));
        }

        #[test]
        fn any_text_is_survived(text in "[-0-9/:.,+ TZAPMaéDate()]{0,30}") {
            let _ = of_text(&text);
        }
    }
}
