//! `min`: the smallest value.

use super::extreme::Extreme;
use super::{Aggregation, Example};

pub(super) static MIN: Aggregation = Aggregation {
    name: "min",
    aliases: &[],
    syntax: "min(field)",
    summary: "The field's smallest value: numbers are smaller than text, which is compared by its characters.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &["min-max-numeric"],
    examples: &[
        Example { call: "min(x)", input: r#"["10", "9", "70", null]"#, expected: r#""9""# },
        Example { call: "min(x)", input: r#"["b", "a", "100"]"#, expected: r#""100""# },
        Example { call: "min(x)", input: r#"["b", "B"]"#, expected: r#""B""# },
    ],
    start: |_| Box::new(Extreme::<false>::default()),
};
