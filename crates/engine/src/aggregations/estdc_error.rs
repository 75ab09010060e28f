//! `estdc_error`: how far `estdc` may be off.

use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static ESTDC_ERROR: Aggregation = Aggregation {
    name: "estdc_error",
    aliases: &[],
    syntax: "estdc_error(field)",
    summary: "The share by which the number that estdc gives may differ from the true one: 0, since it is counted exactly.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &["always 0, since `estdc` counts exactly"],
    assumptions: &[],
    examples: &[
        Example { call: "estdc_error(x)", input: r#"["a", "b", "a"]"#, expected: "0" },
        Example { call: "estdc_error(x)", input: "[null]", expected: "null" },
    ],
    start: |_| Box::new(Exact(false)),
};

/// Whether there was a value.
#[derive(Clone, Serialize, Deserialize)]
struct Exact(bool);

impl Merge for Exact {
    fn accumulate(&mut self, _: Cell<'_>, _: Moment) {
        self.0 = true;
    }

    fn merge(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn value(&self) -> Value {
        if self.0 { Value::Int(0) } else { Value::Null }
    }
}
