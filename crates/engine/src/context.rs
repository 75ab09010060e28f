//! What a search needs to know besides its own text and its events.

use jiff::tz::TimeZone;

/// Settings of one run; the same for all searches of it.
#[derive(Debug, Clone)]
pub struct Context {
    /// Zone for every text form of a time (`ctime`, `strftime`, day-wide `bin`). UTC unless the user says otherwise.
    pub timezone: TimeZone,
    /// What `now()` answers: nanoseconds since 1970-01-01 UTC, fixed for the whole run.
    pub now: i64,
}

impl Default for Context {
    /// UTC, and the time of the call.
    fn default() -> Self {
        Self { timezone: TimeZone::UTC, now: i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX) }
    }
}
