//! `appendcols`: adds the fields of another search's rows, row by row.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, columns, concat};
use crate::plan::{Plan, alone};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::sync::Arc;

pub(super) static APPENDCOLS: Spec = Spec {
    name: "appendcols",
    aliases: &[],
    summary: "Adds the fields of another search's first row to the first row, of its second to the second and so on; \
              internal fields are left out.",
    syntax: "appendcols [override=<bool>] [maxout=<count>] [maxtime=<seconds>] [timeout=<seconds>] [<search>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/appendcols",
    deviations: &["`maxtime` and `timeout` are accepted and change nothing: a search always runs to its end"],
    assumptions: &["appendcols-more-rows"],
    examples: &[
        Example {
            spl: "a=* | stats count as as | appendcols [search b=* | stats count as bs]",
            input: r#"[{"a": 1}, {"b": 2}, {"b": 3}]"#,
            expected: r#"[{"as": 1, "bs": 2}]"#,
        },
        Example {
            spl: "n<3 | table n | appendcols override=t [search n>1 | table n]",
            input: r#"[{"n": 1}, {"n": 2}, {"n": 5}]"#,
            expected: r#"[{"n": 2}, {"n": 5}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["override", "maxout", "maxtime", "timeout"])?;
    let over = split.options.flag("override", false)?;
    let most = split.options.count("maxout", super::append::MOST_ROWS)?;
    let (search, before) = call.one_search(&split.rest)?;
    if let Some(arg) = before.first() {
        return Err(call.unexpected(arg));
    }
    Ok(Box::new(Appendcols { search: call.subsearch(search, most)?, over }))
}

struct Appendcols {
    search: Arc<Plan>,
    over: bool,
}

impl Command for Appendcols {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let mut more = env.result(&self.search)?;
        more.retain(|name| !name.starts_with('_'));
        let count = rows.rows().max(more.rows());
        let rows = padded(rows, count);
        Ok(beside(rows, &padded(more, count), self.over))
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        vec![Arc::clone(&self.search)]
    }
}

/// The batch with empty rows behind it, `count` in all.
fn padded(batch: Batch, count: usize) -> Batch {
    if batch.rows() == count {
        return batch;
    }
    let empty = Batch::new(count.saturating_sub(batch.rows()));
    concat(&[batch, empty])
}

/// The fields of `right` added to the rows of `left`, which has as many. Where both have a value it is the one of
/// `right` if `over`.
pub(super) fn beside(mut left: Batch, right: &Batch, over: bool) -> Batch {
    for (name, theirs) in right.columns() {
        let Some(ours) = left.column(name).filter(|column| !column.all_null()) else {
            left.set(Arc::clone(name), theirs.clone());
            continue;
        };
        let (first, second) = if over { (theirs, ours) } else { (ours, theirs) };
        let value = |row| match Value::from(first.cell(row)) {
            Value::Null => second.cell(row).into(),
            value => value,
        };
        let values: Vec<Value> = (0..left.rows()).map(value).collect();
        left.set(Arc::clone(name), columns::column(&values));
    }
    left
}
