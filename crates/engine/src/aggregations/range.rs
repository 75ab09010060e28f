//! `range`: the distance between the largest and the smallest number.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static RANGE: Aggregation = Aggregation {
    name: "range",
    aliases: &[],
    syntax: "range(field)",
    summary: "The difference between the field's largest and smallest number.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "range(x)", input: r#"[3, "10", "text", null]"#, expected: "7" },
        Example { call: "range(x)", input: r#"["text"]"#, expected: "null" },
    ],
    start: |_| Box::new(Range::default()),
};

/// The smallest and largest of the field's times and of its other numbers.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Range {
    times: Option<(i64, i64)>,
    numbers: Option<(f64, f64)>,
}

impl Range {
    fn number(&mut self, x: f64) {
        let (low, high) = self.numbers.get_or_insert((x, x));
        (*low, *high) = (low.min(x), high.max(x));
    }

    fn time(&mut self, ns: i64) {
        let (low, high) = self.times.get_or_insert((ns, ns));
        (*low, *high) = ((*low).min(ns), (*high).max(ns));
    }
}

impl Merge for Range {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| match (cell, columns::number(cell)) {
            (Cell::Time(ns), _) => self.time(ns),
            (_, Some(x)) => self.number(x),
            (_, None) => {}
        });
    }

    fn merge(&mut self, other: Self) {
        other.times.into_iter().flat_map(|(a, b)| [a, b]).for_each(|ns| self.time(ns));
        other.numbers.into_iter().flat_map(|(a, b)| [a, b]).for_each(|x| self.number(x));
    }

    fn value(&self) -> Value {
        let seconds = |ns: i64| ns as f64 / 1e9;
        match (self.times, self.numbers) {
            // Subtracted before they are rounded to floats.
            (Some((low, high)), None) => Value::Float(seconds(high.saturating_sub(low))),
            (None, Some((low, high))) => Value::Float(high - low),
            (Some((t0, t1)), Some((x0, x1))) => Value::Float(seconds(t1).max(x1) - seconds(t0).min(x0)),
            (None, None) => Value::Null,
        }
    }
}
