//! One thread's share of running a search.

use super::env::wider;
use super::order::mark;
use super::sink::Sink;
use super::{Answer, Answers, Env, FieldSet, Matches, Stages, Stop, chunked, is_hidden};
use crate::memory::{Rows, Stored, Writer, weight};
use crate::plan::Plan;
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column, FieldName};
use std::sync::Arc;

/// First and last time of some events, in nanoseconds since 1970; `None` when none of them has a time.
pub type TimeSpan = Option<(i64, i64)>;

/// How much of a search may be in memory at once, besides the [budget](crate::memory::Memory) of all searches. Rows
/// that a command needs all at once, and results, must be within it; more than that of other rows is kept on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows.
    pub rows: usize,
    /// Bytes of their values, about.
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
    /// Whether rows of which nothing can come are left out: those that the [sieve](super::sieve) drops, those that
    /// nobody looks at.
    sieved: bool,
    /// What rows must match, where that is known.
    matches: Option<Arc<Matches>>,
    /// `None` until there are rows to keep.
    sink: Option<Arc<Sink>>,
    /// Position of the next row of batches that do not tell.
    next: i64,
    /// The times of the rows that were taken in; `None` when there were none.
    span: Option<TimeSpan>,
    /// How many rows were taken in.
    taken: u64,
    failed: Option<Box<Diagnostic>>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl Run {
    pub(super) fn new(stages: Arc<Stages>, sieved: bool, matches: Option<Arc<Matches>>) -> Self {
        Self { stages, sieved, matches, sink: None, next: 0, span: None, taken: 0, failed: None }
    }

    /// Takes in rows that passed the head. After a failure rows are ignored; [`finish`](Self::finish) tells it.
    pub fn push(&mut self, rows: &Batch) {
        if self.failed.is_none() && rows.rows() > 0 {
            self.span = wider(self.span, Some(times(rows)));
            self.taken += rows.rows() as u64;
            self.push_idle(rows);
        }
    }

    /// Takes in rows of which nothing can come, as the search's [hint](Plan::hint) says. They don't count.
    pub fn push_idle(&mut self, rows: &Batch) {
        if self.failed.is_none() && rows.rows() > 0 {
            self.failed = self.take_in(rows.clone()).err();
            if self.failed.is_some() {
                self.sink = None;
            }
        }
    }

    /// The times of the rows that were taken in; `None` when there were none.
    pub fn span(&self) -> Option<TimeSpan> {
        self.span
    }

    /// Whether it has failed, so that there is no use in going on.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn take_in(&mut self, mut rows: Batch) -> Result<(), Box<Diagnostic>> {
        let stages = &self.stages;
        mark(&mut rows, &mut self.next);
        if let Some(matches) = &self.matches {
            rows = matches.pass(rows);
        }
        let read = rows.clone();
        for command in &stages.commands[..stages.streaming] {
            rows = command.run(rows)?;
            if rows.rows() == 0 {
                return Ok(());
            }
        }
        forget_dropped(&mut rows, &read, stages.needs.first());
        if let Some(sieve) = stages.sieve.as_ref().filter(|_| self.sieved) {
            rows = sieve.pass(&stages.commands, rows);
            if rows.rows() == 0 {
                return Ok(());
            }
        }
        self.sink.get_or_insert_with(|| Sink::new(stages, self.sieved)).push(rows)
    }

    /// Takes in another run of the same plan.
    pub fn merge(&mut self, other: Self) {
        self.span = wider(self.span, other.span);
        self.taken += other.taken;
        self.failed = self.failed.take().or(other.failed);
        if self.failed.is_some() {
            self.sink = None;
            return;
        }
        match (&self.sink, other.sink) {
            (Some(mine), Some(theirs)) => self.failed = mine.merge(&theirs).err(),
            (None, theirs) => self.sink = theirs,
            (Some(_), None) => {}
        }
    }

    /// Runs the other commands over what was taken in. Events come newest first. For searches that need no other
    /// search's result; [`close`](Self::close) is for all.
    ///
    /// # Errors
    /// A limit was passed: `engine/limit`; `engine/subsearch-left` when the result of another search is needed.
    pub fn finish(self) -> Result<Batch, Box<Diagnostic>> {
        match self.close().go_on(&Answers::default()) {
            Step::Done(answer) => answer.whole(),
            Step::Waits(_, asked) => Err(Box::new(subsearch_left(asked.first().map(|plan| plan.span())))),
        }
    }

    /// Ends the taking in of rows; the commands that need all of them come next.
    pub fn close(self) -> Paused {
        let stages = self.stages;
        let next = stages.streaming;
        let kept = match self.failed {
            Some(problem) => Kept::Failed(problem),
            None => Kept::Open(self.sink.unwrap_or_else(|| Sink::new(&stages, false))),
        };
        Paused { stages, next, kept, warnings: Vec::new(), span: self.span, taken: self.taken }
    }
}

/// A search between two of its commands, all rows in hand.
#[derive(Debug)]
pub struct Paused {
    stages: Arc<Stages>,
    /// The command that comes next.
    next: usize,
    kept: Kept,
    warnings: Vec<Diagnostic>,
    span: Option<TimeSpan>,
    taken: u64,
}

/// What a search has in hand.
#[derive(Debug)]
enum Kept {
    /// What was taken in: it is looked at when the search goes on, so that searches which wait for their turn can write
    /// it to disk.
    Open(Arc<Sink>),
    Rows(Stored),
    Failed(Box<Diagnostic>),
}

/// How far a search has come.
#[derive(Debug)]
pub enum Step {
    /// To its end.
    Done(Answer),
    /// To a command that needs the results of these searches.
    Waits(Paused, Vec<Arc<Plan>>),
}

impl Paused {
    /// Adds warnings from before the search began.
    pub fn warn(&mut self, warnings: impl IntoIterator<Item = Diagnostic>) {
        self.warnings.extend(warnings);
    }

    /// Bytes that it goes on with, about.
    pub(crate) fn size(&self) -> usize {
        match &self.kept {
            Kept::Open(sink) => sink.size(),
            Kept::Rows(stored) => stored.weight(),
            Kept::Failed(_) => 0,
        }
    }

    /// Runs the commands that come next, as far as the answers reach.
    pub fn go_on(mut self, answers: &Answers) -> Step {
        let stages = Arc::clone(&self.stages);
        let mut rows = self.open();
        while let (Ok(before), Some(command)) = (&rows, stages.commands.get(self.next)) {
            let mut env = Env::new(answers);
            let result = match before {
                Rows::Memory(batch) => {
                    command.run_in(batch.clone(), &mut env).map(|rows| (Rows::Memory(rows), 1))
                }
                Rows::Disk(chunks) => chunked::run_next(&stages.commands[self.next..], chunks, &mut env),
            };
            let (asked, warnings, span) = env.into_parts();
            match result {
                Err(Stop::Waits) => {
                    self.kept =
                        rows.and_then(|rows| stages.stored(rows)).map_or_else(Kept::Failed, Kept::Rows);
                    return Step::Waits(self, asked);
                }
                Err(Stop::Failed(problem)) => rows = Err(problem),
                Ok((after, commands)) => {
                    self.next += commands;
                    rows = checked(after, &stages);
                }
            }
            self.span = self.span.or(span);
            for warning in warnings {
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
            }
        }
        let Self { warnings, span, taken, .. } = self;
        let rows = rows.and_then(|rows| within(&rows, &stages).map(|()| rows));
        let rows = rows.and_then(|rows| stages.stored(rows));
        Step::Done(Answer { rows, warnings, span, taken })
    }

    /// The rows that the next command is to work on.
    fn open(&mut self) -> Result<Rows, Box<Diagnostic>> {
        let nothing = Box::new(subsearch_left(None));
        match std::mem::replace(&mut self.kept, Kept::Failed(nothing)) {
            Kept::Open(sink) => {
                let (rows, next) = sink.close()?;
                self.next = next;
                checked(rows, &self.stages)
            }
            Kept::Rows(stored) => Ok(stored.into_rows()),
            Kept::Failed(problem) => Err(problem),
        }
    }
}

/// `engine/subsearch-left`: nobody runs the searches that a command asks for.
fn subsearch_left(at: Option<grotto_diag::Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error("engine/subsearch-left", "a search inside this search was not run");
    if let Some(at) = at { diagnostic.at(at, "not run") } else { diagnostic }
}

/// The first and last time of rows.
fn times(rows: &Batch) -> TimeSpan {
    let Some(Column::Time(times)) = rows.column("_time") else { return None };
    let mut all = times.iter().flatten();
    let first = all.next()?;
    Some(all.fold((first, first), |(from, to), time| (from.min(time), to.max(time))))
}

/// Takes away columns that streaming commands made and that no row has kept a value of. A column that was read and is
/// empty says that the events declare its field; an emptied new one says nothing, and must not depend on which rows
/// came in the same batch. A column that was read though no command needs it is a new one where a command makes it again.
fn forget_dropped(rows: &mut Batch, read: &Batch, needed: Option<&FieldSet>) {
    let is_needed =
        |name: &str| name == "_time" || is_hidden(name) || needed.is_some_and(|needed| needed.contains(name));
    let declared = |name: &FieldName| is_needed(name) && read.column(name).is_some();
    let emptied: Vec<FieldName> = rows
        .columns()
        .filter(|(name, column)| column.all_null() && !declared(name))
        .map(|(name, _)| name.clone())
        .collect();
    for name in emptied {
        rows.remove(&name);
    }
}

/// Rows in memory as they are if they may all be there, else on disk; few that were on disk in memory.
fn checked(rows: Rows, stages: &Stages) -> Result<Rows, Box<Diagnostic>> {
    let batch = match rows {
        Rows::Disk(chunks)
            if chunks.weight() <= stages.memory.chunk() && chunks.rows() <= stages.limits.rows =>
        {
            return Rows::Disk(chunks).whole("what is left").map(Rows::Memory);
        }
        Rows::Disk(_) => return Ok(rows),
        Rows::Memory(batch) => batch,
    };
    if batch.rows() <= stages.limits.rows && weight(&batch) <= stages.memory.whole() {
        return Ok(Rows::Memory(batch));
    }
    let mut writer = Writer::new(&stages.memory);
    writer.push(&batch)?;
    let chunks = writer.finish()?;
    stages.wrote(chunks.bytes());
    Ok(Rows::Disk(chunks))
}

/// Whether a result is within the limits of its search.
fn within(rows: &Rows, stages: &Stages) -> Result<(), Box<Diagnostic>> {
    let limits = stages.limits;
    if rows.rows() <= limits.rows && rows.weight() <= limits.bytes {
        return Ok(());
    }
    let message = if rows.rows() > limits.rows {
        format!("the search keeps more than {} rows in memory", limits.rows)
    } else {
        format!("the search keeps more than {} MiB in memory", limits.bytes >> 20)
    };
    Err(Box::new(Diagnostic::error("engine/limit", message).help(
        "narrow the search down, or aggregate with stats before a command that needs all rows at once",
    )))
}
