//! `reverse`: turns the order of rows round.

use super::{Build, Call, Example, Spec};
use crate::memory::{Chunks, Rows, Writer};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static REVERSE: Spec = Spec {
    name: "reverse",
    aliases: &[],
    summary: "Turns the order of the rows round.",
    syntax: "reverse",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/reverse",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| reverse",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 3}, {"n": 2}, {"n": 1}]"#,
        },
        Example { spl: "| reverse", input: "[]", expected: "[]" },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    match call.args.first() {
        Some(arg) => Err(call.unexpected(arg)),
        None => Ok(Box::new(Reverse)),
    }
}

struct Reverse;

impl Command for Reverse {
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
        let order: Vec<u32> = (0..rows.rows() as u32).rev().collect();
        Ok(rows.take(&order))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let mut writer = Writer::new(rows.memory());
        for chunk in rows.backwards() {
            writer.push(&self.run(chunk?)?)?;
        }
        Ok(Some(Rows::Disk(writer.finish()?)))
    }
}
