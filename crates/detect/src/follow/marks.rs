//! How far files were read.

use super::Way;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Bytes of the beginning of a file by which it is known again.
const HEAD: u64 = 4096;

/// Where the first record of an EVTX file stands; what is before it changes as the file grows.
const FIRST_RECORD: u64 = 4096 + 512;

/// Files that are gone whose marks are kept, in case they come back under another name.
const MOST_GONE: usize = 1000;

/// How far a file was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// How it is read; `None` as long as it was empty.
    pub way: Option<Way>,
    /// Bytes of text that were read.
    #[serde(default)]
    pub offset: u64,
    /// Id of the last record that was read.
    #[serde(default)]
    pub record: u64,
    /// Length and time of what was read as a whole.
    #[serde(default)]
    pub version: Option<String>,
    /// How many bytes the print was made of, and the print: how the file begins.
    #[serde(default)]
    head: Option<(u64, String)>,
}

/// How far all files were read, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    files: BTreeMap<String, Mark>,
    /// Those of files that are not under their names any more.
    gone: Vec<Mark>,
}

impl Marks {
    /// The mark of a file.
    pub fn of(&self, name: &str) -> Option<&Mark> {
        self.files.get(name)
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Sets a mark, and remembers how the file begins.
    pub(super) fn set(&mut self, name: &str, mut mark: Mark, file: &mut File) {
        let most = if mark.way == Some(Way::Evtx) { 256 } else { HEAD.min(mark.offset) };
        if mark.head.as_ref().is_none_or(|(len, _)| *len < most) || mark.way == Some(Way::Evtx) {
            mark.head = print(file, mark.way, most).map(|print| (most, print));
        }
        self.files.insert(name.to_owned(), mark);
    }

    /// Finds out which files are still those that the marks are about, and which have another name now.
    pub(super) fn settle<'f>(&mut self, files: impl Iterator<Item = (&'f str, &'f mut File, u64)>) {
        let mut before = std::mem::take(&mut self.files);
        // An archived log is known even if the new one under its name goes on with the record ids.
        let logs: Vec<Mark> = before.values().filter(|mark| mark.way == Some(Way::Evtx)).cloned().collect();
        let mut unknown = Vec::new();
        for (name, file, len) in files {
            match before.remove(name) {
                Some(mark) if mark.goes_on(file, len) => {
                    self.files.insert(name.to_owned(), mark);
                }
                known => {
                    self.gone.extend(known);
                    unknown.push((name, file, len));
                }
            }
        }
        self.gone.extend(before.into_values());
        for (name, file, len) in unknown {
            if let Some(at) = self.gone.iter().position(|mark| mark.is_of(file, len)) {
                self.files.insert(name.to_owned(), self.gone.swap_remove(at));
            } else if let Some(mark) = logs.iter().find(|mark| mark.is_of(file, len)) {
                self.files.insert(name.to_owned(), mark.clone());
            }
        }
        let many = self.gone.len().saturating_sub(MOST_GONE);
        self.gone.drain(..many);
    }
}

impl Mark {
    /// Whether a file of this length under the name that it had is the one that was read so far.
    fn goes_on(&self, file: &mut File, len: u64) -> bool {
        // A log that goes round in circles has another first record some day; record ids say what is new in it.
        self.head.is_none()
            || self.is_of(file, len)
            || (self.way == Some(Way::Evtx) && newest(file, len) >= self.record)
    }

    /// Whether a file begins as the one that was read so far, and is not shorter.
    fn is_of(&self, file: &mut File, len: u64) -> bool {
        let Some((count, known)) = &self.head else { return false };
        len >= self.offset && print(file, self.way, *count).as_ref() == Some(known)
    }
}

/// The id of the newest record of an EVTX file.
fn newest(file: &mut File, len: u64) -> u64 {
    let newest = |chunks: Vec<super::evtx::Chunk>| chunks.iter().map(|chunk| chunk.last).max();
    super::evtx::headers(file, len).ok().and_then(newest).unwrap_or(0)
}

/// A print of how a file begins; `None` when it is shorter.
fn print(file: &mut File, way: Option<Way>, count: u64) -> Option<String> {
    let from = if way == Some(Way::Evtx) { FIRST_RECORD } else { 0 };
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from)).ok()?;
    file.take(count).read_to_end(&mut bytes).ok()?;
    (count > 0 && bytes.len() as u64 == count).then(|| {
        Sha256::digest(&bytes).iter().take(16).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    })
}
