//! `addtotals`: adds numbers of a row up.

use super::addcoltotals::{Totals, whole};
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use grotto_spl::text;

pub(super) static ADDTOTALS: Spec = Spec {
    name: "addtotals",
    aliases: &[],
    summary: "Adds the numbers in a row's fields up, in the named fields or in all, and writes the sum into Total; with \
              col=true also the numbers of each column, into a row of its own.",
    syntax: "addtotals [row=<bool>] [col=<bool>] [fieldname=<name>] [labelfield=<field>] [label=<text>] [<fields>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addtotals",
    deviations: &[],
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
        Example {
            spl: "| addtotals col=t labelfield=k label=ALL a b",
            input: r#"[{"k": "x", "a": 1, "b": 2}, {"k": "y", "a": 3}]"#,
            expected: r#"[{"k": "x", "a": 1, "b": 2, "Total": 3}, {"k": "y", "a": 3, "Total": 3},
                {"k": "ALL", "a": 4, "b": 2, "Total": 6}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["row", "fieldname", "col", "labelfield", "label"])?;
    let options = &split.options;
    let name = options.word("fieldname")?.map_or_else(|| "Total".to_owned(), text::field);
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    let row = options.flag("row", true)?;
    let totals = if options.flag("col", false)? {
        let mut fields = fields.clone();
        if row {
            fields.push(Pattern::new(&name));
        }
        Some(Totals {
            fields,
            label_field: options.word("labelfield")?.map(text::field),
            label: options.text("label")?.unwrap_or_else(|| "Total".to_owned()),
        })
    } else {
        None
    };
    Ok(Box::new(Addtotals { row, totals, name, fields }))
}

struct Addtotals {
    /// Whether rows are added up.
    row: bool,
    /// The row of sums of columns.
    totals: Option<Totals>,
    name: String,
    fields: Vec<Pattern>,
}

impl Command for Addtotals {
    fn kind(&self) -> Kind {
        if self.totals.is_some() { Kind::Transforming } else { Kind::DistributableStreaming }
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        if self.row {
            let column = self.sums(&rows);
            rows.set(self.name.as_str(), column);
        }
        Ok(match &self.totals {
            Some(totals) => totals.added(&rows),
            None => rows,
        })
    }
}

impl Addtotals {
    /// The sum of each row.
    fn sums(&self, rows: &Batch) -> Column {
        let named = rows
            .columns()
            .filter(|(name, _)| !is_hidden(name) && self.fields.iter().any(|p| p.matches(name)));
        let summands: Vec<&Column> = named.map(|(_, column)| column).collect();
        let total = |row| {
            let mut sum = 0.0;
            for column in &summands {
                columns::each(column.cell(row), |cell| sum += columns::number(cell).unwrap_or(0.0));
            }
            whole(sum)
        };
        columns::column(&(0..rows.rows()).map(total).collect::<Vec<_>>())
    }
}
