//! `accum`: adds a field up, row by row.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

pub(super) static ACCUM: Spec = Spec {
    name: "accum",
    aliases: &[],
    summary: "Writes into every row the sum of a field up to that row; rows whose field is no number get none.",
    syntax: "accum <field> [AS <name>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/accum",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| accum n as total",
            input: r#"[{"n": 1}, {"n": "x"}, {"n": "2.5"}]"#,
            expected: r#"[{"n": 1, "total": 1}, {"n": "x"}, {"n": "2.5", "total": 3.5}]"#,
        },
        Example {
            spl: "| accum n",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 3}, {"n": 6}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let (field, name) = call.field_as(&call.split(&[])?.rest)?;
    Ok(Box::new(Accum { name: name.unwrap_or_else(|| field.clone()), field }))
}

struct Accum {
    field: String,
    name: String,
}

impl Command for Accum {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut sum = 0.0;
        let values: Vec<Value> = (0..rows.rows())
            .map(|row| match columns::number(rows.cell(&self.field, row)) {
                Some(number) => {
                    sum += number;
                    Value::Float(sum)
                }
                // What is no number stays where the field itself is written.
                None if self.name == self.field => rows.cell(&self.field, row).into(),
                None => Value::Null,
            })
            .collect();
        rows.set(self.name.as_str(), columns::column(&values));
        Ok(rows)
    }
}
