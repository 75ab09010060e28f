//! Log files that grow: what is new in them since they were looked at last.
//!
//! Each file has a [`Mark`] that says how far it was read: of text the byte behind the last whole event, of EVTX the id of
//! the last record. A file that was renamed keeps its mark, because the mark remembers how the file begins; one that was
//! cut short or replaced is read from its start. What can't be read in part (compressed files, archives, JSON documents)
//! is read as a whole when it has not changed for a round, and again after it has.

mod evtx;
mod marks;
mod text;

pub use marks::{Mark, Marks};

use grotto_diag::{Diagnostic, input};
use grotto_events::{Batch, Format, Input, Labels, Limits, Part, PartReport, ReadOptions};
use rustc_hash::FxHashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// Bytes that one look at the files reads, so that a round has an end however much is there.
const MOST: u64 = 64 << 20;

/// Bytes of one file that are read before the next one's turn.
const STEP: u64 = 8 << 20;

/// What is new.
#[derive(Debug, Default)]
pub struct News {
    /// Events, each batch of one event type.
    pub batches: Vec<Batch>,
    /// What was read and what could not be.
    pub report: PartReport,
    /// Whether there is more, so that it is worth looking again at once.
    pub more: bool,
}

/// Files and folders that are followed.
#[derive(Debug)]
pub struct Follow {
    paths: Vec<String>,
    labels: Arc<Labels>,
    limits: Limits,
    marks: Marks,
    /// How long each file was in the round before.
    before: FxHashMap<String, Seen>,
    /// When this is a look back: files are read as far as these marks.
    until: Option<Marks>,
}

/// A file as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    len: u64,
    modified: Option<std::time::SystemTime>,
}

/// A file at hand.
struct Open<'f> {
    name: &'f str,
    file: File,
    seen: Seen,
    /// Whether it has not changed since the round before.
    quiet: bool,
}

impl Follow {
    /// Follows these from where the marks say.
    pub fn new(paths: Vec<String>, labels: Arc<Labels>, limits: Limits, marks: Marks) -> Self {
        Self { paths, labels, limits, marks, before: FxHashMap::default(), until: None }
    }

    /// How far the files were read.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The same files from their start to where this one is now.
    #[must_use]
    pub fn past(&self) -> Self {
        let mut past = Self::new(self.paths.clone(), Arc::clone(&self.labels), self.limits, Marks::default());
        past.until = Some(self.marks.clone());
        past
    }

    /// Reads what is new.
    pub fn look(&mut self) -> News {
        let mut news = News::default();
        let (inputs, problems) = grotto_events::discover(&self.paths);
        // A folder may be empty until the first log comes.
        news.report
            .diagnostics
            .extend(problems.into_iter().filter(|problem| problem.slug != "input/no-match"));
        let mut files: Vec<(Input, Open<'_>)> = Vec::new();
        for input in &inputs {
            match self.open(input) {
                Ok(Some(open)) => files.push((input.clone(), open)),
                Ok(None) => {}
                Err(problem) => news.report.diagnostics.push(problem),
            }
        }
        self.marks.settle(files.iter_mut().map(|(_, open)| (open.name, &mut open.file, open.seen.len)));
        let mut seen = FxHashMap::default();
        for (input, mut open) in files {
            seen.insert(open.name.to_owned(), open.seen);
            if news.report.bytes >= MOST {
                news.more = true;
                continue;
            }
            if let Err(problem) = self.advance(&input, &mut open, &mut news) {
                news.report.diagnostics.push(problem);
            }
        }
        self.before = seen;
        news
    }

    /// Opens a file that there is; `None` for what is no file.
    fn open<'f>(&self, input: &'f Input) -> Result<Option<Open<'f>>, Diagnostic> {
        let Some(path) = input.path() else {
            let message = format!("{} is no file and can't be followed", input.name());
            return Err(Diagnostic::error("watch/no-file", message));
        };
        let file = input::open(path)?;
        let metadata = file.metadata().map_err(|error| input::unreadable(path, &error))?;
        let name = input.name();
        let seen = Seen { len: metadata.len(), modified: metadata.modified().ok() };
        let quiet = self.before.get(name).is_some_and(|before| *before == seen);
        let mut open = Open { name, file, seen, quiet };
        if let Some(until) = &self.until {
            let Some(mark) = until.of(name) else { return Ok(None) };
            open.quiet = true;
            if mark.offset > 0 {
                open.seen.len = open.seen.len.min(mark.offset);
            }
        }
        Ok(Some(open))
    }

    /// Reads what is new in a file.
    fn advance(&mut self, input: &Input, open: &mut Open<'_>, news: &mut News) -> Result<(), Diagnostic> {
        let mut mark = self.marks.of(open.name).cloned().unwrap_or_default();
        let way = match mark.way {
            Some(way) => way,
            // Before there is something nobody knows what it will be.
            None if open.seen.len == 0 => return Ok(()),
            None => way_of(input, open)?,
        };
        mark.way = Some(way);
        match way {
            Way::Evtx => {
                let until = self.until.as_ref().and_then(|until| until.of(open.name)).map(|mark| mark.record);
                evtx::read(open, &mut mark, until, &self.labels, news)?;
            }
            Way::Whole => self.whole(input, open, &mut mark, news),
            Way::Xml | Way::Json | Way::Csv | Way::Classic => {
                text::read(open, &mut mark, way, &self.labels, news)?;
            }
        }
        self.marks.set(open.name, mark, &mut open.file);
        Ok(())
    }

    /// Reads a file that can only be read as a whole, when it is quiet and another than before.
    fn whole(&self, input: &Input, open: &Open<'_>, mark: &mut Mark, news: &mut News) {
        let nanos = open.seen.modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let version = format!("{}:{}", open.seen.len, nanos.map_or(0, |time| time.as_nanos()));
        if !open.quiet || mark.version.as_ref() == Some(&version) {
            return;
        }
        mark.version = Some(version);
        let opened = grotto_events::open(input, self.limits);
        news.report.diagnostics.extend(opened.diagnostics);
        for part in opened.parts {
            take_in(&part.labelled(&self.labels), news, &mut |batch| Some(batch));
        }
    }
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// Chunks by their record ids.
    Evtx,
    /// Elements as they come.
    Xml,
    /// A document a line.
    Json,
    /// Lines under a header.
    Csv,
    /// Events that begin with a date.
    Classic,
    /// All or nothing.
    Whole,
}

/// How a file has to be read.
fn way_of(input: &Input, open: &mut Open<'_>) -> Result<Way, Diagnostic> {
    let head = bytes(open, 0, 1 << 16)?;
    // Text of two bytes a character has no byte that ends a line.
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) || head.contains(&0) {
        return Ok(if head.starts_with(b"ElfFile\0") || head.starts_with(b"ElfChnk\0") {
            Way::Evtx
        } else {
            Way::Whole
        });
    }
    let opened = grotto_events::open(input, Limits::default());
    let formats: Vec<Format> = opened.parts.iter().filter_map(Part::format).collect();
    Ok(match formats.first() {
        Some(Format::XmlEvents) if is_plain(&opened.parts, input) => Way::Xml,
        Some(Format::Csv) if is_plain(&opened.parts, input) => Way::Csv,
        Some(Format::ClassicText) if is_plain(&opened.parts, input) => Way::Classic,
        Some(Format::Json) if is_plain(&opened.parts, input) && text::is_lines(&head) => Way::Json,
        _ => Way::Whole,
    })
}

/// Whether the parts are those of the file itself, and not of what is packed in it.
fn is_plain(parts: &[Part], input: &Input) -> bool {
    parts.iter().all(|part| part.input().name() == input.name() && part.input().path().is_some())
}

/// Bytes of a file, fewer at its end.
fn bytes(open: &mut Open<'_>, from: u64, count: u64) -> Result<Vec<u8>, Diagnostic> {
    let count = count.min(open.seen.len.saturating_sub(from));
    let mut bytes = Vec::new();
    let mut read = || -> std::io::Result<()> {
        open.file.seek(SeekFrom::Start(from))?;
        (&mut open.file).take(count).read_to_end(&mut bytes)?;
        Ok(())
    };
    read().map_err(|error| input::unreadable(Path::new(open.name), &error))?;
    Ok(bytes)
}

/// Reads events out of bytes of a file.
fn decode(
    name: &str,
    bytes: Vec<u8>,
    labels: &Arc<Labels>,
    news: &mut News,
    keep: &mut dyn FnMut(Batch) -> Option<Batch>,
) {
    match grotto_events::open(&Input::memory(name, bytes), Limits::default()) {
        opened if opened.parts.is_empty() => news.report.diagnostics.extend(opened.diagnostics),
        opened => {
            for part in opened.parts {
                take_in(&part.labelled(labels), news, keep);
            }
        }
    }
}

fn take_in(part: &Part, news: &mut News, keep: &mut dyn FnMut(Batch) -> Option<Batch>) {
    let batches = &mut news.batches;
    let report = part.read(&ReadOptions::default(), &mut |batch| {
        batches.extend(keep(batch).filter(|batch| batch.rows() > 0).map(|batch| batch.compact()));
    });
    news.report.merge(report);
}

#[cfg(test)]
mod tests;
