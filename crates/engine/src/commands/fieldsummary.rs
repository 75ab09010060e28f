//! `fieldsummary`: what is in the fields.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::memory::{Memory, Rows};
use crate::pipeline::{Command, FieldSet, Fold, Kind, Pattern, columns, fold_all, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, FieldName};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) static FIELDSUMMARY: Spec = Spec {
    name: "fieldsummary",
    aliases: &[],
    summary: "Makes a row for each field: how often it has a value, how many different ones, the smallest, largest and mean number, and the most frequent values with their counts as JSON.",
    syntax: "fieldsummary [maxvals=<count>] [<fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fieldsummary",
    deviations: &["counts exactly however many values there are: `is_exact` is always 1"],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| fieldsummary",
            input: r#"[{"n": 1, "u": "a"}, {"n": 3, "u": "a"}, {"u": "b"}]"#,
            expected: r#"[{"field": "n", "count": 2, "distinct_count": 2, "is_exact": 1, "max": 3, "mean": 2, "min": 1, "numeric_count": 2,
                "stdev": 1.4142135623730951, "values": "[{\"value\":\"1\",\"count\":1},{\"value\":\"3\",\"count\":1}]"},
                {"field": "u", "count": 3, "distinct_count": 2, "is_exact": 1, "numeric_count": 0,
                "values": "[{\"value\":\"a\",\"count\":2},{\"value\":\"b\",\"count\":1}]"}]"#,
        },
        Example {
            spl: "| fieldsummary maxvals=1 u* | table field values",
            input: r#"[{"n": 1, "user": "a"}, {"user": "b"}, {"user": "b"}]"#,
            expected: r#"[{"field": "user", "values": "[{\"value\":\"b\",\"count\":2}]"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Splunk's number of values.
const DEFAULT_VALUES: usize = 100;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["maxvals"])?;
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    Ok(Box::new(Fieldsummary(Arc::new(Settings {
        fields,
        values: split.options.count("maxvals", DEFAULT_VALUES)?,
    }))))
}

struct Settings {
    fields: Vec<Pattern>,
    values: usize,
}

struct Fieldsummary(Arc<Settings>);

impl Command for Fieldsummary {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        let mut needs = FieldSet::none();
        self.0.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        fold_all(Box::new(Counts::new(&self.0)), &rows)
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        Some(Box::new(Counts::new(&self.0)))
    }
}

/// How often each value of each field is there.
struct Counts {
    settings: Arc<Settings>,
    fields: BTreeMap<FieldName, FxHashMap<String, u64>>,
    bytes: usize,
}

impl Counts {
    fn new(settings: &Arc<Settings>) -> Self {
        Self { settings: Arc::clone(settings), fields: BTreeMap::new(), bytes: 0 }
    }
}

impl Fold for Counts {
    fn accumulate(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>> {
        for (name, column) in rows.columns() {
            if is_hidden(name) || !self.settings.fields.iter().any(|pattern| pattern.matches(name)) {
                continue;
            }
            let counts = self.fields.entry(name.clone()).or_default();
            for row in 0..rows.rows() {
                for text in columns::texts(column.cell(row)) {
                    let size = text.len() + 48;
                    let count = counts.entry(text).or_default();
                    self.bytes += if *count == 0 { size } else { 0 };
                    *count += 1;
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: Box<dyn Fold>) {
        let Ok(other) = other.into_any().downcast::<Self>() else { return };
        self.bytes += other.bytes;
        for (name, theirs) in other.fields {
            let counts = self.fields.entry(name).or_default();
            for (text, count) in theirs {
                *counts.entry(text).or_default() += count;
            }
        }
    }

    fn finish(self: Box<Self>, _: &Memory) -> Result<Rows, Box<Diagnostic>> {
        let fields: Vec<(FieldName, Summary)> = self
            .fields
            .into_iter()
            .filter(|(_, counts)| !counts.is_empty())
            .map(|(name, counts)| (name, Summary::of(counts, self.settings.values)))
            .collect();
        let mut out = Batch::new(fields.len());
        let mut set = |name: &str, value: &dyn Fn(&(FieldName, Summary)) -> Value| {
            out.set(name, columns::column(&fields.iter().map(value).collect::<Vec<_>>()));
        };
        let number = |x: Option<f64>| x.map_or(Value::Null, Value::Float);
        set("field", &|(name, _)| Value::Text(name.to_string()));
        set("count", &|(_, s)| Value::Int(s.count as i64));
        set("distinct_count", &|(_, s)| Value::Int(s.distinct as i64));
        set("is_exact", &|_| Value::Int(1));
        set("max", &|(_, s)| number(s.max));
        set("mean", &|(_, s)| number(s.mean));
        set("min", &|(_, s)| number(s.min));
        set("numeric_count", &|(_, s)| Value::Int(s.numbers as i64));
        set("stdev", &|(_, s)| number(s.stdev));
        set("values", &|(_, s)| Value::Text(s.values.clone()));
        Ok(Rows::Memory(out))
    }

    fn rows(&self) -> usize {
        self.fields.len()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A field's row.
#[derive(Default)]
struct Summary {
    count: u64,
    distinct: usize,
    numbers: u64,
    max: Option<f64>,
    mean: Option<f64>,
    min: Option<f64>,
    stdev: Option<f64>,
    values: String,
}

impl Summary {
    fn of(counts: FxHashMap<String, u64>, most: usize) -> Self {
        let mut values: Vec<(String, u64)> = counts.into_iter().collect();
        values.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        let numbers: Vec<(f64, u64)> =
            values.iter().filter_map(|(text, n)| Some((crate::value::parse_number(text)?, *n))).collect();
        let total: u64 = numbers.iter().map(|(_, n)| n).sum();
        let mean =
            (total > 0).then(|| numbers.iter().map(|(x, n)| x * *n as f64).sum::<f64>() / total as f64);
        let spread = |mean: f64| numbers.iter().map(|(x, n)| (x - mean).powi(2) * *n as f64).sum::<f64>();
        let stdev = mean.map(|mean| if total < 2 { 0.0 } else { (spread(mean) / (total - 1) as f64).sqrt() });
        let shown = values.iter().take(most).map(|(text, n)| {
            format!("{{\"value\":{},\"count\":{n}}}", serde_json::Value::String(text.clone()))
        });
        Self {
            count: values.iter().map(|(_, n)| n).sum(),
            distinct: values.len(),
            numbers: total,
            max: numbers.iter().map(|(x, _)| *x).reduce(f64::max),
            mean,
            min: numbers.iter().map(|(x, _)| *x).reduce(f64::min),
            stdev,
            values: format!("[{}]", shown.collect::<Vec<_>>().join(",")),
        }
    }
}
