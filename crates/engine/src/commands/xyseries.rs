//! `xyseries`: rows as a table.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns, compare};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;
use rustc_hash::FxHashMap;

pub(super) static XYSERIES: Spec = Spec {
    name: "xyseries",
    aliases: &[],
    summary: "Makes a table of rows: a row for each value of the first field, a column for each value of the second, and in the cells the values of the others; the opposite of untable.",
    syntax: "xyseries [grouped=<bool>] <row field> <name field> <value field>... [sep=<text>] [format=<text>]",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xyseries",
    deviations: &["`grouped` has no effect: rows need not be grouped"],
    assumptions: &["xyseries-order"],
    examples: &[
        Example {
            spl: "| xyseries k s n",
            input: r#"[{"k": 1, "s": "b", "n": 5}, {"k": 2, "s": "a", "n": 6}, {"k": 1, "s": "a", "n": 7}]"#,
            expected: r#"[{"k": 1, "a": 7, "b": 5}, {"k": 2, "a": 6}]"#,
        },
        Example {
            spl: "| xyseries k s n m sep=-",
            input: r#"[{"k": 1, "s": "a", "n": 5, "m": 6}]"#,
            expected: r#"[{"k": 1, "n-a": 5, "m-a": 6}]"#,
        },
        Example {
            spl: "| xyseries k s n m format=$VAL$/$AGG$",
            input: r#"[{"k": 1, "s": "a", "n": 5, "m": 6}]"#,
            expected: r#"[{"k": 1, "a/n": 5, "a/m": 6}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Columns that a table may have.
const MOST_COLUMNS: usize = 10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["grouped", "sep", "format"])?;
    split.options.flag("grouped", false)?;
    let fields: Vec<String> = call.words(&split.rest)?.into_iter().map(text::field).collect();
    let [x, name, values @ ..] = fields.as_slice() else {
        return Err(call.missing("three fields: of rows, of names, of values"));
    };
    if values.is_empty() {
        return Err(call.missing("a field of values"));
    }
    Ok(Box::new(Xyseries {
        x: x.clone(),
        name: name.clone(),
        values: values.to_vec(),
        separator: split.options.text("sep")?.unwrap_or_else(|| ": ".to_owned()),
        format: split.options.text("format")?,
    }))
}

struct Xyseries {
    x: String,
    name: String,
    values: Vec<String>,
    separator: String,
    format: Option<String>,
}

impl Xyseries {
    /// The column of a value field and a name.
    fn column(&self, value: &str, name: &str) -> String {
        match &self.format {
            Some(format) => format.replace("$AGG$", value).replace("$VAL$", name),
            None if self.values.len() == 1 => name.to_owned(),
            None => format!("{value}{}{name}", self.separator),
        }
    }
}

impl Command for Xyseries {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        let _ = after;
        FieldSet::of(self.values.iter().chain([&self.x, &self.name]))
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let mut xs: Vec<Value> = Vec::new();
        let mut names: Vec<Value> = Vec::new();
        let mut cells: FxHashMap<(usize, String), usize> = FxHashMap::default();
        let mut known: FxHashMap<String, ()> = FxHashMap::default();
        for row in 0..rows.rows() {
            let (x, name) = (Value::from(rows.cell(&self.x, row)), Value::from(rows.cell(&self.name, row)));
            if x.is_null() || name.is_null() {
                continue;
            }
            let place = *places.entry(x.text()).or_insert_with(|| {
                xs.push(x);
                xs.len() - 1
            });
            let text = name.text();
            if known.insert(text.clone(), ()).is_none() {
                names.push(name);
            }
            cells.insert((place, text), row);
        }
        if names.len() * self.values.len() > MOST_COLUMNS {
            let message = format!("xyseries makes more than {MOST_COLUMNS} columns");
            return Err(Box::new(
                Diagnostic::error("engine/limit", message)
                    .help("choose a field with fewer values for columns"),
            ));
        }
        names.sort_by(compare);
        let mut out = Batch::new(xs.len());
        out.set(self.x.as_str(), columns::column(&xs));
        for field in &self.values {
            for name in &names {
                let name = name.text();
                let value = |place: usize| {
                    cells.get(&(place, name.clone())).map_or(Value::Null, |row| rows.cell(field, *row).into())
                };
                let values: Vec<Value> = (0..xs.len()).map(value).collect();
                out.set(self.column(field, &name).as_str(), columns::column(&values));
            }
        }
        Ok(out)
    }
}
