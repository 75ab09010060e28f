//! `stdevp`: the standard deviation of the field's numbers, taken as the whole population.

use super::spread::OfSpread;
use super::{Aggregation, Example};

pub(super) static STDEVP: Aggregation = Aggregation {
    name: "stdevp",
    aliases: &[],
    syntax: "stdevp(field)",
    summary: "The standard deviation of the field's numbers, taken as the whole population.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "stdevp(x)", input: "[2, 4, 4, 4, 5, 5, 7, 9]", expected: "2" },
        Example { call: "stdevp(x)", input: "[]", expected: "null" },
    ],
    start: |_| Box::new(OfSpread::new(|spread| spread.population_variance().map(f64::sqrt))),
};
