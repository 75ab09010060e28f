//! `estdc`: an estimate of the number of different values.

use super::{Aggregation, Example};

pub(super) static ESTDC: Aggregation = Aggregation {
    name: "estdc",
    aliases: &[],
    syntax: "estdc(field)",
    summary: "About how many different values the field has.",
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    numbered: false,
    timed: false,
    numeric: false,
    deviations: &["counts exactly, where Splunk estimates"],
    assumptions: &[],
    examples: &[
        Example { call: "estdc(x)", input: r#"["a", "b", "a"]"#, expected: "2" },
        Example { call: "estdc(x)", input: "[]", expected: "0" },
    ],
    start: |_| Box::new(super::dc::Distinct::default()),
};
