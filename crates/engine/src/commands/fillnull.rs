//! `fillnull`: writes a value into empty fields.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::memory::{Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Pattern, Stop, columns, each_chunk, is_hidden};
use crate::plan::unless;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) static FILLNULL: Spec = Spec {
    name: "fillnull",
    aliases: &[],
    summary: "Writes a value, 0 by default, into fields that are null: into the fields that are named, making them \
              where there are none, or into every field that is known.",
    syntax: "fillnull [value=<text>] [<fields>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fillnull",
    deviations: &[],
    assumptions: &["fillnull-declared-fields"],
    examples: &[
        Example {
            spl: "| fillnull",
            input: r#"[{"a": "1", "Path": null}, {"b": "2"}]"#,
            expected: r#"[{"a": "1", "Path": "0", "b": "0"}, {"a": "0", "Path": "0", "b": "2"}]"#,
        },
        Example {
            spl: "| fillnull value=unknown user dest",
            input: r#"[{"user": "ann", "x": null}, {"user": null}]"#,
            expected: r#"[{"user": "ann", "dest": "unknown"}, {"user": "unknown", "dest": "unknown"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["value"])?;
    let value = split.options.text("value")?.unwrap_or_else(|| "0".to_owned());
    let fields = if split.rest.is_empty() { Vec::new() } else { call.patterns(&split.rest)? };
    Ok(Box::new(Fillnull { value, fields }))
}

struct Fillnull {
    value: String,
    /// Empty for every known field.
    fields: Vec<Pattern>,
}

impl Command for Fillnull {
    /// Which fields are known is only clear when all rows are; named ones can be filled at once.
    fn kind(&self) -> Kind {
        let named = !self.fields.is_empty() && self.fields.iter().all(Pattern::is_plain);
        if named { Kind::DistributableStreaming } else { Kind::DatasetProcessing }
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        let fills = self.fields.is_empty() || self.fields.iter().any(|field| field.matches(after.field()));
        unless(fills && after.holds(Cell::Text(&self.value)), after)
    }

    /// A field that has no value in any row is filled in another way.
    fn sees_rows_by_themselves(&self) -> bool {
        false
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let empty: Vec<FieldName> = rows
            .columns()
            .filter(|(_, column)| column.all_null())
            .map(|(name, _)| Arc::clone(name))
            .collect();
        Ok(self.fill(rows, &|name| empty.contains(name)))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let mut used: BTreeSet<FieldName> = BTreeSet::new();
        for chunk in rows.iter() {
            let chunk = chunk?;
            let with_values = chunk.columns().filter(|(_, column)| !column.all_null());
            used.extend(with_values.map(|(name, _)| Arc::clone(name)));
        }
        // Every chunk has the columns of all rows.
        each_chunk(rows, &mut |chunk| Ok(self.fill(chunk, &|name| !used.contains(name)))).map(Some)
    }
}

impl Fillnull {
    /// Fills rows. A field that is `empty` has no value in any row, in these or in others, so that nothing is known of its
    /// kind: what fills it is text.
    fn fill(&self, mut rows: Batch, empty: &dyn Fn(&FieldName) -> bool) -> Batch {
        let mut fields: Vec<FieldName> = Vec::new();
        for pattern in &self.fields {
            if pattern.is_plain() {
                fields.push(Arc::clone(pattern.text()));
            } else {
                fields.extend(rows.names().filter(|name| pattern.matches(name)).cloned());
            }
        }
        if self.fields.is_empty() {
            fields = rows.names().filter(|name| !is_hidden(name)).cloned().collect();
        }
        for field in fields {
            let filled = match rows.column(&field) {
                Some(column) if !empty(&field) => {
                    if column.array().null_count() == 0 {
                        continue;
                    }
                    self.filled(column)
                }
                _ => Column::constant(&self.value, rows.rows()),
            };
            rows.set(field, filled);
        }
        rows
    }

    fn filled(&self, column: &Column) -> Column {
        if let Column::Text(array) = column {
            return Column::text(array.iter().map(|text| Some(text.unwrap_or(&self.value))));
        }
        // A number among numbers stays one.
        let fill = match self.value.parse() {
            Ok(number) if self.value == "0" || !self.value.starts_with('0') => Value::Int(number),
            _ => Value::Text(self.value.clone()),
        };
        let value = |row| match column.cell(row) {
            Cell::Null => fill.clone(),
            cell => cell.into(),
        };
        columns::column(&(0..column.len()).map(value).collect::<Vec<_>>())
    }
}
