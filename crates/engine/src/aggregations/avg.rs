//! `avg`: the average of numbers.

use super::exact::ExactSum;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static AVG: Aggregation = Aggregation {
    name: "avg",
    aliases: &["mean"],
    syntax: "avg(field)",
    summary: "The average of the field's numbers; other values do not count.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "avg(x)", input: r#"["1", "2", 4.5]"#, expected: "2.5" },
        Example { call: "mean(x)", input: r#"["1", "n/a", null, ["2", "3"]]"#, expected: "2" },
        Example { call: "avg(x)", input: r#"["n/a"]"#, expected: "null" },
    ],
    start: |_| Box::new(Average::default()),
};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Average {
    count: u64,
    sum: ExactSum,
}

impl Merge for Average {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if let Some(number) = columns::number(cell) {
                self.count += 1;
                self.sum.add(number);
            }
        });
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
    }

    fn value(&self) -> Value {
        let sum = self.sum.rounded().filter(|_| self.count > 0);
        sum.map_or(Value::Null, |sum| Value::Float(sum.over(self.count as f64).high))
    }
}
