//! Events as an EVTX file, the binary log of Windows since Vista.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB, each with two checksums. A record holds binary XML: an instance of
//! a template for `System`, whose last value is an instance of a template for the payload. A template stands in the
//! chunk where it is first used, as Windows writes it. Facts from the documentation of libevtx,
//! <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>, and
//! \[MS-EVEN6\], section 2.2.

mod binxml;
mod chunk;
mod templates;

use crate::event::Event;
use chunk::{CHUNK_SIZE, Chunk};
use std::io::{self, Cursor, Seek, SeekFrom, Write};

/// Bytes of the file header.
const HEADER_SIZE: usize = 4096;
/// The file header counts chunks in 16 bits.
const MAX_CHUNKS: u64 = 0xFFFF;

/// Writes events one after the other and never holds more than one chunk.
///
/// The header is written by [`finish`](Self::finish); a file without it is an empty log.
pub struct EvtxWriter<W: Write + Seek> {
    out: W,
    chunk: Chunk,
    chunks: u64,
    next_record: Option<u64>,
}

impl<W: Write + Seek> EvtxWriter<W> {
    /// A log at the start of `out`.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&[0; HEADER_SIZE])?;
        Ok(Self { out, chunk: Chunk::new(), chunks: 0, next_record: None })
    }

    /// Adds one event. Records are numbered from the first event's `record_id` on without gaps, because readers walk
    /// them so; an event that was forwarded from another log keeps its own number in its XML, as on a collector.
    ///
    /// # Errors
    /// `InvalidInput` for an event that does not fit into a chunk, or when the file has the 65,535 chunks that its
    /// header can count; else what the output says.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        let id = self.next_record.unwrap_or(event.record_id);
        if !self.chunk.append(id, event)? {
            self.flush_chunk()?;
            if !self.chunk.append(id, event)? {
                return Err(too_large(event));
            }
        }
        self.next_record = Some(id + 1);
        Ok(())
    }

    /// Bytes given to the output so far: whole chunks.
    pub fn written(&self) -> u64 {
        HEADER_SIZE as u64 + self.chunks * CHUNK_SIZE as u64
    }

    /// Writes the last chunk and the header, and gives the output back.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn finish(mut self) -> io::Result<W> {
        if !self.chunk.is_empty() {
            self.flush_chunk()?;
        }
        let header = file_header(self.chunks, self.next_record.unwrap_or(1));
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header)?;
        self.out.seek(SeekFrom::End(0))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush_chunk(&mut self) -> io::Result<()> {
        if self.chunks == MAX_CHUNKS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "an EVTX file holds at most 65,535 chunks, 4 GiB",
            ));
        }
        self.out.write_all(&self.chunk.finish())?;
        self.chunks += 1;
        Ok(())
    }
}

/// A whole EVTX file in memory.
///
/// # Errors
/// As [`EvtxWriter::write`].
pub fn to_bytes<'a>(events: impl IntoIterator<Item = &'a Event>) -> io::Result<Vec<u8>> {
    let mut writer = EvtxWriter::new(Cursor::new(Vec::new()))?;
    events.into_iter().try_for_each(|event| writer.write(event))?;
    writer.finish().map(Cursor::into_inner)
}

fn too_large(event: &Event) -> io::Error {
    let message = format!("event {} of {} does not fit into an EVTX chunk", event.id, event.provider.name);
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// The 4 KiB before the first chunk, for a clean file.
fn file_header(chunks: u64, next_record: u64) -> Vec<u8> {
    let mut header = Vec::with_capacity(HEADER_SIZE);
    header.extend_from_slice(b"ElfFile\0");
    header.extend_from_slice(&0_u64.to_le_bytes());
    header.extend_from_slice(&chunks.saturating_sub(1).to_le_bytes());
    header.extend_from_slice(&next_record.to_le_bytes());
    header.extend_from_slice(&128_u32.to_le_bytes());
    header.extend_from_slice(&1_u16.to_le_bytes());
    header.extend_from_slice(&3_u16.to_le_bytes());
    header.extend_from_slice(&(HEADER_SIZE as u16).to_le_bytes());
    header.extend_from_slice(&(chunks.min(MAX_CHUNKS) as u16).to_le_bytes());
    header.resize(120, 0);
    let checksum = crc32fast::hash(&header);
    header.extend_from_slice(&0_u32.to_le_bytes());
    header.extend_from_slice(&checksum.to_le_bytes());
    header.resize(HEADER_SIZE, 0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Payload;

    fn event(text: &str) -> Event {
        Event { data: Payload::named([("Text", text.to_owned().into())]), record_id: 41, ..Event::default() }
    }

    #[test]
    fn a_file_is_a_header_and_whole_chunks() {
        let bytes = to_bytes(&[event("a"), event("b")]).unwrap();
        assert_eq!(bytes.len(), HEADER_SIZE + CHUNK_SIZE);
        assert_eq!(&bytes[..8], b"ElfFile\0");
        assert_eq!(bytes[24..32], 43_u64.to_le_bytes(), "next record");
        assert_eq!(bytes[42..44], [1, 0], "chunks");
        assert_eq!(bytes[124..128], crc32fast::hash(&bytes[..120]).to_le_bytes());
        assert_eq!(&bytes[HEADER_SIZE..HEADER_SIZE + 8], b"ElfChnk\0");
    }

    #[test]
    fn an_empty_log_is_its_header() {
        assert_eq!(to_bytes(&[]).unwrap().len(), HEADER_SIZE);
    }

    #[test]
    fn an_event_larger_than_a_chunk_is_refused_and_the_rest_goes_on() {
        let mut writer = EvtxWriter::new(Cursor::new(Vec::new())).unwrap();
        writer.write(&event("first")).unwrap();
        for length in [32_000, 40_000, 70_000] {
            let error = writer.write(&event(&"x".repeat(length))).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{length}");
        }
        writer.write(&event("last")).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        assert_eq!(bytes[24..32], 43_u64.to_le_bytes(), "refused events take no number");
    }
}
