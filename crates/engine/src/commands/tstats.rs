//! `tstats`: aggregates the rows of a data model, or events.

use super::grouping::{Binning, By, Grouping, Span, calls};
use super::stats::Stats;
use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::Kind;
use crate::plan::{Head, Model, TstatsHead};
use crate::predicate::Formula;
use grotto_diag::Diagnostic;
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, SearchExpr};
use grotto_spl::text;

pub(super) static TSTATS: Spec = Spec {
    name: "tstats",
    aliases: &[],
    summary: "Aggregates the rows of a data model, or events, at the begin of a search. A row that misses a BY field \
              is in no group unless fillnull_value is given.",
    syntax: "tstats [summariesonly=<bool>] [allow_old_summaries=<bool>] [fillnull_value=<text>] <aggregation>... \
             [FROM datamodel=<model>[.<node>]] [WHERE <expression>] [BY <fields> [span=<span>]]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tstats",
    deviations: &[
        "`summariesonly` and `allow_old_summaries` are accepted and change nothing: events are read, not summaries",
        "`BY _time` without a span groups by the exact time",
        "`prestats` and `append` are not supported",
    ],
    assumptions: &["stats-groups-sorted"],
    examples: &[
        Example {
            spl: "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=cmd.exe by Processes.dest",
            input: r#"[{"Processes.process_name": "CMD.EXE", "Processes.dest": "a"},
                {"Processes.process_name": "cmd.exe"}, {"Processes.process_name": "x.exe", "Processes.dest": "a"}]"#,
            expected: r#"[{"Processes.dest": "a", "count": 1}]"#,
        },
        Example {
            spl: "| tstats fillnull_value=null count by user _time span=1m",
            input: r#"[{"_time": 130, "user": "ann"}, {"_time": 125, "user": "ann"}, {"_time": 30}]"#,
            expected: r#"[{"user": "ann", "_time": 120, "count": 2}, {"user": "null", "_time": 0, "count": 1}]"#,
        },
    ],
    build: Build::Begin(begin),
};

const OPTIONS: [&str; 8] = [
    "summariesonly",
    "allow_old_summaries",
    "fillnull_value",
    "prestats",
    "local",
    "include_reduced_buckets",
    "chunk_size",
    "use_summary_index_values",
];

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&OPTIONS)?;
    if split.options.flag("prestats", false)? {
        let at = split.options.get("prestats").map(Arg::span).unwrap_or_default();
        return Err(call.unsupported(at, "prestats=true is not supported"));
    }
    let (mut model, mut filters, mut by, mut aggregates) = (None, Vec::new(), Vec::new(), Vec::new());
    for arg in split.rest {
        match arg {
            Arg::From(items) => model = Some(source(call, items)?),
            Arg::Where(condition) => filters.push(condition.clone()),
            Arg::By(items) => by.extend(by_fields(call, items)?),
            Arg::Aggregate(aggregate) => {
                plain(call, aggregate)?;
                aggregates.push(arg);
            }
            other => return Err(call.unexpected(other)),
        }
    }
    let filter = match filters.len() {
        0 => None,
        1 => Some(Formula::compile(&filters[0], call.context)?),
        _ => Some(Formula::compile(&SearchExpr::And(filters, grotto_spl::ast::At::default()), call.context)?),
    };
    let fill = split.options.text("fillnull_value")?;
    let head = TstatsHead {
        model,
        filter,
        summariesonly: split.options.flag("summariesonly", false)?,
        allow_old_summaries: split.options.flag("allow_old_summaries", false)?,
        fillnull_value: fill.clone(),
    };
    let (calls, _) = calls(call, &aggregates)?;
    let grouping = Grouping { fill, ..Grouping::new(calls, by, call.context.timezone.clone()) };
    Ok(Begin { head: Head::Tstats(head), command: Some(Box::new(Stats::new(grouping))) })
}

/// `datamodel=Endpoint.Processes`.
fn source(call: &Call<'_>, items: &[Arg]) -> Result<Model, Box<Diagnostic>> {
    match items {
        [Arg::Option { name, value, negated: false }] if name.is_keyword("datamodel") => {
            let word = value.word().ok_or_else(|| call.unexpected(value))?;
            Ok(Model::named(&text::argument(word)))
        }
        [] => Err(call.missing("datamodel=… after FROM")),
        [item, ..] => Err(call.unsupported(item.span(), "only FROM datamodel=… is supported")),
    }
}

/// BY fields; `span=` belongs to `_time`.
fn by_fields(call: &Call<'_>, items: &[Arg]) -> Result<Vec<By>, Box<Diagnostic>> {
    let (mut fields, mut span) = (Vec::new(), None);
    for item in items {
        match item {
            Arg::Word(word) => fields.push(By::field(text::field(word))),
            Arg::Option { name, value, negated: false } if name.is_keyword("span") => {
                let parsed = value.word().and_then(|word| Span::parse(&text::argument(word)));
                span = Some(
                    parsed
                        .ok_or_else(|| call.bad(value.span(), "this is no span of time such as 5m or 1h"))?,
                );
            }
            Arg::Option { name, .. } => return Err(call.unsupported_option(name)),
            other => return Err(call.unexpected(other)),
        }
    }
    if fields.is_empty() {
        return Err(call.missing("a field after BY"));
    }
    if let Some(time) = fields.iter_mut().find(|by| by.field == "_time") {
        time.bins = span.map(|span| Binning::Span { span, align: 0 });
    }
    Ok(fields)
}

/// Fields only, without wildcards.
fn plain(call: &Call<'_>, aggregate: &Aggregate) -> Result<(), Box<Diagnostic>> {
    for arg in &aggregate.args {
        match arg {
            AggregateArg::Field(word) if text::field(word).contains('*') => {
                return Err(call.bad(word.at.0, "an aggregation can't have wildcards here"));
            }
            AggregateArg::Eval(expression) => {
                return Err(call.bad(expression.at.0, "an aggregation can't have eval here"));
            }
            _ => {}
        }
    }
    Ok(())
}
