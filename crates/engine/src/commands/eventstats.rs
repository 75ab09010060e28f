//! `eventstats`: aggregates rows and writes the results into every row.

use super::grouping::{Grouping, Groups, Member, calls};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::memory::{Chunks, Rows, too_large};
use crate::pipeline::{Command, Env, FieldSet, Fold, Kind, Stop, columns, each_chunk, mark_in_order};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use std::sync::Arc;

pub(super) static EVENTSTATS: Spec = Spec {
    name: "eventstats",
    aliases: &[],
    summary: "Aggregates rows as stats does and writes the results of its group into every row; rows that miss a BY \
              field stay as they are.",
    syntax: "eventstats [allnum=<bool>] <aggregation>[(<field>)] [AS <name>]... [BY <fields>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eventstats",
    deviations: &["a row with a multivalue BY field gets the results of its first group"],
    assumptions: &["eventstats-keeps-null-by"],
    examples: &[
        Example {
            spl: "| eventstats avg(n) as mean count by host",
            input: r#"[{"host": "a", "n": 1}, {"host": "b", "n": 5}, {"host": "a", "n": 2}, {"n": 9}]"#,
            expected: r#"[{"host": "a", "n": 1, "mean": 1.5, "count": 2}, {"host": "b", "n": 5, "mean": 5, "count": 1},
                {"host": "a", "n": 2, "mean": 1.5, "count": 2}, {"n": 9}]"#,
        },
        Example {
            spl: "| eventstats dc(user) as users",
            input: r#"[{"user": "a"}, {"user": "b"}]"#,
            expected: r#"[{"user": "a", "users": 2}, {"user": "b", "users": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["allnum"])?;
    let (calls, by) = calls(call, &split.rest)?;
    let timezone = call.context.timezone.clone();
    let all_numbers = split.options.flag("allnum", false)?;
    Ok(Box::new(Eventstats(Arc::new(Grouping { all_numbers, ..Grouping::new(calls, by, timezone) }))))
}

struct Eventstats(Arc<Grouping>);

impl Command for Eventstats {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        // What it writes may stay as it was in rows without group, so nothing is taken out.
        let mut needs = after.clone();
        needs.union(&self.0.needs());
        needs
    }

    fn stays_empty(&self) -> bool {
        true
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let mut groups = Groups::new(Arc::clone(&self.0));
        let members = groups.add(&rows)?;
        let mut used = Used::default();
        used.add(&members);
        let results = Results::of(groups, used);
        Ok(results.beside(rows, &members))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let mut groups = Groups::new(Arc::clone(&self.0));
        let mut used = Used::default();
        let mut next = 0;
        for chunk in rows.iter() {
            let mut chunk = chunk?;
            mark_in_order(&mut chunk, &mut next);
            used.add(&groups.add(&chunk)?);
            if groups.bytes() > rows.memory().whole() {
                groups.weigh();
                if groups.bytes() > rows.memory().whole() {
                    return Err(too_large("what groups have to remember", rows.memory()).into());
                }
            }
        }
        let mut results = Results::of(groups, used);
        each_chunk(rows, &mut |chunk| {
            let members = results.groups.members(&chunk)?;
            Ok(results.beside(chunk, &members))
        })
        .map(Some)
    }
}

/// The groups whose results are written into some row: of a row in several groups that is the first.
#[derive(Default)]
struct Used(Vec<bool>);

impl Used {
    fn add(&mut self, members: &[Member]) {
        for (_, group) in firsts(members) {
            let group = group as usize;
            if group >= self.0.len() {
                self.0.resize(group + 1, false);
            }
            self.0[group] = true;
        }
    }
}

/// Rows with the first of their groups.
fn firsts(members: &[Member]) -> impl Iterator<Item = Member> {
    let mut last = None;
    members.iter().copied().filter(move |(row, _)| last.replace(*row) != Some(*row))
}

/// What is said of groups.
struct Results {
    groups: Groups,
    names: Vec<String>,
    columns: Vec<Column>,
    /// For each group the row of the columns that is its.
    places: Vec<Option<u32>>,
}

impl Results {
    fn of(mut groups: Groups, used: Used) -> Self {
        groups.settle();
        let mut shown = Vec::new();
        let mut place = |(group, used): (usize, bool)| {
            used.then(|| {
                shown.push(group as u32);
                shown.len() as u32 - 1
            })
        };
        let places = used.0.into_iter().enumerate().map(&mut place).collect();
        Self { names: groups.names(), columns: groups.columns(&shown), groups, places }
    }

    /// Rows with the results of their groups.
    fn beside(&self, mut rows: Batch, members: &[Member]) -> Batch {
        let mut place_of: Vec<Option<u32>> = vec![None; rows.rows()];
        for (row, group) in firsts(members) {
            place_of[row as usize] = self.places.get(group as usize).copied().flatten();
        }
        let all = place_of.iter().all(Option::is_some);
        for (name, results) in self.names.iter().zip(&self.columns) {
            let column = match rows.column(name).filter(|before| !all && !before.all_null()) {
                None => results.take_some(place_of.iter().copied()),
                // Rows without group keep what they have.
                Some(before) => {
                    let value = |(row, place): (usize, &Option<u32>)| match place {
                        Some(place) => results.cell(*place as usize).into(),
                        None => before.cell(row).into(),
                    };
                    let values: Vec<Value> = place_of.iter().enumerate().map(value).collect();
                    columns::column(&values)
                }
            };
            rows.set(name.as_str(), column);
        }
        rows
    }
}
