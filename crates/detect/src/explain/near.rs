//! The events that come nearest to a condition, and what they lack.

use super::head::identity;
use super::tree::written;
use crate::row::Row;
use grotto_engine::pipeline::columns;
use grotto_engine::predicate::{Formula, Predicate, Subject};
use grotto_events::Batch;
use serde::Serialize;

/// How many events are kept.
const KEPT: usize = 5;
/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// An event that does not satisfy a condition, but nearly.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Near {
    /// Predicates that would have to come out differently.
    pub distance: u32,
    /// The file that it is in.
    pub file: String,
    /// What tells it from others: `_time`, `host`, `source`, `EventCode`, `EventRecordID`.
    pub event: Row,
    /// Those predicates.
    pub failed: Vec<Failed>,
}

/// A predicate that an event does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The predicate; for alternatives on one field, all of them.
    pub predicate: String,
    /// What the event has instead.
    pub saw: Seen,
}

/// What a predicate saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The event has no such field.
    Missing,
    /// It has one whose name differs in letter case only.
    OtherCase(String),
    /// It declares the field and leaves it empty.
    Empty,
    /// Its values, shortened.
    Values(Vec<String>),
    /// The text of the event does not have the words, or has them when it must not.
    Text,
}

/// The nearest events so far.
#[derive(Default)]
pub(super) struct Nearest(Vec<(u32, Near)>);

impl Nearest {
    /// Offers the rows of a batch. `costs` are their distances, `extra` is added for being far in another way; `base`
    /// has the columns that tell which event it is.
    pub(super) fn offer(
        &mut self,
        formula: &Formula,
        batch: &Batch,
        base: &Batch,
        file: &str,
        costs: &[u32],
        extra: u32,
    ) {
        for (row, cost) in costs.iter().enumerate().filter(|(_, cost)| **cost > 0) {
            let rank = cost.saturating_add(extra);
            if self.0.len() >= KEPT && self.0.last().is_some_and(|(worst, _)| *worst <= rank) {
                continue;
            }
            let mut all = Vec::new();
            failed(formula, batch, row, false, &mut all);
            let near =
                Near { distance: *cost, file: file.to_owned(), event: identity(base, row), failed: all };
            let at = self.0.partition_point(|(kept, _)| *kept <= rank);
            self.0.insert(at, (rank, near));
            self.0.truncate(KEPT);
        }
    }

    /// Takes in what a later part of the input offered.
    pub(super) fn merge(&mut self, later: Self) {
        self.0.extend(later.0);
        self.0.sort_by_key(|(rank, _)| *rank);
        self.0.truncate(KEPT);
    }

    /// The events, nearest first.
    pub(super) fn into_list(self) -> Vec<Near> {
        self.0.into_iter().map(|(_, near)| near).collect()
    }
}

/// Whether a formula holds in a row.
fn holds(formula: &Formula, batch: &Batch, row: usize) -> bool {
    formula.mask(batch).contains(row)
}

/// The least number of predicates that would have to come out differently.
fn cost(formula: &Formula, batch: &Batch, row: usize) -> u32 {
    match formula {
        Formula::And(parts) => parts.iter().map(|part| cost(part, batch, row)).sum(),
        Formula::Or(parts) => parts.iter().map(|part| cost(part, batch, row)).min().unwrap_or(1),
        other => u32::from(!holds(other, batch, row)),
    }
}

/// The predicates that keep a row out; under `not` those that must not hold and do.
fn failed(formula: &Formula, batch: &Batch, row: usize, negated: bool, all: &mut Vec<Failed>) {
    let batch_row = batch.slice(row, 1);
    match formula {
        Formula::Always => {}
        Formula::Never => all.push(Failed { predicate: "never".to_owned(), saw: Seen::Text }),
        Formula::Leaf(predicate) => {
            if predicate.mask(&batch_row).contains(0) == negated {
                let not = if negated { "not " } else { "" };
                all.push(Failed {
                    predicate: format!("{not}{}", written(predicate)),
                    saw: seen(predicate, &batch_row),
                });
            }
        }
        Formula::Not(inner) => failed(inner, batch, row, !negated, all),
        // What must not hold as a whole: naming one part of it that holds is enough for alternatives.
        Formula::And(parts) if negated => {
            if parts.iter().all(|part| holds(part, &batch_row, 0)) {
                for part in parts {
                    failed(part, batch, row, true, all);
                }
            }
        }
        Formula::Or(parts) if negated => {
            for part in parts {
                failed(part, batch, row, true, all);
            }
        }
        Formula::And(parts) => {
            for part in parts {
                failed(part, batch, row, false, all);
            }
        }
        Formula::Or(parts) => {
            if parts.iter().any(|part| holds(part, &batch_row, 0)) {
                return;
            }
            if let Some(one) = alternatives(parts, &batch_row) {
                all.push(one);
            } else if let Some(best) = parts.iter().min_by_key(|part| cost(part, &batch_row, 0)) {
                failed(best, batch, row, false, all);
            }
        }
    }
}

/// Alternatives on one field as one predicate: `field IN (a, b)`.
fn alternatives(parts: &[Formula], batch: &Batch) -> Option<Failed> {
    let leaves: Vec<&Predicate> = parts
        .iter()
        .map(|part| if let Formula::Leaf(predicate) = part { Some(&**predicate) } else { None })
        .collect::<Option<_>>()?;
    let first = leaves.first()?;
    if leaves.iter().any(|leaf| leaf.field() != first.field()) {
        return None;
    }
    let mut values: Vec<String> = leaves.iter().take(8).map(|leaf| format!("{:?}", leaf.value())).collect();
    if leaves.len() > 8 {
        values.push(format!("… {} more", leaves.len() - 8));
    }
    Some(Failed {
        predicate: format!("{} is one of {}", first.field(), values.join(", ")),
        saw: seen(first, batch),
    })
}

/// What a predicate saw in the only row of a batch.
fn seen(predicate: &Predicate, batch: &Batch) -> Seen {
    if *predicate.subject() == Subject::Raw {
        return Seen::Text;
    }
    let field = predicate.field();
    match batch.column(field) {
        Some(column) => {
            let values: Vec<String> = columns::texts(column.cell(0)).iter().map(|v| short(v)).collect();
            if values.is_empty() { Seen::Empty } else { Seen::Values(values) }
        }
        None => batch
            .names()
            .find(|name| name.eq_ignore_ascii_case(field))
            .map_or(Seen::Missing, |name| Seen::OtherCase(name.to_string())),
    }
}

/// A value that is not too long to show.
pub(super) fn short(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
