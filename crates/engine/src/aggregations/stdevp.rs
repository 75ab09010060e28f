//! `stdevp`: the standard deviation of the field's numbers, taken as the whole population.

use super::exact::Spread;
use super::{Aggregation, Example, Merge, Moment};
use crate::Value;
use crate::pipeline::columns;
use grotto_events::Cell;

pub(super) static STDEVP: Aggregation = Aggregation {
    name: "stdevp",
    aliases: &[],
    syntax: "stdevp(field)",
    summary: "The standard deviation of the field's numbers, taken as the whole population.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "stdevp(x)", input: "[2, 4, 4, 4, 5, 5, 7, 9]", expected: "2" },
        Example { call: "stdevp(x)", input: "[]", expected: "null" },
    ],
    start: |_| Box::new(PopulationDeviation::default()),
};

#[derive(Default)]
struct PopulationDeviation(Spread);

impl Merge for PopulationDeviation {
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
        self.0.population_variance().map(f64::sqrt).map_or(Value::Null, Value::Float)
    }
}
