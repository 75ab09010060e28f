//! `median`: the number in the middle.

use super::perc::Sample;
use super::{Aggregation, Example};

pub(super) static MEDIAN: Aggregation = Aggregation {
    name: "median",
    aliases: &[],
    syntax: "median(field)",
    summary: "The number in the middle of the field's numbers; the higher of the two in the middle when their number is even.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example { call: "median(x)", input: "[1, 2, 3]", expected: "2" },
        Example { call: "median(x)", input: r#"["4", "1", "3", "2"]"#, expected: "3" },
    ],
    start: |_| Box::new(Sample::new(50.0, Sample::nearest)),
};
