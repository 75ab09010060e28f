//! `earliest_time`: the smallest time of a row that has a value.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static EARLIEST_TIME: Aggregation = Aggregation {
    name: "earliest_time",
    aliases: &[],
    syntax: "earliest_time(field)",
    summary: "The smallest `_time` of the rows that have the field.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/time-functions",
    numbered: false,
    timed: true,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "earliest_time(x)", input: r#"["a", "b", null]"#, expected: r#""2""# },
        Example { call: "earliest_time(x)", input: "[]", expected: "null" },
    ],
    start: |_| Box::new(EarliestTime(None)),
};

#[derive(Clone, Serialize, Deserialize)]
struct EarliestTime(Option<i64>);

impl Merge for EarliestTime {
    fn accumulate(&mut self, _: Cell<'_>, at: Moment) {
        self.0 = self.0.into_iter().chain(at.time).min();
    }

    fn merge(&mut self, other: Self) {
        self.0 = self.0.into_iter().chain(other.0).min();
    }

    fn value(&self) -> Value {
        self.0.map_or(Value::Null, Value::Time)
    }
}
