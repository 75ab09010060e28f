//! Which rows make groups that later commands drop.
//!
//! Many rules aggregate all events of a kind, compute something of the BY fields of each group, and keep a few groups:
//!
//! ```text
//! | tstats count from datamodel=Endpoint.Processes by Processes.process Processes.dest
//! | rename Processes.* as *
//! | eval length=len(process)             reads BY fields only
//! | where length > 1000                  keeps what is computed from BY fields only
//! ```
//!
//! A group has the BY values of its rows. So the same commands, run over the BY fields of rows before these are
//! aggregated, drop just the rows of the groups that they would drop afterwards, and no group need be made of them.
//! What a filter of the head's own fields requires is known earlier; see [`crate::plan`].

use super::{Command, FieldSet, Kind, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Cell, Column, FieldName};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The hidden column that tells which rows are left.
const NUMBER: &str = "\0sieve";

/// What a transforming command groups rows by, where what it says of a group depends on the rows of that group only.
pub struct GroupedBy {
    /// The BY fields whose values are left as they are.
    pub fields: Vec<FieldName>,
    /// Other fields that the groups have.
    pub others: Vec<FieldName>,
    /// Stands for missing BY fields; without it rows that miss one are in no group.
    pub fill: Option<String>,
}

/// The filters after a transforming command that can be asked before it.
#[derive(Debug)]
pub(super) struct Sieve {
    chains: Vec<Chain>,
    fill: Option<String>,
}

/// A filter with what it needs of the commands between.
#[derive(Debug)]
struct Chain {
    /// Commands by number, the filter last.
    commands: Vec<usize>,
    /// The BY fields that they read.
    fields: Vec<FieldName>,
}

impl Sieve {
    /// The sieve for the rows of the transforming command with a number; `None` when no filter after it can be asked
    /// before it.
    pub(super) fn before(commands: &[Box<dyn Command>], number: usize) -> Option<Self> {
        let by = commands.get(number)?.groups()?;
        let after = commands.get(number + 1..)?;
        let by_row = after.iter().take_while(|command| {
            command.kind() == Kind::DistributableStreaming
                && command.searches().is_empty()
                && !command.is_volatile()
        });
        let filters = by_row.enumerate().filter(|(_, command)| command.is_filter());
        let chains: Vec<Chain> =
            filters.filter_map(|(at, _)| Chain::new(commands, number + 1, number + 1 + at, &by)).collect();
        (!chains.is_empty()).then_some(Self { chains, fill: by.fill })
    }

    /// The rows that are left.
    pub(super) fn pass(&self, commands: &[Box<dyn Command>], mut rows: Batch) -> Batch {
        for chain in &self.chains {
            if let Some(left) = chain.left(commands, &rows, self.fill.as_deref()) {
                rows = rows.take(&left);
            }
        }
        rows
    }
}

impl Chain {
    /// The filter with a number, and what it needs of the commands from `first` on.
    fn new(commands: &[Box<dyn Command>], first: usize, filter: usize, by: &GroupedBy) -> Option<Self> {
        let mut wanted = commands.get(filter)?.needs(&FieldSet::none());
        let mut chain = vec![filter];
        for number in (first..filter).rev() {
            if wanted.is_all() || wanted.patterns().next().is_some() {
                return None;
            }
            let command = commands.get(number)?;
            if !wanted.names().all(|field| command.leaves(field)) {
                wanted = command.needs(&wanted);
                chain.push(number);
            }
        }
        if wanted.is_all() || wanted.patterns().next().is_some() {
            return None;
        }
        // What the command makes of its rows is not known before it; what is neither that nor a BY field is missing
        // before and after.
        let others: BTreeSet<&FieldName> = by.others.iter().collect();
        if wanted.names().any(|field| others.contains(field) || is_hidden(field)) {
            return None;
        }
        let fields: Vec<FieldName> =
            by.fields.iter().filter(|field| wanted.contains(field)).cloned().collect();
        chain.reverse();
        (!fields.is_empty()).then_some(Self { commands: chain, fields })
    }

    /// The numbers of the rows that are left; `None` when they are all or can't be told.
    fn left(&self, commands: &[Box<dyn Command>], rows: &Batch, fill: Option<&str>) -> Option<Vec<u32>> {
        let all = rows.rows();
        let mut keys = Batch::new(all);
        for field in &self.fields {
            keys.set(Arc::clone(field), column(rows, field, fill)?);
        }
        keys.set(NUMBER, Column::Int((0..all as i64).collect::<Vec<_>>().into()));
        let kept = self.run(commands, keys).ok()?;
        if kept.rows() == 0 {
            return Some(Vec::new());
        }
        let Some(Column::Int(numbers)) = kept.column(NUMBER) else { return None };
        let left: BTreeSet<u32> = numbers.iter().flatten().map(|number| number as u32).collect();
        (left.len() < all).then(|| left.into_iter().collect())
    }

    fn run(&self, commands: &[Box<dyn Command>], mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        for command in self.commands.iter().filter_map(|number| commands.get(*number)) {
            rows = command.run(rows)?;
            if rows.rows() == 0 {
                break;
            }
        }
        Ok(rows)
    }
}

/// The values of a BY field that groups of the rows have. `None` when groups may have others: a row is in a group for
/// each value of a multivalue field, and of numbers and texts that are written alike one stays.
fn column(rows: &Batch, field: &str, fill: Option<&str>) -> Option<Column> {
    let all = rows.rows();
    match (rows.column(field), fill) {
        (Some(column @ Column::Text(_)), fill) => {
            let nulls = column.array().null_count() > 0;
            let text = |row| match column.cell(row) {
                Cell::Text(text) => Some(text),
                _ => fill,
            };
            Some(if nulls && fill.is_some() { Column::text((0..all).map(text)) } else { column.clone() })
        }
        (None, Some(fill)) => Some(Column::constant(fill, all)),
        (Some(_), _) | (None, None) => None,
    }
}

#[cfg(test)]
mod tests;
