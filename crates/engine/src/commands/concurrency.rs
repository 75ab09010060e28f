//! `concurrency`: how many events were going on when each one began.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;
use std::cmp::Ordering;

pub(super) static CONCURRENCY: Spec = Spec {
    name: "concurrency",
    aliases: &[],
    summary: "Writes into every row how many rows, itself among them, had begun and not yet ended when it began; a row \
              lasts from its start for its duration.",
    syntax: "concurrency duration=<field> [start=<field>] [output=<field>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/concurrency",
    deviations: &[],
    assumptions: &["concurrency-ends-included"],
    examples: &[
        Example {
            spl: "| concurrency duration=d",
            input: r#"[{"_time": 30, "d": 5}, {"_time": 12, "d": 1}, {"_time": 10, "d": 10}, {"_time": 9}]"#,
            expected: r#"[{"_time": 30, "d": 5, "concurrency": 1}, {"_time": 12, "d": 1, "concurrency": 2},
                {"_time": 10, "d": 10, "concurrency": 1}, {"_time": 9}]"#,
        },
        Example {
            spl: "| concurrency duration=d start=s output=n",
            input: r#"[{"s": 1, "d": 2}, {"s": 3, "d": 0}, {"s": 3, "d": 9}]"#,
            expected: r#"[{"s": 1, "d": 2, "n": 1}, {"s": 3, "d": 0, "n": 3}, {"s": 3, "d": 9, "n": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["duration", "start", "output"])?;
    if let Some(arg) = split.rest.first() {
        return Err(call.unexpected(arg));
    }
    let field = |name: &str| -> Result<Option<String>, Box<Diagnostic>> {
        Ok(split.options.word(name)?.map(text::field))
    };
    let Some(duration) = field("duration")? else { return Err(call.missing("duration=…")) };
    Ok(Box::new(Concurrency {
        duration,
        start: field("start")?.unwrap_or_else(|| "_time".to_owned()),
        output: field("output")?.unwrap_or_else(|| "concurrency".to_owned()),
    }))
}

struct Concurrency {
    duration: String,
    start: String,
    output: String,
}

impl Command for Concurrency {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        needs.extend([&self.duration, &self.start]);
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let number = |field: &str, row: usize| columns::number(rows.cell(field, row));
        let spans: Vec<Option<(f64, f64)>> = (0..rows.rows())
            .map(|row| {
                let (start, duration) = (number(&self.start, row)?, number(&self.duration, row)?);
                Some((start, start + duration.max(0.0)))
            })
            .collect();
        let sorted = |of: fn(&(f64, f64)) -> f64| {
            let mut all: Vec<f64> = spans.iter().flatten().map(of).collect();
            all.sort_unstable_by(f64::total_cmp);
            all
        };
        let (starts, ends) = (sorted(|span| span.0), sorted(|span| span.1));
        // Those that have begun, without those that have ended before.
        let going_on = |at: f64| {
            let begun = starts.partition_point(|start| start.total_cmp(&at) != Ordering::Greater);
            begun - ends.partition_point(|end| end.total_cmp(&at) == Ordering::Less)
        };
        let values: Vec<Value> = spans
            .iter()
            .map(|span| span.map_or(Value::Null, |(start, _)| Value::Int(going_on(start) as i64)))
            .collect();
        rows.set(self.output.as_str(), columns::column(&values));
        Ok(rows)
    }
}
