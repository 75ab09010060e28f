//! `var`: the variance of the field's numbers, taken as a sample.

use super::exact::Spread;
use super::spread::OfSpread;
use super::{Aggregation, Example};

pub(super) static VAR: Aggregation = Aggregation {
    name: "var",
    aliases: &[],
    syntax: "var(field)",
    summary: "The variance of the field's numbers, taken as a sample.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &["stdev-of-one"],
    examples: &[
        Example { call: "var(x)", input: "[1, 2, 3, 4]", expected: "1.6666666666666667" },
        Example { call: "var(x)", input: "[5]", expected: "0" },
    ],
    start: |_| Box::new(OfSpread::new(Spread::sample_variance)),
};
