//! Segments: files that are written once and never changed.

use super::{Kept, unwritable};
use crate::throttle::Mark;
use grotto_diag::{Diagnostic, input};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Form of the segments that are written.
const VERSION: u32 = 1;
/// The longest line; a finding is shorter.
const LONGEST: u64 = 64 << 20;
/// Bytes of all segments together. What is read is kept in memory.
const MOST_BYTES: u64 = 1 << 30;
const START: &str = "segment-";
const END: &str = ".jsonl";

/// A step of writing, after which a test can make it fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Created,
    Line,
    Written,
    Synced,
    Renamed,
}

/// What may fail at a step.
pub(super) type Faults<'f> = &'f mut dyn FnMut(Step) -> std::io::Result<()>;

/// A line of a segment.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<K, M> {
    /// The first.
    State { version: u32, replaces: u64 },
    /// A finding.
    Kept(K),
    /// When a rule with throttling raised something.
    Raised(M),
    /// The last, with the number of lines between.
    End(u64),
}

/// What is in a folder.
pub(super) struct Loaded {
    /// What was seen, in order.
    pub(super) entries: Vec<Kept>,
    /// What was raised by rules with throttling, in order.
    pub(super) marks: Vec<Mark>,
    /// The segments that count, in order.
    pub(super) segments: Vec<u64>,
    /// What is damaged.
    pub(super) problems: Vec<Diagnostic>,
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{START}{number:08}{END}"))
}

fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix(START)?.strip_suffix(END)?.parse().ok()
}

/// Writes a segment. It is there as a whole or not at all.
pub(super) fn write<'k>(
    folder: &Path,
    number: u64,
    replaces: u64,
    entries: impl Iterator<Item = Line<&'k Kept, &'k Mark>>,
    at: Faults<'_>,
) -> Result<(), Diagnostic> {
    let unfinished = folder.join(format!(".{START}{number:08}.tmp"));
    let target = path(folder, number);
    let steps = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(&unfinished)?);
        at(Step::Created)?;
        line(&mut out, &Line::<&Kept, &Mark>::State { version: VERSION, replaces })?;
        let mut count = 0;
        let mut entries = entries;
        for entry in &mut entries {
            line(&mut out, &entry)?;
            count += 1;
            at(Step::Line)?;
        }
        line(&mut out, &Line::<&Kept, &Mark>::End(count))?;
        let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        at(Step::Written)?;
        file.sync_all()?;
        at(Step::Synced)?;
        std::fs::rename(&unfinished, &target)?;
        at(Step::Renamed)?;
        sync_folder(folder)
    };
    steps().map_err(|error| unwritable(&target, &error))
}

/// A name in a folder is on the disk when the folder is.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    // Windows can't open a folder as a file, and needs no such call.
    if cfg!(unix) {
        input::open(folder).map_err(|d| std::io::Error::other(d.message))?.sync_all()?;
    }
    Ok(())
}

fn line(out: &mut impl Write, line: &Line<&Kept, &Mark>) -> std::io::Result<()> {
    let text = serde_json::to_string(line)?;
    writeln!(out, "{:08x} {text}", crc32fast::hash(text.as_bytes()))
}

/// Removes what a writer that was killed left unfinished, and segments that others replaced.
pub(super) fn clean(folder: &Path, segments: &[u64]) {
    for path in input::folder(folder).unwrap_or_default() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let unfinished = name.starts_with(&format!(".{START}")) && name.strip_suffix(".tmp").is_some();
        let replaced = number(&path).is_some_and(|n| segments.first().is_some_and(|first| n < *first));
        if unfinished || replaced {
            // One that stays does no harm.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Reads all segments that count.
pub(super) fn load(folder: &Path) -> Result<Loaded, Diagnostic> {
    let mut all: Vec<(u64, PathBuf)> =
        input::folder(folder)?.into_iter().filter_map(|path| Some((number(&path)?, path))).collect();
    all.sort();
    let mut loaded =
        Loaded { entries: Vec::new(), marks: Vec::new(), segments: Vec::new(), problems: Vec::new() };
    let mut left = MOST_BYTES;
    let mut parts: Vec<(u64, Segment)> = Vec::new();
    // From the newest on, so that what was replaced is not read.
    let mut replaced = 0;
    for (number, path) in all.into_iter().rev() {
        if number <= replaced {
            break;
        }
        let mut segment = Segment::default();
        segment.read(&path, &mut left)?;
        replaced = replaced.max(segment.replaces);
        parts.push((number, segment));
    }
    for (number, segment) in parts.into_iter().rev() {
        loaded.segments.push(number);
        loaded.entries.extend(segment.entries);
        loaded.marks.extend(segment.marks);
        loaded.problems.extend(segment.problems);
    }
    Ok(loaded)
}

/// What was read of one segment.
#[derive(Default)]
struct Segment {
    replaces: u64,
    entries: Vec<Kept>,
    marks: Vec<Mark>,
    problems: Vec<Diagnostic>,
}

impl Segment {
    /// Reads until the end or to the first line that is damaged.
    fn read(&mut self, path: &Path, left: &mut u64) -> Result<(), Diagnostic> {
        let mut reader = BufReader::new(input::open(path)?);
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let read = (&mut reader)
                .take(LONGEST)
                .read_until(b'\n', &mut bytes)
                .map_err(|error| input::unreadable(path, &error))?;
            *left = left.checked_sub(read as u64).ok_or_else(|| too_large(path))?;
            match checked(&bytes) {
                Some(Line::State { version, .. }) if version != VERSION => {
                    return Err(other_version(path, version));
                }
                Some(Line::State { replaces, .. }) if number == 1 => self.replaces = replaces,
                Some(Line::Kept(kept)) if number > 1 => self.entries.push(kept),
                Some(Line::Raised(mark)) if number > 1 => self.marks.push(mark),
                Some(Line::End(count)) if count == (self.entries.len() + self.marks.len()) as u64 => {
                    return Ok(());
                }
                _ => {
                    self.problems.push(damaged(path, number, self.entries.len()));
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The content of a line whose checksum is right.
fn checked(bytes: &[u8]) -> Option<Line<Kept, Mark>> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (sum, json) = text.split_once(' ')?;
    let right = u32::from_str_radix(sum, 16).ok()? == crc32fast::hash(json.as_bytes());
    right.then(|| serde_json::from_str(json).ok())?
}

fn damaged(path: &Path, line: u64, kept: usize) -> Diagnostic {
    let message = format!(
        "{} is damaged at line {line}: the {kept} findings before it are used, what comes after it is dropped",
        path.display()
    );
    Diagnostic::warning("state/damaged", message).help("scan the logs again to get back what was lost")
}

fn too_large(path: &Path) -> Diagnostic {
    let message = format!("the state has more than {MOST_BYTES} bytes with {}", path.display());
    Diagnostic::error("state/too-large", message)
        .help("keep the state of separate investigations in separate folders")
}

fn other_version(path: &Path, version: u32) -> Diagnostic {
    let message =
        format!("{} has form {version} of the state; this grotto knows form {VERSION}", path.display());
    Diagnostic::error("state/not-a-state", message).help("use the grotto that wrote it, or another folder")
}
