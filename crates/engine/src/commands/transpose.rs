//! `transpose`: rows as columns.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static TRANSPOSE: Spec = Spec {
    name: "transpose",
    aliases: &[],
    summary: "Turns a table round: a row for each field, a column for each of the first rows, five by default; 0 takes all.",
    syntax: "transpose [<count>] [column_name=<name>] [header_field=<field>] [include_empty=<bool>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transpose",
    deviations: &[],
    assumptions: &["transpose-headers"],
    examples: &[
        Example {
            spl: "| transpose",
            input: r#"[{"user": "a", "n": 1}, {"user": "b", "n": 2}]"#,
            expected: r#"[{"column": "user", "row 1": "a", "row 2": "b"}, {"column": "n", "row 1": "1", "row 2": "2"}]"#,
        },
        Example {
            spl: "| transpose 0 header_field=user column_name=field",
            input: r#"[{"user": "a", "n": 1, "m": 5}, {"user": "b", "n": 2}]"#,
            expected: r#"[{"field": "n", "a": 1, "b": 2}, {"field": "m", "a": 5}]"#,
        },
        Example {
            spl: "| transpose 1 include_empty=f",
            input: r#"[{"user": "a"}, {"user": "b", "n": 2}]"#,
            expected: r#"[{"column": "user", "row 1": "a"}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Splunk's number of rows.
const DEFAULT_ROWS: usize = 5;
/// Rows that can become columns.
const MOST_ROWS: usize = 10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["column_name", "header_field", "include_empty"])?;
    let count = match split.rest.as_slice() {
        [] => DEFAULT_ROWS,
        [arg] => match arg.word().map(text::argument).map(|text| text.parse()) {
            Some(Ok(count)) => count,
            _ => return Err(call.bad(arg.span(), "a number of rows is expected")),
        },
        [_, second, ..] => return Err(call.unexpected(second)),
    };
    Ok(Box::new(Transpose {
        count: if count == 0 { usize::MAX } else { count },
        name: split.options.word("column_name")?.map_or_else(|| "column".to_owned(), text::field),
        header: split.options.word("header_field")?.map(text::field),
        include_empty: split.options.flag("include_empty", true)?,
    }))
}

struct Transpose {
    count: usize,
    /// The column of names of fields.
    name: String,
    /// The field whose values name the columns.
    header: Option<String>,
    /// Whether fields without values get a row.
    include_empty: bool,
}

impl Command for Transpose {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let _ = after;
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let count = rows.rows().min(self.count);
        if count > MOST_ROWS {
            let message = format!("transpose makes columns of {count} rows, more than {MOST_ROWS}");
            return Err(Box::new(Diagnostic::error("engine/limit", message).help("give a number of rows")));
        }
        let rows = rows.slice(0, count);
        let names: Vec<&str> = rows
            .columns()
            .filter(|(name, column)| {
                let empty = column.all_null() && !self.include_empty;
                !is_hidden(name) && self.header.as_deref() != Some(name) && !empty
            })
            .map(|(name, _)| &**name)
            .collect();
        let mut out = Batch::new(names.len());
        let texts: Vec<Value> = names.iter().map(|name| Value::Text((*name).to_owned())).collect();
        out.set(self.name.as_str(), columns::column(&texts));
        for row in 0..count {
            let header = self.header.as_ref().map(|field| Value::from(rows.cell(field, row)).text());
            let number = format!("row {}", row + 1);
            let header = header.filter(|h| !h.is_empty() && out.column(h).is_none()).unwrap_or(number);
            let values: Vec<Value> = names.iter().map(|name| rows.cell(name, row).into()).collect();
            out.set(header.as_str(), columns::column(&values));
        }
        Ok(out)
    }
}
