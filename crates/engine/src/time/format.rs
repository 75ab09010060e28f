//! Writing times.

use super::{MONTHS, SECOND, WEEKDAYS, zoned};
use jiff::{ZonedDateTime, tz::TimeZone};
use std::fmt::Write;

/// Writes a time as a format says, such as `%Y-%m-%dT%H:%M:%S`. What is no known variable stays as it is.
pub fn format(ns: i64, format: &str, timezone: &TimeZone) -> String {
    let mut out = String::with_capacity(format.len() + 16);
    write_format(ns, &zoned(ns, timezone), format, &mut out);
    out
}

fn write_format(ns: i64, time: &ZonedDateTime, format: &str, out: &mut String) {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let flag_end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '-' | '_' | '^' | 'E' | 'O')))
            .unwrap_or(rest.len());
        let Some(variable) = rest[flag_end..].chars().next() else {
            out.push('%');
            out.push_str(rest);
            return;
        };
        let flags = &rest[..flag_end];
        let end = flag_end + variable.len_utf8();
        if !write_variable(ns, time, flags, variable, out) {
            out.push('%');
            out.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
}

/// Writes one variable; `false` when it is not known.
fn write_variable(ns: i64, time: &ZonedDateTime, flags: &str, variable: char, out: &mut String) -> bool {
    if let Some(expansion) = composite(variable) {
        write_format(ns, time, expansion, out);
        return true;
    }
    if flags.is_empty() && write_padded(time, variable, out) {
        return true;
    }
    if let Some(written) = date_variable(time, variable).or_else(|| clock_variable(ns, time, variable)) {
        out.push_str(unpadded(&written, flags));
        return true;
    }
    match variable {
        'N' | 'f' => fraction(ns, flags, if variable == 'f' { 6 } else { 9 }, out),
        'Q' => fraction(ns, flags, 3, out),
        'z' => offset(time, flags, out),
        'Z' => zone(time, out),
        '%' => out.push('%'),
        'n' => out.push('\n'),
        't' => out.push('\t'),
        _ => return false,
    }
    true
}

/// Writes one of the variables that nearly every format has; `false` when it is another.
fn write_padded(time: &ZonedDateTime, variable: char, out: &mut String) -> bool {
    let (number, width) = match variable {
        'Y' => (i32::from(time.year()), 4),
        'm' => (i32::from(time.month()), 2),
        'd' => (i32::from(time.day()), 2),
        'H' => (i32::from(time.hour()), 2),
        'M' => (i32::from(time.minute()), 2),
        'S' => (i32::from(time.second()), 2),
        _ => return false,
    };
    let Ok(number) = u32::try_from(number) else { return false };
    let digits = (0..width).rev().map(|place| number / 10_u32.pow(place) % 10);
    out.extend(digits.filter_map(|digit| char::from_digit(digit, 10)));
    true
}

/// Variables that stand for others.
pub(super) fn composite(variable: char) -> Option<&'static str> {
    Some(match variable {
        'F' => "%Y-%m-%d",
        'T' | 'X' => "%H:%M:%S",
        'R' => "%H:%M",
        'D' | 'x' => "%m/%d/%y",
        'r' => "%I:%M:%S %p",
        'c' => "%a %b %e %H:%M:%S %Y",
        'v' => "%e-%b-%Y",
        '+' => "%a %b %e %H:%M:%S %Z %Y",
        _ => return None,
    })
}

/// Variables of the date.
fn date_variable(time: &ZonedDateTime, variable: char) -> Option<String> {
    let weekday = time.weekday().to_sunday_zero_offset() as usize;
    let month = &MONTHS[time.month() as usize - 1];
    let day_of_year = i32::from(time.day_of_year());
    Some(match variable {
        'Y' => format!("{:04}", time.year()),
        'C' => format!("{:02}", time.year().div_euclid(100)),
        'y' => format!("{:02}", time.year().rem_euclid(100)),
        'm' => format!("{:02}", time.month()),
        'd' => format!("{:02}", time.day()),
        'e' => format!("{:2}", time.day()),
        'j' => format!("{day_of_year:03}"),
        'A' => WEEKDAYS[weekday].to_owned(),
        'a' => WEEKDAYS[weekday][..3].to_owned(),
        'B' => (*month).to_owned(),
        'b' | 'h' => month[..3].to_owned(),
        'w' => weekday.to_string(),
        'u' => time.weekday().to_monday_one_offset().to_string(),
        'U' => format!("{:02}", (day_of_year + 6 - weekday as i32) / 7),
        'W' => format!("{:02}", (day_of_year + 6 - (weekday as i32 + 6) % 7) / 7),
        'V' => format!("{:02}", time.date().iso_week_date().week()),
        'G' => format!("{:04}", time.date().iso_week_date().year()),
        _ => return None,
    })
}

/// Variables of the clock.
fn clock_variable(ns: i64, time: &ZonedDateTime, variable: char) -> Option<String> {
    let hour = time.hour();
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    Some(match variable {
        'H' => format!("{hour:02}"),
        'k' => format!("{hour:2}"),
        'I' => format!("{twelve:02}"),
        'l' => format!("{twelve:2}"),
        'M' => format!("{:02}", time.minute()),
        'S' => format!("{:02}", time.second()),
        'p' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        'P' => if hour < 12 { "am" } else { "pm" }.to_owned(),
        's' => ns.div_euclid(SECOND).to_string(),
        _ => return None,
    })
}

/// `%-d`: without padding.
fn unpadded<'t>(text: &'t str, flags: &str) -> &'t str {
    if !flags.contains('-') {
        return text;
    }
    let cut = text.trim_start_matches(['0', ' ']);
    if cut.is_empty() { "0" } else { cut }
}

/// The fraction of the second with as many digits as the flags say.
fn fraction(ns: i64, flags: &str, digits: usize, out: &mut String) {
    let digits = flags.parse().unwrap_or(digits).clamp(1, 9);
    let all = format!("{:09}", ns.rem_euclid(SECOND));
    out.push_str(&all[..digits]);
}

/// `%z` is `+0100`, `%:z` `+01:00`, `%::z` `+01:00:00`, `%:::z` `+01`, `%Ez` the offset in minutes.
fn offset(time: &ZonedDateTime, flags: &str, out: &mut String) {
    let seconds = time.offset().seconds();
    let (sign, abs) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let (hours, minutes) = (abs / 3600, abs % 3600 / 60);
    let written = match flags {
        ":" => write!(out, "{sign}{hours:02}:{minutes:02}"),
        "::" => write!(out, "{sign}{hours:02}:{minutes:02}:{:02}", abs % 60),
        ":::" => write!(out, "{sign}{hours:02}"),
        "E" => write!(out, "{sign}{}", abs / 60),
        _ => write!(out, "{sign}{hours:02}{minutes:02}"),
    };
    debug_assert!(written.is_ok(), "writing to a string never fails");
}

fn zone(time: &ZonedDateTime, out: &mut String) {
    out.push_str(time.time_zone().to_offset_info(time.timestamp()).abbreviation());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_written() {
        // 2021-03-04 05:06:07.008009010 UTC, a Thursday.
        let ns = 1_614_834_367_008_009_010;
        for (pattern, text) in [
            ("%Y-%m-%dT%H:%M:%S", "2021-03-04T05:06:07"),
            ("%F %T.%3N", "2021-03-04 05:06:07.008"),
            ("%6N %9N %N %Q %3Q %6Q", "008009 008009010 008009010 008 008 008009"),
            ("%f", "008009"),
            ("%e|%k|%l|%-d|%-H", " 4| 5| 5|4|5"),
            ("%a %A %b %B %h", "Thu Thursday Mar March Mar"),
            ("%I:%M %p %P", "05:06 AM am"),
            ("%j %w %u %U %W %V %G", "063 4 4 09 09 09 2021"),
            ("%s", "1614834367"),
            ("%z %:z %::z %:::z %Ez %Z", "+0000 +00:00 +00:00:00 +00 +0 UTC"),
            ("%y %C %D %R %x %X", "21 20 03/04/21 05:06 03/04/21 05:06:07"),
            ("%c", "Thu Mar  4 05:06:07 2021"),
            ("%% %n%t|", "% \n\t|"),
            ("%! é %", "%! é %"),
            ("%3", "%3"),
        ] {
            assert_eq!(format(ns, pattern, &TimeZone::UTC), text, "{pattern}");
        }
    }

    #[test]
    fn zones_and_times_before_1970() {
        let zone = TimeZone::get("America/New_York").expect("a zone");
        assert_eq!(
            format(1_625_140_800 * SECOND, "%F %T %z %Z %Ez", &zone),
            "2021-07-01 08:00:00 -0400 EDT -240"
        );
        assert_eq!(format(-500_000_000, "%F %T.%3N %s", &TimeZone::UTC), "1969-12-31 23:59:59.500 -1");
        assert_eq!(format(i64::MIN, "%Y", &TimeZone::UTC), "1677");
    }

    #[test]
    fn noon_and_midnight() {
        for (hour, text) in [(0, "12 AM"), (12, "12 PM"), (13, "01 PM")] {
            assert_eq!(format(hour * 3600 * SECOND, "%I %p", &TimeZone::UTC), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(ns: i64, zone in proptest::sample::select(vec!["UTC", "America/New_York", "Asia/Kolkata"])) {
            let context = crate::Context { timezone: TimeZone::get(zone).expect("a zone"), now: 0, ..crate::Context::default() };
            let pattern = "%Y-%m-%d %H:%M:%S.%9N %z";
            let text = format(ns, pattern, &context.timezone);
            let read = crate::time::parse(&text, pattern, &context);
            // Offsets of long ago had seconds, which %z does not write; and the last hours of time are no place.
            proptest::prop_assert!(read == Some(ns) || ns < -1_600_000_000_000_000_000 || read.is_none(), "{text}");
        }

        #[test]
        fn any_format_is_taken(ns: i64, pattern in "[%0-9A-Za-z:+é -]{0,12}", text in "\\PC{0,12}") {
            let written = format(ns, &pattern, &TimeZone::UTC);
            let context = crate::Context { timezone: TimeZone::UTC, now: ns, ..crate::Context::default() };
            let _ = (crate::time::parse(&written, &pattern, &context), crate::time::parse(&text, &pattern, &context));
        }
    }
}
