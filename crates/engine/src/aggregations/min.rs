//! `min`: the smallest value.

use super::best::{Best, OfTimes};
use super::{Aggregation, Example, Keeps, Merge, Moment, States};
use crate::Value;
use crate::pipeline::{columns, compare, compare_cell};
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static MIN: Aggregation = Aggregation {
    name: "min",
    aliases: &[],
    syntax: "min(field)",
    summary: "The field's smallest value: numbers are smaller than text, which is compared by its characters.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &["min-max-numeric"],
    examples: &[
        Example { call: "min(x)", input: r#"["10", "9", "70", null]"#, expected: r#""9""# },
        Example { call: "min(x)", input: r#"["b", "a", "100"]"#, expected: r#""100""# },
        Example { call: "min(x)", input: r#"["b", "B"]"#, expected: r#""B""# },
    ],
    start: |_| Box::new(Min(None)),
};

#[derive(Clone, Serialize, Deserialize)]
struct Min(Option<Value>);

impl Merge for Min {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if self.0.as_ref().is_none_or(|best| compare_cell(cell, best).is_lt()) {
                self.0 = Some(cell.into());
            }
        });
    }

    fn merge(&mut self, other: Self) {
        if let Some(theirs) = other.0
            && self.0.as_ref().is_none_or(|mine| compare(&theirs, mine).is_lt())
        {
            self.0 = Some(theirs);
        }
    }

    fn value(&self) -> Value {
        self.0.clone().unwrap_or_default()
    }

    fn size(&self) -> usize {
        self.0.as_ref().map_or(0, Value::kept)
    }

    fn many(self) -> Box<dyn States> {
        Best::<Self>::start()
    }
}

impl OfTimes for Min {
    fn nothing() -> Self {
        Self(None)
    }

    fn of(time: i64) -> Self {
        Self(Some(Value::Time(time)))
    }

    fn better(a: i64, b: i64) -> i64 {
        a.min(b)
    }
}
