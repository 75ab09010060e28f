//! `multisearch`: begins a search with the events of several, mixed by time.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, concat, nanoseconds};
use crate::plan::{Head, Plan, alone};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use std::cmp::Reverse;
use std::sync::Arc;

pub(super) static MULTISEARCH: Spec = Spec {
    name: "multisearch",
    aliases: &[],
    summary: "Begins a search with the events of at least two streaming searches, newest first.",
    syntax: "multisearch [<search>] [<search>]...",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multisearch",
    deviations: &[],
    assumptions: &["multisearch-same-time"],
    examples: &[
        Example {
            spl: "| multisearch [search a=1 | eval from=\"first\"] [search b=1 | eval from=\"second\"] | table _time from",
            input: r#"[{"_time": 3, "a": 1}, {"_time": 2, "b": 1}, {"_time": 1, "a": 1}, {"_time": 0}]"#,
            expected: r#"[{"_time": 3, "from": "first"}, {"_time": 2, "from": "second"}, {"_time": 1, "from": "first"}]"#,
        },
        Example {
            spl: "| multisearch [search a=*] [search a=1] | stats count by a",
            input: r#"[{"a": 1}, {"a": 2}]"#,
            expected: r#"[{"a": 1, "count": 2}, {"a": 2, "count": 1}]"#,
        },
    ],
    build: Build::Begin(begin),
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let mut searches = Vec::new();
    for arg in call.args {
        let Arg::Subsearch(search) = arg else { return Err(call.unexpected(arg)) };
        let plan = call.subsearch(search, usize::MAX)?;
        if !plan.is_streaming() {
            return Err(call.bad(arg.span(), "only searches for events with streaming commands can be mixed"));
        }
        searches.push(plan);
    }
    if searches.len() < 2 {
        return Err(call.missing("at least two searches in brackets"));
    }
    Ok(Begin { head: Head::Results, command: Some(Box::new(Together { searches, mixed: true })) })
}

/// The rows that there are and those of other searches.
pub(super) struct Together {
    /// The other searches.
    pub(super) searches: Vec<Arc<Plan>>,
    /// Whether rows are ordered by time, and not one search after the other.
    pub(super) mixed: bool,
}

impl Command for Together {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let mut all = vec![rows];
        all.extend(env.results(&self.searches)?);
        let all = concat(&all);
        if !self.mixed {
            return Ok(all);
        }
        let time = |row: &u32| all.column("_time").and_then(|column| nanoseconds(column.cell(*row as usize)));
        let mut order: Vec<u32> = (0..all.rows() as u32).collect();
        order.sort_by_key(|row| Reverse(time(row)));
        Ok(all.take(&order))
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        self.searches.clone()
    }
}
