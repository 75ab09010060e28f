//! `stdev`: the standard deviation of the field's numbers, taken as a sample.

use super::exact::Spread;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;

pub(super) static STDEV: Aggregation = Aggregation {
    name: "stdev",
    aliases: &[],
    syntax: "stdev(field)",
    summary: "The standard deviation of the field's numbers, taken as a sample.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    deviations: &[],
    assumptions: &["stdev-of-one"],
    examples: &[
        Example {
            call: "stdev(x)",
            input: r#"[2, 4, 4, 4, 5, 5, 7, 9, "text"]"#,
            expected: "2.138089935299395",
        },
        Example { call: "stdev(x)", input: "[5]", expected: "0" },
    ],
    start: |_| Box::new(Deviation::default()),
};

#[derive(Default)]
struct Deviation(Spread);

impl Merge for Deviation {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if let Some(x) = columns::number(cell) {
                self.0.add(x);
            }
        });
    }

    fn merge(&mut self, other: Self) {
        self.0.merge(&other.0);
    }

    fn value(&self) -> Value {
        self.0.sample_variance().map(f64::sqrt).map_or(Value::Null, Value::Float)
    }
}
