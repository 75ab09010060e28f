//! How commands run: over batches as they come where rows do not depend on one another, as folds that merge where
//! rows become a table, over all rows in search order otherwise.

mod cap;
mod chunked;
pub mod columns;
mod compare;
mod env;
mod fields;
mod matches;
mod order;
mod run;
mod sieve;
mod sink;

pub(crate) use cap::Cap;
pub(crate) use chunked::{Together, each as each_chunk, run as run_chunks, run_all as run_all_chunks};
pub(crate) use compare::Compared;
pub use compare::{compare, compare_cell};
pub use env::{Answer, Answers, Env, Stop};
pub use fields::{FieldSet, Pattern};
pub(crate) use matches::Matches;
pub(crate) use order::mark_in_order;
pub use order::{ORDER, Place, Places, is_hidden, nanoseconds};
pub use run::{Limits, Paused, Run, Step, TimeSpan};
pub use sieve::GroupedBy;

use crate::memory::{Chunks, Memory, Rows, Stored};
use crate::plan::Plan;
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use sieve::Sieve;
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Splunk's kinds of commands
/// (<https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/search-overview/types-of-commands>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Works on each row by itself, so it can run wherever the rows are.
    DistributableStreaming,
    /// Works on each row, but needs them in order.
    CentralisedStreaming,
    /// Makes a table of the rows.
    Transforming,
    /// Begins a search.
    Generating,
    /// Steers how a search is run.
    Orchestrating,
    /// Needs all rows before it can begin.
    DatasetProcessing,
}

impl Kind {
    /// Splunk's name of the kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::DistributableStreaming => "distributable streaming",
            Self::CentralisedStreaming => "centralised streaming",
            Self::Transforming => "transforming",
            Self::Generating => "generating",
            Self::Orchestrating => "orchestrating",
            Self::DatasetProcessing => "dataset processing",
        }
    }
}

/// A command with its arguments, ready to run; shared by threads.
pub trait Command: Send + Sync {
    /// How it runs with these arguments.
    fn kind(&self) -> Kind;

    /// The fields that it needs of its input when `after` is needed of its output. May answer too much, never too
    /// little.
    fn needs(&self, after: &FieldSet) -> FieldSet;

    /// Runs over rows: any part of them when it is distributable streaming, else all of them in search order.
    /// Columns that [are hidden](is_hidden) must be kept by distributable streaming commands.
    ///
    /// # Errors
    /// A limit was passed.
    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>>;

    /// Runs over all rows in search order, with the means to have other searches run. It may be called again from the
    /// start when it waited for a result, and must then ask for the same.
    ///
    /// # Errors
    /// [`Stop::Waits`] when a result that it needs is not there yet, else a reason to give up.
    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let _ = env;
        Ok(self.run(rows)?)
    }

    /// The searches whose results it will need, as far as they are known without its rows.
    fn searches(&self) -> Vec<Arc<Plan>> {
        Vec::new()
    }

    /// Whether it asks for searches that are made from its rows, so that the events are read again.
    fn asks_later(&self) -> bool {
        false
    }

    /// What a row before it satisfies when a row after it that came from it satisfies a predicate, or more rows than
    /// that: without the others, the rows after it that satisfy the predicate are the same. See [`crate::plan`].
    fn before(&self, after: &Arc<Predicate>) -> Formula {
        let _ = after;
        Formula::Always
    }

    /// The same where rows before it are known to have values of certain fields.
    fn before_having(&self, after: &Arc<Predicate>, certain: &FieldSet) -> Formula {
        let _ = certain;
        self.before(after)
    }

    /// What rows satisfy that it does not drop, or more: dropping the others before it changes nothing.
    fn requires(&self) -> Formula {
        Formula::Always
    }

    /// Whether it drops rows and leaves the others as they are, and does nothing else.
    fn is_filter(&self) -> bool {
        false
    }

    /// Whether rows after it have just the values of a field that they had before. May say no though it is so.
    fn leaves(&self, field: &str) -> bool {
        let _ = field;
        self.is_filter()
    }

    /// Whether what it makes of a row may differ though the row's fields do not.
    fn is_volatile(&self) -> bool {
        false
    }

    /// What a transforming command groups its rows by, where groups don't depend on one another.
    fn groups(&self) -> Option<GroupedBy> {
        None
    }

    /// Whether it makes one row of each row, in their order.
    fn keeps_rows(&self) -> bool {
        false
    }

    /// How many of its first rows it looks at, where it looks at no others.
    fn first_rows(&self) -> Option<usize> {
        None
    }

    /// Whether what it makes of a row depends on that row alone, so that nothing has to be known of the others before.
    fn sees_rows_by_themselves(&self) -> bool {
        self.kind() == Kind::DistributableStreaming && self.searches().is_empty() && !self.is_volatile()
    }

    /// Whether no rows come out of it when none go in, whatever else there is.
    fn stays_empty(&self) -> bool {
        self.kind() == Kind::DistributableStreaming
    }

    /// The search whose result it needs only when it has rows of its own.
    fn asks_with_rows(&self) -> Option<&Arc<Plan>> {
        None
    }

    /// The search without whose rows it drops its own.
    fn matches(&self) -> Option<Matching<'_>> {
        None
    }

    /// A transforming command that can see its rows in any order and in parts.
    fn fold(&self) -> Option<Box<dyn Fold>> {
        None
    }

    /// Whether it can tell that it needs only some of its rows; see [`prune`](Self::prune).
    fn prunes(&self) -> bool {
        false
    }

    /// Of rows in search order, with more to come before, after and between them, those that it may need, in the same
    /// order. It gives the same of what is left as of all.
    fn prune(&self, rows: &Batch) -> Batch {
        rows.clone()
    }

    /// Runs over rows that do not fit into memory; `None` when it has no way of its own to do so.
    ///
    /// # Errors
    /// As [`run_in`](Self::run_in).
    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        let _ = (rows, env);
        Ok(None)
    }
}

/// Another search, some row of which each row must match.
#[derive(Clone, Copy)]
pub struct Matching<'c> {
    /// The search.
    pub search: &'c Arc<Plan>,
    /// Fields of the rows, each with the field of the search's rows that must have the same value.
    pub keys: &'c [(String, String)],
}

impl std::fmt::Debug for dyn Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// What a transforming command remembers of the rows that it has seen. The result does not depend on how rows were
/// spread over folds.
pub trait Fold: Send {
    /// Takes in rows.
    ///
    /// # Errors
    /// A limit was passed.
    fn accumulate(&mut self, rows: &Batch) -> Result<(), Box<Diagnostic>>;
    /// Takes in what another fold of the same command has seen.
    fn merge(&mut self, other: Box<dyn Fold>);
    /// The table; or what some of the commands that come next make of it, the first ones of those given, which
    /// [see rows by themselves](Command::sees_rows_by_themselves), and how many these are.
    ///
    /// # Errors
    /// `engine/memory` and `engine/disk` when it is too large for memory or part of it was there.
    fn finish(
        self: Box<Self>,
        memory: &Memory,
        next: &[Box<dyn Command>],
    ) -> Result<(Rows, usize), Box<Diagnostic>>;
    /// Number of rows that the table has so far, for limits.
    fn rows(&self) -> usize;
    /// Bytes that it takes, about and at most.
    fn bytes(&self) -> usize;
    /// Bytes that it took when it wrote them to disk, about.
    fn spilled(&self) -> usize {
        0
    }
    /// Looks how much it really takes.
    fn weigh(&mut self) {}
    /// Told before it sees rows that nobody looks at more than the first so many rows of its table; it may give more.
    fn keep_first(&mut self, rows: usize) {
        let _ = rows;
    }
    /// Writes to disk what it can, and gives the number of bytes written.
    ///
    /// # Errors
    /// `engine/disk`.
    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        let _ = memory;
        Ok(0)
    }
    /// For [`merge`](Self::merge).
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// The commands of a search after its head, and what they need.
#[derive(Debug)]
pub(crate) struct Stages {
    pub(crate) commands: Vec<Box<dyn Command>>,
    /// The fields needed before each command, and of the result.
    needs: Vec<FieldSet>,
    /// Number of commands that run over batches as they come.
    streaming: usize,
    /// What can be said of rows before the first command that does not stream takes them in.
    sieve: Option<Sieve>,
    /// Rows of the table of the first command that does not stream that others look at; `None` for all.
    first: Option<usize>,
    limits: Limits,
    memory: Memory,
    /// Bytes that were written to disk for want of memory.
    spilled: AtomicU64,
}

impl Stages {
    pub(crate) fn new(commands: Vec<Box<dyn Command>>, limits: Limits, memory: Memory) -> Self {
        let needs = needs(&commands, &FieldSet::all());
        let streaming = commands.iter().take_while(|c| c.kind() == Kind::DistributableStreaming).count();
        let sieve = Sieve::before(&commands, streaming);
        let first = first_rows(commands.get(streaming + 1..).unwrap_or_default());
        Self { commands, needs, streaming, sieve, first, limits, memory, spilled: AtomicU64::new(0) }
    }

    /// The first command that does not stream.
    fn next_command(&self) -> Option<&dyn Command> {
        self.commands.get(self.streaming).map(AsRef::as_ref)
    }

    /// Counts bytes that were written to disk.
    fn wrote(&self, bytes: u64) {
        self.spilled.fetch_add(bytes, Relaxed);
    }

    /// Keeps rows that nothing works on for now.
    fn stored(&self, rows: Rows) -> Result<Stored, Box<Diagnostic>> {
        let (stored, written) = Stored::new(rows, &self.memory)?;
        self.wrote(written);
        Ok(stored)
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Bytes that were written to disk.
    pub(crate) fn spilled(&self) -> u64 {
        self.spilled.load(Relaxed)
    }

    /// The fields needed of the events, `_time` for their order among them.
    pub(crate) fn needed(&self) -> FieldSet {
        let mut needed = self.needs.first().cloned().unwrap_or_default();
        needed.insert("_time");
        needed
    }

    /// A run that has seen no rows, which takes in all.
    pub(crate) fn start(self: &Arc<Self>) -> Run {
        Run::new(Arc::clone(self), false, None)
    }

    /// A run that has seen no rows, which leaves out those of which nothing can come; those without match, too.
    pub(crate) fn start_sieved(self: &Arc<Self>, matches: Option<Arc<Matches>>) -> Run {
        Run::new(Arc::clone(self), true, matches)
    }
}

/// How many first rows these commands look at, if only so many.
fn first_rows(commands: &[Box<dyn Command>]) -> Option<usize> {
    commands.iter().find(|command| !command.keeps_rows())?.first_rows()
}

/// The fields needed before each of some commands, and after the last of which `after` are.
pub(crate) fn needs(commands: &[Box<dyn Command>], after: &FieldSet) -> Vec<FieldSet> {
    let mut needs = vec![after.clone()];
    for command in commands.iter().rev() {
        let before = needs.last().map(|after| command.needs(after)).unwrap_or_default();
        needs.push(before);
    }
    needs.reverse();
    needs
}

/// All rows of some batches one after the other. Columns whose types differ become text.
pub fn concat(batches: &[Batch]) -> Batch {
    Batch::concat(batches, crate::value::cell_text)
}

/// Runs a command that is a fold over all rows at once.
///
/// # Errors
/// A limit was passed.
pub(crate) fn fold_all(mut fold: Box<dyn Fold>, rows: &Batch) -> Result<Batch, Box<Diagnostic>> {
    fold.accumulate(rows)?;
    // Rows that are in memory make no table that is not.
    fold.finish(&Memory::new(usize::MAX), &[])?.0.whole("a table")
}

#[cfg(test)]
mod first_tests;
#[cfg(test)]
mod spill_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
