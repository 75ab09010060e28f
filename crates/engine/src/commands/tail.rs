//! `tail`: keeps the last rows.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static TAIL: Spec = Spec {
    name: "tail",
    aliases: &[],
    summary: "Keeps the last rows, 10 by default, the last of them first.",
    syntax: "tail [<count>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tail",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| tail 2",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 3}, {"n": 2}]"#,
        },
        Example { spl: "| tail", input: r#"[{"n": 1}, {"n": 2}]"#, expected: r#"[{"n": 2}, {"n": 1}]"# },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let rest = call.split(&[])?.rest;
    let count = match call.words(&rest)?.as_slice() {
        [] => 10,
        [word] => text::argument(word).parse().map_err(|_| call.bad(word.at.0, "this is no whole number"))?,
        [_, second, ..] => return Err(call.bad(second.at.0, "one number is enough")),
    };
    Ok(Box::new(Tail(count)))
}

struct Tail(usize);

impl Command for Tail {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let order: Vec<u32> = (0..rows.rows() as u32).rev().take(self.0).collect();
        Ok(rows.take(&order))
    }

    fn prunes(&self) -> bool {
        true
    }

    fn prune(&self, rows: &Batch) -> Batch {
        rows.slice(rows.rows().saturating_sub(self.0), self.0)
    }
}
