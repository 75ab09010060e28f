//! `perc`: percentiles; and the sorted numbers that all percentiles are read from.

use super::{Aggregation, Example, Keeps, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;
use serde::{Deserialize, Serialize};

pub(super) static PERC: Aggregation = Aggregation {
    name: "perc",
    aliases: &["p", "percentile"],
    syntax: "perc<N>(field)",
    summary: "The number that is at least as large as N percent of the field's numbers: an actual value, by nearest rank.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: true,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &["perc-nearest-rank"],
    examples: &[
        Example { call: "perc50(x)", input: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", expected: "6" },
        Example { call: "p95(x)", input: "[10, 20, 30]", expected: "30" },
        Example { call: "perc0(x)", input: r#"["3", "1", "text"]"#, expected: "1" },
    ],
    start: |percent| Box::new(Sample::new(percent, Sample::nearest)),
};

/// The numbers of a field, to be sorted when the result is asked for.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Sample {
    percent: f64,
    numbers: Vec<f64>,
    /// What was saved is only ever merged into a state that has its own.
    #[serde(skip, default = "nearest")]
    pick: fn(&[f64], f64) -> f64,
}

fn nearest() -> fn(&[f64], f64) -> f64 {
    Sample::nearest
}

impl Sample {
    /// `pick` chooses from sorted numbers, never none, by percent.
    pub(super) fn new(percent: f64, pick: fn(&[f64], f64) -> f64) -> Self {
        Self { percent, numbers: Vec::new(), pick }
    }

    /// The number of nearest rank; of two in the middle the higher, as `median` takes.
    pub(super) fn nearest(sorted: &[f64], percent: f64) -> f64 {
        let index = (percent * sorted.len() as f64 / 100.0).floor() as usize;
        sorted[index.min(sorted.len() - 1)]
    }

    /// Between the two numbers around the rank.
    pub(super) fn interpolated(sorted: &[f64], percent: f64) -> f64 {
        let rank = percent * (sorted.len() - 1) as f64 / 100.0;
        let below = sorted[rank.floor() as usize];
        let above = sorted[rank.ceil() as usize];
        (above - below).mul_add(rank.fract(), below)
    }
}

impl Merge for Sample {
    const KEEPS: Keeps = Keeps::Known;

    fn accumulate(&mut self, cell: Cell<'_>, _: Moment) {
        columns::each(cell, |cell| self.numbers.extend(columns::number(cell)));
    }

    fn merge(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
    }

    fn value(&self) -> Value {
        if self.numbers.is_empty() {
            return Value::Null;
        }
        let mut sorted = self.numbers.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Value::Float((self.pick)(&sorted, self.percent))
    }

    fn size(&self) -> usize {
        self.numbers.len() * 8
    }
}
