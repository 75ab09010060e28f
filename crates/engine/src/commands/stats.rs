//! `stats`: aggregates rows, in groups or all together.

use super::grouping::{Grouping, Groups, calls};
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Fold, GroupedBy, Kind, fold_all};
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::sync::Arc;

pub(super) static STATS: Spec = Spec {
    name: "stats",
    aliases: &[],
    summary: "Aggregates rows: one result row for each combination of the BY fields, or one for all rows. A row that \
              misses a BY field is in no group; one with a multivalue BY field is in a group for each value.",
    syntax: "stats [allnum=<bool>] [dedup_splitvals=<bool>] <aggregation>[(<field>)] [AS <name>]... [BY <fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
    deviations: &["`delim` and `partitions` have no effect: multivalue fields stay multivalue"],
    assumptions: &[
        "stats-groups-sorted",
        "stats-drops-null-by",
        "stats-over-nothing",
        "empty-text-is-a-value",
    ],
    examples: &[
        Example {
            spl: "| stats count min(_time) as firstTime values(process) as process by host",
            input: r#"[{"_time": 30, "host": "b", "process": "z"}, {"_time": 20, "host": "a", "process": "y"},
                {"_time": 10, "host": "b", "process": "x"}, {"_time": 5, "process": "w"}]"#,
            expected: r#"[{"host": "a", "count": 1, "firstTime": 20, "process": "y"},
                {"host": "b", "count": 2, "firstTime": 10, "process": ["x", "z"]}]"#,
        },
        Example {
            spl: "| stats count sum(bytes) dc(user)",
            input: "[]",
            expected: r#"[{"count": 0, "dc(user)": 0}]"#,
        },
        Example {
            spl: "| stats count by tag",
            input: r#"[{"tag": ["a", "b"]}, {"tag": "a"}, {"n": 1}]"#,
            expected: r#"[{"tag": "a", "count": 2}, {"tag": "b", "count": 1}]"#,
        },
        Example {
            spl: "| stats values(*) as * count(eval(n>1)) as large by host",
            input: r#"[{"_time": 1, "host": "a", "n": "2", "x": "q"}, {"_time": 1, "host": "a", "n": "1"}]"#,
            expected: r#"[{"host": "a", "n": ["1", "2"], "x": "q", "large": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let args = call.lifted();
    let split = call.split_of(&args, &["allnum", "dedup_splitvals", "delim", "partitions"])?;
    let (calls, by) = calls(call, &split.rest)?;
    Ok(Box::new(Stats::new(Grouping {
        all_numbers: split.options.flag("allnum", false)?,
        split_once: split.options.flag("dedup_splitvals", false)?,
        ..Grouping::new(calls, by, call.context.timezone.clone())
    })))
}

/// Also what `tstats` does with its rows.
pub(super) struct Stats(Arc<Grouping>);

impl Stats {
    pub(super) fn new(grouping: Grouping) -> Self {
        Self(Arc::new(grouping))
    }
}

impl Command for Stats {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        self.0.needs()
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        self.0.before(after)
    }

    fn groups(&self) -> Option<GroupedBy> {
        self.0.groups()
    }

    fn stays_empty(&self) -> bool {
        !self.0.by.is_empty()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        fold_all(Box::new(Groups::new(Arc::clone(&self.0))), &rows)
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        Some(Box::new(Groups::new(Arc::clone(&self.0))))
    }
}
