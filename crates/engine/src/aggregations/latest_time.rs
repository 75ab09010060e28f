//! `latest_time`: the largest time of a row that has a value.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static LATEST_TIME: Aggregation = Aggregation {
    name: "latest_time",
    aliases: &[],
    syntax: "latest_time(field)",
    summary: "The largest `_time` of the rows that have the field.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/time-functions",
    numbered: false,
    timed: true,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "latest_time(x)", input: r#"[null, "b", "c"]"#, expected: r#""2""# },
        Example { call: "latest_time(x)", input: "[]", expected: "null" },
    ],
    start: |_| Box::new(LatestTime(None)),
};

#[derive(Clone, Serialize, Deserialize)]
struct LatestTime(Option<i64>);

impl Merge for LatestTime {
    fn accumulate(&mut self, _: Cell<'_>, at: Moment) {
        self.0 = self.0.into_iter().chain(at.time).max();
    }

    fn merge(&mut self, other: Self) {
        self.0 = self.0.into_iter().chain(other.0).max();
    }

    fn value(&self) -> Value {
        self.0.map_or(Value::Null, Value::Time)
    }
}
