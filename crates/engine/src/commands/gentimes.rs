//! `gentimes`: rows of time ranges.

use super::{Begin, Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Kind, ORDER, columns};
use crate::plan::Head;
use crate::time::{self, SECOND};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static GENTIMES: Spec = Spec {
    name: "gentimes",
    aliases: &[],
    summary: "Makes a row for each step of time from a start to an end, with the begin and the last second of the step.",
    syntax: "gentimes start=<time> [end=<time>] [increment=<count><s|m|h|d>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/gentimes",
    deviations: &[],
    assumptions: &["gentimes-end"],
    examples: &[
        Example {
            spl: "| gentimes start=11/13/2023 end=11/14/2023 increment=12h | fields starttime endtime",
            input: "[]",
            expected: r#"[{"starttime": 1699833600, "endtime": 1699876799}, {"starttime": 1699876800, "endtime": 1699919999}]"#,
        },
        Example {
            spl: "| gentimes start=-1 | fields starttime starthuman",
            input: "[]",
            expected: r#"[{"starttime": 1699833600, "starthuman": "Mon Nov 13 00:00:00 2023"}]"#,
        },
    ],
    build: Build::Begin(begin),
};

/// Rows that can be made.
const MOST: i64 = 100_000;

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let split = call.split(&["start", "end", "increment"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let at = |name| split.options.get(name).map(Arg::span).unwrap_or_default();
    let moment = |name: &str| -> Result<Option<i64>, Box<Diagnostic>> {
        let Some(word) = split.options.word(name)? else { return Ok(None) };
        let found = moment(call, &text::argument(word));
        found.map(Some).ok_or_else(|| {
            call.bad(word.at.0, "a date such as 10/25/2024:08:00:00, or a number of days, is expected")
        })
    };
    let Some(start) = moment("start")? else { return Err(call.missing("start=…")) };
    let today = moment_of_days(call, 0).unwrap_or(start);
    let end = moment("end")?.unwrap_or(today);
    let step = match split.options.text("increment")? {
        None => 24 * 3600 * SECOND,
        Some(text) => super::grouping::Span::parse(&text)
            .and_then(super::grouping::Span::nanoseconds)
            .filter(|step| *step >= SECOND)
            .ok_or_else(|| call.bad(at("increment"), "a length of time such as 1d or 6h is expected"))?,
    };
    if end.saturating_sub(start) / step > MOST {
        return Err(call.bad(at("start"), &format!("at most {MOST} rows can be made")));
    }
    let starts: Vec<i64> = std::iter::successors(Some(start), |start| start.checked_add(step))
        .take_while(|start| *start < end)
        .collect();
    let human = |ns: i64| Value::Text(time::format(ns, "%a %b %e %H:%M:%S %Y", &call.context.timezone));
    let mut rows = Batch::new(starts.len());
    // Of rows without time the one that stands last comes first.
    let positions: Vec<i64> = (0..starts.len() as i64).rev().collect();
    rows.set(ORDER, Column::Int(positions.into()));
    let mut set = |name: &str, value: &dyn Fn(i64) -> Value| {
        rows.set(name, columns::column(&starts.iter().map(|start| value(*start)).collect::<Vec<_>>()));
    };
    set("starttime", &|start| Value::Int(start / SECOND));
    set("endtime", &|start| Value::Int((start + step) / SECOND - 1));
    set("starthuman", &|start| human(start));
    set("endhuman", &|start| human(start + step - SECOND));
    Ok(Begin { head: Head::Rows(rows), command: None })
}

/// `MM/DD/YYYY[:HH:MM:SS]`, or a number of days from today.
fn moment(call: &Call<'_>, text: &str) -> Option<i64> {
    if let Ok(days) = text.parse() {
        return moment_of_days(call, days);
    }
    let format = if text.contains(':') { "%m/%d/%Y:%H:%M:%S" } else { "%m/%d/%Y" };
    time::parse(text, format, call.context)
}

/// The begin of a day, counted from today.
fn moment_of_days(call: &Call<'_>, days: i32) -> Option<i64> {
    time::relative(call.context.now, &format!("{days:+}d@d"), &call.context.timezone)
}
