//! What a search needs to know besides its own text and its events.

use crate::geo::GeoDb;
use crate::lookup::Lookups;
use crate::memory::Memory;
use crate::time::TimeRange;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Settings of one run; the same for all searches of it.
#[derive(Debug, Clone)]
pub struct Context {
    /// Zone for every text form of a time (`ctime`, `strftime`, day-wide `bin`). UTC unless the user says otherwise.
    pub timezone: TimeZone,
    /// What `now()` answers: nanoseconds since 1970-01-01 UTC, fixed for the whole run.
    pub now: i64,
    /// The time range of searches that name none themselves.
    pub range: TimeRange,
    /// The lookups that searches may name.
    pub lookups: Lookups,
    /// Where IP addresses are, if the user gave a database of that.
    pub geo: Option<Arc<GeoDb>>,
    /// How much memory all searches of the run may take together.
    pub memory: Memory,
}

impl Default for Context {
    /// UTC, the time of the call, all time, no lookups, a gibibyte of memory.
    fn default() -> Self {
        Self {
            timezone: TimeZone::UTC,
            now: i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX),
            range: TimeRange::default(),
            lookups: Lookups::default(),
            geo: None,
            memory: Memory::default(),
        }
    }
}

/// The time zone of an IANA name such as `Europe/Berlin`, or `UTC`.
///
/// # Errors
/// `engine/unknown-timezone`.
pub fn timezone(name: &str) -> Result<TimeZone, Box<grotto_diag::Diagnostic>> {
    if name.eq_ignore_ascii_case("utc") {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(name).map_err(|_| {
        let message = format!("no time zone is called {name}");
        let help = "use an IANA name such as Europe/Berlin, America/New_York or UTC";
        Box::new(grotto_diag::Diagnostic::error("engine/unknown-timezone", message).help(help))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_by_name() {
        assert_eq!(timezone("utc").unwrap(), TimeZone::UTC);
        assert!(timezone("Europe/Berlin").is_ok());
        assert_eq!(timezone("Mars/Base").unwrap_err().slug, "engine/unknown-timezone");
    }
}
