//! Aggregations as they are written.

use super::{By, Call, Input, Span, Spark};
use crate::aggregations;
use crate::commands::call::{self, Call as CommandCall, unexpanded};
use crate::eval::Expression;
use crate::pipeline::Pattern;
use grotto_diag::Diagnostic;
use grotto_spl::ast::{Aggregate, AggregateArg, Arg, ExprKind, Word};
use grotto_spl::text;

/// The aggregations and BY fields among a command's arguments; other arguments are refused.
pub(in crate::commands) fn calls(
    command: &CommandCall<'_>,
    args: &[&Arg],
) -> Result<(Vec<Call>, Vec<By>), Box<Diagnostic>> {
    let (mut calls, mut by) = (Vec::new(), Vec::new());
    for arg in args {
        match arg {
            Arg::Aggregate(aggregate) => calls.push(self::aggregate(command, aggregate)?),
            Arg::By(fields) => {
                by.extend(words(command, fields)?.into_iter().map(By::field));
            }
            other => return Err(command.unexpected(other)),
        }
    }
    if calls.is_empty() {
        return Err(command.missing("an aggregation"));
    }
    different_names(command, &calls, args)?;
    Ok((calls, by))
}

/// Fields of a BY clause, in which wildcards mean nothing.
pub(in crate::commands) fn words(
    command: &CommandCall<'_>,
    args: &[Arg],
) -> Result<Vec<String>, Box<Diagnostic>> {
    let mut fields: Vec<String> = Vec::new();
    for arg in args {
        let word = arg.word().ok_or_else(|| command.unexpected(arg))?;
        let field = text::field(word);
        if field.contains('*') {
            return Err(command.bad(word.at.0, "a BY field can't have wildcards"));
        }
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    if fields.is_empty() { Err(command.missing("a field after BY")) } else { Ok(fields) }
}

/// One aggregation.
pub(in crate::commands) fn aggregate(
    command: &CommandCall<'_>,
    aggregate: &Aggregate,
) -> Result<Call, Box<Diagnostic>> {
    if aggregate.function.is_keyword("sparkline") {
        return sparkline(command, aggregate);
    }
    let name = &aggregate.function.raw;
    let at = aggregate.function.at.0;
    let Some((aggregation, number)) = aggregations::find(name) else {
        return Err(unknown(name, at));
    };
    let input = match aggregate.args.as_slice() {
        [] if aggregation.name == "count" => Input::Rows,
        [] => return Err(command.bad(aggregate.at.0, &format!("`{name}` needs a field"))),
        [AggregateArg::Field(word)] => Input::Field(Pattern::new(&text::field(word))),
        [AggregateArg::Eval(expression)] => {
            if let (None, ExprKind::Macro(call)) = (&aggregate.alias, &expression.kind) {
                return Err(unexpanded(call));
            }
            if aggregate.alias.is_none() {
                return Err(command.bad(aggregate.at.0, "an aggregation of eval needs a name after AS"));
            }
            Input::Eval(Expression::compile(expression, command.context)?)
        }
        [AggregateArg::Macro(call), ..] => return Err(unexpanded(call)),
        [AggregateArg::Aggregate(inner), ..] => {
            return Err(command.bad(inner.at.0, "an aggregation can't be aggregated again here"));
        }
        [_, ..] => return Err(command.bad(aggregate.at.0, &format!("`{name}` takes one field"))),
    };
    let output = output(command, aggregate, &input)?;
    Ok(Call { aggregation, number, input, sparkline: None, output })
}

/// `sparkline`, `sparkline(count)`, `sparkline(avg(x), 1h)`; a bare one counts.
fn sparkline(command: &CommandCall<'_>, outer: &Aggregate) -> Result<Call, Box<Diagnostic>> {
    let bare = AggregateArg::Field(Word::bare("count"));
    let (inner, span) = match outer.args.as_slice() {
        [] => (&bare, None),
        [inner] => (inner, None),
        [inner, AggregateArg::Field(word)] => (inner, Some(word)),
        _ => return Err(command.bad(outer.at.0, "`sparkline` takes an aggregation and a span")),
    };
    let inner = match inner {
        AggregateArg::Aggregate(inner) => inner.clone(),
        AggregateArg::Field(word) if matches!(word.raw.to_ascii_lowercase().as_str(), "count" | "c") => {
            Aggregate { function: word.clone(), args: Vec::new(), alias: None, at: word.at }
        }
        AggregateArg::Macro(call) => return Err(unexpanded(call)),
        _ => return Err(command.bad(outer.at.0, "`sparkline` takes an aggregation such as count or avg(x)")),
    };
    let span = match span {
        None => None,
        Some(word) => match Span::parse(&word.raw).filter(|span| span.nanoseconds().is_some()) {
            Some(span) => Some(span),
            None => return Err(command.bad(word.at.0, "this is no span of time such as 5m or 1d")),
        },
    };
    let mut call = aggregate(command, &Aggregate { alias: outer.alias.clone(), ..inner.clone() })?;
    if !call.output.is_plain() {
        return Err(command.bad(outer.at.0, "a sparkline can't have wildcards"));
    }
    if outer.alias.is_none() && outer.args.is_empty() {
        call.output = Pattern::new("sparkline");
    } else if outer.alias.is_none() {
        let span = outer.args.get(1).map(|_| span_text(outer)).unwrap_or_default();
        call.output = Pattern::new(&format!("sparkline({}{span})", call.output.text()));
    }
    call.sparkline = Some(Spark { span });
    Ok(call)
}

fn span_text(outer: &Aggregate) -> String {
    match outer.args.get(1) {
        Some(AggregateArg::Field(word)) => format!(", {}", word.raw),
        _ => String::new(),
    }
}

/// Documented aggregations that can't be computed, or not in every command.
const UNSUPPORTED: [(&[&str], &str); 3] = [
    (&["rate_avg", "rate_sum"], "it is of metrics, which grotto does not read"),
    (&["per_second", "per_minute", "per_hour", "per_day"], "only `timechart` has spans of time"),
    (&["eval"], "only `chart` and `timechart` compute with aggregations"),
];

fn unknown(name: &str, at: grotto_diag::Span) -> Box<Diagnostic> {
    let lower = name.to_ascii_lowercase();
    if let Some((_, reason)) = UNSUPPORTED.iter().find(|(names, _)| names.contains(&lower.as_str())) {
        let message = format!("the aggregation `{lower}` is not supported here: {reason}");
        return Box::new(
            Diagnostic::error("engine/unsupported-aggregation", message).at(at, "not supported"),
        );
    }
    let unknown = Diagnostic::error("spl/unknown-aggregation", format!("there is no aggregation `{name}`"))
        .at(at, "unknown aggregation");
    Box::new(match call::nearest(&name.to_ascii_lowercase(), aggregations::names()) {
        Some(meant) => {
            unknown.help(format!("did you mean `{meant}`?")).fix(format!("write {meant}"), at, meant)
        }
        None => unknown,
    })
}

/// The result's name: the one after AS, or the call as written.
fn output(
    command: &CommandCall<'_>,
    aggregate: &Aggregate,
    input: &Input,
) -> Result<Pattern, Box<Diagnostic>> {
    let stars = if let Input::Field(pattern) = input { pattern.stars() } else { 0 };
    let written = aggregate.function.raw.as_str();
    let Some(alias) = &aggregate.alias else {
        return Ok(Pattern::new(&match input {
            Input::Field(pattern) => format!("{written}({})", pattern.text()),
            Input::Rows | Input::Eval(_) => written.to_owned(),
        }));
    };
    let output = Pattern::new(&name(alias));
    if output.stars() != stars {
        return Err(command.bad(alias.at.0, "the name after AS must have as many wildcards as the field"));
    }
    Ok(output)
}

fn name(word: &Word) -> String {
    text::field(word)
}

/// Two results can't have one name.
fn different_names(command: &CommandCall<'_>, calls: &[Call], args: &[&Arg]) -> Result<(), Box<Diagnostic>> {
    for (i, call) in calls.iter().enumerate() {
        let same = |other: &Call| other.output == call.output && !same_call(other, call);
        if calls[..i].iter().any(same) {
            let at = args.iter().filter(|arg| matches!(arg, Arg::Aggregate(_))).nth(i);
            let problem = format!("two results are named `{}`", call.output.text());
            return Err(command.bad(at.map(|arg| arg.span()).unwrap_or_default(), &problem));
        }
    }
    Ok(())
}

/// Whether two calls are the same, so that one name does for both.
fn same_call(a: &Call, b: &Call) -> bool {
    let input = match (&a.input, &b.input) {
        (Input::Rows, Input::Rows) => true,
        (Input::Field(x), Input::Field(y)) => x == y,
        _ => false,
    };
    input && a.aggregation.name == b.aggregation.name && a.number == b.number && a.sparkline == b.sparkline
}
