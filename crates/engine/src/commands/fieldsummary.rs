//! `fieldsummary`: what is in the fields.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::aggregations::Spread;
use crate::memory::{Memory, Partitions, Rows, too_large};
use crate::pipeline::{Command, FieldSet, Fold, Kind, Pattern, columns, fold_all, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, FieldName};
use rustc_hash::FxHashMap;
use std::any::Any;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Counts that did not fit into memory, by field and value.
    spilled: Option<Partitions>,
}

/// Bytes of a value and its count besides its text, about.
const COUNT: usize = 48;

impl Counts {
    fn new(settings: &Arc<Settings>) -> Self {
        Self { settings: Arc::clone(settings), fields: BTreeMap::new(), bytes: 0, spilled: None }
    }

    /// The summary of each field that has values.
    fn summaries(mut self, memory: &Memory) -> Result<BTreeMap<String, Summary>, Box<Diagnostic>> {
        let mut out: BTreeMap<String, Summary> = BTreeMap::new();
        if self.spilled.is_none() {
            take_in(&mut out, std::mem::take(&mut self.fields), self.settings.values);
            return Ok(out);
        }
        self.spill(memory)?;
        let Some(spilled) = self.spilled.take() else { return Ok(out) };
        for part in spilled.parts()? {
            let mut counts: BTreeMap<FieldName, FxHashMap<String, u64>> = BTreeMap::new();
            let mut bytes = 0;
            part.read(|key, count| {
                let (field, value, count): (&str, String, u64) = postcard::from_bytes(key)
                    .and_then(|(field, value)| Ok((field, value, postcard::from_bytes(count)?)))
                    .map_err(|_| changed())?;
                bytes += value.len() + COUNT;
                if bytes > memory.whole() {
                    return Err(too_large("what fieldsummary has to remember", memory));
                }
                let values = match counts.get_mut(field) {
                    Some(values) => values,
                    None => counts.entry(FieldName::from(field)).or_default(),
                };
                *values.entry(value).or_default() += count;
                Ok(())
            })?;
            take_in(&mut out, counts, self.settings.values);
        }
        Ok(out)
    }
}

/// `engine/disk`.
fn changed() -> Box<Diagnostic> {
    let message = "rows that do not fit into memory were read back changed";
    Box::new(Diagnostic::error("engine/disk", message))
}

/// Adds the values of fields to their summaries, each value once.
fn take_in(
    summaries: &mut BTreeMap<String, Summary>,
    fields: BTreeMap<FieldName, FxHashMap<String, u64>>,
    most: usize,
) {
    for (name, counts) in fields.into_iter().filter(|(_, counts)| !counts.is_empty()) {
        let summary = summaries.entry(name.to_string()).or_default();
        for (value, count) in counts {
            summary.add(value, count, most);
        }
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
                    let size = text.len() + COUNT;
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
        self.spilled = match (self.spilled.take(), other.spilled) {
            (Some(mut mine), Some(theirs)) => {
                mine.merge(theirs);
                Some(mine)
            }
            (one, other) => one.or(other),
        };
    }

    fn finish(
        self: Box<Self>,
        memory: &Memory,
        _: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>> {
        let fields: Vec<(String, Summary)> = self.summaries(memory)?.into_iter().collect();
        let mut out = Batch::new(fields.len());
        let mut set = |name: &str, value: &dyn Fn(&(String, Summary)) -> Value| {
            out.set(name, columns::column(&fields.iter().map(value).collect::<Vec<_>>()));
        };
        let number = |x: Option<f64>| x.map_or(Value::Null, Value::Float);
        set("field", &|(name, _)| Value::Text(name.clone()));
        set("count", &|(_, s)| Value::Int(s.count as i64));
        set("distinct_count", &|(_, s)| Value::Int(s.distinct as i64));
        set("is_exact", &|_| Value::Int(1));
        set("max", &|(_, s)| number(s.max));
        set("mean", &|(_, s)| number(s.numbers.mean()));
        set("min", &|(_, s)| number(s.min));
        set("numeric_count", &|(_, s)| Value::Int(s.numbers.count() as i64));
        set("stdev", &|(_, s)| number(s.numbers.sample_variance().map(f64::sqrt)));
        set("values", &|(_, s)| Value::Text(s.values()));
        Ok((Rows::Memory(out), 0))
    }

    fn rows(&self) -> usize {
        self.fields.len()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        let spilled = self.spilled.get_or_insert_with(|| Partitions::new(memory));
        let before = spilled.bytes();
        for (name, counts) in std::mem::take(&mut self.fields) {
            for (value, count) in counts {
                let key = postcard::to_stdvec(&(&*name, value)).map_err(|_| changed())?;
                let count = postcard::to_stdvec(&count).map_err(|_| changed())?;
                spilled.push(&key, key.clone(), count)?;
            }
        }
        spilled.flush()?;
        self.bytes = 0;
        Ok(spilled.bytes() - before)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// A field's row, which does not depend on the order of values.
#[derive(Default)]
struct Summary {
    count: u64,
    distinct: usize,
    numbers: Spread,
    max: Option<f64>,
    min: Option<f64>,
    /// The most frequent values.
    top: BTreeSet<(Reverse<u64>, String)>,
}

impl Summary {
    /// Takes in a value that is there so many times; `most` are shown.
    fn add(&mut self, value: String, count: u64, most: usize) {
        self.count += count;
        self.distinct += 1;
        if let Some(x) = crate::value::parse_number(&value) {
            (0..count).for_each(|_| self.numbers.add(x));
            self.max = Some(self.max.map_or(x, |max| max.max(x)));
            self.min = Some(self.min.map_or(x, |min| min.min(x)));
        }
        let one = (Reverse(count), value);
        if self.top.len() < most {
            self.top.insert(one);
        } else if self.top.last().is_some_and(|last| one < *last) {
            self.top.pop_last();
            self.top.insert(one);
        }
    }

    /// The most frequent values as JSON.
    fn values(&self) -> String {
        let shown = self.top.iter().map(|(Reverse(count), text)| {
            format!("{{\"value\":{},\"count\":{count}}}", serde_json::Value::String(text.clone()))
        });
        format!("[{}]", shown.collect::<Vec<_>>().join(","))
    }
}
