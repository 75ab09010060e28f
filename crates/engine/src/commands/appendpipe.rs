//! `appendpipe`: adds what more commands make of the rows.

use super::{Build, Call, Example, Spec};
use crate::memory::{Chunks, Rows, Writer};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, concat, needs, run_all_chunks};
use crate::plan::{Plan, alone, commands_of};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::sync::Arc;

pub(super) static APPENDPIPE: Spec = Spec {
    name: "appendpipe",
    aliases: &[],
    summary: "Adds after the rows what the commands in brackets make of them.",
    syntax: "appendpipe [run_in_preview=<bool>] [<commands>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/appendpipe",
    deviations: &["`run_in_preview` is accepted and changes nothing: there are no previews"],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| stats count by host user | appendpipe [stats sum(count) as count by host | eval user=\"all\"]",
            input: r#"[{"host": "h", "user": "a"}, {"host": "h", "user": "b"}]"#,
            expected: r#"[{"host": "h", "user": "a", "count": 1}, {"host": "h", "user": "b", "count": 1},
                {"host": "h", "user": "all", "count": 2}]"#,
        },
        Example {
            spl: "| table n | appendpipe run_in_preview=f [where n>1 | eval n=n*10]",
            input: r#"[{"n": 1}, {"n": 2}]"#,
            expected: r#"[{"n": 1}, {"n": 2}, {"n": 20}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["run_in_preview", "maxtime", "timeout", "maxout"])?;
    split.options.flag("run_in_preview", true)?;
    let (search, before) = call.one_search(&split.rest)?;
    if let Some(arg) = before.first() {
        return Err(call.unexpected(arg));
    }
    Ok(Box::new(Appendpipe(commands_of(&search.stages, call.context)?)))
}

struct Appendpipe(Vec<Box<dyn Command>>);

impl Command for Appendpipe {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut all = after.clone();
        if let Some(inside) = needs(&self.0, after).first() {
            all.union(inside);
        }
        all
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let more = self.0.iter().try_fold(rows.clone(), |rows, command| command.run_in(rows, env))?;
        Ok(concat(&[rows, more]))
    }

    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let more = run_all_chunks(&self.0, rows, env)?;
        let mut writer = Writer::new(rows.memory());
        for chunk in rows.iter() {
            writer.push(&chunk?)?;
        }
        more.add_to(&mut writer)?;
        Ok(Some(Rows::Disk(writer.finish()?)))
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        self.0.iter().flat_map(|command| command.searches()).collect()
    }

    fn asks_later(&self) -> bool {
        self.0.iter().any(|command| command.asks_later())
    }
}
