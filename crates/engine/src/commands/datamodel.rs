//! `datamodel`: begins a search with the events of a data model.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::Kind;
use crate::plan::{Head, Model};
use grotto_diag::Diagnostic;
use grotto_spl::text;

pub(super) static DATAMODEL: Spec = Spec {
    name: "datamodel",
    aliases: &[],
    summary: "Begins a search with the events of a data model's node.",
    syntax: "datamodel <model> <node> search|flat [strict_fields=<bool>] [summariesonly=<bool>] [allow_old_summaries=<bool>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/datamodel",
    deviations: &[
        "fields have both names in either mode: with the node's name before them and without",
        "definitions of data models are not shown as JSON",
        "all events are read, accelerated or not, with all of their fields",
    ],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| datamodel Endpoint Processes search | stats count by Processes.process_name",
            input: r#"[{"Processes.process_name": "a.exe"}, {"Processes.process_name": "a.exe"}]"#,
            expected: r#"[{"Processes.process_name": "a.exe", "count": 2}]"#,
        },
        Example {
            spl: "| datamodel Endpoint Processes flat | table process_name",
            input: r#"[{"process_name": "b.exe", "n": 1}]"#,
            expected: r#"[{"process_name": "b.exe"}]"#,
        },
    ],
    build: Build::Begin(begin),
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&["strict_fields", "summariesonly", "allow_old_summaries"])?;
    for option in ["strict_fields", "summariesonly", "allow_old_summaries"] {
        split.options.flag(option, false)?;
    }
    let words = call.words(&split.rest)?;
    let [model, node, mode, rest @ ..] = words.as_slice() else {
        let message = "a model, a node and `search` or `flat`: definitions of data models are not shown";
        return Err(call.missing(message));
    };
    if let Some(more) = rest.first() {
        return Err(call.bad(more.at.0, "nothing is expected behind the mode"));
    }
    if !["search", "flat"].contains(&text::argument(mode).to_ascii_lowercase().as_str()) {
        return Err(call.unsupported(mode.at.0, "the mode is `search` or `flat`"));
    }
    let model = Model { name: text::argument(model), node: Some(text::argument(node)) };
    Ok(Begin { head: Head::Model(model, None), command: None })
}
