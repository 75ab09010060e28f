//! `trendline`: moving averages.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use std::collections::VecDeque;

pub(super) static TRENDLINE: Spec = Spec {
    name: "trendline",
    aliases: &[],
    summary: "Writes moving averages of fields into every row, from the row on up to which there are enough numbers: simple (sma), weighted by how recent (wma), or exponential (ema).",
    syntax: "trendline sma|ema|wma<period>(<field>) [AS <name>]...",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/trendline",
    deviations: &[],
    assumptions: &["trendline-begins"],
    examples: &[
        Example {
            spl: "| trendline sma2(n) as s wma2(n)",
            input: r#"[{"n": 1}, {"n": 4}, {"n": 7}]"#,
            expected: r#"[{"n": 1}, {"n": 4, "s": 2.5, "wma2(n)": 3}, {"n": 7, "s": 5.5, "wma2(n)": 6}]"#,
        },
        Example {
            spl: "| trendline ema3(n)",
            input: r#"[{"n": 2}, {"n": 4}, {"n": 6}, {"n": 8}]"#,
            expected: r#"[{"n": 2}, {"n": 4}, {"n": 6, "ema3(n)": 4.5}, {"n": 8, "ema3(n)": 6.25}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Periods that Splunk takes.
const PERIODS: std::ops::RangeInclusive<usize> = 2..=10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let rest = call.split(&[])?.rest;
    let trends = rest.iter().map(|arg| match arg {
        Arg::As { what, name } => trend(call, what, Some(name)),
        other => trend(call, other, None),
    });
    let trends = trends.collect::<Result<Vec<_>, _>>()?;
    if trends.is_empty() {
        return Err(call.missing("an average such as sma5(field)"));
    }
    Ok(Box::new(Trendline(trends)))
}

fn trend(call: &Call<'_>, arg: &Arg, alias: Option<&Word>) -> Result<Trend, Box<Diagnostic>> {
    let Arg::Call { name, args } = arg else { return Err(call.unexpected(arg)) };
    let lower = name.raw.to_ascii_lowercase();
    let kinds = [("sma", Average::Simple), ("ema", Average::Exponential), ("wma", Average::Weighted)];
    let found = kinds.into_iter().find_map(|(kind, average)| {
        let period = lower.strip_prefix(kind)?.parse().ok()?;
        PERIODS.contains(&period).then_some((average, period))
    });
    let Some((average, period)) = found else {
        return Err(call.bad(name.at.0, "an average such as sma5 with a period from 2 to 10000 is expected"));
    };
    let field = call.one_field(&args.iter().collect::<Vec<_>>())?;
    let output = alias.map_or_else(|| format!("{}({field})", name.raw), text::field);
    Ok(Trend { average, period, field, output })
}

#[derive(Clone, Copy)]
enum Average {
    Simple,
    Exponential,
    Weighted,
}

struct Trend {
    average: Average,
    period: usize,
    field: String,
    output: String,
}

impl Trend {
    /// The average of every row; rows without number are passed over.
    fn values(&self, rows: &Batch) -> Vec<Value> {
        let mut window: VecDeque<f64> = VecDeque::new();
        let (mut sum, mut exponential, mut seen): (f64, Option<f64>, usize) = (0.0, None, 0);
        let alpha = 2.0 / (self.period as f64 + 1.0);
        let mut next = |row: usize| {
            let number = columns::number(rows.cell(&self.field, row))?;
            seen += 1;
            exponential = Some(exponential.map_or(number, |last| alpha * last + (1.0 - alpha) * number));
            window.push_back(number);
            sum += number;
            if window.len() > self.period {
                sum -= window.pop_front().unwrap_or_default();
            }
            if seen < self.period {
                return None;
            }
            match self.average {
                Average::Simple => Some(sum / self.period as f64),
                Average::Exponential => exponential,
                Average::Weighted => {
                    let weighted: f64 = window.iter().zip(1..).map(|(x, w)| x * f64::from(w)).sum();
                    Some(weighted / ((self.period * (self.period + 1) / 2) as f64))
                }
            }
        };
        (0..rows.rows()).map(|row| next(row).map_or(Value::Null, Value::Float)).collect()
    }
}

struct Trendline(Vec<Trend>);

impl Command for Trendline {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend(self.0.iter().map(|trend| &trend.field));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for trend in &self.0 {
            let values = trend.values(&rows);
            rows.set(trend.output.as_str(), columns::column(&values));
        }
        Ok(rows)
    }
}
