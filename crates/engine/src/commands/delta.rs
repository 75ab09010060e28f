//! `delta`: how much a field differs from the row before.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};

pub(super) static DELTA: Spec = Spec {
    name: "delta",
    aliases: &[],
    summary: "Writes the difference between a field and the same field one row before, or some rows before, into every row where both are numbers.",
    syntax: "delta <field> [AS <name>] [p=<count>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/delta",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| delta n",
            input: r#"[{"n": 1}, {"n": 4}, {"n": "x"}, {"n": 2}]"#,
            expected: r#"[{"n": 1}, {"n": 4, "delta(n)": 3}, {"n": "x"}, {"n": 2}]"#,
        },
        Example {
            spl: "| delta n as d p=2",
            input: r#"[{"n": 1}, {"n": 4}, {"n": 9}]"#,
            expected: r#"[{"n": 1}, {"n": 4}, {"n": 9, "d": 8}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["p"])?;
    let (field, name) = call.field_as(&split.rest)?;
    let back = split.options.count("p", 1)?.max(1);
    Ok(Box::new(Delta { name: name.unwrap_or_else(|| format!("delta({field})")), field, back }))
}

struct Delta {
    field: String,
    name: String,
    /// How many rows back.
    back: usize,
}

impl Command for Delta {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field) else { return Ok(rows) };
        let difference = |row: usize| {
            let (now, before) = (column.cell(row), column.cell(row.checked_sub(self.back)?));
            if let (Cell::Time(now), Cell::Time(before)) = (now, before) {
                // Subtracted before it is rounded to a float.
                return Some(now.saturating_sub(before) as f64 / 1e9);
            }
            Some(columns::number(now)? - columns::number(before)?)
        };
        let values: Vec<Value> =
            (0..rows.rows()).map(|row| difference(row).map_or(Value::Null, Value::Float)).collect();
        rows.set(self.name.as_str(), columns::column(&values));
        Ok(rows)
    }
}
