//! `timechart`: aggregations over time.

use super::super::{Build, Call, Example, Spec};
use super::{Axis, Chart, Parts};
use crate::pipeline::{Command, Kind};
use grotto_diag::Diagnostic;

pub(in crate::commands) static TIMECHART: Spec = Spec {
    name: "timechart",
    aliases: &[],
    summary: "Aggregates rows in spans of time: a row for each span from the first to the last, and with BY a column \
              for each value of a field, the ten with the largest sums and one for all others.",
    syntax: "timechart [span=<span> | bins=<count>] [minspan=<span>] [aligntime=<time>] \
             <aggregation>[(<field>)] [AS <name>]... [BY <field>] [limit=[top|bottom]<count>] [useother=<bool>] \
             [otherstr=<text>] [usenull=<bool>] [nullstr=<text>] [agg=<aggregation>] [cont=<bool>] [sep=<text>] \
             [format=<text>] [WHERE <aggregation> in|notin top|bottom<count> | <comparison>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/timechart",
    deviations: &[
        "the spans go from the first row's time to the last's, where Splunk's go over the search's time range",
        "`partial=false` is not supported, `fixedrange` has no effect: there is no time range of a search",
        "WHERE takes count, sum, avg, min and max of the series",
    ],
    assumptions: &["chart-order-of-columns", "chart-where-cells"],
    examples: &[
        Example {
            spl: "| timechart span=1h count sum(n) as n",
            input: r#"[{"_time": 10900, "n": 3}, {"_time": 3700, "n": 2}, {"_time": 3600, "n": 1}]"#,
            expected: r#"[{"_time": 3600, "count": 2, "n": 3}, {"_time": 7200, "count": 0}, {"_time": 10800, "count": 1, "n": 3}]"#,
        },
        Example {
            spl: "| timechart span=1m count by user limit=1",
            input: r#"[{"_time": 60, "user": "a"}, {"_time": 61, "user": "b"}, {"_time": 1, "user": "b"}, {"_time": 2}]"#,
            expected: r#"[{"_time": 0, "b": 1, "NULL": 1, "OTHER": 0}, {"_time": 60, "b": 1, "NULL": 0, "OTHER": 1}]"#,
        },
        Example {
            spl: "| timechart span=1m per_hour(n) as rate",
            input: r#"[{"_time": 10, "n": 2}, {"_time": 5, "n": 1}]"#,
            expected: r#"[{"_time": 0, "rate": 180}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let mut parts = Parts::of(call, true)?;
    if parts.by.len() > 1 {
        return Err(call.bad(call.name_span(), "one field can stand after BY"));
    }
    let split = parts.by.pop();
    let time = Axis { field: "_time".to_owned(), args: Vec::new() };
    Ok(Box::new(Chart::new(call, &parts, Some(time), split.as_ref())?))
}
