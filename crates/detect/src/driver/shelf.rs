//! Rows that searches of later passes will want, kept in the first, so that the events need not be read again.
//!
//! Which searches these may be is known before the first pass. A search over a data model that waits for another takes in
//! much of what its head lets through, and of that little once the other is known: its rows are a small part of the events,
//! and made ready already, as other searches look at them. They are kept once for all searches over the same node, and
//! written to disk when they are many. Where there are too many for that too, the events are read again.

use super::heads::{Chosen, Group, condition};
use super::threads::InOrder;
use super::{How, Runs, RunsOf, merged, of_jobs, threads, within};
use crate::job::Job;
use grotto_diag::Diagnostic;
use grotto_diag::phase::{self, Phase};
use grotto_engine::memory::{Chunks, Memory, Rows, Writer, weight};
use grotto_engine::pipeline::{FieldSet, is_hidden};
use grotto_engine::predicate::{Formula, Mask, Subject};
use grotto_events::{Batch, FieldName};
use grotto_knowledge::Node;
use rustc_hash::FxHashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of rows that are kept in memory; further ones go to disk.
const IN_MEMORY: usize = 16 << 20;

/// The budget of what goes there, which says how large chunks are.
const DISK: usize = 64 << 20;

/// Bytes of rows that are kept at most.
const MOST: usize = 4 << 30;

/// Rows of the first pass.
pub(super) struct Shelf {
    jobs: Vec<Arc<Job>>,
    keys: FxHashSet<Arc<str>>,
    nodes: Vec<Columns>,
    kept: Mutex<Kept>,
    /// Where rows go that are not kept in memory.
    disk: Memory,
    most: usize,
}

/// What is kept of the rows of a data model node.
struct Columns {
    node: Arc<Node>,
    fields: FieldSet,
}

#[derive(Default)]
struct Kept {
    lots: Vec<Lot>,
    bytes: usize,
    /// Whether rows had to be let go.
    given_up: bool,
}

/// Rows of one event type and node.
struct Lot {
    /// The number of the node.
    node: usize,
    rows: Rows,
    /// The columns whose field the events declare.
    declared: Vec<FieldName>,
}

impl Shelf {
    /// For these searches; `None` when there is none among them whose rows can be kept.
    pub(super) fn new(jobs: Vec<Arc<Job>>) -> Option<Self> {
        Self::within(jobs, MOST)
    }

    fn within(mut jobs: Vec<Arc<Job>>, most: usize) -> Option<Self> {
        jobs.retain(|job| is_fit(job));
        if jobs.is_empty() {
            return None;
        }
        let mut nodes: Vec<Columns> = Vec::new();
        for (job, node) in jobs.iter().filter_map(|job| Some((job, job.node.as_ref()?))) {
            match nodes.iter_mut().find(|columns| Arc::ptr_eq(&columns.node, node)) {
                Some(columns) => columns.fields.union(&job.reads),
                None => nodes.push(Columns { node: Arc::clone(node), fields: job.reads.clone() }),
            }
        }
        let keys = jobs.iter().map(|job| Arc::clone(job.plan.key())).collect();
        Some(Self { jobs, keys, nodes, kept: Mutex::default(), disk: Memory::new(DISK), most })
    }

    /// The searches that rows are kept for.
    pub(super) fn jobs(&self) -> &[Arc<Job>] {
        &self.jobs
    }

    /// Whether all rows of a search are here, which may know more by now than when they were kept.
    pub(super) fn serves(&self, job: &Job) -> bool {
        let has = |field: &str, columns: &Columns| !field.contains('*') && columns.fields.contains(field);
        let columns = job.node.as_ref().and_then(|node| self.columns(node));
        let known =
            |(_, columns): (usize, &Columns)| job.hint.fields().iter().all(|field| has(field, columns));
        self.keys.contains(job.plan.key())
            && is_fit(job)
            && columns.is_some_and(known)
            && !self.lock().given_up
    }

    /// Rows of a batch that are to be kept; nothing yet.
    pub(super) fn lots(&self) -> Lots<'_> {
        Lots { shelf: self, of_nodes: Vec::new() }
    }

    /// Has the searches take in what is kept.
    ///
    /// # Errors
    /// `engine/disk` when it can't be read back.
    pub(super) fn read(&self, jobs: &[Arc<Job>], how: How<'_>) -> Result<Vec<RunsOf>, Box<Diagnostic>> {
        let _phase = phase::enter(Phase::Heads);
        let groups: Vec<Group> = self.nodes.iter().map(|columns| group(jobs, columns)).collect();
        let kept = self.lock();
        let (runs, Problem(problem)) = threads::run(&kept.lots, &|_, lot: &Lot, runs: &mut Runs| {
            let Some(group) = groups.get(lot.node) else { return Problem(None) };
            let _phase = phase::enter(Phase::Heads);
            Problem(lot.read(jobs, group, how, runs).err())
        });
        match problem {
            Some(problem) => Err(problem),
            None => Ok(of_jobs(jobs, [(false, merged(jobs, runs))])),
        }
    }

    fn columns(&self, node: &Arc<Node>) -> Option<(usize, &Columns)> {
        self.nodes.iter().enumerate().find(|(_, columns)| Arc::ptr_eq(&columns.node, node))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps rows. Should that fail, the events are there still.
    fn keep(&self, node: usize, rows: Batch, declared: Vec<FieldName>) {
        let bytes = weight(&rows);
        let in_memory = {
            let mut kept = self.lock();
            if kept.given_up || kept.bytes + bytes > self.most {
                *kept = Kept { given_up: true, ..Kept::default() };
                return;
            }
            kept.bytes += bytes;
            kept.bytes <= IN_MEMORY
        };
        let rows = if in_memory { Ok(Rows::Memory(rows)) } else { self.written(&rows).map(Rows::Disk) };
        let mut kept = self.lock();
        match rows {
            Ok(rows) if !kept.given_up => kept.lots.push(Lot { node, rows, declared }),
            Ok(_) => {}
            Err(_) => *kept = Kept { given_up: true, ..Kept::default() },
        }
    }

    fn written(&self, rows: &Batch) -> Result<Chunks, Box<Diagnostic>> {
        let mut writer = Writer::new(&self.disk);
        writer.push(rows)?;
        writer.finish()
    }
}

/// Whether rows can be kept for a search: its head and its commands read nothing but certain fields of a node.
fn is_fit(job: &Job) -> bool {
    let raw = |formula: &Formula| formula.predicates().iter().any(|p| *p.subject() == Subject::Raw);
    let node = job.node.is_some() && job.firings.is_none();
    node && !job.reads.is_all() && !job.condition.as_ref().is_some_and(raw) && !raw(&job.hint)
}

/// The heads of the searches over a node.
fn group(jobs: &[Arc<Job>], columns: &Columns) -> Group {
    let of_node = |job: &Job| job.node.as_ref().is_some_and(|node| Arc::ptr_eq(node, &columns.node));
    let jobs = jobs.iter().enumerate().filter(|(_, job)| of_node(job));
    Group::new(jobs.map(|(number, job)| (number, condition(job, true))))
}

/// The first problem.
#[derive(Default)]
struct Problem(Option<Box<Diagnostic>>);

impl InOrder for Problem {
    fn merge(&mut self, later: Self) {
        self.0 = self.0.take().or(later.0);
    }
}

impl Lot {
    fn read(
        &self,
        jobs: &[Arc<Job>],
        group: &Group,
        how: How<'_>,
        runs: &mut Runs,
    ) -> Result<(), Box<Diagnostic>> {
        let declares = |field: &str| self.declared.iter().any(|name| &**name == field);
        let mut read = |rows: &Batch| {
            for Chosen { job: number, rows: mask } in group.matching(rows) {
                if let Some(job) = jobs.get(number) {
                    how.enter(number, job, &job.select(rows, &mask, &declares), runs);
                }
            }
        };
        match &self.rows {
            Rows::Memory(rows) => read(rows),
            Rows::Disk(chunks) => chunks.iter().try_for_each(|chunk| chunk.map(|chunk| read(&chunk)))?,
        }
        Ok(())
    }
}

/// Rows of one batch that are to be kept.
pub(super) struct Lots<'s> {
    shelf: &'s Shelf,
    /// For each node, by number, the batch and which of its rows.
    of_nodes: Vec<(usize, Batch, Mask)>,
}

impl Lots<'_> {
    /// Adds rows of a batch with the fields of a node.
    pub(super) fn add(&mut self, node: &Arc<Node>, batch: &Batch, rows: Mask) {
        let Some((node, _)) = self.shelf.columns(node) else { return };
        match self.of_nodes.iter_mut().find(|(other, ..)| *other == node) {
            Some((.., known)) => *known = std::mem::replace(known, Mask::None).or(rows),
            None => self.of_nodes.push((node, batch.clone(), rows)),
        }
    }

    /// Keeps them.
    pub(super) fn keep(self, declares: &dyn Fn(&str) -> bool) {
        for (node, batch, rows) in self.of_nodes {
            let Some(columns) = self.shelf.nodes.get(node) else { continue };
            let rows = within(&batch.select(|name| is_hidden(name) || columns.fields.contains(name)), &rows);
            if rows.rows() > 0 {
                let declared = rows.names().filter(|name| declares(name)).cloned().collect();
                self.shelf.keep(node, rows.compact(), declared);
            }
        }
    }
}
