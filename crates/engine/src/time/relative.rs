//! Relative times: `-7d`, `@w1`, `-1mon@mon+2h`.

use super::{nanoseconds, zoned};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Span, Unit as JiffUnit, ZonedDateTime, ZonedDateTimeRound};

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of the calendar.
    Day,
    /// Seven days; a week begins on Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// Three months of the calendar.
    Quarter,
    /// A year of the calendar.
    Year,
}

impl Unit {
    /// The unit of an abbreviation or name, such as `m`, `mins` or `minute`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Self::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            "mon" | "month" | "months" => Self::Month,
            "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Self::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// So many of it.
    fn span(self, count: i64) -> Option<Span> {
        let span = Span::new();
        match self {
            Self::Second => span.try_seconds(count),
            Self::Minute => span.try_minutes(count),
            Self::Hour => span.try_hours(count),
            Self::Day => span.try_days(count),
            Self::Week => span.try_weeks(count),
            Self::Month => span.try_months(count),
            Self::Quarter => span.try_months(count.checked_mul(3)?),
            Self::Year => span.try_years(count),
        }
        .ok()
    }

    /// The beginning of the unit that the time lies in.
    fn snap(self, time: &ZonedDateTime) -> Option<ZonedDateTime> {
        let trunc =
            |unit| time.round(ZonedDateTimeRound::new().smallest(unit).mode(jiff::RoundMode::Trunc)).ok();
        match self {
            Self::Second => trunc(JiffUnit::Second),
            Self::Minute => trunc(JiffUnit::Minute),
            Self::Hour => trunc(JiffUnit::Hour),
            Self::Day => time.start_of_day().ok(),
            Self::Week => snap_weekday(time, 0),
            Self::Month => time.first_of_month().ok()?.start_of_day().ok(),
            Self::Quarter => {
                let first = time.first_of_month().ok()?;
                let back = (i64::from(first.month()) - 1) % 3;
                first.checked_sub(Span::new().try_months(back).ok()?).ok()?.start_of_day().ok()
            }
            Self::Year => time.first_of_year().ok()?.start_of_day().ok(),
        }
    }
}

/// The beginning of the last such weekday, 0 being Sunday.
fn snap_weekday(time: &ZonedDateTime, weekday: i8) -> Option<ZonedDateTime> {
    let today = time.weekday().since(Weekday::Sunday);
    let back = (today - weekday).rem_euclid(7);
    time.checked_sub(Span::new().try_days(i64::from(back)).ok()?).ok()?.start_of_day().ok()
}

/// The point in time that a relative time means, seen from `base`: `now`, or any number of offsets (`-7d`, `+1h`,
/// `-mon`) and snaps (`@d`, `@w1`, `@mon`) from left to right. `None` for anything else.
pub fn relative(base: i64, modifier: &str, timezone: &TimeZone) -> Option<i64> {
    let modifier = modifier.trim().to_ascii_lowercase();
    let mut rest =
        modifier.strip_prefix("now()").or_else(|| modifier.strip_prefix("now")).unwrap_or(&modifier);
    if rest.is_empty() {
        return (!modifier.is_empty()).then_some(base);
    }
    let mut time = zoned(base, timezone);
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        time = match sign {
            '@' => {
                let unit = letters(&mut rest);
                let weekday = if unit == "w" { digit(&mut rest) } else { None };
                match weekday {
                    Some(day) if day <= 7 => snap_weekday(&time, day % 7)?,
                    Some(_) => return None,
                    None => Unit::named(unit)?.snap(&time)?,
                }
            }
            '+' | '-' => {
                let end = rest.bytes().take_while(u8::is_ascii_digit).count();
                let count: i64 = if end == 0 { 1 } else { rest[..end].parse().ok()? };
                rest = &rest[end..];
                let span = Unit::named(letters(&mut rest))?.span(if sign == '-' { -count } else { count })?;
                time.checked_add(span).ok()?
            }
            _ => return None,
        };
    }
    nanoseconds(&time)
}

fn letters<'t>(text: &mut &'t str) -> &'t str {
    let end = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = text.split_at(end);
    *text = rest;
    name
}

fn digit(text: &mut &str) -> Option<i8> {
    let digit = text.chars().next()?.to_digit(10)?;
    *text = &text[1..];
    i8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{SECOND, format};

    #[test]
    fn offsets_and_snaps() {
        // 2021-03-04 05:06:07 UTC, a Thursday.
        let base = 1_614_834_367 * SECOND;
        for (modifier, meant) in [
            ("now", "2021-03-04 05:06:07"),
            ("now()", "2021-03-04 05:06:07"),
            ("-7d", "2021-02-25 05:06:07"),
            ("-7d@d", "2021-02-25 00:00:00"),
            ("@d", "2021-03-04 00:00:00"),
            ("+1h", "2021-03-04 06:06:07"),
            ("@h", "2021-03-04 05:00:00"),
            ("@m", "2021-03-04 05:06:00"),
            ("-m", "2021-03-04 05:05:07"),
            ("@w", "2021-02-28 00:00:00"),
            ("@w0", "2021-02-28 00:00:00"),
            ("@w7", "2021-02-28 00:00:00"),
            ("@w1", "2021-03-01 00:00:00"),
            ("@w5", "2021-02-26 00:00:00"),
            ("-1mon@mon", "2021-02-01 00:00:00"),
            ("@q", "2021-01-01 00:00:00"),
            ("-1q@q+2h", "2020-10-01 02:00:00"),
            ("@y", "2021-01-01 00:00:00"),
            ("-1y", "2020-03-04 05:06:07"),
            ("-70m@m", "2021-03-04 03:56:00"),
            ("-30Days", "2021-02-02 05:06:07"),
        ] {
            let time = relative(base, modifier, &TimeZone::UTC);
            let text = time.map(|ns| format(ns, "%F %T", &TimeZone::UTC));
            assert_eq!(text.as_deref(), Some(meant), "{modifier}");
        }
    }

    #[test]
    fn days_are_days_of_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        // 2021-03-28 12:00 in Berlin; clocks went forward that night.
        let base = 1_616_925_600 * SECOND;
        let text = |m| relative(base, m, &zone).map(|ns| format(ns, "%F %T", &zone));
        assert_eq!(text("-1d").as_deref(), Some("2021-03-27 12:00:00"));
        assert_eq!(text("-24h").as_deref(), Some("2021-03-27 11:00:00"));
        assert_eq!(text("@d").as_deref(), Some("2021-03-28 00:00:00"));
    }

    #[test]
    fn what_is_no_relative_time() {
        for modifier in [
            "",
            "7",
            "7d",
            "-7",
            "-7x",
            "@",
            "@w8",
            "yesterday",
            "-99999999999999999999d",
            "-9999999999y",
            "@dé",
        ] {
            assert_eq!(relative(0, modifier, &TimeZone::UTC), None, "{modifier}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(base: i64, text in "[-+@0-9a-z]{0,12}") {
            let _ = relative(base, &text, &TimeZone::UTC);
        }
    }
}
