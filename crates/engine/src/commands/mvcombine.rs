//! `mvcombine`: one row of rows that differ in one field.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use rustc_hash::FxHashMap;

pub(super) static MVCOMBINE: Spec = Spec {
    name: "mvcombine",
    aliases: &[],
    summary: "Makes one row of all rows that are the same but for one field, which becomes multivalue.",
    syntax: "mvcombine [delim=<text>] <field>",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/mvcombine",
    deviations: &["`delim` has no effect: the field stays multivalue"],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| mvcombine user",
            input: r#"[{"host": "a", "user": "x"}, {"host": "b", "user": "y"}, {"host": "a", "user": "z"}]"#,
            expected: r#"[{"host": "a", "user": ["x", "z"]}, {"host": "b", "user": "y"}]"#,
        },
        Example {
            spl: "| mvcombine n",
            input: r#"[{"k": 1, "n": 1}, {"k": 1}, {"k": 1, "n": 1}]"#,
            expected: r#"[{"k": 1, "n": ["1", "1"]}, {"k": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let field = call.one_field(&call.split(&["delim"])?.rest)?;
    Ok(Box::new(Mvcombine { field }))
}

struct Mvcombine {
    field: String,
}

impl Command for Mvcombine {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        // Every field tells whether rows are the same.
        let _ = after;
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if rows.column(&self.field).is_none() {
            return Ok(rows);
        }
        let mut groups: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
        let (mut first, mut values): (Vec<u32>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
        for row in 0..rows.rows() {
            let texts = columns::texts(rows.cell(&self.field, row));
            // Rows without the field stay as they are.
            let group = if texts.is_empty() {
                first.len()
            } else {
                *groups.entry(key(&rows, row, &self.field)).or_insert(first.len())
            };
            if group == first.len() {
                first.push(row as u32);
                values.push(Vec::new());
            }
            values[group].extend(texts);
        }
        let mut out = rows.take(&first);
        let values: Vec<Value> = values.into_iter().map(Value::list).collect();
        out.set(self.field.as_str(), columns::column(&values));
        Ok(out)
    }
}

/// All fields' values of a row but one's.
pub(super) fn key(rows: &Batch, row: usize, but: &str) -> Vec<u8> {
    let mut key = Vec::new();
    for (name, column) in rows.columns() {
        if is_hidden(name) || &**name == but {
            continue;
        }
        for text in columns::texts(column.cell(row)) {
            key.extend_from_slice(text.as_bytes());
            // In no UTF-8 text.
            key.push(0xfe);
        }
        key.push(0xff);
    }
    key
}
