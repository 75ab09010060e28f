//! `union`: puts the rows of several searches together.

use super::multisearch::Together;
use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Command, Kind};
use crate::plan::Head;
use grotto_diag::Diagnostic;
use grotto_spl::ast::Arg;

pub(super) static UNION: Spec = Spec {
    name: "union",
    aliases: &[],
    summary: "Puts the rows of several searches together: by time, newest first, when it begins a search and all of them \
              are streaming, else one after the other.",
    syntax: "union [maxout=<count>] [maxtime=<seconds>] [timeout=<seconds>] [<search>]...",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/union",
    deviations: &[
        "only searches in brackets, not data sets by name",
        "`maxtime` and `timeout` are accepted and change nothing: a search always runs to its end",
    ],
    assumptions: &["multisearch-same-time"],
    examples: &[
        Example {
            spl: "| union [search a=1 | stats count as n] [search b=1 | stats count as n]",
            input: r#"[{"a": 1}, {"b": 1}, {"b": 1}]"#,
            expected: r#"[{"n": 1}, {"n": 2}]"#,
        },
        Example {
            spl: "a=1 | table a | union [search b=1 | table b]",
            input: r#"[{"a": 1}, {"b": 1}]"#,
            expected: r#"[{"a": 1}, {"b": 1}]"#,
        },
    ],
    build: Build::Either { begin, build },
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let mut together = together(call)?;
    if together.searches.len() < 2 {
        return Err(call.missing("at least two searches in brackets"));
    }
    together.mixed = together.searches.iter().all(|search| search.is_streaming());
    Ok(Begin { head: Head::Results, command: Some(Box::new(together)) })
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    Ok(Box::new(together(call)?))
}

fn together(call: &Call<'_>) -> Result<Together, Box<Diagnostic>> {
    let split = call.split(&["maxout", "maxtime", "timeout"])?;
    let most = split.options.count("maxout", super::append::MOST_ROWS)?;
    let mut searches = Vec::new();
    for arg in split.rest {
        match arg {
            Arg::Subsearch(search) => searches.push(call.subsearch(search, most)?),
            other => {
                return Err(call.unsupported(other.span(), "only searches in brackets can be put together"));
            }
        }
    }
    if searches.is_empty() {
        return Err(call.missing("a search in brackets"));
    }
    Ok(Together { searches, mixed: false })
}
