//! How far a watch has come, in a file of the state folder that is replaced as a whole.

use crate::follow::Marks;
use crate::record::Record;
use grotto_diag::{Diagnostic, input};
use rustc_hash::{FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::hash::Hasher;
use std::io::Write;
use std::path::{Path, PathBuf};

const NAME: &str = "watch.json";
const VERSION: u32 = 1;
/// Longest journal.
const LONGEST: u64 = 256 << 20;

/// The file and what is in it.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    now: Content,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Content {
    version: u32,
    marks: Marks,
    /// Ids of findings that are kept and may not have been given out.
    open: Vec<String>,
    /// Prints of hits that were given out.
    hits: Vec<u64>,
}

impl Journal {
    /// Reads the journal of a folder; an empty one, and why, when there is none that can be read.
    pub(super) fn read(folder: &Path) -> (Self, Option<Diagnostic>) {
        let path = folder.join(NAME);
        let empty = Content { version: VERSION, ..Content::default() };
        let journal = |now| Self { folder: folder.to_owned(), now };
        if !path.exists() {
            return (journal(empty), None);
        }
        let read = input::text(&path, LONGEST).and_then(|text| {
            let content: Result<Content, _> = serde_json::from_str(&text);
            content.map_err(|error| damaged(&path, &error)).and_then(|content| match content.version {
                VERSION => Ok(content),
                other => Err(damaged(&path, &format!("its version is {other}"))),
            })
        });
        match read {
            Ok(content) => (journal(content), None),
            Err(problem) => (journal(empty), Some(problem)),
        }
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.now.marks
    }

    pub(super) fn open(&self) -> &[String] {
        &self.now.open
    }

    pub(super) fn hits(&self) -> impl Iterator<Item = u64> {
        self.now.hits.iter().copied()
    }

    /// Findings are about to be kept.
    pub(super) fn will_give_out<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i String>,
    ) -> Result<(), Diagnostic> {
        let mut next = self.now.clone();
        next.open.extend(ids.cloned());
        self.write(next)
    }

    /// Files were read as far as these marks, and all that was found is kept.
    pub(super) fn moved_on(&mut self, marks: &Marks, hits: &FxHashSet<u64>) -> Result<(), Diagnostic> {
        let mut next = self.now.clone();
        next.marks = marks.clone();
        if next.hits.len() != hits.len() {
            next.hits = hits.iter().copied().collect();
        }
        self.write(next)
    }

    /// Everything was given out.
    pub(super) fn gave_out(&mut self) -> Result<(), Diagnostic> {
        let next = Content { open: Vec::new(), ..self.now.clone() };
        self.write(next)
    }

    fn write(&mut self, next: Content) -> Result<(), Diagnostic> {
        if next == self.now {
            return Ok(());
        }
        let (path, unfinished) = (self.folder.join(NAME), self.folder.join(".watch.tmp"));
        let steps = || -> std::io::Result<()> {
            let mut file = File::create(&unfinished)?;
            file.write_all(serde_json::to_string(&next)?.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&unfinished, &path)
        };
        steps().map_err(|error| {
            Diagnostic::error("state/unwritable", format!("can't write {}: {error}", path.display()))
        })?;
        self.now = next;
        Ok(())
    }
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("{} can't be used: {error}; files are read from their start", path.display());
    Diagnostic::warning("watch/journal-damaged", message)
}

/// A print of a record, by which it is known again.
pub(super) fn print(record: &Record) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(serde_json::to_string(record).unwrap_or_default().as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, problem) = Journal::read(folder.path());
        assert!(problem.is_none() && journal.open().is_empty());
        journal.will_give_out(["a".to_owned()].iter()).unwrap();
        journal.moved_on(&Marks::default(), &FxHashSet::from_iter([7])).unwrap();
        let again = Journal::read(folder.path()).0;
        assert_eq!((again.open(), again.hits().collect::<Vec<_>>()), (&["a".to_owned()][..], vec![7]));
        journal.gave_out().unwrap();
        assert!(Journal::read(folder.path()).0.open().is_empty());
        std::fs::write(folder.path().join(NAME), "{").unwrap();
        assert_eq!(Journal::read(folder.path()).1.map(|d| d.slug), Some("watch/journal-damaged"));
    }
}
