//! `from`: begins a search with the rows of a data model.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::Kind;
use crate::plan::{Head, Model};
use grotto_diag::Diagnostic;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static FROM: Spec = Spec {
    name: "from",
    aliases: &[],
    summary: "Begins a search with the rows of a data model.",
    syntax: "from datamodel:\"<model>.<node>\"",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/from",
    deviations: &["only `datamodel`; not `savedsearch`, `lookup`, `inputlookup`"],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| from datamodel:\"Endpoint.Processes\" | stats count by process_name",
            input: r#"[{"process_name": "a.exe"}, {"process_name": "a.exe"}]"#,
            expected: r#"[{"process_name": "a.exe", "count": 2}]"#,
        },
        Example {
            spl: "| from datamodel Risk.All_Risk | table risk_object",
            input: r#"[{"risk_object": "HOST1", "n": 1}]"#,
            expected: r#"[{"risk_object": "HOST1"}]"#,
        },
    ],
    build: Build::Begin(begin),
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let mut written = String::new();
    for arg in call.args {
        match arg {
            Arg::Word(word) => {
                if !written.is_empty() && !written.ends_with(':') {
                    written.push(':');
                }
                written.push_str(&text::argument(word));
            }
            Arg::Option { name, negated: false, value } => {
                let value = value.word().ok_or_else(|| call.unexpected(arg))?;
                written = format!("{}:{}", name.raw, text::argument(value));
            }
            other => return Err(call.unexpected(other)),
        }
    }
    let at = call.args.first().map(Arg::span).unwrap_or_default();
    match written.split_once(':') {
        Some((kind, model)) if kind.eq_ignore_ascii_case("datamodel") && !model.is_empty() => {
            Ok(Begin { head: Head::Model(Model::named(model.trim_start_matches(':')), None), command: None })
        }
        None if written.is_empty() => Err(call.missing("datamodel:<model>.<node>")),
        _ => Err(call.unsupported(at, "only data models can be read")),
    }
}
