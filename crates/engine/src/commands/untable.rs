//! `untable`: columns as rows.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static UNTABLE: Spec = Spec {
    name: "untable",
    aliases: &[],
    summary: "Makes a row of every cell of a table: the row field, the name of the column, and the value; the opposite of xyseries.",
    syntax: "untable <row field> <name field> <value field>",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/untable",
    deviations: &[],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| untable k name value",
            input: r#"[{"k": 1, "a": 5, "b": 6}, {"k": 2, "b": 7}]"#,
            expected: r#"[{"k": 1, "name": "a", "value": 5}, {"k": 1, "name": "b", "value": 6}, {"k": 2, "name": "b", "value": 7}]"#,
        },
        Example {
            spl: "| chart count by k s | untable k s count",
            input: r#"[{"k": 1, "s": "x"}, {"k": 1, "s": "y"}]"#,
            expected: r#"[{"k": 1, "s": "x", "count": 1}, {"k": 1, "s": "y", "count": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let words = call.words(&call.split(&[])?.rest)?;
    match words.as_slice() {
        [x, name, value] => {
            Ok(Box::new(Untable { x: text::field(x), name: text::field(name), value: text::field(value) }))
        }
        [_, _, _, more, ..] => Err(call.bad(more.at.0, "three fields are expected")),
        _ => Err(call.missing("three fields: of rows, of names, of values")),
    }
}

struct Untable {
    x: String,
    name: String,
    value: String,
}

impl Command for Untable {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let _ = after;
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let taken = |name: &str| !is_hidden(name) && !name.starts_with('_') && name != self.x;
        let fields: Vec<_> = rows.columns().filter(|(name, _)| taken(name)).collect();
        let (mut from, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..rows.rows() {
            for (name, column) in &fields {
                let value = Value::from(column.cell(row));
                if !value.is_null() {
                    from.push(row as u32);
                    names.push(Value::Text(name.to_string()));
                    values.push(value);
                }
            }
        }
        let mut out = Batch::new(from.len());
        let mut x = Batch::new(rows.rows());
        if let Some(column) = rows.column(&self.x) {
            x.set("x", column.clone());
        }
        if let Some(column) = x.take(&from).remove("x") {
            out.set(self.x.as_str(), column);
        }
        out.set(self.name.as_str(), columns::column(&names));
        out.set(self.value.as_str(), columns::column(&values));
        Ok(out)
    }
}
