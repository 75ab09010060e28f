//! `stdev`: the standard deviation of the field's numbers, taken as a sample.

use super::spread::OfSpread;
use super::{Aggregation, Example};

pub(super) static STDEV: Aggregation = Aggregation {
    name: "stdev",
    aliases: &[],
    syntax: "stdev(field)",
    summary: "The standard deviation of the field's numbers, taken as a sample.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: true,
    deviations: &[],
    assumptions: &["stdev-of-one"],
    examples: &[
        Example {
            call: "stdev(x)",
            input: r#"[2, 4, 4, 4, 5, 5, 7, 9, "text"]"#,
            expected: "2.138089935299395",
        },
        Example { call: "stdev(x)", input: "[5]", expected: "0" },
    ],
    start: |_| Box::new(OfSpread::new(|spread| spread.sample_variance().map(f64::sqrt))),
};
