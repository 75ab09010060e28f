//! `uniq`: drops rows that repeat the row before.

use super::mvcombine::key;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static UNIQ: Spec = Spec {
    name: "uniq",
    aliases: &[],
    summary: "Drops rows that have the same values in all fields as the row before.",
    syntax: "uniq",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/uniq",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| uniq",
            input: r#"[{"a": 1}, {"a": 1}, {"a": 2}, {"a": 1}]"#,
            expected: r#"[{"a": 1}, {"a": 2}, {"a": 1}]"#,
        },
        Example {
            spl: "| uniq",
            input: r#"[{"a": 1, "b": 1}, {"a": 1}, {"a": 1}]"#,
            expected: r#"[{"a": 1, "b": 1}, {"a": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    match call.args.first() {
        Some(arg) => Err(call.unexpected(arg)),
        None => Ok(Box::new(Uniq)),
    }
}

struct Uniq;

impl Command for Uniq {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        // Every field tells whether rows are the same.
        let _ = after;
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut last = None;
        let kept: Vec<bool> = (0..rows.rows())
            .map(|row| {
                let key = Some(key(&rows, row, ""));
                let new = key != last;
                last = key;
                new
            })
            .collect();
        Ok(rows.filter(&kept.into()))
    }
}
