//! `exactperc`: percentiles between two values.

use super::perc::Sample;
use super::{Aggregation, Example};

pub(super) static EXACTPERC: Aggregation = Aggregation {
    name: "exactperc",
    aliases: &[],
    syntax: "exactperc<N>(field)",
    summary: "The N-th percentile of the field's numbers, interpolated between the two around the rank.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: true,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &["perc-nearest-rank"],
    examples: &[
        Example { call: "exactperc50(x)", input: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", expected: "5.5" },
        Example { call: "exactperc95(x)", input: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", expected: "9.55" },
        Example { call: "exactperc50(x)", input: "[]", expected: "null" },
    ],
    start: |percent| Box::new(Sample::new(percent, Sample::interpolated)),
};
