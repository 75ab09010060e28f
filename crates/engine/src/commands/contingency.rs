//! `contingency`: how often values of two fields are there together.

use super::grouping::{By, Call as Aggregation, Counted, Grouping, Input};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Fold, Kind, Pattern, columns, fold_all};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell};
use grotto_spl::text;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::sync::Arc;

pub(super) static CONTINGENCY: Spec = Spec {
    name: "contingency",
    aliases: &["counttable", "ctable"],
    summary: "Counts how often each value of one field is there together with each value of another, with the totals \
              of rows and columns.",
    syntax: "contingency [maxrows=<count>] [maxcols=<count>] [usetotal=<bool>] [totalstr=<text>] <row field> \
             <column field>",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/contingency",
    deviations: &["`mincolcover` and `minrowcover` are not supported"],
    assumptions: &["contingency-order"],
    examples: &[
        Example {
            spl: "| contingency level part",
            input: r#"[{"level": "info", "part": "a"}, {"level": "warn", "part": "a"}, {"level": "info", "part": "a"},
                {"level": "info", "part": "b"}, {"level": "info"}]"#,
            expected: r#"[{"level": "info", "a": 2, "b": 1, "TOTAL": 3}, {"level": "warn", "a": 1, "b": 0, "TOTAL": 1},
                {"level": "TOTAL", "a": 3, "b": 1, "TOTAL": 4}]"#,
        },
        Example {
            spl: "| contingency usetotal=f maxrows=1 level part",
            input: r#"[{"level": "info", "part": "a"}, {"level": "warn", "part": "b"}, {"level": "info", "part": "a"}]"#,
            expected: r#"[{"level": "info", "a": 2, "b": 0}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Name of the count; no field can have it.
const COUNT: &str = "\0count";

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["maxrows", "maxcols", "usetotal", "totalstr"])?;
    let words = call.words(&split.rest)?;
    let [row, column] = words.as_slice() else {
        return Err(call.missing("two fields"));
    };
    let count = crate::aggregations::find("count").map(|(aggregation, number)| Aggregation {
        aggregation,
        number,
        input: Input::Rows,
        sparkline: None,
        output: Pattern::new(COUNT),
    });
    let by = [row, column].map(|word| By::field(text::field(word))).to_vec();
    let most = |name: &str, default: usize| -> Result<usize, Box<Diagnostic>> {
        let count = split.options.count(name, default)?;
        Ok(if count == 0 { usize::MAX } else { count })
    };
    let total = split.options.text("totalstr")?.unwrap_or_else(|| "TOTAL".to_owned());
    Ok(Box::new(Contingency(Arc::new(Settings {
        row: text::field(row),
        column: text::field(column),
        grouping: Arc::new(Grouping::new(count.into_iter().collect(), by, call.context.timezone.clone())),
        rows: most("maxrows", 1000)?,
        columns: most("maxcols", 100)?,
        total: split.options.flag("usetotal", true)?.then_some(total),
    }))))
}

struct Settings {
    row: String,
    column: String,
    grouping: Arc<Grouping>,
    rows: usize,
    columns: usize,
    /// Name of the totals, if there are any.
    total: Option<String>,
}

struct Contingency(Arc<Settings>);

impl Command for Contingency {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        self.0.grouping.needs()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        fold_all(self.counted(), &rows)
    }

    fn fold(&self) -> Option<Box<dyn Fold>> {
        Some(self.counted())
    }
}

impl Contingency {
    fn counted(&self) -> Box<dyn Fold> {
        let settings = Arc::clone(&self.0);
        Counted::fold(&self.0.grouping, move |counts| settings.table(counts))
    }
}

impl Settings {
    /// The table of counts by both fields.
    fn table(&self, counts: &Batch) -> Batch {
        let count = |row: usize| if let Cell::Int(n) = counts.cell(COUNT, row) { n } else { 0 };
        let mut cells: FxHashMap<(String, String), i64> = FxHashMap::default();
        let (mut rows, mut cols) = (FxHashMap::default(), FxHashMap::default());
        for row in 0..counts.rows() {
            let text = |field: &str| Value::from(counts.cell(field, row)).text();
            let (r, c, n) = (text(&self.row), text(&self.column), count(row));
            *rows.entry(r.clone()).or_insert(0) += n;
            *cols.entry(c.clone()).or_insert(0) += n;
            cells.insert((r, c), n);
        }
        let (rows, cols) = (frequent(rows, self.rows), frequent(cols, self.columns));
        let cell = |row: &str, col: &str| cells.get(&(row.to_owned(), col.to_owned())).copied().unwrap_or(0);
        let names = rows.iter().chain(&self.total).map(|name| Value::Text(name.clone()));
        let names: Vec<Value> = names.collect();
        let mut out = Batch::new(names.len());
        out.set(self.row.as_str(), columns::column(&names));
        let mut totals = vec![0; rows.len()];
        for col in &cols {
            let mut values: Vec<i64> = rows.iter().map(|row| cell(row, col)).collect();
            totals.iter_mut().zip(&values).for_each(|(total, value)| *total += value);
            if self.total.is_some() {
                values.push(values.iter().sum());
            }
            out.set(col.as_str(), whole(&values));
        }
        if let Some(name) = &self.total {
            totals.push(totals.iter().sum());
            out.set(name.as_str(), whole(&totals));
        }
        out
    }
}

fn whole(values: &[i64]) -> grotto_events::Column {
    grotto_events::Column::Int(values.to_vec().into())
}

/// The most frequent values, of the same number those that sort first.
fn frequent(counts: FxHashMap<String, i64>, most: usize) -> Vec<String> {
    let mut values: Vec<(Reverse<i64>, String)> =
        counts.into_iter().map(|(text, count)| (Reverse(count), text)).collect();
    values.sort_unstable();
    values.into_iter().take(most).map(|(_, text)| text).collect()
}
