//! Throttling: a rule that raised something raises the same thing again only after a while.
//!
//! The same is what has the same values in the rule's throttling fields
//! (<https://help.splunk.com/en/splunk-enterprise/alert-and-respond/alerting-manual/10.0/manage-alert-trigger-conditions-and-throttling/throttle-alerts>).
//! Time counts from the row that raised something: from the scheduled run that it belongs to, in a scan that runs every
//! rule once from when the row began. Of what the documentation leaves open: a missing field is a value like any other;
//! rows of one run throttle each other, in the order of their times; a row without a time is never held back; and what
//! was raised before, by the state, holds back only what came later, so that a scan of the same logs raises the same.

use crate::risk::BETWEEN;
use crate::row::Fields;
use grotto_content::Detection;
use grotto_engine::time::{SECOND, Unit};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// When a rule last raised a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The rule's id.
    pub rule: String,
    /// The values of its throttling fields.
    pub values: Vec<String>,
    /// When; nanoseconds since 1970.
    pub at: i64,
    /// From when on it does not matter any more; nanoseconds since 1970.
    pub until: i64,
}

/// What names a thing that a rule raises.
pub(crate) type Key = (String, Vec<String>);

/// Marks by what they are about.
pub(crate) type Marks = HashMap<Key, Mark>;

/// Takes a mark in; the latest of a thing stays.
pub(crate) fn keep(marks: &mut Marks, mark: Mark) {
    let key = (mark.rule.clone(), mark.values.clone());
    let known = marks.entry(key).or_insert_with(|| mark.clone());
    if mark.at > known.at {
        *known = mark;
    }
}

/// The throttling of a rule.
#[derive(Debug)]
pub(crate) struct Throttle<'b> {
    rule: String,
    fields: Vec<String>,
    period: i64,
    before: Option<&'b Marks>,
    raised: Marks,
    /// Rows that were held back.
    pub(crate) held: usize,
}

impl<'b> Throttle<'b> {
    /// The throttling that a rule asks for; `None` when it asks for none that can be read (which lint says).
    pub(crate) fn of(detection: &Detection, before: Option<&'b Marks>) -> Option<Self> {
        let throttling = detection.throttling.as_ref()?;
        let period = period(throttling.period.as_deref()?)?;
        (period > 0).then(|| Self {
            rule: detection.id.clone(),
            fields: throttling.fields.clone(),
            period,
            before,
            raised: Marks::new(),
            held: 0,
        })
    }

    /// The values of a row by which it is told from others.
    pub(crate) fn values(&self, row: &impl Fields) -> Vec<String> {
        let value = |field: &String| row.text(field, BETWEEN).unwrap_or_default().into_owned();
        self.fields.iter().map(value).collect()
    }

    /// Whether a row of these [values](Self::values) raises something, at this time. Rows must come in the order of their
    /// times.
    pub(crate) fn admits(&mut self, values: Vec<String>, at: Option<i64>) -> bool {
        let Some(at) = at else { return true };
        let key = (self.rule.clone(), values);
        let within = |mark: &Mark| at < mark.at.saturating_add(self.period);
        let here = self.raised.get(&key).is_some_and(|mark| mark.at <= at && within(mark));
        let before =
            self.before.and_then(|marks| marks.get(&key)).is_some_and(|mark| mark.at < at && within(mark));
        if here || before {
            self.held += 1;
            return false;
        }
        let (rule, values) = key;
        keep(&mut self.raised, Mark { rule, values, at, until: at.saturating_add(self.period) });
        true
    }

    /// What was raised.
    pub(crate) fn into_marks(self) -> impl Iterator<Item = Mark> {
        self.raised.into_values()
    }
}

/// The nanoseconds of a period such as `4h`: a number and a unit of time from seconds to weeks.
pub fn period(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let seconds = match Unit::named(&unit.trim().to_ascii_lowercase())? {
        Unit::Second => 1,
        Unit::Minute => 60,
        Unit::Hour => 3600,
        Unit::Day => 86_400,
        Unit::Week => 7 * 86_400,
        Unit::Month | Unit::Quarter | Unit::Year => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(seconds)?.checked_mul(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn throttle(before: Option<&Marks>) -> Throttle<'_> {
        let fields = vec!["dest".to_owned(), "user".to_owned()];
        Throttle { rule: "r".into(), fields, period: 10, before, raised: Marks::new(), held: 0 }
    }

    fn admitted(throttle: &mut Throttle<'_>, rows: &[(&str, Option<i64>)]) -> Vec<bool> {
        let row = |dest: &str| json!({"dest": dest}).as_object().cloned().unwrap();
        rows.iter().map(|(dest, at)| throttle.admits(throttle.values(&row(dest)), *at)).collect()
    }

    #[test]
    fn the_same_is_raised_once_in_a_period() {
        let mut throttle = throttle(None);
        let rows =
            [("a", Some(0)), ("a", Some(0)), ("a", Some(9)), ("b", Some(9)), ("a", Some(10)), ("a", None)];
        assert_eq!(admitted(&mut throttle, &rows), [true, false, false, true, true, true]);
        assert_eq!(throttle.held, 2);
        let mut marks: Vec<(String, i64, i64)> =
            throttle.into_marks().map(|mark| (mark.values[0].clone(), mark.at, mark.until)).collect();
        marks.sort();
        assert_eq!(marks, [("a".into(), 10, 20), ("b".into(), 9, 19)]);
    }

    #[test]
    fn what_was_raised_before_holds_back_what_came_later() {
        let mut before = Marks::new();
        for at in [3, 5, 4] {
            keep(
                &mut before,
                Mark { rule: "r".into(), values: vec!["a".into(), String::new()], at, until: at + 10 },
            );
        }
        let rows = [("a", Some(5)), ("a", Some(14)), ("a", Some(15)), ("b", Some(6))];
        assert_eq!(admitted(&mut throttle(Some(&before)), &rows), [true, false, true, true]);
        assert_eq!(admitted(&mut throttle(Some(&before)), &rows[1..]), [false, true, true]);
    }

    #[test]
    fn periods_are_a_number_and_a_unit() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("2m", Some(120)),
            ("24h", Some(86_400)),
            ("1d", Some(86_400)),
            ("7", None),
            ("h", None),
            ("1mon", None),
            ("99999999999w", None),
        ] {
            assert_eq!(period(text), seconds.map(|s| s * SECOND), "{text}");
        }
    }
}
