//! One thread's share of running a search.

use super::order::{compact, gathered, mark};
use super::{Fold, Stages, is_hidden};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, FieldName};
use std::sync::Arc;

/// How much a search may keep in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows that are kept at once: events that wait to be ordered, or groups.
    pub rows: usize,
    /// Bytes of these, about.
    pub bytes: usize,
}

impl Default for Limits {
    /// Five million rows, 2 GiB.
    fn default() -> Self {
        Self { rows: 5_000_000, bytes: 2 << 30 }
    }
}

/// Rows on their way through a search. Each thread has one; they are merged at the end. The result does not depend
/// on how the batches were spread over runs, nor on the order in which they came, as long as the batches tell where
/// their rows stood ([`super::ORDER`]).
pub struct Run {
    stages: Arc<Stages>,
    sink: Sink,
    /// Position of the next row of batches that do not tell.
    next: i64,
    failed: Option<Box<Diagnostic>>,
}

/// Where rows go once the streaming commands have seen them.
enum Sink {
    Fold(Box<dyn Fold>),
    Collect { batches: Vec<Batch>, rows: usize, bytes: usize },
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl Run {
    pub(super) fn new(stages: Arc<Stages>) -> Self {
        let fold = stages.commands.get(stages.streaming).and_then(|command| command.fold());
        let sink = fold.map_or(Sink::Collect { batches: Vec::new(), rows: 0, bytes: 0 }, Sink::Fold);
        Self { stages, sink, next: 0, failed: None }
    }

    /// Takes in rows that passed the head. After a failure rows are ignored; [`finish`](Self::finish) tells it.
    pub fn push(&mut self, rows: &Batch) {
        if self.failed.is_none() && rows.rows() > 0 {
            self.failed = self.take_in(rows.clone()).err();
        }
    }

    /// Whether it has failed, so that there is no use in going on.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn take_in(&mut self, mut rows: Batch) -> Result<(), Box<Diagnostic>> {
        let stages = &self.stages;
        mark(&mut rows, &mut self.next);
        let read = rows.clone();
        for command in &stages.commands[..stages.streaming] {
            rows = command.run(rows)?;
            if rows.rows() == 0 {
                return Ok(());
            }
        }
        forget_dropped(&mut rows, &read);
        match &mut self.sink {
            Sink::Fold(fold) => {
                fold.accumulate(&rows)?;
                check(fold.rows(), fold.bytes(), stages.limits)
            }
            Sink::Collect { batches, rows: count, bytes } => {
                let needed = &stages.needs[stages.streaming];
                rows.retain(|name| is_hidden(name) || needed.contains(name));
                let rows = compact(&rows);
                *count += rows.rows();
                *bytes += size(&rows);
                batches.push(rows);
                let first = stages.commands.get(stages.streaming).and_then(|command| command.first_rows());
                if let Some(first) = first
                    && *count > first.saturating_mul(2) + 10_000
                {
                    keep_first(batches, first);
                    (*count, *bytes) = (first, batches.iter().map(size).sum());
                }
                check(*count, *bytes, stages.limits)
            }
        }
    }

    /// Takes in another run of the same plan.
    pub fn merge(&mut self, other: Self) {
        self.failed = self.failed.take().or(other.failed);
        if self.failed.is_some() {
            return;
        }
        let checked = match (&mut self.sink, other.sink) {
            (Sink::Fold(mine), Sink::Fold(theirs)) => {
                mine.merge(theirs);
                check(mine.rows(), mine.bytes(), self.stages.limits)
            }
            (
                Sink::Collect { batches, rows, bytes },
                Sink::Collect { batches: more, rows: more_rows, bytes: more_bytes },
            ) => {
                batches.extend(more);
                *rows += more_rows;
                *bytes += more_bytes;
                check(*rows, *bytes, self.stages.limits)
            }
            _ => Ok(()),
        };
        self.failed = checked.err();
    }

    /// Runs the other commands over what was taken in. Events come newest first.
    ///
    /// # Errors
    /// A limit was passed: `engine/limit`.
    pub fn finish(self) -> Result<Batch, Box<Diagnostic>> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let (rows, done) = match self.sink {
            Sink::Fold(fold) => (fold.finish(), self.stages.streaming + 1),
            Sink::Collect { batches, .. } => (gathered(&batches), self.stages.streaming),
        };
        self.stages.commands[done..].iter().try_fold(rows, |rows, command| {
            let rows = command.run(rows)?;
            check(rows.rows(), 0, self.stages.limits)?;
            Ok(rows)
        })
    }
}

/// Takes away columns that streaming commands made and that no row has kept a value of. A column that was read and is
/// empty says that the events declare its field; an emptied new one says nothing, and must not depend on which rows
/// came in the same batch.
fn forget_dropped(rows: &mut Batch, read: &Batch) {
    let emptied: Vec<FieldName> = rows
        .columns()
        .filter(|(name, column)| column.all_null() && read.column(name).is_none())
        .map(|(name, _)| name.clone())
        .collect();
    for name in emptied {
        rows.remove(&name);
    }
}

/// Bytes that a batch takes, about.
fn size(batch: &Batch) -> usize {
    batch.columns().map(|(_, column)| column.array().get_buffer_memory_size()).sum()
}

/// Keeps the rows that come first in search order.
fn keep_first(batches: &mut Vec<Batch>, count: usize) {
    let all = super::order::sorted(batches);
    *batches = vec![compact(&all.slice(0, count))];
}

fn check(rows: usize, bytes: usize, limits: Limits) -> Result<(), Box<Diagnostic>> {
    if rows <= limits.rows && bytes <= limits.bytes {
        return Ok(());
    }
    let message = if rows > limits.rows {
        format!("the search keeps more than {} rows in memory", limits.rows)
    } else {
        format!("the search keeps more than {} MiB in memory", limits.bytes >> 20)
    };
    Err(Box::new(Diagnostic::error("engine/limit", message).help(
        "narrow the search down, or aggregate with stats before a command that needs all rows at once",
    )))
}
