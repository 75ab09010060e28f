//! `mvexpand`: makes a row of each value of a multivalue field.

use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column};
use grotto_spl::ast::Arg;

pub(super) static MVEXPAND: Spec = Spec {
    name: "mvexpand",
    aliases: &[],
    summary: "Makes a row of each value of a multivalue field; a row without the field stays.",
    syntax: "mvexpand <field> [limit=<count>]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/mvexpand",
    deviations: &[],
    assumptions: &["mvexpand-keeps-missing"],
    examples: &[
        Example {
            spl: "| mvexpand user",
            input: r#"[{"user": ["a", "b"], "n": 1}, {"n": 2}, {"user": "c", "n": 3}]"#,
            expected: r#"[{"user": "a", "n": 1}, {"user": "b", "n": 1}, {"n": 2}, {"user": "c", "n": 3}]"#,
        },
        Example {
            spl: "| mvexpand user limit=1",
            input: r#"[{"user": ["a", "b"]}]"#,
            expected: r#"[{"user": "a"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows that one batch may become.
const MOST_ROWS: usize = 10_000_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["limit"])?;
    let limit = match split.options.count("limit", 0)? {
        0 => usize::MAX,
        limit => limit,
    };
    let fields: Vec<&Arg> = split.rest;
    let field = call.one_field(&fields)?;
    if field.starts_with('_') {
        let at = fields.first().map(|arg| arg.span()).unwrap_or_default();
        return Err(call.bad(at, "internal fields can't be expanded"));
    }
    Ok(Box::new(Mvexpand { field, limit }))
}

struct Mvexpand {
    field: String,
    limit: usize,
}

impl Command for Mvexpand {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column @ Column::List(_)) = rows.column(&self.field) else { return Ok(rows) };
        let (mut order, mut values) = (Vec::new(), Vec::new());
        for row in 0..rows.rows() {
            match column.cell(row) {
                Cell::Null => {
                    order.push(row as u32);
                    values.push(None);
                }
                cell => {
                    values.extend(columns::texts(cell).into_iter().take(self.limit).map(Some));
                    order.resize(values.len(), row as u32);
                }
            }
            if order.len() > MOST_ROWS {
                let message = format!("mvexpand makes more than {MOST_ROWS} rows");
                return Err(Box::new(Diagnostic::error("engine/limit", message).help("give a limit")));
            }
        }
        let mut out = rows.take(&order);
        out.set(self.field.as_str(), Column::text(values));
        Ok(out)
    }
}
