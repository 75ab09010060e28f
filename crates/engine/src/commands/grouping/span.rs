//! Bins: the spans of `bin` and of `BY _time span=…`.

use jiff::Timestamp;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000_000;

/// The size of a bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::commands) enum Span {
    /// Nanoseconds, counted from 1970 UTC.
    Time(i64),
    /// Days, counted from 1970 in local time.
    Days(i64),
    /// Months, counted from 1970 in local time.
    Months(i64),
    /// A number without unit: seconds for times.
    Number(f64),
}

impl Span {
    /// Reads `5m`, `1d`, `2mon`, `10`; `None` for what is no span or an empty one.
    pub(in crate::commands) fn parse(text: &str) -> Option<Self> {
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = &text[..text.len() - unit.len()];
        if unit.is_empty() {
            return number.parse().ok().filter(|n| *n > 0.0).map(Self::Number);
        }
        let count: i64 = if number.is_empty() { 1 } else { number.parse().ok()? };
        let size = |unit: i64| count.checked_mul(unit).filter(|n| *n > 0);
        match unit.to_ascii_lowercase().as_str() {
            "us" => size(1_000).map(Self::Time),
            "ms" => size(1_000_000).map(Self::Time),
            "cs" => size(10_000_000).map(Self::Time),
            "ds" => size(100_000_000).map(Self::Time),
            "s" | "sec" | "secs" | "second" | "seconds" => size(SECOND).map(Self::Time),
            "m" | "min" | "mins" | "minute" | "minutes" => size(60 * SECOND).map(Self::Time),
            "h" | "hr" | "hrs" | "hour" | "hours" => size(3600 * SECOND).map(Self::Time),
            "d" | "day" | "days" => size(1).map(Self::Days),
            "w" | "week" | "weeks" => size(7).map(Self::Days),
            "mon" | "month" | "months" => size(1).map(Self::Months),
            "q" | "qtr" | "qtrs" | "quarter" | "quarters" => size(3).map(Self::Months),
            "y" | "yr" | "yrs" | "year" | "years" => size(12).map(Self::Months),
            _ => None,
        }
    }

    /// Its length in nanoseconds; `None` for months, which differ.
    pub(in crate::commands) fn nanoseconds(self) -> Option<i64> {
        match self {
            Self::Time(ns) => Some(ns),
            Self::Days(days) => days.checked_mul(24 * 3600 * SECOND),
            Self::Number(seconds) => crate::time::of_seconds(seconds).filter(|ns| *ns > 0),
            Self::Months(_) => None,
        }
    }

    /// The begin of the bin that a time (nanoseconds) falls into.
    pub(in crate::commands) fn floor(self, ns: i64, timezone: &TimeZone) -> i64 {
        match self {
            Self::Time(size) => down(ns, size),
            Self::Number(seconds) => down(ns, ((seconds * 1e9) as i64).max(1)),
            Self::Days(days) => local(ns, timezone, |day| {
                let since = date(1970, 1, 1).until(day).ok()?.get_days();
                let floor = i64::from(since).div_euclid(days) * days;
                date(1970, 1, 1).checked_add(jiff::Span::new().try_days(floor).ok()?).ok()
            }),
            Self::Months(months) => local(ns, timezone, |day| {
                let since = (i64::from(day.year()) - 1970) * 12 + i64::from(day.month()) - 1;
                let floor = since.div_euclid(months) * months;
                let year = i16::try_from(1970 + floor.div_euclid(12)).ok()?;
                Date::new(year, i8::try_from(floor.rem_euclid(12)).ok()? + 1, 1).ok()
            }),
        }
    }
}

fn down(ns: i64, size: i64) -> i64 {
    ns.checked_sub(ns.rem_euclid(size)).unwrap_or(ns)
}

/// Begins of bins that follow one another.
impl Span {
    /// The begin of the bin after the one that begins at a time.
    pub(in crate::commands) fn next(self, ns: i64, timezone: &TimeZone) -> Option<i64> {
        match self {
            Self::Days(days) => {
                let next = jiff::Span::new().try_days(days).ok()?;
                Some(local(ns, timezone, |day| day.checked_add(next).ok()))
            }
            Self::Months(months) => {
                let next = jiff::Span::new().try_months(months).ok()?;
                Some(local(ns, timezone, |day| day.checked_add(next).ok()))
            }
            Self::Time(_) | Self::Number(_) => ns.checked_add(self.nanoseconds()?),
        }
    }

    /// Its size where numbers are put into bins: seconds of a span of time.
    pub(in crate::commands) fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Months(months) => months as f64 * 30.0 * 86_400.0,
            Self::Time(ns) => ns as f64 / 1e9,
            Self::Days(days) => days as f64 * 86_400.0,
        }
    }
}

/// The local midnight of the day that `floor` makes of a time's day.
fn local(ns: i64, timezone: &TimeZone, floor: impl Fn(Date) -> Option<Date>) -> i64 {
    let begin = || {
        let day = timezone.to_datetime(Timestamp::from_nanosecond(i128::from(ns)).ok()?).date();
        let begin = timezone.to_timestamp(floor(day)?.to_datetime(Time::midnight())).ok()?;
        i64::try_from(begin.as_nanosecond()).ok()
    };
    begin().unwrap_or(ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        for (text, span) in [
            ("1h", Some(Span::Time(3600 * SECOND))),
            ("5m", Some(Span::Time(300 * SECOND))),
            ("30s", Some(Span::Time(30 * SECOND))),
            ("100ms", Some(Span::Time(SECOND / 10))),
            ("1d", Some(Span::Days(1))),
            ("2w", Some(Span::Days(14))),
            ("1mon", Some(Span::Months(1))),
            ("10", Some(Span::Number(10.0))),
            ("h", Some(Span::Time(3600 * SECOND))),
            ("0s", None),
            ("1x", None),
            ("2log10", None),
            ("", None),
            ("9223372036854775807h", None),
        ] {
            assert_eq!(Span::parse(text), span, "{text}");
        }
    }

    #[test]
    fn times_fall_into_bins() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let at = |text: &str| i64::try_from(text.parse::<Timestamp>().unwrap().as_nanosecond()).unwrap();
        for (span, time, timezone, begin) in [
            ("1h", "2024-03-05T10:59:59.9Z", &TimeZone::UTC, "2024-03-05T10:00:00Z"),
            ("1d", "2024-03-05T10:59:59Z", &TimeZone::UTC, "2024-03-05T00:00:00Z"),
            ("1d", "2024-03-05T23:30:00Z", &berlin, "2024-03-05T23:00:00Z"),
            ("1mon", "2024-03-31T22:30:00Z", &berlin, "2024-03-31T22:00:00Z"),
            ("1y", "2024-03-31T22:30:00Z", &TimeZone::UTC, "2024-01-01T00:00:00Z"),
            ("1w", "1970-01-09T00:00:00Z", &TimeZone::UTC, "1970-01-08T00:00:00Z"),
            ("10m", "1969-12-31T23:55:00Z", &TimeZone::UTC, "1969-12-31T23:50:00Z"),
            ("60", "2024-03-05T10:59:59Z", &TimeZone::UTC, "2024-03-05T10:59:00Z"),
        ] {
            assert_eq!(Span::parse(span).unwrap().floor(at(time), timezone), at(begin), "{span} {time}");
        }
    }
}
