//! `upperperc`: the upper bound of a percentile.

use super::perc::Sample;
use super::{Aggregation, Example};

pub(super) static UPPERPERC: Aggregation = Aggregation {
    name: "upperperc",
    aliases: &[],
    syntax: "upperperc<N>(field)",
    summary: "An upper bound of the N-th percentile of the field's numbers.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: true,
    timed: false,
    numeric: true,
    deviations: &["the same as perc, also over 1000 different values, where Splunk approximates"],
    assumptions: &["perc-nearest-rank"],
    examples: &[
        Example { call: "upperperc50(x)", input: "[1, 2, 3, 4]", expected: "3" },
        Example { call: "upperperc90(x)", input: r#"["5"]"#, expected: "5" },
    ],
    start: |percent| Box::new(Sample::new(percent, Sample::nearest)),
};
