//! `highlight`: marks words in Splunk's display of events, and changes nothing in them.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static HIGHLIGHT: Spec = Spec {
    name: "highlight",
    aliases: &[],
    summary: "Marks words in Splunk's display of events. Rows pass as they are.",
    syntax: "highlight <text>...",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/highlight",
    deviations: &["Nothing is marked"],
    assumptions: &[],
    examples: &[
        Example { spl: "| highlight login", input: r#"[{"a": "login"}]"#, expected: r#"[{"a": "login"}]"# },
        Example { spl: "| highlight \"log in\", out", input: r#"[{"n": 1}]"#, expected: r#"[{"n": 1}]"# },
    ],
    build: Build::Command(build),
};

/// A command that shows rows in another way and changes nothing in them.
pub(super) struct Display;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    display(call, "a word to mark")
}

/// Checks that there are words, and passes rows as they are.
pub(super) fn display(call: &Call<'_>, what: &str) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&[])?;
    if call.words(&split.rest)?.is_empty() {
        return Err(call.missing(what));
    }
    Ok(Box::new(Display))
}

impl Command for Display {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        Ok(rows)
    }
}
