//! `append`: adds the rows of another search after those that there are.

use super::{Build, Call, Example, Spec};
use crate::memory::{Chunks, Rows, Writer};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, concat};
use crate::plan::{Plan, alone};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::sync::Arc;

pub(super) static APPEND: Spec = Spec {
    name: "append",
    aliases: &[],
    summary: "Adds the rows of another search after those that there are.",
    syntax: "append [maxout=<count>] [extendtimerange=<bool>] [maxtime=<seconds>] [timeout=<seconds>] [<search>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/append",
    deviations: &[
        "`maxtime`, `timeout` and `extendtimerange` are accepted and change nothing: a search always runs to its end",
    ],
    assumptions: &["append-limit"],
    examples: &[
        Example {
            spl: "a=1 | fields a | append [search b=* | stats count]",
            input: r#"[{"a": 1}, {"b": 2}, {"b": 3}]"#,
            expected: r#"[{"a": 1}, {"count": 2}]"#,
        },
        Example {
            spl: "| stats count by host | append maxout=1 [| makeresults count=3 | eval n=7 | table n]",
            input: r#"[{"host": "x"}]"#,
            expected: r#"[{"host": "x", "count": 1}, {"n": 7}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows of the other search that are added unless `maxout` says otherwise.
pub(super) const MOST_ROWS: usize = 50_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["maxout", "extendtimerange", "maxtime", "timeout"])?;
    let most = split.options.count("maxout", MOST_ROWS)?;
    let (search, before) = call.one_search(&split.rest)?;
    if let Some(arg) = before.first() {
        return Err(call.unexpected(arg));
    }
    Ok(Box::new(Append(call.subsearch(search, most)?)))
}

struct Append(Arc<Plan>);

impl Command for Append {
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
        let more = env.result(&self.0)?;
        Ok(concat(&[rows, more]))
    }

    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let more = env.result(&self.0)?;
        let mut writer = Writer::new(rows.memory());
        for chunk in rows.iter() {
            writer.push(&chunk?)?;
        }
        writer.push(&more)?;
        Ok(Some(Rows::Disk(writer.finish()?)))
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        vec![Arc::clone(&self.0)]
    }
}
