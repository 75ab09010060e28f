//! Times as SPL writes them: formats of `strftime` and `strptime`, and relative times such as `-7d@d`.
//!
//! A point in time is a number of nanoseconds since 1970-01-01 UTC. Facts:
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/time-format-variables-and-modifiers/date-and-time-format-variables>,
//! <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/time-format-variables-and-modifiers/time-modifiers>.

mod format;
mod parse;
mod range;
mod relative;

pub use format::format;
pub use parse::parse;
pub use range::{TimeRange, moment};
pub use relative::{Unit, relative};

use crate::Value;
use crate::eval::Datum;
use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The point in time that a value is: a time, or a number (or text that looks like one) of seconds since 1970.
pub fn of_value(value: &Value) -> Option<i64> {
    match value {
        Value::Time(ns) => Some(*ns),
        Value::Int(seconds) => seconds.checked_mul(SECOND),
        Value::Text(text) => of_text(text),
        other => of_seconds(other.number()?),
    }
}

/// As [`of_value`], of a value of an expression.
pub(crate) fn of_datum(datum: &Datum<'_>) -> Option<i64> {
    match datum {
        Datum::Text(text) => of_text(text),
        Datum::Value(value) => of_value(value),
    }
}

/// The point in time that text writes as decimal seconds since 1970, exact to the nanosecond.
pub fn of_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole.strip_prefix('-').unwrap_or(whole)) || !digits(fraction) || whole.len() > 12 {
        return of_seconds(crate::value::parse_number(text)?);
    }
    let seconds: i64 = whole.parse().ok()?;
    let padded = format!("{:0<9}", fraction.get(..fraction.len().min(9))?);
    let nanoseconds: i64 = padded.parse().ok()?;
    let signed = if whole.starts_with('-') { -nanoseconds } else { nanoseconds };
    seconds.checked_mul(SECOND)?.checked_add(signed)
}

/// The point in time of a number of seconds since 1970; `None` outside the years 1677 to 2262.
pub fn of_seconds(seconds: f64) -> Option<i64> {
    let ns = (seconds * 1e9).round();
    (ns.abs() < 9.2e18).then_some(ns as i64)
}

/// A point in time on a clock.
fn zoned(ns: i64, timezone: &TimeZone) -> ZonedDateTime {
    Timestamp::from_nanosecond(i128::from(ns)).unwrap_or_default().to_zoned_datetime(timezone.clone())
}

/// The point in time of a clock; `None` outside the years 1677 to 2262.
fn nanoseconds(zoned: &ZonedDateTime) -> Option<i64> {
    i64::try_from(zoned.timestamp().as_nanosecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_times() {
        for (value, ns) in [
            (Value::Int(1), Some(SECOND)),
            (Value::Float(1.5), Some(1_500_000_000)),
            (Value::Time(7), Some(7)),
            (Value::Text("1700000000.1234567".into()), Some(1_700_000_000_123_456_700)),
            (Value::Text(" 1.5e3 ".into()), Some(1500 * SECOND)),
            (Value::Text("-1.5".into()), Some(-1_500_000_000)),
            (Value::Text("-0.5".into()), Some(-500_000_000)),
            (Value::Text("1.".into()), Some(SECOND)),
            (Value::Text("soon".into()), None),
            (Value::Text(String::new()), None),
            (Value::Text("é.é".into()), None),
            (Value::Float(1e300), None),
            (Value::Int(i64::MAX), None),
            (Value::Null, None),
        ] {
            assert_eq!(of_value(&value), ns, "{value:?}");
        }
    }
}
