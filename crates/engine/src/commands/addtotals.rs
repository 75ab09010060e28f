//! `addtotals`: adds numbers of a row up.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::text;

pub(super) static ADDTOTALS: Spec = Spec {
    name: "addtotals",
    aliases: &[],
    summary: "Adds the numbers in a row's fields up, in the named fields or in all, and writes the sum into Total.",
    syntax: "addtotals [row=<bool>] [fieldname=<name>] [<fields>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addtotals",
    deviations: &["`col`, `labelfield` and `label` are not supported"],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| addtotals",
            input: r#"[{"user": "x", "a": "1", "b": 2.5}, {"user": "y"}]"#,
            expected: r#"[{"user": "x", "a": "1", "b": 2.5, "Total": 3.5}, {"user": "y", "Total": 0}]"#,
        },
        Example {
            spl: "| addtotals fieldname=risk a*",
            input: r#"[{"a1": 1, "a2": 2, "b": 4}]"#,
            expected: r#"[{"a1": 1, "a2": 2, "b": 4, "risk": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["row", "fieldname", "col"])?;
    if split.options.flag("col", false)? {
        let at = split.options.get("col").map(grotto_spl::ast::Arg::span).unwrap_or_default();
        return Err(call.unsupported(at, "col=true is not supported"));
    }
    let name = split.options.word("fieldname")?.map_or_else(|| "Total".to_owned(), text::field);
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    Ok(Box::new(Addtotals { active: split.options.flag("row", true)?, name, fields }))
}

struct Addtotals {
    active: bool,
    name: String,
    fields: Vec<Pattern>,
}

impl Command for Addtotals {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if !self.active {
            return Ok(rows);
        }
        let named = rows
            .columns()
            .filter(|(name, _)| !is_hidden(name) && self.fields.iter().any(|p| p.matches(name)));
        let summands: Vec<&Column> = named.map(|(_, column)| column).collect();
        let total = |row| {
            let mut sum = 0.0;
            for column in &summands {
                columns::each(column.cell(row), |cell| sum += columns::number(cell).unwrap_or(0.0));
            }
            // A whole sum is a whole number.
            if sum == f64::trunc(sum) && sum.abs() < 9e15 {
                Value::Int(sum as i64)
            } else {
                Value::Float(sum)
            }
        };
        let totals = columns::column(&(0..rows.rows()).map(total).collect::<Vec<_>>());
        rows.set(self.name.as_str(), totals);
        Ok(rows)
    }
}
