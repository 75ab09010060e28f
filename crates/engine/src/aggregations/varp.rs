//! `varp`: the variance of the field's numbers, taken as the whole population.

use super::exact::Spread;
use super::spread::OfSpread;
use super::{Aggregation, Example};

pub(super) static VARP: Aggregation = Aggregation {
    name: "varp",
    aliases: &[],
    syntax: "varp(field)",
    summary: "The variance of the field's numbers, taken as the whole population.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "varp(x)", input: "[1, 2, 3, 4]", expected: "1.25" },
        Example { call: "varp(x)", input: r#"["text"]"#, expected: "null" },
    ],
    start: |_| Box::new(OfSpread::new(Spread::population_variance)),
};
