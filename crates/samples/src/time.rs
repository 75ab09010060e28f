//! Time as Windows counts it, and the two forms in which logs write it.

use std::fmt;

/// 100 nanoseconds each, since the first moment of 1601 (UTC): a Windows FILETIME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(u64);

/// Ticks of a second.
pub const SECOND: u64 = 10_000_000;
/// Ticks of a millisecond.
pub const MILLISECOND: u64 = 10_000;
/// Seconds from 1601 to 1970.
const UNIX_EPOCH: u64 = 11_644_473_600;
/// Seconds of a day.
const DAY: u64 = 86_400;

impl FileTime {
    /// From seconds since 1970.
    pub const fn from_unix(seconds: u64) -> Self {
        Self((seconds + UNIX_EPOCH) * SECOND)
    }

    /// The ticks since 1601, as an event log stores them.
    pub const fn ticks(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, 0 for times before.
    pub const fn unix_seconds(self) -> u64 {
        (self.0 / SECOND).saturating_sub(UNIX_EPOCH)
    }

    /// The time that is `ticks` later.
    #[must_use]
    pub const fn after(self, ticks: u64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// The time that is `ticks` earlier.
    #[must_use]
    pub const fn before(self, ticks: u64) -> Self {
        Self(self.0.saturating_sub(ticks))
    }

    /// `2026-03-02 08:15:30.123`: the form of Sysmon's `UtcTime` and of Windows' text fields.
    pub fn sysmon(self) -> String {
        let moment = Moment::of(self);
        let (date, clock) = moment.text();
        format!("{date} {clock}.{:03}", moment.ticks / MILLISECOND)
    }
}

impl fmt::Display for FileTime {
    /// `2026-03-02T08:15:30.1234567Z`: the form of `TimeCreated/@SystemTime`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = Moment::of(*self);
        let (date, clock) = moment.text();
        write!(f, "{date}T{clock}.{:07}Z", moment.ticks)
    }
}

/// A time taken apart.
struct Moment {
    year: u64,
    month: u64,
    day: u64,
    second_of_day: u64,
    ticks: u64,
}

impl Moment {
    /// Howard Hinnant's `civil_from_days`, counted from 1 March 1600 so that the leap day ends a year:
    /// <https://howardhinnant.github.io/date_algorithms.html>
    fn of(time: FileTime) -> Self {
        let seconds = time.0 / SECOND;
        // 306 days from 1 March 1600 to 1 January 1601.
        let days = seconds / DAY + 306;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        Self {
            year: 1600 + era * 400 + year_of_era + u64::from(month >= 10),
            month: if month < 10 { month + 3 } else { month - 9 },
            day: day_of_year - (153 * month + 2) / 5 + 1,
            second_of_day: seconds % DAY,
            ticks: time.0 % SECOND,
        }
    }

    /// `2026-03-02`, `08:15:30`.
    fn text(&self) -> (String, String) {
        let second = self.second_of_day;
        (
            format!("{:04}-{:02}-{:02}", self.year, self.month, self.day),
            format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_agree_with_a_library() {
        for seconds in (0..200_u64).map(|step| step * 41_234_567) {
            let time = FileTime::from_unix(seconds).after(1_234_567);
            let expected = jiff::Timestamp::new(seconds as i64, 123_456_700).unwrap();
            assert_eq!(time.to_string(), format!("{expected:.7}"));
            assert_eq!(time.unix_seconds(), seconds);
        }
    }

    #[test]
    fn leap_days_and_the_first_moment() {
        let cases = [
            (FileTime(0), "1601-01-01T00:00:00.0000000Z"),
            (FileTime::from_unix(1_709_164_800), "2024-02-29T00:00:00.0000000Z"),
            (FileTime::from_unix(1_709_251_200), "2024-03-01T00:00:00.0000000Z"),
            (FileTime::from_unix(951_782_400).before(1), "2000-02-28T23:59:59.9999999Z"),
        ];
        for (time, text) in cases {
            assert_eq!(time.to_string(), text);
        }
        assert_eq!(FileTime::from_unix(1_709_164_800).after(12_345_678).sysmon(), "2024-02-29 00:00:01.234");
    }
}
