//! `makecontinuous`: rows for the gaps between bins.

use super::grouping::{BIN_OPTIONS, Binning, is_time};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};
use jiff::tz::TimeZone;

pub(super) static MAKECONTINUOUS: Spec = Spec {
    name: "makecontinuous",
    aliases: &[],
    summary: "Puts a field into bins, orders the rows by it and adds a row for every bin in between that has none.",
    syntax: "makecontinuous [<field>] [span=<span> | bins=<count>] [start=<number>] [end=<number>] [aligntime=<time>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makecontinuous",
    deviations: &[],
    assumptions: &["bins-of-nice-sizes", "makecontinuous-begins"],
    examples: &[
        Example {
            spl: "| makecontinuous _time span=1m",
            input: r#"[{"_time": 125, "n": 1}, {"_time": 0, "n": 2}]"#,
            expected: r#"[{"_time": 0, "n": 2}, {"_time": 60}, {"_time": 120, "n": 1}]"#,
        },
        Example {
            spl: "| makecontinuous k span=10",
            input: r#"[{"k": 31, "n": 1}, {"k": 7, "n": 2}, {"n": 3}]"#,
            expected: r#"[{"k": 0, "n": 2}, {"k": 10}, {"k": 20}, {"k": 30, "n": 1}, {"n": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows that there may be once gaps are filled.
const MOST_ROWS: usize = 1_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&BIN_OPTIONS)?;
    let field = if split.rest.is_empty() { "_time".to_owned() } else { call.one_field(&split.rest)? };
    let bins = Binning::of(call, &split.options)?.unwrap_or_else(Binning::auto);
    if bins.is_log() {
        return Err(call.unsupported(call.name_span(), "logarithmic spans have no gaps to fill"));
    }
    Ok(Box::new(Makecontinuous { field, bins, timezone: call.context.timezone.clone() }))
}

struct Makecontinuous {
    field: String,
    bins: Binning,
    timezone: TimeZone,
}

impl Command for Makecontinuous {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field).cloned() else { return Ok(rows) };
        let is_time = is_time(&self.field, &rows);
        let bins = self.bins.resolved(&column, is_time, &self.timezone);
        let begins = bins.begins(&column, is_time, &self.timezone);
        let mut order: Vec<u32> = (0..rows.rows() as u32).collect();
        let missing = |row: u32| begins.cell(row as usize) == Cell::Null;
        let number = |row: u32| columns::number(begins.cell(row as usize)).unwrap_or_default();
        order.sort_by(|a, b| missing(*a).cmp(&missing(*b)).then_with(|| number(*a).total_cmp(&number(*b))));
        let mut gaps: Vec<Value> = Vec::new();
        let mut last: Option<Value> = None;
        for row in order.iter().filter(|row| !missing(**row)) {
            let begin = Value::from(begins.cell(*row as usize));
            while let Some(next) = last.as_ref().and_then(|last| self.after(&bins, last)) {
                if next.number() >= begin.number() {
                    break;
                }
                if gaps.len() + rows.rows() >= MOST_ROWS {
                    let message = format!("makecontinuous makes more than {MOST_ROWS} rows");
                    return Err(Box::new(
                        Diagnostic::error("engine/limit", message).help("make the span larger"),
                    ));
                }
                gaps.push(next.clone());
                last = Some(next);
            }
            last = Some(begin);
        }
        rows.set(self.field.as_str(), begins.clone());
        let mut filled = Batch::new(gaps.len());
        filled.set(self.field.as_str(), columns::column(&gaps));
        let all = Batch::concat(&[rows.take(&order), filled], crate::value::cell_text);
        let mut order: Vec<u32> = (0..all.rows() as u32).collect();
        let number = |row: &u32| columns::number(all.cell(&self.field, *row as usize));
        order.sort_by(|a, b| match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        Ok(all.take(&order))
    }
}

impl Makecontinuous {
    fn after(&self, bins: &Binning, begin: &Value) -> Option<Value> {
        match begin {
            Value::Time(ns) => bins.next_time(*ns, &self.timezone).map(Value::Time),
            other => bins.after(other.number()?).map(Value::Float),
        }
    }
}
