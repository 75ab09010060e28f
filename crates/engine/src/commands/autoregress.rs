//! `autoregress`: copies values of earlier rows.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;

pub(super) static AUTOREGRESS: Spec = Spec {
    name: "autoregress",
    aliases: &[],
    summary: "Writes the value that a field had one row before, or some rows before, into every row.",
    syntax: "autoregress <field> [AS <name>] [p=<count> | p=<from>-<to>]",
    kind: Kind::CentralisedStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/autoregress",
    deviations: &[],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| autoregress n",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2, "n_p1": 1}, {"n": 3, "n_p1": 2}]"#,
        },
        Example {
            spl: "| autoregress n as before p=2",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2}, {"n": 3, "before": 1}]"#,
        },
        Example {
            spl: "| autoregress n p=1-2",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#,
            expected: r#"[{"n": 1}, {"n": 2, "n_p1": 1}, {"n": 3, "n_p1": 2, "n_p2": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Rows back that can be asked for.
const MOST: usize = 10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["p"])?;
    let (field, name) = call.field_as(&split.rest)?;
    let text = split.options.text("p")?.unwrap_or_else(|| "1".to_owned());
    let (from, to) = text.split_once('-').unwrap_or((&text, &text));
    let (Ok(from), Ok(to)) = (from.trim().parse::<usize>(), to.trim().parse::<usize>()) else {
        return Err(bad(call, split.options.get("p")));
    };
    if from == 0 || to < from || to > MOST || to - from > 100 {
        return Err(bad(call, split.options.get("p")));
    }
    let single = from == to;
    let names = (from..=to).map(|p| match &name {
        Some(name) if single => (p, name.clone()),
        Some(name) => (p, format!("{name}_p{p}")),
        None => (p, format!("{field}_p{p}")),
    });
    Ok(Box::new(Autoregress { names: names.collect(), field }))
}

fn bad(call: &Call<'_>, arg: Option<&Arg>) -> Box<Diagnostic> {
    let at = arg.map(Arg::span).unwrap_or_default();
    call.bad(at, "`p` must be a number of rows such as 1, or a range of at most 100 such as 1-3")
}

struct Autoregress {
    field: String,
    /// Rows back, and the name of the copy.
    names: Vec<(usize, String)>,
}

impl Command for Autoregress {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.with(&self.field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field).cloned() else { return Ok(rows) };
        for (p, name) in &self.names {
            let value = |row: usize| row.checked_sub(*p).map_or(Value::Null, |row| column.cell(row).into());
            let values: Vec<Value> = (0..rows.rows()).map(value).collect();
            rows.set(name.as_str(), columns::column(&values));
        }
        Ok(rows)
    }
}
