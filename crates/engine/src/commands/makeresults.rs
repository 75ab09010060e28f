//! `makeresults`: begins a search with rows of its own.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::Kind;
use crate::plan::Head;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};

pub(super) static MAKERESULTS: Spec = Spec {
    name: "makeresults",
    aliases: &[],
    summary: "Begins a search with rows that hold nothing but the time of the search.",
    syntax: "makeresults [count=<count>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makeresults",
    deviations: &["`annotate=true`, `format` and `data` are not supported"],
    assumptions: &[],
    examples: &[
        Example { spl: "| makeresults | eval a=1 | table a", input: "[]", expected: r#"[{"a": 1}]"# },
        Example {
            spl: "| makeresults count=3 | streamstats count as n | table n",
            input: "[]",
            expected: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
        },
    ],
    build: Build::Begin(begin),
};

/// Rows that can be made.
const MOST: usize = 1_000_000;

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&["count", "annotate"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let at = |name| split.options.get(name).map(grotto_spl::ast::Arg::span).unwrap_or_default();
    if split.options.flag("annotate", false)? {
        return Err(call.unsupported(at("annotate"), "annotate=true is not supported"));
    }
    let count = split.options.count("count", 1)?;
    if count > MOST {
        return Err(call.bad(at("count"), &format!("at most {MOST} rows can be made")));
    }
    let mut rows = Batch::new(count);
    // Whole seconds, as Splunk's searches have.
    let now = crate::time::SECOND * call.context.now.div_euclid(crate::time::SECOND);
    rows.set("_time", Column::Time(vec![now; count].into()));
    Ok(Begin { head: Head::Rows(rows), command: None })
}
