//! `rate`: how fast a counter grew.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static RATE: Aggregation = Aggregation {
    name: "rate",
    aliases: &[],
    syntax: "rate(field)",
    summary: "The growth of the field a second: the difference between its latest and earliest number, divided by the time between.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/time-functions",
    numbered: false,
    timed: true,
    numeric: true,
    deviations: &["a counter that starts again from zero is not noticed"],
    assumptions: &[],
    examples: &[
        Example { call: "rate(x)", input: "[30, 20, 10]", expected: "10" },
        Example { call: "rate(x)", input: "[5]", expected: "null" },
    ],
    start: |_| Box::new(Rate::default()),
};

/// Time and number of the earliest and of the latest row; of the same time the smallest and the largest number.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Rate(Option<[(i64, f64); 2]>);

impl Rate {
    fn offer(&mut self, time: i64, x: f64) {
        let [first, last] = self.0.get_or_insert([(time, x); 2]);
        let before = |a: (i64, f64), b: (i64, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).is_lt();
        if before((time, x), *first) {
            *first = (time, x);
        }
        if before(*last, (time, x)) {
            *last = (time, x);
        }
    }
}

impl Merge for Rate {
    fn accumulate(&mut self, cell: Cell<'_>, at: Moment) {
        if let (Some(time), Some(x)) = (at.time, columns::number(cell)) {
            self.offer(time, x);
        }
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().flatten().for_each(|(time, x)| self.offer(time, x));
    }

    fn value(&self) -> Value {
        match self.0 {
            Some([(t0, x0), (t1, x1)]) if t1 > t0 => Value::Float((x1 - x0) / ((t1 - t0) as f64 / 1e9)),
            _ => Value::Null,
        }
    }
}
