//! `addcoltotals`: a row of sums.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, Pattern, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static ADDCOLTOTALS: Spec = Spec {
    name: "addcoltotals",
    aliases: &[],
    summary: "Adds a row with the sums of the numbers in every column, or in the named ones.",
    syntax: "addcoltotals [labelfield=<field>] [label=<text>] [<fields>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addcoltotals",
    deviations: &[],
    assumptions: &["wildcard-skips-internal"],
    examples: &[
        Example {
            spl: "| addcoltotals labelfield=user label=ALL",
            input: r#"[{"user": "a", "n": 1, "m": 2}, {"user": "b", "n": 2.5}]"#,
            expected: r#"[{"user": "a", "n": 1, "m": 2}, {"user": "b", "n": 2.5}, {"user": "ALL", "n": 3.5, "m": 2}]"#,
        },
        Example {
            spl: "| addcoltotals n",
            input: r#"[{"n": "1", "m": 2}]"#,
            expected: r#"[{"n": "1", "m": 2}, {"n": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["labelfield", "label"])?;
    let fields = if split.rest.is_empty() { vec![Pattern::new("*")] } else { call.patterns(&split.rest)? };
    let label = split.options.text("label")?.unwrap_or_else(|| "Total".to_owned());
    let label_field = split.options.word("labelfield")?.map(text::field);
    Ok(Box::new(Addcoltotals(Totals { fields, label_field, label })))
}

/// A row of sums; also what `addtotals` adds.
pub(super) struct Totals {
    pub(super) fields: Vec<Pattern>,
    pub(super) label_field: Option<String>,
    pub(super) label: String,
}

impl Totals {
    /// The rows with the one of sums behind them.
    pub(super) fn added(&self, rows: &Batch) -> Batch {
        let mut last = Batch::new(1);
        for (name, column) in rows.columns() {
            if is_hidden(name) || !self.fields.iter().any(|pattern| pattern.matches(name)) {
                continue;
            }
            let mut sum = None;
            for row in 0..rows.rows() {
                columns::each(column.cell(row), |cell| {
                    if let Some(number) = columns::number(cell) {
                        *sum.get_or_insert(0.0) += number;
                    }
                });
            }
            if let Some(sum) = sum {
                last.set(name.clone(), columns::column(&[whole(sum)]));
            }
        }
        if let Some(field) = &self.label_field {
            last.set(field.as_str(), columns::column(&[Value::Text(self.label.clone())]));
        }
        Batch::concat(&[rows.clone(), last], crate::value::cell_text)
    }
}

/// A sum as a value: a whole one is a whole number.
pub(super) fn whole(sum: f64) -> Value {
    if sum == sum.trunc() && sum.abs() < 9e15 { Value::Int(sum as i64) } else { Value::Float(sum) }
}

struct Addcoltotals(Totals);

impl Command for Addcoltotals {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let mut needs = after.clone();
        self.0.fields.iter().for_each(|pattern| needs.insert_pattern(pattern));
        needs
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        Ok(self.0.added(&rows))
    }
}
