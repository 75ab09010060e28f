//! `count`: how many rows or values there are.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static COUNT: Aggregation = Aggregation {
    name: "count",
    aliases: &["c"],
    syntax: "count | count(field) | count(eval(condition))",
    summary: "How many values the field has over all rows; of no field, how many rows there are; of a condition, for how many rows it is true.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "count(x)", input: r#"["a", "a", null, ["b", "c"]]"#, expected: "4" },
        Example { call: "count", input: r#"["a", null]"#, expected: "2" },
        Example { call: "count(eval(x>1))", input: "[1, 2, 3, null]", expected: "2" },
        Example { call: "count(x)", input: "[]", expected: "0" },
    ],
    start: |_| Box::new(Count(0)),
};

#[derive(Clone, Serialize, Deserialize)]
struct Count(i64);

impl Merge for Count {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |_| self.0 += 1);
    }

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn value(&self) -> Value {
        Value::Int(self.0)
    }
}
