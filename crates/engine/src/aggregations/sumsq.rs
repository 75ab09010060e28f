//! `sumsq`: squares added up.

use super::exact::ExactSum;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static SUMSQ: Aggregation = Aggregation {
    name: "sumsq",
    aliases: &[],
    syntax: "sumsq(field)",
    summary: "The sum of the squares of the field's numbers.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "sumsq(x)", input: r#"[1, "2", 3, "text"]"#, expected: "14" },
        Example { call: "sumsq(x)", input: "[null]", expected: "null" },
    ],
    start: |_| Box::new(SumOfSquares::default()),
};

#[derive(Clone, Default, Serialize, Deserialize)]
struct SumOfSquares {
    some: bool,
    sum: ExactSum,
}

impl Merge for SumOfSquares {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if let Some(x) = columns::number(cell) {
                self.some = true;
                self.sum.add_square(x);
            }
        });
    }

    fn merge(&mut self, other: Self) {
        self.some |= other.some;
        self.sum.merge(&other.sum);
    }

    fn value(&self) -> Value {
        let sum = self.sum.rounded().filter(|_| self.some);
        sum.map_or(Value::Null, |sum| Value::Float(sum.high))
    }
}
