//! `bin`: puts times and numbers into bins.

use super::grouping::{BIN_OPTIONS, Binning, is_time};
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use jiff::tz::TimeZone;

pub(super) static BIN: Spec = Spec {
    name: "bin",
    aliases: &["bucket", "discretize"],
    summary: "Puts times into spans of time, each named by its begin, and numbers into ranges such as 0-10.",
    syntax: "bin [span=<span> | bins=<count>] [minspan=<span>] [start=<number>] [end=<number>] [aligntime=<time>] <field> \
             [AS <name>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/bin",
    deviations: &["`aligntime=earliest` and `latest` are not supported: the search has no time range"],
    assumptions: &["bins-of-nice-sizes"],
    examples: &[
        Example {
            spl: "| bin _time span=5m",
            input: r#"[{"_time": 900, "n": 1}, {"_time": 899, "n": 2}, {"_time": 599.5, "n": 3}]"#,
            expected: r#"[{"_time": 900, "n": 1}, {"_time": 600, "n": 2}, {"_time": 300, "n": 3}]"#,
        },
        Example {
            spl: "| bucket span=10 size as range",
            input: r#"[{"size": "25"}, {"size": "30"}, {"size": "x"}]"#,
            expected: r#"[{"size": "25", "range": "20-30"}, {"size": "30", "range": "30-40"}, {"size": "x"}]"#,
        },
        Example {
            spl: "| bin span=1d _time",
            input: r#"[{"_time": 86401}]"#,
            expected: r#"[{"_time": 86400}]"#,
        },
        Example {
            spl: "| bin bins=10 size",
            input: r#"[{"size": 5}, {"size": 42}, {"size": 99}]"#,
            expected: r#"[{"size": "0-10"}, {"size": "40-50"}, {"size": "90-100"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&BIN_OPTIONS)?;
    let bins = Binning::of(call, &split.options)?.unwrap_or_else(Binning::auto);
    let (field, output) = call.field_as(&split.rest)?;
    let output = output.unwrap_or_else(|| field.clone());
    if bins.is_log() && field == "_time" {
        return Err(call.unsupported(call.name_span(), "times have no logarithmic spans"));
    }
    Ok(Box::new(Bin { bins, field, output, timezone: call.context.timezone.clone() }))
}

struct Bin {
    bins: Binning,
    field: String,
    output: String,
    timezone: TimeZone,
}

impl Command for Bin {
    fn kind(&self) -> Kind {
        // Sizes that follow from the data need all of it.
        if self.bins.is_auto() { Kind::DatasetProcessing } else { Kind::DistributableStreaming }
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        if needs.contains(&self.output) {
            // The target stays needed: whether it was there decides whether an empty result leaves it known.
            needs.insert(&self.field);
        }
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field) else { return Ok(rows) };
        let is_time = is_time(&self.field, &rows);
        let bins = self.bins.resolved(column, is_time, &self.timezone);
        let binned = bins.binned(column, is_time, &self.timezone);
        rows.set(self.output.as_str(), binned);
        Ok(rows)
    }
}
