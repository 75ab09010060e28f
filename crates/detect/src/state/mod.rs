//! What scans found before: findings by id, kept in a folder.
//!
//! The folder holds *segments*, files that are written once: what a scan saw, a line each with its checksum. A segment is
//! written under another name, synced, renamed, and the folder synced, so that a process that is killed at any moment
//! leaves whole segments only. When there are many, one that holds them all takes their place and says so in its first
//! line; those that it replaces are removed when it is safe, and passed over if they are still there. A file `lock` keeps
//! a second writer out; readers need no lock.
//!
//! A line that is damaged, and what comes after it in that segment, is dropped with a diagnostic.

mod segment;

use crate::risk::{self, Sighting};
use crate::throttle::{self, Mark, Marks};
use grotto_diag::Diagnostic;
use grotto_events::Part;
use indexmap::IndexMap;
use segment::Line;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Segments that make a new one that replaces them all.
const MANY: usize = 32;

/// A finding, and how often it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// How often it was seen.
    pub count: u64,
    /// The finding as it was seen last, with the first and last times of all.
    pub sighting: Sighting,
}

/// What scans found before.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    kept: IndexMap<String, Kept>,
    /// What was seen since the last commit.
    new: IndexMap<String, Kept>,
    /// What rules with throttling raised.
    marks: Marks,
    /// What they raised since the last commit.
    new_marks: Vec<Mark>,
    segments: Vec<u64>,
    /// Held as long as this can write.
    lock: Option<File>,
}

impl State {
    /// Opens a folder to write to it; makes it when it is not there. Diagnostics say what in it is damaged.
    ///
    /// # Errors
    /// `state/locked` when another process writes to it, `state/too-large`, `state/not-a-state`, `state/unwritable`,
    /// `input/unreadable`.
    pub fn open(folder: &Path) -> Result<(Self, Vec<Diagnostic>), Diagnostic> {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        let path = folder.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(|error| unwritable(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let message = format!("{} is being written to by another scan", folder.display());
                let help = "wait until it is done, or use another folder";
                return Err(Diagnostic::error("state/locked", message).help(help));
            }
            Err(std::fs::TryLockError::Error(error)) => return Err(unwritable(&path, &error)),
        }
        let (mut state, problems) = Self::read(folder)?;
        segment::clean(folder, &state.segments);
        state.lock = Some(lock);
        Ok((state, problems))
    }

    /// Reads a folder without the means to write to it.
    ///
    /// # Errors
    /// As [`open`](Self::open); `input/unreadable` also when there is no such folder.
    pub fn read(folder: &Path) -> Result<(Self, Vec<Diagnostic>), Diagnostic> {
        let mut tries = 0;
        loop {
            match segment::load(folder) {
                // A writer may have replaced the segments since they were listed.
                Err(problem) if problem.slug == "input/unreadable" && tries < 3 && folder.is_dir() => {
                    tries += 1;
                }
                Err(problem) => return Err(problem),
                Ok(loaded) => {
                    let mut kept = IndexMap::new();
                    loaded.entries.into_iter().for_each(|entry| merge(&mut kept, entry));
                    let mut marks = Marks::new();
                    loaded.marks.into_iter().for_each(|mark| throttle::keep(&mut marks, mark));
                    let state = Self {
                        folder: folder.to_owned(),
                        kept,
                        new: IndexMap::new(),
                        marks,
                        new_marks: Vec::new(),
                        segments: loaded.segments,
                        lock: None,
                    };
                    return Ok((state, loaded.problems));
                }
            }
        }
    }

    /// A state that is in memory only and ends with the process.
    pub fn volatile() -> Self {
        Self {
            folder: PathBuf::new(),
            kept: IndexMap::new(),
            new: IndexMap::new(),
            marks: Marks::new(),
            new_marks: Vec::new(),
            segments: Vec::new(),
            lock: None,
        }
    }

    /// Takes in what a scan saw. It is kept on disk when [committed](Self::commit).
    pub fn add(&mut self, sightings: impl IntoIterator<Item = Sighting>) {
        for sighting in sightings {
            merge(&mut self.new, Kept { count: 1, sighting });
        }
    }

    /// Takes in what rules with throttling raised, likewise.
    pub fn mark(&mut self, marks: impl IntoIterator<Item = Mark>) {
        self.new_marks.extend(marks);
    }

    /// What rules with throttling raised; what is not committed is not among it.
    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Writes what was added. When this returns without an error it is on the disk.
    ///
    /// # Errors
    /// `state/unwritable`; nothing of what was added is in the folder then, or all of it.
    pub fn commit(&mut self) -> Result<(), Diagnostic> {
        self.commit_with(&mut |_| Ok(()))
    }

    fn commit_with(&mut self, at: segment::Faults<'_>) -> Result<(), Diagnostic> {
        if self.folder.as_os_str().is_empty() {
            self.settle();
            return Ok(());
        }
        if self.lock.is_none() {
            let message = format!("{} was opened to be read", self.folder.display());
            return Err(Diagnostic::error("state/unwritable", message));
        }
        if self.new.is_empty() && self.new_marks.is_empty() {
            return Ok(());
        }
        let next = self.segments.last().map_or(1, |last| last + 1);
        let lines = self.new.values().map(Line::Kept).chain(self.new_marks.iter().map(Line::Raised));
        segment::write(&self.folder, next, 0, lines, at)?;
        self.segments.push(next);
        self.settle();
        if self.segments.len() >= MANY {
            self.compact(at)?;
        }
        Ok(())
    }

    /// What was added counts now.
    fn settle(&mut self) {
        for (_, entry) in std::mem::take(&mut self.new) {
            merge(&mut self.kept, entry);
        }
        for mark in std::mem::take(&mut self.new_marks) {
            throttle::keep(&mut self.marks, mark);
        }
    }

    /// Writes everything into one segment and removes the others.
    fn compact(&mut self, at: segment::Faults<'_>) -> Result<(), Diagnostic> {
        let Some(last) = self.segments.last().copied() else { return Ok(()) };
        self.forget();
        let mut marks: Vec<&Mark> = self.marks.values().collect();
        marks.sort_by_key(|mark| (&mark.rule, &mark.values));
        let lines = self.kept.values().map(Line::Kept).chain(marks.into_iter().map(Line::Raised));
        segment::write(&self.folder, last + 1, last, lines, at)?;
        self.segments = vec![last + 1];
        segment::clean(&self.folder, &self.segments);
        Ok(())
    }

    /// Forgets marks whose period was over when their rule last raised something.
    fn forget(&mut self) {
        let mut newest: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
        for mark in self.marks.values() {
            let at = newest.entry(mark.rule.clone()).or_insert(mark.at);
            *at = (*at).max(mark.at);
        }
        self.marks.retain(|(rule, _), mark| newest.get(rule).is_none_or(|at| mark.until > *at));
    }

    /// How often a finding has been seen, what is not committed included.
    pub fn seen(&self, id: &str) -> Option<u64> {
        let count = |of: &IndexMap<String, Kept>| of.get(id).map(|kept| kept.count);
        match (count(&self.kept), count(&self.new)) {
            (None, None) => None,
            (before, now) => Some(before.unwrap_or(0) + now.unwrap_or(0)),
        }
    }

    /// The findings that are committed, in the order in which they were first seen.
    pub fn findings(&self) -> impl Iterator<Item = &Kept> {
        self.kept.values()
    }

    /// The finding whose id begins like this.
    ///
    /// # Errors
    /// `state/no-finding`, `state/several-findings`.
    pub fn find(&self, start: &str) -> Result<&Kept, Diagnostic> {
        let start = start.trim().to_ascii_lowercase();
        let mut all = self.kept.iter().filter(|(id, _)| !start.is_empty() && id.starts_with(&start));
        match (all.next(), all.next()) {
            (None, _) => {
                let message = format!("no finding has the id {start}");
                let help = "grotto scan --state DIR --show-ids shows the ids";
                Err(Diagnostic::error("state/no-finding", message).help(help))
            }
            (Some((_, kept)), None) => Ok(kept),
            (Some(_), Some(_)) => {
                let message = format!("the ids of {} findings begin with {start}", all.count() + 2);
                Err(Diagnostic::error("state/several-findings", message).help("give more of it"))
            }
        }
    }

    /// What is in a state and what a scan found beside it, each finding once.
    pub(crate) fn with(
        state: Option<&Self>,
        found: impl IntoIterator<Item = Sighting>,
    ) -> IndexMap<String, Kept> {
        let mut all = state.map(|state| state.kept.clone()).unwrap_or_default();
        found.into_iter().for_each(|sighting| merge(&mut all, Kept { count: 1, sighting }));
        all
    }

    /// The risk events of the findings that are committed, to be read as a log.
    pub fn risk(&self) -> Part {
        risk::part(self.kept.values().map(|kept| &kept.sighting))
    }
}

/// Takes a finding in: one that is there already is counted up.
fn merge(all: &mut IndexMap<String, Kept>, entry: Kept) {
    let Some(kept) = all.get_mut(&entry.sighting.finding.id) else {
        all.insert(entry.sighting.finding.id.clone(), entry);
        return;
    };
    kept.count += entry.count;
    let (old, mut new) = (&kept.sighting.finding, entry.sighting);
    let first = edge(old.first_time.as_ref(), new.finding.first_time.as_ref(), |old, new| old <= new);
    let last = edge(old.last_time.as_ref(), new.finding.last_time.as_ref(), |old, new| old >= new);
    if last == old.last_time && last != new.finding.last_time {
        // What is there is the later one.
        kept.sighting.finding.first_time = first;
        return;
    }
    (new.finding.first_time, new.finding.last_time) = (first, last);
    kept.sighting = new;
}

/// Of two times the one that comes first or last, as `old_wins` says.
fn edge(
    old: Option<&String>,
    new: Option<&String>,
    old_wins: impl Fn(jiff::Timestamp, jiff::Timestamp) -> bool,
) -> Option<String> {
    let time = |text: Option<&String>| text?.parse::<jiff::Timestamp>().ok();
    match (time(old), time(new)) {
        (Some(a), Some(b)) if old_wins(a, b) => old.cloned(),
        (_, Some(_)) => new.cloned(),
        (Some(_), None) => old.cloned(),
        (None, None) => new.or(old).cloned(),
    }
}

/// The diagnostic for a path that could not be written.
fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error("state/unwritable", format!("can't write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests;
