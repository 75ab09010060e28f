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
use grotto_engine::memory::{Filed, Memory, weight};
use grotto_engine::pipeline::{FieldSet, is_hidden};
use grotto_engine::predicate::{Formula, Mask, Subject};
use grotto_events::{Batch, FieldName};
use grotto_knowledge::Node;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Bytes of rows in memory; further ones go to disk.
    pub(crate) memory: usize,
    /// Bytes of rows in all.
    pub(crate) most: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { memory: 16 << 20, most: 4 << 30 }
    }
}

/// Rows of the first pass.
pub(super) struct Shelf {
    jobs: Vec<Arc<Job>>,
    keys: FxHashSet<Arc<str>>,
    nodes: Vec<Columns>,
    kept: Mutex<Kept>,
    /// Where rows go that are not kept in memory.
    disk: Memory,
    room: Room,
}

/// What is kept of the rows of a data model node.
pub(super) struct Columns {
    node: Arc<Node>,
    /// The fields that the searches over it read, their heads among them.
    pub(super) fields: FieldSet,
    /// The fields of the events that those are made from.
    pub(super) sources: FieldSet,
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
    declared: Arc<[FieldName]>,
}

/// Where rows are.
enum Rows {
    Memory(Batch),
    Disk(Filed),
}

impl Shelf {
    /// For these searches; `None` when there is none among them whose rows can be kept.
    pub(super) fn new(mut jobs: Vec<Arc<Job>>, room: Room) -> Option<Self> {
        jobs.retain(|job| is_fit(job));
        if jobs.is_empty() {
            return None;
        }
        let mut nodes: Vec<Columns> = Vec::new();
        for (job, node) in jobs.iter().filter_map(|job| Some((job, job.node.as_ref()?))) {
            if let Some(columns) = nodes.iter_mut().find(|columns| Arc::ptr_eq(&columns.node, node)) {
                columns.fields.union(&job.reads);
            } else {
                let (node, fields) = (Arc::clone(node), job.reads.clone());
                nodes.push(Columns { node, fields, sources: FieldSet::none() });
            }
        }
        for columns in &mut nodes {
            columns.sources = columns.node.inputs(&columns.fields);
        }
        let keys = jobs.iter().map(|job| Arc::clone(job.plan.key())).collect();
        Some(Self { jobs, keys, nodes, kept: Mutex::default(), disk: Memory::default(), room })
    }

    /// The searches that rows are kept for.
    pub(super) fn jobs(&self) -> &[Arc<Job>] {
        &self.jobs
    }

    /// Whether all rows of a search are here, which may know more by now than when they were kept.
    pub(super) fn serves(&self, job: &Job) -> bool {
        let has = |field: &str, columns: &Columns| !field.contains('*') && columns.fields.contains(field);
        let columns = job.node.as_ref().and_then(|node| self.columns(node));
        let known = |columns: &Columns| job.hint.fields().iter().all(|field| has(field, columns));
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
        let groups: Vec<Group> = self.nodes.par_iter().map(|columns| group(jobs, columns)).collect();
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

    fn number(&self, node: &Arc<Node>) -> Option<usize> {
        self.nodes.iter().position(|columns| Arc::ptr_eq(&columns.node, node))
    }

    /// What is kept of the rows of a node.
    pub(super) fn columns(&self, node: &Arc<Node>) -> Option<&Columns> {
        self.nodes.get(self.number(node)?)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps rows. Should that fail, the events are there still.
    fn keep(&self, node: usize, rows: Batch, declared: Vec<FieldName>) {
        let bytes = weight(&rows);
        let in_memory = {
            let mut kept = self.lock();
            if kept.given_up || kept.bytes + bytes > self.room.most {
                *kept = Kept { given_up: true, ..Kept::default() };
                return;
            }
            kept.bytes += bytes;
            kept.bytes <= self.room.memory
        };
        let rows =
            if in_memory { Ok(Rows::Memory(rows)) } else { Filed::new(&rows, &self.disk).map(Rows::Disk) };
        let mut kept = self.lock();
        match rows {
            Ok(rows) if !kept.given_up => {
                // There are many lots and few kinds of them.
                let known = kept.lots.iter().rev().take(64).find(|lot| *lot.declared == *declared);
                let declared = known.map_or_else(|| declared.into(), |lot| Arc::clone(&lot.declared));
                kept.lots.push(Lot { node, rows, declared });
            }
            Ok(_) => {}
            Err(_) => *kept = Kept { given_up: true, ..Kept::default() },
        }
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
            Rows::Disk(filed) => read(&filed.read()?),
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
        let Some(node) = self.shelf.number(node) else { return };
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

#[cfg(test)]
mod tests {
    use crate::driver::{self, Evaluation, How, Room};
    use crate::job::{Job, Predicates};
    use grotto_engine::Context;
    use grotto_events::Part;
    use grotto_knowledge::Knowledge;
    use grotto_spl::MacroTable;
    use std::fmt::Write;
    use std::path::Path;
    use std::sync::Arc;

    /// Searches that wait for others: one narrows by what is inside it, in one that inside waits for rows.
    ///
    /// The last takes no event, though its head would let any row through that lacks the name of its process.
    const SEARCHES: [&str; 4] = [
        "| tstats count from datamodel=Endpoint.Processes where Processes.process_name!=lsass.exe \
         by Processes.process_guid Processes.process_name Processes.user | rename Processes.* as * \
         | join process_guid [| tstats count as files from datamodel=Endpoint.Filesystem \
         where Filesystem.file_name=*9.txt by Filesystem.process_guid | rename Filesystem.* as *]",
        "| tstats count from datamodel=Endpoint.Filesystem where Filesystem.file_name=\"f7.txt\" \
         by Filesystem.process_guid | rename Filesystem.* as * \
         | join process_guid [| tstats count as processes from datamodel=Endpoint.Processes \
         by Processes.process_guid Processes.process_name Processes.parent_process_name | rename Processes.* as *]",
        "| tstats count from datamodel=Endpoint.Processes by Processes.process_guid | rename Processes.* as * \
         | join process_guid [| tstats count as files from datamodel=Endpoint.Filesystem \
         where Filesystem.file_name=nothing by Filesystem.process_guid | rename Filesystem.* as *]",
        "| tstats count from datamodel=Endpoint.Processes where NOT Processes.process_path=*p.exe \
         by Processes.process_guid | rename Processes.* as * \
         | join process_guid [| tstats count as files from datamodel=Endpoint.Filesystem \
         where Filesystem.file_name=*9.txt by Filesystem.process_guid | rename Filesystem.* as *]",
    ];

    /// Processes, each of which writes a file.
    fn events(count: usize) -> String {
        (0..count).fold(String::new(), |mut all, number| {
            for (code, data) in [
                (1, "<Data Name='Image'>C:\\p.exe</Data><Data Name='User'>A\\u</Data>".to_owned()),
                (11, format!("<Data Name='TargetFilename'>C:\\f{number}.txt</Data>")),
            ] {
                writeln!(
                    all,
                    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
                     <Provider Name='Microsoft-Windows-Sysmon'/><EventID>{code}</EventID>\
                     <TimeCreated SystemTime='2026-01-01T00:00:{:02}Z'/>\
                     <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>h</Computer></System>\
                     <EventData><Data Name='ProcessGuid'>{{{number}}}</Data>{data}</EventData></Event>",
                    number % 60
                )
                .unwrap();
            }
            all
        })
    }

    fn parts(file: &Path) -> Vec<Part> {
        let (inputs, _) = grotto_events::discover(&[file.display().to_string()]);
        inputs.iter().flat_map(|input| grotto_events::plan(input).unwrap()).collect()
    }

    /// What the searches found in a log that is emptied once it was read, and whether somebody saw that.
    fn found(evaluation: Evaluation, room: Room, emptied: bool) -> (Vec<String>, bool) {
        let context = Context::default();
        let (knowledge, _) = Knowledge::load(&[], &context);
        let predicates = Predicates::default();
        let macros = MacroTable::default();
        let mut job = |spl: &&str| {
            let (_, job) = crate::rules::compile(spl, &macros, &knowledge, &context, &predicates);
            Arc::new(job.unwrap_or_else(|problem| panic!("{spl}: {problem}")))
        };
        let jobs: Vec<Arc<Job>> = SEARCHES.iter().map(&mut job).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), events(100)).unwrap();
        let parts = parts(file.path());
        assert_eq!(parts.len(), 1);
        let read = |_: u64| {
            if emptied {
                std::fs::write(file.path(), "").unwrap();
            }
        };
        let how = How { evaluation, hints: true, room, ..How::default() };
        let pass = driver::run_with(&parts, &jobs, &knowledge, predicates, &read, how);
        let rows = |told: &driver::Told| {
            let rows = told.answer.rows.clone().and_then(|rows| rows.whole()).unwrap();
            format!("{:?}", crate::row::rows(&rows))
        };
        let answers = pass.answers.iter().map(|told| rows(&told[0])).collect();
        (answers, pass.report.diagnostics.iter().any(|said| said.slug == "scan/changed"))
    }

    #[test]
    fn searches_that_wait_find_in_memory_and_on_disk_what_they_find_in_the_events() {
        let room = Room::default();
        let (expected, _) = found(Evaluation::Full, room, false);
        assert_eq!(
            expected.iter().map(|rows| rows.matches("process_guid").count()).collect::<Vec<_>>(),
            [10, 1, 0, 0]
        );
        for room in [room, Room { memory: 0, ..room }, Room { memory: 2000, ..room }] {
            assert_eq!(found(Evaluation::Indexed, room, true), (expected.clone(), false), "{room:?}");
        }
    }

    #[test]
    fn the_events_are_read_again_when_too_many_rows_would_have_to_be_kept() {
        let room = Room { most: 2000, ..Room::default() };
        let (expected, _) = found(Evaluation::Full, room, false);
        assert_eq!(found(Evaluation::Indexed, room, false), (expected, false));
        assert!(found(Evaluation::Indexed, room, true).1, "the log was read again");
    }
}
