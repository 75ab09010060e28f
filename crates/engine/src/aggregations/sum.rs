//! `sum`: numbers added up.

use super::exact::ExactSum;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static SUM: Aggregation = Aggregation {
    name: "sum",
    aliases: &[],
    syntax: "sum(field)",
    summary: "The sum of the field's numbers; other values do not count.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "sum(x)", input: r#"["1", "2", 3.5, "text", null]"#, expected: "6.5" },
        Example { call: "sum(x)", input: r#"[9007199254740993, "1"]"#, expected: "9007199254740994" },
        Example { call: "sum(x)", input: r#"["text"]"#, expected: "null" },
    ],
    start: |_| Box::new(Sum::default()),
};

/// Whole numbers are added apart from others, so that large ones stay exact.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Sum {
    some: bool,
    whole: i128,
    fractions: Option<ExactSum>,
}

impl Sum {
    fn whole(cell: Cell<'_>) -> Option<i64> {
        match cell {
            Cell::Int(i) => Some(i),
            Cell::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl Merge for Sum {
    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| {
            if let Some(i) = Self::whole(cell) {
                self.some = true;
                self.whole += i128::from(i);
            } else if let Some(x) = columns::number(cell) {
                self.some = true;
                self.fractions.get_or_insert_default().add(x);
            }
        });
    }

    fn merge(&mut self, other: Self) {
        self.some |= other.some;
        self.whole += other.whole;
        if let Some(theirs) = other.fractions {
            self.fractions.get_or_insert_default().merge(&theirs);
        }
    }

    fn value(&self) -> Value {
        if !self.some {
            return Value::Null;
        }
        match &self.fractions {
            None => i64::try_from(self.whole).map_or(Value::Float(self.whole as f64), Value::Int),
            Some(fractions) => {
                let mut all = fractions.clone();
                // Two parts of 64 bits, each exact enough to be added as floats.
                all.add((self.whole >> 32) as f64 * 4_294_967_296.0);
                all.add((self.whole & 0xffff_ffff) as f64);
                all.rounded().map_or(Value::Null, |sum| Value::Float(sum.high))
            }
        }
    }
}
