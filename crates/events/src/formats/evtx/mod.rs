//! EVTX: chunks of 64 KiB, each of which can be read on its own, after a header of 4 KiB that nothing depends on.

mod binxml;

use super::LogFormat;
use crate::Input;
use crate::detect::Head;
use crate::part::{Extent, Lack, Output};
use binxml::{Direct, Way};
use evtx::err::{ChunkError, EvtxError};
use evtx::{EvtxChunk, EvtxChunkData, EvtxChunkHeader, ParserSettings};
use grotto_diag::Diagnostic;
use std::error::Error;
use std::io::{self, Read};
use std::sync::Arc;

const CHUNK: usize = 1 << 16;
const FILE_HEADER: u64 = 4096;
const FILE_MAGIC: &[u8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
/// Where the offsets of strings stand in the header of a chunk.
const STRINGS: std::ops::Range<usize> = 128..384;
/// Length of the header of a chunk.
const CHUNK_HEADER: usize = 512;
/// Where the end of the records stands in the header of a chunk.
const FREE_SPACE: std::ops::Range<usize> = 48..52;
/// How each record starts.
const RECORD_MAGIC: &[u8] = &[0x2a, 0x2a, 0, 0];

/// Chunks in a part: 4 MiB, some thousand events, and more in large logs, as each batch of events costs something.
const CHUNKS_PER_PART: std::ops::RangeInclusive<u64> = 64..=256;
/// Parts of a log that is large enough, so that many threads have something to do.
const PARTS: u64 = 32;
/// Parts of what is left of a log near its end, where they become smaller, so that threads end about the same time.
const LAST_PARTS: u64 = 4;

/// The format.
pub(super) struct Evtx;

impl LogFormat for Evtx {
    fn name(&self) -> &'static str {
        "EVTX"
    }

    fn shape(&self) -> &'static str {
        "EVTX files (starting with ElfFile, or headerless with ElfChnk)"
    }

    fn matches(&self, head: &Head) -> bool {
        head.bytes.starts_with(FILE_MAGIC) || head.bytes.starts_with(CHUNK_MAGIC)
    }

    fn split(&self, _input: &Input, head: &Head, len: u64) -> Result<Vec<Extent>, Diagnostic> {
        let base = if head.bytes.starts_with(FILE_MAGIC) { FILE_HEADER } else { 0 };
        let most = most_chunks(len);
        let mut extents = Vec::new();
        let mut start = base;
        while start < len {
            let chunks = ((len - start) / CHUNK as u64 / LAST_PARTS).clamp(*CHUNKS_PER_PART.start(), most);
            let end = (start + chunks * CHUNK as u64).min(len);
            extents.push(Extent { start, end: Some(end), lack: None });
            start = end;
        }
        if base == FILE_HEADER
            && let Some(lack) = lack(&head.bytes, len)
        {
            if extents.is_empty() {
                extents.push(Extent { start: len, end: Some(len), lack: None });
            }
            if let Some(last) = extents.last_mut() {
                last.lack = Some(lack);
            }
        }
        Ok(extents)
    }

    fn read(&self, reader: &mut dyn Read, extent: Extent, output: &mut Output<'_>) -> io::Result<()> {
        let mut chunks = Chunks {
            number: extent.start / CHUNK as u64,
            offset: extent.start,
            settings: Arc::new(ParserSettings::new().indent(false)),
            buffer: vec![0; CHUNK],
            held: 0,
            direct: (!output.rows().options().through_xml).then(Direct::default),
        };
        let mut missing = extent.lack;
        let mut header = Vec::new();
        // A stream starts with the header, if there is one.
        let mut held = 0;
        if extent.end.is_none() {
            held = fill(reader, &mut chunks.buffer[..CHUNK_MAGIC.len()])?;
            if chunks.buffer[..held] == *FILE_MAGIC {
                header = vec![0; FILE_HEADER as usize];
                header[..held].copy_from_slice(FILE_MAGIC);
                let more = fill(reader, &mut header[held..])?;
                header.truncate(held + more);
                held = 0;
                chunks.offset = FILE_HEADER;
            }
        }
        let mut len = header.len() as u64;
        loop {
            chunks.held = held + fill(reader, &mut chunks.buffer[held..])?;
            if chunks.held == 0 {
                break;
            }
            len += chunks.held as u64;
            chunks.read(output);
            chunks.number += 1;
            chunks.offset += CHUNK as u64;
            // One that could not be read is not given back.
            chunks.buffer.resize(CHUNK, 0);
            held = 0;
        }
        if !header.is_empty() {
            missing = lack(&header, len);
        }
        if let Some(lack) = missing {
            say_missing(lack, output);
        }
        Ok(())
    }
}

/// The most chunks in a part of a log of `len` bytes, whatever the number of threads.
fn most_chunks(len: u64) -> u64 {
    (len / CHUNK as u64 / PARTS).clamp(*CHUNKS_PER_PART.start(), *CHUNKS_PER_PART.end())
}

/// What a file of this header and length lacks. More chunks than the header says are no fault: the count of a log that
/// was not closed is out of date. Nor is a header believed whose own size and block size are not what they always are.
fn lack(header: &[u8], len: u64) -> Option<Lack> {
    let whole = len.saturating_sub(FILE_HEADER) / CHUNK as u64;
    // <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>
    let Some(&[size_0, size_1, size_2, size_3, _, _, _, _, block_0, block_1, count_0, count_1]) =
        header.get(32..44)
    else {
        return Some(Lack { promised: None, whole });
    };
    let sound = u32::from_le_bytes([size_0, size_1, size_2, size_3]) == 128
        && u64::from(u16::from_le_bytes([block_0, block_1])) == FILE_HEADER;
    let promised = u64::from(u16::from_le_bytes([count_0, count_1]));
    (sound && whole < promised).then_some(Lack { promised: Some(promised), whole })
}

fn say_missing(lack: Lack, output: &mut Output<'_>) {
    let Lack { promised, whole } = lack;
    match promised {
        Some(promised) => output.missing(
            promised.saturating_sub(whole),
            "evtx/truncated",
            &format!(
                "the file is cut off: its header promises {promised} chunk{}, and {whole} {} there whole",
                if promised == 1 { "" } else { "s" },
                if whole == 1 { "is" } else { "are" },
            ),
        ),
        None => output.missing(
            1,
            "evtx/truncated",
            "the file is cut off inside its header, before the number of chunks; there are 0",
        ),
    }
}

/// Fills the buffer; gives how many bytes there were for it, which is fewer at the end.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut held = 0;
    while held < buffer.len() {
        match reader.read(&mut buffer[held..]) {
            Ok(0) => break,
            Ok(n) => held += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(held)
}

/// The chunk at hand.
struct Chunks {
    number: u64,
    /// Where it starts in the file.
    offset: u64,
    settings: Arc<ParserSettings>,
    /// As long as a chunk.
    buffer: Vec<u8>,
    /// How many bytes of the chunk the file holds; the rest is filled with zeros.
    held: usize,
    /// The short way from records to columns, where that is open.
    direct: Option<Direct>,
}

impl Chunks {
    /// Reads the chunk in the buffer, which can be short at the end of a file.
    fn read(&mut self, output: &mut Output<'_>) {
        self.buffer[self.held..].fill(0);
        if self.buffer.iter().all(|b| *b == 0) {
            return;
        }
        if self.held < CHUNK {
            self.truncated(output);
            if self.held < CHUNK_HEADER {
                return;
            }
        }
        if self.held == CHUNK
            && let Some(mut direct) = self.direct.take()
        {
            let done = direct.plan(&self.buffer, output).is_some() && self.straight(&mut direct, output);
            self.direct = Some(direct);
            if done {
                return;
            }
        }
        let repaired = self.repair();
        if self.read_whole(output) && repaired {
            output.note(
                "evtx/repaired",
                &format!(
                    "{} does not start with ElfChnk but holds records, which were read all the same",
                    self.place()
                ),
            );
        }
    }

    /// Takes the records of the chunk to columns, and those that have to go by way of XML there; gives whether they could
    /// be read. If not, nothing was done.
    fn straight(&self, direct: &mut Direct, output: &mut Output<'_>) -> bool {
        if direct.is_direct() {
            for at in 0..direct.len() {
                if let Some(Way::Direct { kind, values }) = direct.way_of(at) {
                    direct.push((kind, values), &self.buffer, output);
                }
            }
            return true;
        }
        let data = direct.without_direct(&self.buffer);
        let Ok(header) = EvtxChunkHeader::from_bytes(&data) else { return false };
        let Ok(mut chunk) = EvtxChunk::new(&data, &header, Arc::clone(&self.settings)) else {
            return false;
        };
        let mut others = Vec::new();
        let mut at = direct.next_other(0);
        for record in chunk.iter().flatten() {
            if let Some(number) =
                at.filter(|at| direct.is_at(*at, record.event_record_id, record.binxml_offset))
            {
                others.push(record);
                at = direct.next_other(number + 1);
            }
        }
        // One that can't be read is named by the other way.
        if at.is_some() {
            return false;
        }
        let mut others = others.into_iter();
        for at in 0..direct.len() {
            match direct.way_of(at) {
                Some(Way::Direct { kind, values }) => direct.push((kind, values), &self.buffer, output),
                Some(Way::Xml | Way::Unsure) | None => {
                    if let Some(record) = others.next() {
                        let id = Some(record.event_record_id);
                        self.record(Ok(record), id, output);
                    }
                }
            }
        }
        true
    }

    /// Makes a chunk readable whose start is damaged, if a record stands where the first one has to be.
    fn repair(&mut self) -> bool {
        let damaged = !self.buffer.starts_with(CHUNK_MAGIC);
        if !damaged || !self.buffer[CHUNK_HEADER..].starts_with(RECORD_MAGIC) {
            return false;
        }
        self.buffer[..CHUNK_MAGIC.len()].copy_from_slice(CHUNK_MAGIC);
        // What overwrote the start may have gone on; records end by themselves.
        let free = self.buffer[FREE_SPACE].iter().rev().fold(0, |sum, b| sum << 8 | usize::from(*b));
        if !(CHUNK_HEADER + 1..=CHUNK).contains(&free) {
            self.buffer[FREE_SPACE].copy_from_slice(&(CHUNK as u32).to_le_bytes());
        }
        true
    }

    /// Reads the chunk in the buffer, now of full length; gives whether it could be read.
    fn read_whole(&mut self, output: &mut Output<'_>) -> bool {
        match self.records(output) {
            Err(ChunkError::FailedToBuildStringCache { source }) => {
                // The table of strings is for speed: names can be read where they stand.
                self.buffer[STRINGS].fill(0);
                if let Err(error) = self.records(output) {
                    self.lost(&error, output);
                    return false;
                }
                output.note(
                    "evtx/bad-string-table",
                    &format!(
                        "{} has a damaged table of strings, which was not used: {}",
                        self.place(),
                        chain(&source)
                    ),
                );
                true
            }
            Err(error) => {
                self.lost(&error, output);
                false
            }
            Ok(()) => true,
        }
    }

    /// Reads all records of the chunk in the buffer.
    fn records(&mut self, output: &mut Output<'_>) -> Result<(), ChunkError> {
        let mut data = EvtxChunkData::new(std::mem::take(&mut self.buffer), false)?;
        data.number = Some(self.number);
        let result = data.parse(Arc::clone(&self.settings)).map(|mut chunk| {
            for record in chunk.iter() {
                let id = record.as_ref().ok().map(|r| r.event_record_id);
                // Zeros for what is missing would make a record that is there in part look whole.
                if record
                    .as_ref()
                    .is_ok_and(|r| r.binxml_offset + u64::from(r.binxml_size) > self.held as u64)
                {
                    let message = format!("{} is cut off by the end of the file", self.record_place(id));
                    output.failed("evtx/bad-record", &message);
                    continue;
                }
                self.record(record, id, output);
            }
        });
        self.buffer = data.data;
        result
    }

    /// Takes a record by way of its XML.
    fn record(
        &self,
        record: Result<evtx::EvtxRecord<'_>, EvtxError>,
        id: Option<u64>,
        output: &mut Output<'_>,
    ) {
        match record.and_then(evtx::EvtxRecord::into_xml) {
            Ok(record) => output.event(without_declaration(&record.data), &|| self.record_place(id)),
            Err(error) => self.bad_record(id, &error, output),
        }
    }

    fn bad_record(&self, id: Option<u64>, error: &EvtxError, output: &mut Output<'_>) {
        let place = match error {
            EvtxError::FailedToParseRecord { record_id, .. } => self.record_place(Some(*record_id)),
            EvtxError::FailedToReadRecordAt { offset, .. } => {
                format!("the record at byte {} of {}", offset, self.place())
            }
            _ => self.record_place(id),
        };
        // The outermost error only says which record it is.
        let reason = error.source().map_or_else(|| error.to_string(), chain);
        output.failed("evtx/bad-record", &format!("{place} can't be read: {reason}"));
    }

    fn lost(&self, error: &ChunkError, output: &mut Output<'_>) {
        output.lost("evtx/bad-chunk", &format!("{} can't be read: {}", self.place(), chain(error)));
    }

    fn truncated(&self, output: &mut Output<'_>) {
        output.note(
            "evtx/truncated",
            &format!("the file ends inside {}, after {} of 65536 bytes", self.place(), self.held),
        );
    }

    fn place(&self) -> String {
        format!("chunk {} (at byte {})", self.number, self.offset)
    }

    fn record_place(&self, id: Option<u64>) -> String {
        match id {
            Some(id) => format!("record {id} in {}", self.place()),
            None => format!("a record in {}", self.place()),
        }
    }
}

/// The event alone: the crate puts an XML declaration before it.
fn without_declaration(xml: &str) -> &str {
    let event =
        xml.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(xml, |(_, event)| event);
    event.trim_ascii()
}

/// An error and what caused it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        out.push_str(": ");
        out.push_str(&error.to_string());
        source = error.source();
    }
    out
}

#[cfg(test)]
mod tests;
