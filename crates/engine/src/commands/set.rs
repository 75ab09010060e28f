//! `set`: union, difference or intersection of the rows of two searches.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, columns, concat};
use crate::plan::{Head, Plan, alone};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use rustc_hash::FxHashSet;
use std::sync::Arc;

pub(super) static SET: Spec = Spec {
    name: "set",
    aliases: &[],
    summary: "Begins a search with the rows that two searches give: all, those that only one gives, or those that both \
              give, each once. Rows are the same when all their fields are.",
    syntax: "set (union | diff | intersect) [<search>] [<search>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/set",
    deviations: &[],
    assumptions: &["append-limit"],
    examples: &[
        Example {
            spl: "| set diff [search a=* | table user] [search b=* | table user]",
            input: r#"[{"a": 1, "user": "x"}, {"a": 1, "b": 1, "user": "y"}, {"b": 1, "user": "z"}]"#,
            expected: r#"[{"user": "x"}, {"user": "z"}]"#,
        },
        Example {
            spl: "| set intersect [search a=* | table user] [search b=* | table user]",
            input: r#"[{"a": 1, "user": "x"}, {"a": 1, "b": 1, "user": "y"}, {"b": 1, "user": "z"}]"#,
            expected: r#"[{"user": "y"}]"#,
        },
        Example {
            spl: "| set union [search a=* | table user] [search b=* | table user]",
            input: r#"[{"a": 1, "user": "x"}, {"a": 1, "b": 1, "user": "y"}, {"b": 1, "user": "z"}]"#,
            expected: r#"[{"user": "x"}, {"user": "y"}, {"user": "z"}]"#,
        },
    ],
    build: Build::Begin(begin),
};

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let [Arg::Word(word), Arg::Subsearch(one), Arg::Subsearch(other)] = call.args else {
        return Err(call.missing("union, diff or intersect, and two searches in brackets"));
    };
    let of = match word.raw.to_ascii_lowercase().as_str() {
        "union" => Of::Union,
        "diff" => Of::Difference,
        "intersect" => Of::Intersection,
        _ => return Err(call.bad(word.at.0, "the sets make a union, diff or intersect")),
    };
    let most = super::append::MOST_ROWS;
    let searches = [call.subsearch(one, most)?, call.subsearch(other, most)?];
    Ok(Begin { head: Head::Results, command: Some(Box::new(Set { of, searches })) })
}

struct Set {
    of: Of,
    searches: [Arc<Plan>; 2],
}

enum Of {
    Union,
    Difference,
    Intersection,
}

impl Command for Set {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        FieldSet::all()
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, _: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let results = env.results(&self.searches)?;
        let [one, other] = results.as_slice() else { return Err(Stop::Waits) };
        let (ours, theirs) = (identities(one), identities(other));
        let (in_one, in_other): (FxHashSet<_>, FxHashSet<_>) =
            (ours.iter().collect(), theirs.iter().collect());
        let mut seen = FxHashSet::default();
        let mut rows = Vec::new();
        for (row, identity) in ours.iter().chain(&theirs).enumerate() {
            let wanted = match self.of {
                Of::Union => true,
                Of::Difference => in_one.contains(identity) != in_other.contains(identity),
                Of::Intersection => in_one.contains(identity) && in_other.contains(identity),
            };
            if wanted && seen.insert(identity) {
                rows.push(row as u32);
            }
        }
        Ok(concat(&results).take(&rows))
    }

    fn searches(&self) -> Vec<Arc<Plan>> {
        self.searches.to_vec()
    }
}

/// What tells rows apart: the names and values of the fields that they have, whatever the order of columns.
fn identities(rows: &Batch) -> Vec<Vec<(String, Vec<String>)>> {
    let identity = |row| {
        let fields =
            rows.columns().map(|(name, column)| (name.to_string(), columns::texts(column.cell(row))));
        let mut fields: Vec<_> = fields.filter(|(_, values)| !values.is_empty()).collect();
        fields.sort();
        fields
    };
    (0..rows.rows()).map(identity).collect()
}
