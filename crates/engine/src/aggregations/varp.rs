//! `varp`: the variance of the field's numbers, taken as the whole population.

use super::exact::Spread;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;

pub(super) static VARP: Aggregation = Aggregation {
    name: "varp",
    aliases: &[],
    syntax: "varp(field)",
    summary: "The variance of the field's numbers, taken as the whole population.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "varp(x)", input: "[1, 2, 3, 4]", expected: "1.25" },
        Example { call: "varp(x)", input: r#"["text"]"#, expected: "null" },
    ],
    start: |_| Box::new(PopulationVariance::default()),
};

#[derive(Default)]
struct PopulationVariance(Spread);

impl Merge for PopulationVariance {
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
        self.0.population_variance().map_or(Value::Null, Value::Float)
    }
}
