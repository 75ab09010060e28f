//! Where the rows of a search go once the streaming commands have seen them: into a fold, or all of them are kept.
//! What does not fit into memory goes to disk.

use super::chunked::by_themselves;
use super::order::{self, Places};
use super::{Fold, Place, Stages, is_hidden};
use crate::memory::{Chunks, Holder, Memory, Rows, Writer, held, merge};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What a run keeps; other threads may have it let go of memory.
#[derive(Debug)]
pub(super) struct Sink {
    stages: Arc<Stages>,
    bytes: AtomicUsize,
    kept: Mutex<Kept>,
}

enum Kept {
    Fold(Box<dyn Fold>),
    Rows(Collected),
    /// Given up on, and why.
    Failed(Box<Diagnostic>),
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fold(_) => "Fold",
            Self::Rows(_) => "Rows",
            Self::Failed(_) => "Failed",
        })
    }
}

/// Rows that are kept.
#[derive(Default)]
struct Collected {
    batches: Vec<Batch>,
    rows: usize,
    bytes: usize,
    /// Rows that were left when the command that comes next last said which of them it needs.
    pruned: usize,
    /// Rows in search order on disk.
    runs: Vec<Chunks>,
}

impl Sink {
    /// With `sieved` what nobody looks at need not be kept.
    pub(super) fn new(stages: &Arc<Stages>, sieved: bool) -> Arc<Self> {
        let mut fold = stages.next_command().and_then(super::Command::fold);
        if let (Some(fold), Some(first), true) = (&mut fold, stages.first, sieved) {
            fold.keep_first(first);
        }
        let kept = fold.map_or_else(|| Kept::Rows(Collected::default()), Kept::Fold);
        let sink =
            Arc::new(Self { stages: Arc::clone(stages), bytes: AtomicUsize::new(0), kept: Mutex::new(kept) });
        let holder: Arc<dyn Holder> = Arc::<Self>::clone(&sink);
        stages.memory.know(Arc::downgrade(&holder) as Weak<dyn Holder>);
        sink
    }

    /// Bytes that it keeps, in memory and on disk, about: how much there is to do with it.
    pub(super) fn size(&self) -> usize {
        match &*self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            Kept::Fold(fold) => fold.bytes() + fold.spilled(),
            Kept::Rows(collected) => {
                collected.bytes + collected.runs.iter().map(Chunks::weight).sum::<usize>()
            }
            Kept::Failed(_) => 0,
        }
    }

    fn memory(&self) -> &Memory {
        &self.stages.memory
    }

    /// Works on what is kept; afterwards it is known how much that takes.
    fn with(&self, f: impl FnOnce(&mut Kept) -> Result<(), Box<Diagnostic>>) -> Result<(), Box<Diagnostic>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let result = match &*kept {
            Kept::Failed(problem) => Err(problem.clone()),
            _ => f(&mut kept),
        };
        let now = kept.bytes();
        self.memory().account(self.bytes.swap(now, Relaxed), now);
        result
    }

    /// Takes in rows.
    pub(super) fn push(&self, mut rows: Batch) -> Result<(), Box<Diagnostic>> {
        let stages = &self.stages;
        self.with(|kept| match kept {
            Kept::Fold(fold) => {
                fold.accumulate(&rows)?;
                if fold.rows() > stages.limits.rows { self.spill(kept) } else { Ok(()) }
            }
            Kept::Rows(collected) => {
                let needed = &stages.needs[stages.streaming];
                rows.retain(|name| is_hidden(name) || needed.contains(name));
                let rows = rows.compact();
                collected.rows += rows.rows();
                collected.bytes += held(&rows);
                collected.batches.push(rows);
                collected.prune(stages);
                if collected.rows > stages.limits.rows { self.spill(kept) } else { Ok(()) }
            }
            Kept::Failed(_) => Ok(()),
        })?;
        if self.memory().is_short() {
            self.memory().relieve();
        }
        Ok(())
    }

    /// Takes in what another sink of the same search has.
    pub(super) fn merge(&self, other: &Self) -> Result<(), Box<Diagnostic>> {
        let theirs = other.take();
        self.with(|mine| {
            match (mine, theirs) {
                (Kept::Fold(mine), Kept::Fold(theirs)) => mine.merge(theirs),
                (Kept::Rows(mine), Kept::Rows(theirs)) => {
                    mine.batches.extend(theirs.batches);
                    mine.rows += theirs.rows;
                    mine.bytes += theirs.bytes;
                    mine.runs.extend(theirs.runs);
                    mine.prune(&self.stages);
                }
                (_, Kept::Failed(problem)) => return Err(problem),
                _ => {}
            }
            Ok(())
        })?;
        if self.memory().is_short() {
            self.memory().relieve();
        }
        Ok(())
    }

    /// What is kept; nothing is after that.
    fn take(&self) -> Kept {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.memory().account(self.bytes.swap(0, Relaxed), 0);
        std::mem::replace(&mut *kept, Kept::Rows(Collected::default()))
    }

    /// What a fold makes of all rows, or all rows in search order; and the number of the command that comes next.
    pub(super) fn close(&self) -> Result<(Rows, usize), Box<Diagnostic>> {
        let kept = self.take();
        // It is there until all is made of it.
        let _ending = Ending::new(self.memory(), kept.bytes());
        match kept {
            Kept::Fold(fold) => {
                let next = self.stages.streaming + 1;
                let (rows, run) = fold.finish(self.memory(), by_themselves(&self.stages.commands[next..]))?;
                if let Rows::Disk(chunks) = &rows {
                    self.stages.wrote(chunks.bytes());
                }
                Ok((rows, next + run))
            }
            Kept::Rows(collected) => Ok((collected.close(&self.stages)?, self.stages.streaming)),
            Kept::Failed(problem) => Err(problem),
        }
    }

    fn spill(&self, kept: &mut Kept) -> Result<(), Box<Diagnostic>> {
        let written = match kept {
            Kept::Fold(fold) => fold.spill(self.memory())?,
            Kept::Rows(collected) => collected.spill(self.memory())?,
            Kept::Failed(_) => 0,
        };
        self.stages.wrote(written);
        Ok(())
    }
}

/// Bytes that are used for as long as this lives, and can't be let go of.
struct Ending<'m> {
    memory: &'m Memory,
    bytes: usize,
}

impl<'m> Ending<'m> {
    fn new(memory: &'m Memory, bytes: usize) -> Self {
        memory.account(0, bytes);
        Self { memory, bytes }
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.memory.account(self.bytes, 0);
    }
}

impl Holder for Sink {
    fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    fn weigh(&self) {
        // One that has failed takes nothing.
        let _ = self.with(|kept| {
            if let Kept::Fold(fold) = kept {
                fold.weigh();
            }
            Ok(())
        });
    }

    fn let_go(&self, last_resort: bool) {
        let problem = self.with(|kept| {
            self.spill(kept)?;
            if last_resort && kept.bytes() > self.memory().limit() / 8 {
                let what = "what the search has to remember";
                return Err(crate::memory::too_large(what, self.memory()));
            }
            Ok(())
        });
        if let Err(problem) = problem {
            let _ = self.with(|kept| {
                *kept = Kept::Failed(problem);
                Ok(())
            });
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stages.memory.account(self.bytes.load(Relaxed), 0);
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        match self {
            Self::Fold(fold) => fold.bytes(),
            Self::Rows(collected) => collected.bytes,
            Self::Failed(_) => 0,
        }
    }
}

impl Collected {
    /// Lets go of rows that the next command can't need, when it has become worth asking.
    fn prune(&mut self, stages: &Stages) {
        if self.rows <= self.pruned.saturating_mul(2).saturating_add(10_000) {
            return;
        }
        let Some(command) = stages.next_command() else { return };
        if !command.prunes() {
            return;
        }
        let all = order::sorted(&self.batches);
        let left = command.prune(&all).compact();
        (self.rows, self.pruned, self.bytes) = (left.rows(), left.rows(), held(&left));
        self.batches = vec![left];
    }

    /// Writes the rows to disk, as a run of its own.
    fn spill(&mut self, memory: &Memory) -> Result<u64, Box<Diagnostic>> {
        if self.batches.is_empty() {
            return Ok(0);
        }
        let mut writer = Writer::new(memory);
        writer.push(&order::sorted(&self.batches))?;
        let run = writer.finish()?;
        let bytes = run.bytes();
        self.runs.push(run);
        (self.batches, self.rows, self.bytes, self.pruned) = (Vec::new(), 0, 0, 0);
        Ok(bytes)
    }

    /// All rows in search order, without the hidden columns.
    fn close(mut self, stages: &Stages) -> Result<Rows, Box<Diagnostic>> {
        let memory = &stages.memory;
        if self.runs.is_empty() && self.bytes <= memory.share() {
            return Ok(Rows::Memory(order::gathered(&self.batches)));
        }
        stages.wrote(self.spill(memory)?);
        // Columns stand in the order of the rows, whichever run was written first.
        let mut runs: Vec<(Option<Place>, Chunks)> = Vec::with_capacity(self.runs.len());
        for run in self.runs {
            let first = run.iter().next().transpose()?;
            runs.push((first.and_then(|chunk| places(&chunk).into_iter().next()), run));
        }
        runs.sort_by_key(|(first, _)| *first);
        let runs = runs.into_iter().map(|(_, run)| run).collect();
        let mut sorted = merge(runs, memory, &places)?;
        sorted.retain(|name| !is_hidden(name));
        Ok(Rows::Disk(sorted))
    }
}

fn places(batch: &Batch) -> Vec<Place> {
    let places = Places::of(batch);
    (0..batch.rows()).map(|row| places.place(row)).collect()
}
