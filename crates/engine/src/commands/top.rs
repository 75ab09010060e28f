//! `top`: the most frequent values; and what it shares with `rare`.

use super::grouping::{By, Counted, Grouping, Input, words};
use super::{Build, Call, Example, Spec, grouping};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Fold, Kind, Pattern, columns, fold_all};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use grotto_spl::ast::{Arg, Quote};
use grotto_spl::text;
use std::cmp::Reverse;
use std::sync::Arc;

pub(super) static TOP: Spec = Spec {
    name: "top",
    aliases: &[],
    summary: "Finds the most frequent combinations of values of fields, with their number and their share in percent; \
              10 of them, also for each combination of the BY fields.",
    syntax: "top [<count> | limit=<count>] [countfield=<name>] [percentfield=<name>] [showcount=<bool>] \
             [showperc=<bool>] [useother=<bool>] [otherstr=<text>] <fields> [BY <fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/top",
    deviations: &[],
    assumptions: &["top-ties"],
    examples: &[
        Example {
            spl: "| top limit=1 user",
            input: r#"[{"user": "a"}, {"user": "b"}, {"user": "b"}, {"user": "c"}]"#,
            expected: r#"[{"user": "b", "count": 2, "percent": 50}]"#,
        },
        Example {
            spl: "| top user by host showperc=false",
            input: r#"[{"host": "x", "user": "a"}, {"host": "y", "user": "b"}, {"host": "x", "user": "a"}]"#,
            expected: r#"[{"host": "x", "user": "a", "count": 2}, {"host": "y", "user": "b", "count": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    ranking(call, true)
}

/// `top` or `rare`.
pub(super) fn ranking(call: &Call<'_>, most: bool) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    const OPTIONS: [&str; 7] =
        ["limit", "countfield", "percentfield", "showcount", "showperc", "useother", "otherstr"];
    let args = call.lifted();
    let split = call.split_of(&args, &OPTIONS)?;
    let mut limit = split.options.count("limit", 10)?;
    let mut rest = split.rest.as_slice();
    if let Some(Arg::Word(word)) = rest.first()
        && word.quote == Quote::Bare
        && let Ok(number) = word.raw.parse()
    {
        limit = number;
        rest = &rest[1..];
    }
    let (mut fields, mut by) = (Vec::new(), Vec::new());
    for arg in rest {
        match arg {
            Arg::Word(word) => fields.push(text::field(word)),
            Arg::By(items) => by.extend(words(call, items)?),
            other => return Err(call.unexpected(other)),
        }
    }
    if fields.is_empty() {
        return Err(call.missing("a field"));
    }
    let name = |option: &str, default: &str| -> Result<String, Box<Diagnostic>> {
        Ok(split.options.word(option)?.map_or_else(|| default.to_owned(), text::field))
    };
    let grouped = by.iter().chain(&fields).map(|field| By::field(field.clone())).collect();
    let count = crate::aggregations::find("count").map(|(aggregation, number)| grouping::Call {
        aggregation,
        number,
        input: Input::Rows,
        sparkline: None,
        output: Pattern::new(COUNT),
    });
    let timezone = call.context.timezone.clone();
    let grouping = Grouping::new(count.into_iter().collect(), grouped, timezone);
    let other = split.options.text("otherstr")?.unwrap_or_else(|| "OTHER".to_owned());
    Ok(Box::new(Ranking(Arc::new(Settings {
        grouping: Arc::new(grouping),
        by,
        fields,
        other: split.options.flag("useother", false)?.then_some(other),
        most,
        limit: if limit == 0 { usize::MAX } else { limit },
        count: split.options.flag("showcount", true)?.then_some(name("countfield", "count")?),
        percent: split.options.flag("showperc", true)?.then_some(name("percentfield", "percent")?),
    }))))
}

/// Name of the count before it gets the wanted one; no field can have it.
const COUNT: &str = "\0count";

struct Ranking(Arc<Settings>);

struct Settings {
    grouping: Arc<Grouping>,
    by: Vec<String>,
    fields: Vec<String>,
    /// What stands in the row of all other values, when there is one.
    other: Option<String>,
    most: bool,
    limit: usize,
    count: Option<String>,
    percent: Option<String>,
}

impl Command for Ranking {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        self.0.grouping.needs()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        fold_all(self.counted(), &rows)
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        Some(self.counted())
    }
}

impl Ranking {
    fn counted(&self) -> Box<dyn Fold> {
        let settings = Arc::clone(&self.0);
        Counted::fold(&self.0.grouping, move |counts| settings.ranked(counts))
    }
}

impl Settings {
    /// Of a table of counts, sorted by BY fields and fields, the most or least frequent of each BY group.
    fn ranked(&self, counts: &Batch) -> Batch {
        let count = |row: u32| if let Cell::Int(n) = counts.cell(COUNT, row as usize) { n } else { 0 };
        let by = |row: u32| -> Vec<String> {
            self.by.iter().map(|field| Value::from(counts.cell(field, row as usize)).text()).collect()
        };
        let (mut order, mut numbers, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let mut start = 0;
        while start < counts.rows() as u32 {
            let group = by(start);
            let end =
                (start..counts.rows() as u32).find(|row| by(*row) != group).unwrap_or(counts.rows() as u32);
            let total: i64 = (start..end).map(count).sum();
            let mut rows: Vec<u32> = (start..end).collect();
            if self.most {
                rows.sort_by_key(|row| Reverse(count(*row)));
            } else {
                rows.sort_by_key(|row| count(*row));
            }
            let left = rows.split_off(self.limit.min(rows.len()));
            numbers.extend(rows.iter().map(|row| (count(*row), total)));
            order.extend(rows);
            if let (Some(first), true) = (left.first(), self.other.is_some()) {
                others.push(order.len());
                order.push(*first);
                numbers.push((left.iter().map(|row| count(*row)).sum(), total));
            }
            start = end;
        }
        let mut out = counts.take(&order);
        for field in &self.fields {
            let value = |row: usize| match &self.other {
                Some(other) if others.binary_search(&row).is_ok() => Value::Text(other.clone()),
                _ => out.cell(field, row).into(),
            };
            let column = columns::column(&(0..out.rows()).map(value).collect::<Vec<_>>());
            out.set(field.as_str(), column);
        }
        out.remove(COUNT);
        if let Some(name) = &self.count {
            out.set(name.as_str(), Column::Int(numbers.iter().map(|(n, _)| Some(*n)).collect()));
        }
        if let Some(name) = &self.percent {
            // Splunk shows six digits after the point.
            let percents = numbers.iter().map(|(n, total)| *n as f64 * 100.0 / *total as f64);
            let rounded = percents.map(|p| Value::Float((p * 1e6).round() / 1e6));
            out.set(name.as_str(), columns::column(&rounded.collect::<Vec<_>>()));
        }
        out
    }
}
