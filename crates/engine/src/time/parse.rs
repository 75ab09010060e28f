//! Reading times.

use super::format::composite;
use super::{MONTHS, SECOND, WEEKDAYS, nanoseconds, zoned};
use crate::Context;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

/// Reads a time as a format says; what stands behind it in the text is passed over. A date that is not given is
/// today's, a year that is not given this year, an hour, minute or second that is not given is 0.
///
/// `None` when the text is not of this form or the time does not exist.
pub fn parse(text: &str, format: &str, context: &Context) -> Option<i64> {
    let mut read = Read::default();
    read.format(&mut &*text, format, 0)?;
    read.time(context)
}

/// What was read so far.
#[derive(Default)]
struct Read {
    year: Option<i64>,
    short_year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    half_day: Option<bool>,
    minute: i64,
    second: i64,
    fraction: i64,
    zone: Option<TimeZone>,
    epoch: Option<i64>,
}

impl Read {
    fn format(&mut self, text: &mut &str, format: &str, depth: usize) -> Option<()> {
        let mut format = format.chars().peekable();
        while let Some(c) = format.next() {
            if c.is_whitespace() {
                *text = text.trim_start();
                continue;
            }
            if c != '%' {
                *text = text.strip_prefix(c)?;
                continue;
            }
            let mut digits = None;
            while let Some(flag) =
                format.next_if(|c| c.is_ascii_digit() || matches!(c, ':' | '-' | '_' | 'E' | 'O'))
            {
                digits = flag.to_digit(10).or(digits);
            }
            let variable = format.next()?;
            match composite(variable) {
                Some(expansion) if depth == 0 => self.format(text, expansion, 1)?,
                _ => self.variable(text, variable, digits)?,
            }
        }
        Some(())
    }

    fn variable(&mut self, text: &mut &str, variable: char, digits: Option<u32>) -> Option<()> {
        match variable {
            'Y' => self.year = Some(number(text, 4)?),
            'y' => self.short_year = Some(number(text, 2)?),
            'm' => self.month = Some(number(text, 2)?),
            'd' | 'e' => self.day = Some(number(text, 2)?),
            'j' => self.day_of_year = Some(number(text, 3)?),
            'H' | 'k' | 'I' | 'l' => self.hour = number(text, 2)?,
            'M' => self.minute = number(text, 2)?,
            'S' => self.second = number(text, 2)?,
            'p' | 'P' => self.half_day = Some(name(text, &["AM", "PM"], 2)? == 1),
            'b' | 'B' | 'h' => self.month = Some(name(text, &MONTHS, 3)? as i64 + 1),
            'a' | 'A' => drop(name(text, &WEEKDAYS, 3)?),
            'w' | 'u' => drop(number(text, 1)?),
            'U' | 'W' | 'V' => drop(number(text, 2)?),
            'N' | 'Q' | 'f' => self.fraction = fraction(text, digits.unwrap_or(9))?,
            's' => self.epoch = Some(signed(text)?),
            'z' => self.zone = Some(offset(text)?),
            'Z' => return self.named_zone(text),
            'n' | 't' => *text = text.trim_start(),
            '%' => *text = text.strip_prefix('%')?,
            _ => return None,
        }
        Some(())
    }

    /// A zone's name: an IANA name, or an abbreviation of North America or Europe as in RFC 2822; any other
    /// abbreviation is read and says nothing.
    fn named_zone(&mut self, text: &mut &str) -> Option<()> {
        let trimmed = text.trim_start();
        if trimmed.starts_with(['+', '-']) {
            *text = trimmed;
            self.zone = Some(offset(text)?);
            return Some(());
        }
        let end = trimmed
            .find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '/' | '_')))
            .unwrap_or(trimmed.len());
        if end == 0 {
            return None;
        }
        let (name, rest) = trimmed.split_at(end);
        *text = rest;
        let hours = match name.to_ascii_uppercase().as_str() {
            "UTC" | "GMT" | "Z" | "WET" => Some(0),
            "EST" | "CDT" => Some(-5),
            "EDT" => Some(-4),
            "CST" | "MDT" => Some(-6),
            "MST" | "PDT" => Some(-7),
            "PST" => Some(-8),
            "CET" | "BST" | "WEST" => Some(1),
            "CEST" | "EET" => Some(2),
            _ => None,
        };
        self.zone = match hours {
            Some(hours) => Offset::from_seconds(hours * 3600).ok().map(Offset::to_time_zone),
            None => TimeZone::get(name).ok(),
        };
        Some(())
    }

    fn date(&self, today: Date) -> Option<Date> {
        let year = match (self.year, self.short_year) {
            (Some(year), _) => i16::try_from(year).ok()?,
            // POSIX: 69 to 99 are of the last century.
            (None, Some(short)) => {
                i16::try_from(if short < 69 { 2000 + short } else { 1900 + short }).ok()?
            }
            (None, None) => today.year(),
        };
        if let Some(day) = self.day_of_year {
            let first = Date::new(year, 1, 1).ok()?;
            let date = first.checked_add((day - 1).days()).ok()?;
            return (day >= 1 && date.year() == year).then_some(date);
        }
        if self.year.or(self.short_year).or(self.month).or(self.day).is_none() {
            return Some(today);
        }
        let part = |value: Option<i64>, missing: i8| value.map_or(Some(missing), |v| i8::try_from(v).ok());
        // A day alone is one of this month.
        let month = if self.year.is_none() && self.short_year.is_none() { today.month() } else { 1 };
        Date::new(year, part(self.month, month)?, part(self.day, 1)?).ok()
    }

    fn time(self, context: &Context) -> Option<i64> {
        if let Some(epoch) = self.epoch {
            return epoch.checked_mul(SECOND)?.checked_add(self.fraction);
        }
        let zone = self.zone.clone().unwrap_or_else(|| context.timezone.clone());
        let date = self.date(zoned(context.now, &zone).date())?;
        let hour = match self.half_day {
            Some(afternoon) if (1..=12).contains(&self.hour) => {
                self.hour % 12 + if afternoon { 12 } else { 0 }
            }
            Some(_) => return None,
            None => self.hour,
        };
        let part = |value: i64| i8::try_from(value).ok();
        // A leap second is the last second of its minute.
        let second = part(self.second.min(if self.second == 60 { 59 } else { 60 }))?;
        let time = Time::new(part(hour)?, part(self.minute)?, second, self.fraction as i32).ok()?;
        nanoseconds(&DateTime::from_parts(date, time).to_zoned_datetime(zone).ok()?)
    }
}

/// Up to `most` digits, blanks before them.
fn number(text: &mut &str, most: usize) -> Option<i64> {
    let trimmed = text.trim_start();
    let end = trimmed.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let value = trimmed[..end].parse().ok()?;
    *text = &trimmed[end..];
    Some(value)
}

fn signed(text: &mut &str) -> Option<i64> {
    let trimmed = text.trim_start();
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let mut rest = digits;
    let value = number(&mut rest, 18)?;
    *text = rest;
    Some(if digits.len() < trimmed.len() { -value } else { value })
}

/// A name in full or its first `short` letters, in any letter case; answers its number.
fn name(text: &mut &str, names: &[&str], short: usize) -> Option<usize> {
    let trimmed = text.trim_start();
    let starts =
        |prefix: &str| trimmed.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let (index, length) =
        names.iter().enumerate().find_map(|(i, name)| starts(name).then_some((i, name.len()))).or_else(
            || names.iter().enumerate().find_map(|(i, name)| starts(&name[..short]).then_some((i, short))),
        )?;
    *text = &trimmed[length..];
    Some(index)
}

/// A fraction of a second, in nanoseconds.
fn fraction(text: &mut &str, digits: u32) -> Option<i64> {
    let end = text.bytes().take(digits as usize).take_while(u8::is_ascii_digit).count();
    if end == 0 {
        return None;
    }
    let value: i64 = format!("{:0<9}", &text[..end]).parse().ok()?;
    *text = &text[end..];
    Some(value)
}

/// `Z`, `+01`, `+0100`, `+01:00`.
fn offset(text: &mut &str) -> Option<TimeZone> {
    let trimmed = text.trim_start();
    if let Some(rest) = trimmed.strip_prefix(['Z', 'z']) {
        *text = rest;
        return Some(TimeZone::UTC);
    }
    let sign = if trimmed.starts_with('-') { -1 } else { 1 };
    let mut rest = trimmed.strip_prefix(['+', '-'])?;
    let hours = number(&mut rest, 2)?;
    rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = if rest.starts_with(|c: char| c.is_ascii_digit()) { number(&mut rest, 2)? } else { 0 };
    *text = rest;
    let seconds = i32::try_from(sign * (hours * 3600 + minutes * 60)).ok()?;
    Some(Offset::from_seconds(seconds).ok()?.to_time_zone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format;

    fn context() -> Context {
        // 2022-05-06 07:08:09 UTC.
        Context { timezone: TimeZone::UTC, now: 1_651_820_889 * SECOND, ..crate::Context::default() }
    }

    #[test]
    fn times_are_read() {
        for (text, pattern, meant) in [
            ("2021-03-04T05:06:07", "%Y-%m-%dT%H:%M:%S", "2021-03-04 05:06:07.000000000"),
            ("2021-03-04 05:06:07.0089 more", "%F %T.%N", "2021-03-04 05:06:07.008900000"),
            ("2021-03-04 05:06:07.123456789", "%F %T.%3N", "2021-03-04 05:06:07.123000000"),
            ("3/4/21 5:06 pm", "%m/%d/%y %I:%M %p", "2021-03-04 17:06:00.000000000"),
            ("12:30 AM", "%I:%M %p", "2022-05-06 00:30:00.000000000"),
            ("Thursday, 4 march 99", "%A, %d %B %y", "1999-03-04 00:00:00.000000000"),
            ("Mar 4 05:06", "%b %d %H:%M", "2022-03-04 05:06:00.000000000"),
            ("2021-060", "%Y-%j", "2021-03-01 00:00:00.000000000"),
            ("1614834367", "%s", "2021-03-04 05:06:07.000000000"),
            ("-1.5", "%s.%N", "1969-12-31 23:59:59.500000000"),
            ("2021-03-04 05:06:07 +02:00", "%F %T %z", "2021-03-04 03:06:07.000000000"),
            ("2021-03-04T05:06:07Z", "%FT%T%z", "2021-03-04 05:06:07.000000000"),
            ("2021-03-04 05:06:07 EST", "%F %T %Z", "2021-03-04 10:06:07.000000000"),
            ("2021-07-04 05:06:07 Europe/Berlin", "%F %T %Z", "2021-07-04 03:06:07.000000000"),
            ("2016-12-31 23:59:60", "%F %T", "2016-12-31 23:59:59.000000000"),
        ] {
            let read = parse(text, pattern, &context()).map(|ns| format(ns, "%F %T.%9N", &TimeZone::UTC));
            assert_eq!(read.as_deref(), Some(meant), "{text} as {pattern}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for (text, pattern) in [
            ("2021-13-01", "%F"),
            ("2021-02-30", "%F"),
            ("2021", "%Y-%m"),
            ("24:00", "%H:%M"),
            ("13:00 PM", "%I:%M %p"),
            ("2021-366", "%Y-%j"),
            ("2021-000", "%Y-%j"),
            ("é", "%Y"),
            ("2021", "%!"),
            ("2021", "%Y%"),
            ("", "%s"),
            ("Maé 4", "%b %d"),
            ("12 + 99:99", "%H %z"),
        ] {
            assert_eq!(parse(text, pattern, &context()), None, "{text} as {pattern}");
        }
    }
}
