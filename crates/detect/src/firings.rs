//! When a rule would have run on a live system, and over which window of time each time.
//!
//! A schedule fires at points in time; each firing looks at events from `earliest` to `latest`, seen from that point
//! (<https://help.splunk.com/en/splunk-enterprise/alert-and-respond/alerting-manual/10.0/manage-alerts/use-cron-expressions-for-alert-scheduling>).
//! Nothing is worked out for times without events: the firings are those whose windows hold a row.

use cronexpr::{Crontab, MakeTimestamp};
use grotto_diag::Diagnostic;
use grotto_engine::predicate::Mask;
use grotto_engine::time::{SECOND, TimeRange, relative};
use grotto_events::{Batch, Cell};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The schedule of rules that name none: every hour, over the hour until ten minutes ago.
/// <https://github.com/splunk/security_content/tree/develop/schedules>
pub const DEFAULT: [&str; 3] = ["0 * * * *", "-70m@m", "-10m@m"];

/// In how many windows an event may lie.
const MOST_WINDOWS: usize = 1000;
/// Nanoseconds of the stretches of time whose firings are worked out together.
const STRETCH: i64 = 6 * 3600 * SECOND;
/// How far a window may lie from its firing, on either side.
const FARTHEST: i64 = 400 * 86_400 * SECOND;

/// When a search fires.
#[derive(Debug, Clone)]
enum Beat {
    /// Every so many nanoseconds, counted from 1970.
    Every(i64),
    /// As a cron expression says.
    Cron(Box<Crontab>),
}

impl Beat {
    /// The first firing after a point in time.
    fn after(&self, ns: i64) -> Option<i64> {
        match self {
            Self::Every(every) => ns.div_euclid(*every).checked_add(1)?.checked_mul(*every),
            Self::Cron(cron) => {
                let from = MakeTimestamp::from_nanosecond(i128::from(ns)).ok()?;
                i64::try_from(cron.find_next(from).ok()?.timestamp().as_nanosecond()).ok()
            }
        }
    }
}

/// The firings of a search and their windows.
#[derive(Debug)]
pub struct Firings {
    beat: Beat,
    earliest: String,
    latest: String,
    zone: TimeZone,
    known: Mutex<FxHashMap<i64, Arc<[Firing]>>>,
}

/// One firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    /// When it fires; nanoseconds since 1970.
    pub at: i64,
    /// What it looks at; both ends are there.
    pub window: TimeRange,
}

impl Firings {
    /// Firings every so many nanoseconds, over the windows that relative times bound.
    ///
    /// # Errors
    /// `schedule/bad-time` and `schedule/too-many-windows`.
    pub fn every(ns: i64, earliest: &str, latest: &str, zone: &TimeZone) -> Result<Self, Diagnostic> {
        Self::new(Beat::Every(ns.max(SECOND)), earliest, latest, zone)
    }

    /// The firings of a cron expression of five fields.
    ///
    /// # Errors
    /// `schedule/bad-cron`, `schedule/bad-time` and `schedule/too-many-windows`.
    pub fn cron(cron: &str, earliest: &str, latest: &str, zone: &TimeZone) -> Result<Self, Diagnostic> {
        let name = zone.iana_name().unwrap_or("UTC");
        let read = cronexpr::parse_crontab(&format!("{} {name}", cron.trim())).map_err(|problem| {
            let message = format!("`{cron}` is no schedule: {problem}").replace('\n', " ");
            Diagnostic::error("schedule/bad-cron", message).help("write five fields, such as 0 * * * *")
        })?;
        Self::new(Beat::Cron(Box::new(read)), earliest, latest, zone)
    }

    fn new(beat: Beat, earliest: &str, latest: &str, zone: &TimeZone) -> Result<Self, Diagnostic> {
        let (earliest, latest) = (earliest.trim().to_owned(), latest.trim().to_owned());
        let firings = Self { beat, earliest, latest, zone: zone.clone(), known: Mutex::default() };
        firings.check()?;
        Ok(firings)
    }

    /// Looks at a few firings, far apart, whether their windows make sense.
    fn check(&self) -> Result<(), Diagnostic> {
        if self.beat.after(1_700_000_000 * SECOND).is_none() {
            return Err(Diagnostic::error("schedule/bad-cron", "the schedule never fires"));
        }
        for at in [1_000_000_000 * SECOND, 1_700_000_007 * SECOND, 1_750_000_000 * SECOND] {
            let Some(firing) = self.window(at) else {
                let message =
                    format!("a window from `{}` to `{}` can't be looked at", self.earliest, self.latest);
                let help = "write times relative to the firing, the earlier first, not more than a year away, such as -70m@m and -10m@m";
                return Err(Diagnostic::error("schedule/bad-time", message).help(help));
            };
            // Events in the middle of a window lie in as many windows as any.
            let middle = firing.from.zip(firing.to).map_or(at, |(from, to)| from + (to - from) / 2);
            if self.between(middle, middle + SECOND).is_none() {
                let message = format!("an event would be looked at more than {MOST_WINDOWS} times");
                let help = "let the schedule fire less often, or make its window shorter";
                return Err(Diagnostic::error("schedule/too-many-windows", message).help(help));
            }
        }
        Ok(())
    }

    /// What a firing looks at; `None` where there is no such window.
    pub fn window(&self, at: i64) -> Option<TimeRange> {
        let (from, to) = (relative(at, &self.earliest, &self.zone)?, relative(at, &self.latest, &self.zone)?);
        let near = |ns: i64| ns.abs_diff(at) <= FARTHEST.unsigned_abs();
        (from < to && near(from) && near(to)).then_some(TimeRange { from: Some(from), to: Some(to) })
    }

    /// The firings whose windows reach into a stretch of time; `None` when there are too many.
    fn between(&self, start: i64, end: i64) -> Option<Vec<Firing>> {
        // Bounds that snap to a unit move in steps: a firing may look up to a step further than another.
        let lead = relative(start, &self.latest, &self.zone)?.saturating_sub(start).max(0);
        let snap = self.step();
        let most = MOST_WINDOWS + usize::try_from((end - start + 2 * snap) / (60 * SECOND)).ok()?;
        let mut found = Vec::new();
        let mut at = start.saturating_sub(lead).saturating_sub(snap).saturating_sub(1);
        while let Some(next) = self.beat.after(at) {
            at = next;
            // A window that snaps may be empty now and then.
            if relative(at, &self.earliest, &self.zone).is_none_or(|from| from >= end) {
                break;
            }
            if let Some(window) = self.window(at).filter(|window| window.to.is_some_and(|to| to > start)) {
                found.push(Firing { at, window });
            }
            if found.len() > most {
                return None;
            }
        }
        Some(found)
    }

    /// The longest unit that a bound snaps to, in nanoseconds.
    fn step(&self) -> i64 {
        let days = [("@y", 367), ("@q", 93), ("@mon", 32), ("@w", 8), ("@d", 2)];
        let both = format!("{} {}", self.earliest, self.latest).to_ascii_lowercase();
        let longest = days.iter().find(|(unit, _)| both.contains(unit)).map_or(1, |(_, days)| *days);
        let hours = if longest == 1 && !both.contains("@h") { 1 } else { 24 };
        longest * hours * 3600 * SECOND
    }

    /// The firings of a stretch; worked out once.
    fn of_stretch(&self, stretch: i64) -> Arc<[Firing]> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let start = stretch.saturating_mul(STRETCH);
            self.between(start, start.saturating_add(STRETCH)).unwrap_or_default().into()
        };
        Arc::clone(known.entry(stretch).or_insert_with(make))
    }

    /// The firings whose windows reach into any of some stretches, in order.
    pub(crate) fn over(&self, stretches: &BTreeSet<i64>) -> Vec<Firing> {
        let firings = stretches.iter().flat_map(|stretch| self.of_stretch(*stretch).to_vec());
        let all: BTreeMap<i64, Firing> = firings.map(|firing| (firing.at, firing)).collect();
        all.into_values().collect()
    }

    /// Hands each firing the rows that lie in its window, in the order of the firings. Rows without a time go nowhere.
    pub(crate) fn split(&self, rows: &Batch, give: &mut dyn FnMut(i64, &Batch)) {
        let times = times(rows);
        let stretches: BTreeSet<i64> = times.iter().flatten().map(|ns| stretch(*ns)).collect();
        let firings: BTreeMap<i64, TimeRange> = stretches
            .into_iter()
            .flat_map(|stretch| self.of_stretch(stretch).to_vec())
            .map(|firing| (firing.at, firing.window))
            .collect();
        for (at, window) in firings {
            let inside = |row: usize| times.get(row).copied().flatten().is_some_and(|ns| window.holds(ns));
            let bits = arrow_buffer::BooleanBuffer::collect_bool(rows.rows(), inside);
            match Mask::from(bits) {
                Mask::None => {}
                Mask::All => give(at, rows),
                Mask::Bits(bits) => give(at, &rows.filter(&bits)),
            }
        }
    }
}

/// The stretch that a point in time lies in.
fn stretch(ns: i64) -> i64 {
    ns.div_euclid(STRETCH)
}

/// The stretches of time that rows lie in.
pub(crate) fn stretches(rows: &Batch) -> BTreeSet<i64> {
    times(rows).into_iter().flatten().map(stretch).collect()
}

/// The time of each row.
fn times(rows: &Batch) -> Vec<Option<i64>> {
    let Some(column) = rows.column("_time") else { return vec![None; rows.rows()] };
    let time = |row| match column.cell(row) {
        Cell::Null => None,
        cell => grotto_engine::time::of_value(&cell.into()),
    };
    (0..rows.rows()).map(time).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_events::Column;

    const HOUR: i64 = 3600 * SECOND;

    fn rows(seconds: &[i64]) -> Batch {
        let mut batch = Batch::new(seconds.len());
        batch.set("_time", Column::Time(seconds.iter().map(|s| s * SECOND).collect::<Vec<i64>>().into()));
        batch.set("n", Column::Int((0..seconds.len() as i64).collect::<Vec<_>>().into()));
        batch
    }

    fn split(firings: &Firings, seconds: &[i64]) -> Vec<(i64, Vec<i64>)> {
        let mut out = Vec::new();
        firings.split(&rows(seconds), &mut |at, rows| {
            let Some(Column::Int(n)) = rows.column("n") else { panic!() };
            out.push((at / SECOND, n.values().to_vec()));
        });
        out
    }

    #[test]
    fn each_firing_gets_the_rows_of_its_window() {
        let firings = Firings::every(HOUR, "-70m@m", "-10m@m", &TimeZone::UTC).unwrap();
        let times = [0, 49 * 60, 50 * 60, 3600, 110 * 60, 1_700_000_000];
        let expected =
            vec![(3600, vec![0, 1]), (7200, vec![2, 3]), (10_800, vec![4]), (1_700_002_800, vec![5])];
        assert_eq!(split(&firings, &times), expected);
        let cron = Firings::cron("0 * * * *", "-70m@m", "-10m@m", &TimeZone::UTC).unwrap();
        assert_eq!(split(&cron, &times), expected);
    }

    #[test]
    fn windows_overlap_snap_and_lie_ahead() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let of = |every, earliest, latest, seconds: &[i64]| {
            split(&Firings::every(every, earliest, latest, &zone).unwrap(), seconds)
        };
        assert_eq!(of(HOUR, "-2h", "now", &[100]), [(3600, vec![0]), (7200, vec![0])]);
        assert_eq!(of(HOUR, "now", "+1h", &[100]), [(0, vec![0])]);
        // The day of Berlin begins at 23:00 UTC.
        let days = of(24 * HOUR, "-1d@d", "@d", &[1_700_000_000, 1_700_003_000]);
        assert_eq!(days, [(1_700_006_400, vec![0]), (1_700_092_800, vec![1])]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let every = |ns, earliest, latest| {
            Firings::every(ns, earliest, latest, &TimeZone::UTC).map(|_| ()).unwrap_err().slug
        };
        assert_eq!(every(HOUR, "now", "-1h"), "schedule/bad-time");
        assert_eq!(every(HOUR, "soon", "now"), "schedule/bad-time");
        assert_eq!(every(HOUR, "0", "now"), "schedule/bad-time");
        assert_eq!(every(60 * SECOND, "-30d", "now"), "schedule/too-many-windows");
        let cron = |text| Firings::cron(text, "-1h", "now", &TimeZone::UTC).map(|_| ()).unwrap_err().slug;
        assert_eq!(cron("every hour"), "schedule/bad-cron");
        assert_eq!(cron("0 0 30 2 *"), "schedule/bad-cron");
    }

    proptest::proptest! {
        #[test]
        fn each_window_holds_what_the_plain_way_says(
            times in proptest::collection::vec(1_600_000_000i64..1_600_400_000, 1..20),
            minutes in 5i64..2000,
            from in 1i64..3000,
            length in 1i64..3000,
            snap in proptest::sample::select(vec!["", "@m", "@h", "@d"]),
        ) {
            let (earliest, latest) = (format!("-{}m{snap}", from + length), format!("-{from}m{snap}"));
            let every = minutes * 60 * SECOND;
            if let Ok(firings) = Firings::every(every, &earliest, &latest, &TimeZone::UTC) {
                let found = split(&firings, &times);
                let mut expected = Vec::new();
                let mut at = 1_599_000_000 * SECOND / every * every;
                while at < 1_602_000_000 * SECOND {
                    if let Some(window) = firings.window(at) {
                        let inside: Vec<i64> = (0..times.len() as i64)
                            .filter(|n| window.holds(times[*n as usize] * SECOND))
                            .collect();
                        if !inside.is_empty() {
                            expected.push((at / SECOND, inside));
                        }
                    }
                    at += every;
                }
                proptest::prop_assert_eq!(found, expected);
            }
        }
    }
}
