//! `eventstats`: aggregates rows and writes the results into every row.

use super::grouping::{Grouping, Groups, Member, calls};
use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::memory::{Chunks, Rows, too_large};
use crate::pipeline::{Command, Env, FieldSet, Fold, Kind, Stop, columns, each_chunk, mark_in_order};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
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
        groups.settle();
        let results = results(&groups);
        Ok(beside(rows, members, &results, &groups.names()))
    }

    fn run_chunks(&self, rows: &Chunks, _: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let mut groups = Groups::new(Arc::clone(&self.0));
        let mut next = 0;
        for chunk in rows.iter() {
            let mut chunk = chunk?;
            mark_in_order(&mut chunk, &mut next);
            groups.accumulate(&chunk)?;
            if groups.bytes() > rows.memory().whole() {
                groups.weigh();
                if groups.bytes() > rows.memory().whole() {
                    return Err(too_large("what groups have to remember", rows.memory()).into());
                }
            }
        }
        groups.settle();
        let (results, names) = (results(&groups), groups.names());
        each_chunk(rows, &mut |chunk| {
            let members = groups.members(&chunk)?;
            Ok(beside(chunk, members, &results, &names))
        })
        .map(Some)
    }
}

/// The results of each group.
fn results(groups: &Groups) -> Vec<Vec<Value>> {
    (0..groups.len() as u32).map(|group| groups.values(group)).collect()
}

/// Rows with the results of their groups.
fn beside(mut rows: Batch, members: Vec<Member>, results: &[Vec<Value>], names: &[String]) -> Batch {
    let mut group_of: Vec<Option<u32>> = vec![None; rows.rows()];
    for (row, group) in members.into_iter().rev() {
        group_of[row as usize] = Some(group);
    }
    for (i, name) in names.iter().enumerate() {
        let value = |(row, group): (usize, &Option<u32>)| match group {
            Some(group) => results[*group as usize][i].clone(),
            None => rows.cell(name, row).into(),
        };
        let values: Vec<Value> = group_of.iter().enumerate().map(value).collect();
        rows.set(name.as_str(), columns::column(&values));
    }
    rows
}
