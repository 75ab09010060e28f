//! `TimeCreated@SystemTime` as a number.

/// Nanoseconds since 1970-01-01 UTC of a time as event logs write it: `2024-02-29T23:59:59.1234567Z`, also with a blank
/// for the `T`, with any number of digits of fraction (nine count), with an offset, and without zone, which then is UTC.
/// `None` for anything else and for times outside the years 1678 to 2261, which nanoseconds can't hold.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let b = text.trim_ascii().as_bytes();
    let (date, rest) = b.split_at_checked(10)?;
    let (clock, rest) = rest.split_at_checked(9)?;
    let shape = date[4] == b'-' && date[7] == b'-' && matches!(clock[0], b'T' | b't' | b' ');
    if !shape || clock[3] != b':' || clock[6] != b':' {
        return None;
    }
    let days = days(number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?)?;
    let (hour, minute, second) = (number(&clock[1..3])?, number(&clock[4..6])?, number(&clock[7..])?);
    // Windows writes a leap second as :60.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Nanoseconds since 1970-01-01 of the date line of a classic event: `1/31/2024 11:59:59 PM` with or without fraction,
/// the same of 24 hours, or what [`parse`] takes. It says no zone; UTC is taken. The month comes first, unless that is
/// no month or dots are between.
pub(crate) fn classic(line: &str) -> Option<i64> {
    let line = line.trim_ascii();
    if let Some(time) = parse(line) {
        return Some(time);
    }
    let mut words = line.split_ascii_whitespace();
    let (date, clock, half) = (words.next()?, words.next()?, words.next());
    let dotted = date.contains('.');
    let mut parts = date.split(['/', '-', '.']).map(|part| number(part.as_bytes()));
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    let (month, day) = if dotted || first > 12 { (second, first) } else { (first, second) };
    let mut clock = clock.splitn(3, ':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
    let (whole, rest) = second.split_at_checked(2)?;
    let (hour, minute, second) =
        (number(hour.as_bytes())?, number(minute.as_bytes())?, number(whole.as_bytes())?);
    let hour = match half {
        None => hour,
        Some(half @ ("AM" | "PM")) if (1..=12).contains(&hour) => {
            hour % 12 + if half == "PM" { 12 } else { 0 }
        }
        Some(_) => return None,
    };
    let (nanos, rest) = fraction(rest.as_bytes())?;
    if hour > 23 || minute > 59 || second > 60 || !rest.is_empty() || !(1000..=9999).contains(&year) {
        return None;
    }
    let seconds = days(year, month, day)? * 86_400 + hour * 3600 + minute * 60 + second;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// A number made of digits only.
fn number(digits: &[u8]) -> Option<i64> {
    let add =
        |n: i64, b: &u8| n.checked_mul(10)?.checked_add(i64::from(b.checked_sub(b'0').filter(|d| *d < 10)?));
    digits.iter().try_fold(0i64, add)
}

/// Nanoseconds of the fraction at the start, if any, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) else {
        return Some((0, rest));
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let used = count.min(9);
    let scale = 10i64.pow(9 - used as u32);
    (count > 0).then_some(())?;
    Some((number(&digits[..used])? * scale, &digits[count..]))
}

/// Seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone.trim_ascii() {
        b"" | b"Z" | b"z" | b"UTC" => Some(0),
        [sign @ (b'+' | b'-'), hours @ ..] => {
            let (hour, minute) = match hours {
                [_, _] => (number(hours)?, 0),
                [_, _, b':', _, _] => (number(&hours[..2])?, number(&hours[3..])?),
                [_, _, _, _] => (number(&hours[..2])?, number(&hours[2..])?),
                _ => return None,
            };
            let seconds = hour * 3600 + minute * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's `days_from_civil`,
/// <https://howardhinnant.github.io/date_algorithms.html>); `None` when there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > last {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_logs_write_them() {
        for (text, nanos) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.0000001Z", 100),
            ("2022-05-02T12:39:41.710158900Z", 1_651_495_181_710_158_900),
            ("2024-02-29T23:59:59.1234567Z", 1_709_251_199_123_456_700),
            ("2024-02-29T23:59:59.1234567", 1_709_251_199_123_456_700),
            ("2024-02-29 23:59:59.1234567 UTC", 1_709_251_199_123_456_700),
            ("2024-03-01T01:59:59.1234567+02:00", 1_709_251_199_123_456_700),
            ("2024-02-29T18:59:59.1234567-0500", 1_709_251_199_123_456_700),
            (" 2000-03-01T00:00:00.12345678901234Z ", 951_868_800_123_456_789),
            ("1969-12-31T23:59:59.5Z", -500_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
            ("1999-12-31T23:59:59+00", 946_684_799_000_000_000),
        ] {
            assert_eq!(parse(text), Some(nanos), "{text}");
        }
    }

    #[test]
    fn dates_of_classic_events() {
        for (line, same) in [
            ("01/31/2024 11:59:59 PM", "2024-01-31T23:59:59Z"),
            ("1/2/2024 12:00:00 AM", "2024-01-02T00:00:00Z"),
            ("1/2/2024 12:00:00 PM", "2024-01-02T12:00:00Z"),
            ("01/02/2024 15:04:05", "2024-01-02T15:04:05Z"),
            ("01/02/2024 03:04:05.678 PM", "2024-01-02T15:04:05.678Z"),
            ("31/01/2024 15:04:05", "2024-01-31T15:04:05Z"),
            ("02.01.2024 15:04:05", "2024-01-02T15:04:05Z"),
            ("2024-01-02 15:04:05", "2024-01-02T15:04:05Z"),
            ("2024-01-02T15:04:05+02:00", "2024-01-02T13:04:05Z"),
        ] {
            assert_eq!(classic(line), parse(same), "{line}");
            assert!(classic(line).is_some(), "{line}");
        }
        for line in [
            "",
            "01/02/2024",
            "13/13/2024 01:00:00",
            "01/02/2024 13:00:00 PM",
            "01/02/2024 0:00:00 AM",
            "01/02/24 01:00:00",
            "01/02/2024 01:00:00 XM",
            "01/02/2024 24:00:00",
            "01/02/2024 1:2:3",
            "99999999999999999/1/2024 01:00:00",
        ] {
            assert_eq!(classic(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "-",
            "2024-02-29",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:61:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00 PST",
            "2024-01-01T00:00:00+1:00",
            "+024-01-01T00:00:00Z",
            "1601-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2024-01-01T00:00:0éZ",
            "2024/01/01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut expected = days(1600, 1, 1);
        for year in 1600..2400 {
            for month in 1..=12 {
                for day in (1..=31).filter(|d| days(year, month, *d).is_some()) {
                    assert_eq!(days(year, month, day), expected, "{year}-{month}-{day}");
                    expected = expected.map(|d| d + 1);
                }
            }
        }
        assert_eq!(days(1970, 1, 1), Some(0));
    }
}
