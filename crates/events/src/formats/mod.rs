//! The forms in which logs come: one file each, and a line in [`Format`].

mod classic;
mod csv;
mod evtx;
pub(crate) mod json;
mod xml;

use crate::Input;
use crate::detect::Head;
use crate::part::{Extent, Output};
use crate::text::Encoding;
use grotto_diag::Diagnostic;
use std::io::{self, Read};

/// A form in which logs come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Windows's own log files, whole or from their first chunk on.
    Evtx,
    /// `<Event>` elements, one after the other or in a wrapper element.
    XmlEvents,
    /// The text of Splunk's Windows input: a date, lines of `name=value`, a message.
    ClassicText,
    /// JSON: lines, objects one after the other, arrays.
    Json,
    /// CSV with a header.
    Csv,
}

impl Format {
    /// All formats in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Evtx, Self::XmlEvents, Self::Json, Self::ClassicText, Self::Csv];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        self.reader().name()
    }

    /// What reads it.
    pub(crate) fn reader(self) -> &'static dyn LogFormat {
        match self {
            Self::Evtx => &evtx::Evtx,
            Self::XmlEvents => &xml::XmlEvents,
            Self::ClassicText => &classic::ClassicText,
            Self::Json => &json::JsonRecords,
            Self::Csv => &csv::Csv,
        }
    }
}

/// What a format has to know.
pub(crate) trait LogFormat: Sync {
    /// Its name for people.
    fn name(&self) -> &'static str;

    /// How one recognises it, for the message about inputs that are of no known format.
    fn shape(&self) -> &'static str;

    /// Whether an input that starts like this is of this format.
    fn matches(&self, head: &Head) -> bool;

    /// Cuts an input of `len` bytes into parts that can be read independently; not a stream.
    ///
    /// # Errors
    /// `input/unreadable`.
    fn split(&self, input: &Input, head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic>;

    /// Reads the events of one part. The reader starts where the extent does and ends where it does. What can't be read
    /// is counted and named in the output.
    ///
    /// # Errors
    /// Reading failed; what was read before counts.
    fn read(&self, reader: &mut dyn Read, extent: Extent, output: &mut Output<'_>) -> io::Result<()>;
}

/// How much is read at a time when looking for the start of an event.
const STEP: u64 = 64 << 10;

/// Where the first event after byte `at` starts, by a function that finds a certain start in some text; `None` when
/// there is none as far as an event of `longest` bytes can reach.
///
/// # Errors
/// `input/unreadable`.
pub(crate) fn find_start(
    input: &Input,
    at: u64,
    longest: usize,
    certain_start: fn(&[u8]) -> Option<usize>,
) -> Result<Option<u64>, Diagnostic> {
    let mut reader = input.open(at)?;
    let mut text = Vec::new();
    let mut step = STEP;
    loop {
        let n = reader.by_ref().take(step).read_to_end(&mut text).map_err(|e| input.unreadable(&e))?;
        if let Some(start) = certain_start(&text) {
            return Ok(Some(at + start as u64));
        }
        if n == 0 || text.len() > longest {
            return Ok(None);
        }
        // Doubling keeps the cost of looking again linear.
        step = text.len() as u64;
    }
}

/// Bytes in a part of a text, about.
const PART: u64 = 16 << 20;

/// Cuts a text of `len` bytes where events start for certain. UTF-16 is read in one go: nobody writes large logs in it.
///
/// # Errors
/// `input/unreadable`.
fn text_parts(
    input: &Input,
    head: &Head,
    len: u64,
    longest: usize,
    certain_start: fn(&[u8]) -> Option<usize>,
) -> Result<Vec<Extent>, Diagnostic> {
    let mut extents = Vec::new();
    let mut start = 0;
    while head.encoding == Encoding::Utf8 && len - start > PART + PART / 2 {
        let Some(end) = find_start(input, start + PART, longest, certain_start)? else { break };
        extents.push(Extent { start, end: Some(end), lack: None });
        start = end;
    }
    extents.push(Extent { start, end: Some(len), lack: None });
    Ok(extents)
}

/// A part of a text as UTF-8. Only the first part can be anything else, and only it has the byte order mark.
///
/// # Errors
/// Reading failed.
fn with_text<R>(
    reader: &mut dyn Read,
    extent: Extent,
    read: impl FnOnce(&mut dyn Read) -> io::Result<R>,
) -> io::Result<R> {
    let mut head = Vec::new();
    (&mut *reader).take(STEP).read_to_end(&mut head)?;
    let encoding = if extent.start == 0 { Encoding::detect(&head) } else { Encoding::Utf8 };
    let mut reader = encoding.reader(head.as_slice().chain(reader));
    read(&mut *reader)
}
