//! `var`: the variance of the field's numbers, taken as a sample.

use super::exact::Spread;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;

pub(super) static VAR: Aggregation = Aggregation {
    name: "var",
    aliases: &[],
    syntax: "var(field)",
    summary: "The variance of the field's numbers, taken as a sample.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    deviations: &[],
    assumptions: &["stdev-of-one"],
    examples: &[
        Example { call: "var(x)", input: "[1, 2, 3, 4]", expected: "1.6666666666666667" },
        Example { call: "var(x)", input: "[5]", expected: "0" },
    ],
    start: |_| Box::new(Variance::default()),
};

#[derive(Default)]
struct Variance(Spread);

impl Merge for Variance {
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
        self.0.sample_variance().map_or(Value::Null, Value::Float)
    }
}
