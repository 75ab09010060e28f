//! `max`: the largest value.

use super::extreme::Extreme;
use super::{Aggregation, Example};

pub(super) static MAX: Aggregation = Aggregation {
    name: "max",
    aliases: &[],
    syntax: "max(field)",
    summary: "The field's largest value: text, if there is any that is no number, is larger than numbers and compared by its characters.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &[],
    assumptions: &["min-max-numeric"],
    examples: &[
        Example { call: "max(x)", input: r#"["10", "9", "70", null]"#, expected: r#""70""# },
        Example { call: "max(x)", input: r#"["1", "100", "a", "b"]"#, expected: r#""b""# },
        Example { call: "max(x)", input: r#"[["3", "5"], "4"]"#, expected: r#""5""# },
    ],
    start: |_| Box::new(Extreme::<true>::default()),
};
