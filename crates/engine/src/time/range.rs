//! Ranges of time, and the words that bound them.

use super::{of_text, parse, relative};
use crate::context::Context;
use crate::predicate::{Formula, Op, Predicate};
use jiff::Timestamp;

/// From a point in time, inclusive, to another, exclusive; nanoseconds since 1970. `None` leaves that side open. The
/// default is all time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// The first moment of it.
    pub from: Option<i64>,
    /// The first moment after it.
    pub to: Option<i64>,
}

impl TimeRange {
    /// Whether it is all time.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it holds a point in time.
    pub fn holds(&self, ns: i64) -> bool {
        self.from.is_none_or(|from| from <= ns) && self.to.is_none_or(|to| ns < to)
    }

    /// A condition and this range. `earliest=` and `latest=` in the condition take the place of the bound of the same
    /// name: what a search says itself overrides the time range that it is run with
    /// (<https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/search-using-time/specify-time-modifiers-in-your-search>).
    pub(crate) fn bound(&self, condition: Option<Formula>) -> Option<Formula> {
        if self.is_all() {
            return condition;
        }
        let condition = condition.unwrap_or(Formula::Always);
        let says = |op: Op| condition.predicates().iter().any(|predicate| predicate.op() == op);
        let bounds = [(Op::From, self.from), (Op::Before, self.to)];
        let missing: Vec<Formula> = bounds
            .into_iter()
            .filter(|(op, _)| !says(*op))
            .filter_map(|(op, ns)| Some(Predicate::time(op == Op::From, ns?).into()))
            .collect();
        Some(Formula::and(missing.into_iter().chain([condition])))
    }
}

/// The point in time that a bound of a range names: seconds since 1970, a relative time seen from now, a date such as
/// `10/27/2024:13:00:00`, RFC 3339 (`2024-10-27T13:00:00Z`), or a date and time without zone, which is that of the
/// context. `None` for anything else.
/// <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/time-format-variables-and-modifiers/time-modifiers>
pub fn moment(text: &str, context: &Context) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    of_text(text)
        .or_else(|| relative(context.now, text, &context.timezone))
        .or_else(|| parse(text, "%m/%d/%Y:%H:%M:%S", context))
        .or_else(|| i64::try_from(text.parse::<Timestamp>().ok()?.as_nanosecond()).ok())
        .or_else(|| {
            let clock: jiff::civil::DateTime = text.parse().ok()?;
            let instant = context.timezone.to_ambiguous_timestamp(clock).compatible().ok()?;
            i64::try_from(instant.as_nanosecond()).ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn bounds_are_written_in_several_ways() {
        let context = Context { now: 1_700_000_000 * SECOND, ..Context::default() };
        for (text, seconds) in [
            ("1700000000", Some(1_700_000_000)),
            ("-1h", Some(1_699_996_400)),
            ("@d", Some(1_699_920_000)),
            ("now", Some(1_700_000_000)),
            ("11/14/2023:22:13:20", Some(1_700_000_000)),
            ("2023-11-14T22:13:20Z", Some(1_700_000_000)),
            ("2023-11-14T22:13:20", Some(1_700_000_000)),
            ("2023-11-14 22:13:20+01:00", Some(1_699_996_400)),
            ("2023-11-14", Some(1_699_920_000)),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(moment(text, &context), seconds.map(|s| s * SECOND), "{text}");
        }
    }

    #[test]
    fn what_a_search_says_itself_takes_the_place_of_a_bound() {
        let range = TimeRange { from: Some(10), to: Some(20) };
        let shown = |condition: Option<Formula>| -> Vec<String> {
            let bound = range.bound(condition).unwrap();
            bound.predicates().iter().map(ToString::to_string).collect()
        };
        assert_eq!(shown(None), ["_time from \"10\"", "_time before \"20\""]);
        assert_eq!(shown(Some(Predicate::time(true, 3).into())), ["_time before \"20\"", "_time from \"3\""]);
        assert_eq!(
            shown(Some(Predicate::time(false, 3).into())),
            ["_time from \"10\"", "_time before \"3\""]
        );
        assert_eq!(TimeRange::default().bound(None), None);
        assert!(range.holds(10) && !range.holds(20) && TimeRange::default().holds(i64::MIN));
    }
}
