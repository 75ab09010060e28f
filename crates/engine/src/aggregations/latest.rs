//! `latest`: the newest value.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::Place;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

pub(super) static LATEST: Aggregation = Aggregation {
    name: "latest",
    aliases: &[],
    syntax: "latest(field)",
    summary: "The field's value in the row with the largest `_time` that has one.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/time-functions",
    numbered: false,
    timed: true,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "latest(x)", input: r#"[null, "new", "old"]"#, expected: r#""new""# },
        Example { call: "latest(x)", input: "[null]", expected: "null" },
    ],
    start: |_| Box::new(Latest(None)),
};

/// The value with the largest time; of the same time the one that was read last.
#[derive(Clone, Serialize, Deserialize)]
struct Latest(Option<(i64, Reverse<Place>, Value)>);

impl Latest {
    fn offer(&mut self, time: i64, place: Reverse<Place>, value: impl FnOnce() -> Value) {
        if self.0.as_ref().is_none_or(|(t, p, _)| (time, place) > (*t, *p)) {
            self.0 = Some((time, place, value()));
        }
    }
}

impl Merge for Latest {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        if let Some(time) = at.time {
            self.offer(time, Reverse(at.place), || cell.into());
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some((time, place, value)) = other.0 {
            self.offer(time, place, || value);
        }
    }

    fn value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, |(.., value)| value.clone())
    }

    fn size(&self) -> usize {
        self.0.as_ref().map_or(0, |(.., value)| value.kept())
    }
}
