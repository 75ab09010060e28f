//! Classic `WinEventLog` text: what Splunk's Windows input writes without `renderXml`, one event after the other. An
//! event starts with its date, on a line of its own, and the line `LogName=…` after it.

use super::{LogFormat, text_parts, with_text};
use crate::Input;
use crate::decode::classic::{self, FIRST, is_date};
use crate::detect::Head;
use crate::part::{Extent, Output};
use grotto_diag::Diagnostic;
use memchr::{memmem, memrchr};
use std::borrow::Cow;
use std::io::{self, Read};

/// How much is read at a time.
const BLOCK: u64 = 256 << 10;

/// Events longer than this are passed over: Windows writes at most 64 KiB.
const MAX_EVENT: usize = 16 << 20;

/// The format.
pub(super) struct ClassicText;

impl LogFormat for ClassicText {
    fn name(&self) -> &'static str {
        "WinEventLog"
    }

    fn shape(&self) -> &'static str {
        "classic WinEventLog text (a date, LogName=…, …, Message=…)"
    }

    fn matches(&self, head: &Head) -> bool {
        let text = head.text.trim_start();
        start(text.as_bytes(), 0) == Some(0)
    }

    fn split(&self, input: &Input, head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic> {
        text_parts(input, head, len, MAX_EVENT, certain_start)
    }

    fn read(&self, reader: &mut dyn Read, extent: Extent, output: &mut Output<'_>) -> io::Result<()> {
        let mut events = Events { output, offset: extent.start, garbled: 0, undated: 0 };
        with_text(reader, extent, |reader| events.read(reader))?;
        events.finish();
        Ok(())
    }
}

/// Where the next event at or after `from` starts.
fn start(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = memmem::find(text.get(at..)?, FIRST.as_bytes()) {
        let first = at + found;
        at = first + FIRST.len();
        let Some(end) = first.checked_sub(1).filter(|end| text[*end] == b'\n') else { continue };
        let date = memrchr(b'\n', &text[..end]).map_or(0, |line| line + 1);
        if date >= from && is_date(&text[date..end]) {
            return Some(date);
        }
    }
    None
}

/// As [`start`], in a text that may begin in the middle of a line.
fn certain_start(text: &[u8]) -> Option<usize> {
    let line = memchr::memchr(b'\n', text)? + 1;
    start(text, line)
}

/// Reads events.
struct Events<'o, 'p> {
    output: &'o mut Output<'p>,
    /// Offset of the start of the buffer in the input.
    offset: u64,
    garbled: u64,
    undated: u64,
}

impl Events<'_, '_> {
    fn read(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        let mut buffer = Vec::new();
        // Whether the buffer starts with an event; only what follows one that is too long does not.
        let mut whole = true;
        loop {
            let searched = buffer.len().saturating_sub(FIRST.len() + 64);
            let n = (&mut *reader).take(BLOCK).read_to_end(&mut buffer)?;
            let mut event = 0;
            let mut from = searched.max(1);
            while let Some(next) = start(&buffer, from) {
                if whole {
                    self.event(&buffer[event..next], event as u64);
                }
                whole = true;
                event = next;
                from = next + 1;
            }
            if n == 0 {
                if whole {
                    self.event(&buffer[event..], event as u64);
                }
                return Ok(());
            }
            if buffer.len() - event > MAX_EVENT {
                if whole {
                    self.too_long(event as u64);
                }
                whole = false;
                event = buffer.len() - FIRST.len() - 64;
            }
            buffer.drain(..event);
            self.offset += event as u64;
        }
    }

    fn too_long(&mut self, at: u64) {
        let message = format!("the event at byte {} is longer than {MAX_EVENT} bytes", self.offset + at);
        self.output.failed("classic/too-long", &message);
    }

    /// Takes the text of one event, which stands `at` bytes behind the start of the buffer.
    fn event(&mut self, text: &[u8], at: u64) {
        if text.len() > MAX_EVENT {
            return self.too_long(at);
        }
        let text = String::from_utf8_lossy(text);
        self.garbled += u64::from(matches!(text, Cow::Owned(_)));
        let mut text = Cow::Borrowed(text.trim_start_matches('\u{feff}').trim_start());
        if text.is_empty() {
            return;
        }
        // A NUL ends nothing here, but it does where event types are told apart.
        if text.contains('\0') {
            text = Cow::Owned(text.replace('\0', "\u{fffd}"));
        }
        let mut event = classic::event(&text);
        if !classic::says_zone(&text) {
            event.time = event.time.map(|time| self.output.local(time));
        }
        if event.channel.is_empty() {
            let message = format!("the text at byte {} is no event: there is no LogName", self.offset + at);
            return self.output.failed("classic/bad-event", &message);
        }
        self.undated += u64::from(event.time.is_none());
        self.output.decoded(&event);
    }

    fn finish(self) {
        if self.garbled > 0 {
            let message =
                format!("{} events hold bytes that are not UTF-8; they are read as U+FFFD", self.garbled);
            self.output.note("classic/not-utf8", &message);
        }
        if self.undated > 0 {
            let message = format!("{} events have a date that can't be read, and so no time", self.undated);
            self.output.note("classic/no-time", &message);
        }
    }
}

#[cfg(test)]
mod tests;
