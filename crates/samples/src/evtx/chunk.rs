//! One chunk of 64 KiB: its names, its templates, its records and their checksums.

use super::{binxml, templates};
use crate::event::Event;
use std::collections::HashMap;
use std::io;

/// Bytes of a chunk.
pub(super) const CHUNK_SIZE: usize = 65_536;
/// Bytes of its header, with the tables of names and templates.
const HEADER_SIZE: usize = 512;
/// `**`, the start of a record.
const RECORD_MAGIC: [u8; 4] = [0x2A, 0x2A, 0, 0];

/// The bytes of a chunk so far, and where its names and templates are.
pub(super) struct Body {
    /// The chunk from its first byte on, header included.
    pub(super) bytes: Vec<u8>,
    names: HashMap<String, u32>,
    name_table: [u32; 64],
    templates: HashMap<u64, u32>,
    template_table: [u32; 32],
}

impl Body {
    /// An empty chunk: room for the header.
    pub(super) fn new() -> Self {
        let mut bytes = Vec::with_capacity(CHUNK_SIZE * 2);
        bytes.resize(HEADER_SIZE, 0);
        Self {
            bytes,
            names: HashMap::new(),
            name_table: [0; 64],
            templates: HashMap::new(),
            template_table: [0; 32],
        }
    }

    pub(super) fn put_u16(&mut self, number: u16) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn put_u32(&mut self, number: u32) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// Where the next byte goes.
    pub(super) fn offset(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Leaves room for a size that is known later.
    pub(super) fn reserve_size(&mut self) -> usize {
        self.put_u32(0);
        self.bytes.len() - 4
    }

    /// Writes the number of bytes that follow the size at `at`.
    pub(super) fn patch_size(&mut self, at: usize) {
        let size = (self.bytes.len() - at - 4) as u32;
        if let Some(field) = self.bytes.get_mut(at..at + 4) {
            field.copy_from_slice(&size.to_le_bytes());
        }
    }

    /// Writes a reference to a name, and the name itself when the chunk does not have it yet.
    pub(super) fn name(&mut self, name: &str) {
        if let Some(&offset) = self.names.get(name) {
            self.put_u32(offset);
            return;
        }
        let offset = self.offset() + 4;
        self.put_u32(offset);
        let hash = name_hash(name);
        let bucket = usize::from(hash % 64);
        let next = std::mem::replace(&mut self.name_table[bucket], offset);
        self.put_u32(next);
        self.put_u16(hash);
        self.put_u16(name.encode_utf16().count() as u16);
        self.bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        self.put_u16(0);
        self.names.insert(name.to_owned(), offset);
    }

    /// Writes the start of a template instance: the reference to the template, and the template itself when the chunk
    /// does not have it yet.
    ///
    /// `shape` says what the template looks like; its hash is the template's GUID.
    pub(super) fn template(&mut self, shape: u64, definition: impl FnOnce(&mut Self)) {
        self.bytes.extend_from_slice(&[binxml::INSTANCE, 1]);
        self.put_u32(shape as u32);
        if let Some(&offset) = self.templates.get(&shape) {
            self.put_u32(offset);
            return;
        }
        let offset = self.offset() + 4;
        self.put_u32(offset);
        let bucket = shape as usize % 32;
        let next = std::mem::replace(&mut self.template_table[bucket], offset);
        self.put_u32(next);
        self.bytes.extend_from_slice(&shape.to_le_bytes());
        self.bytes.extend_from_slice(&shape.rotate_left(32).to_be_bytes());
        let size = self.reserve_size();
        self.bytes.extend_from_slice(&binxml::FRAGMENT);
        definition(self);
        self.bytes.push(binxml::END);
        self.patch_size(size);
        self.templates.insert(shape, offset);
    }
}

/// The hash of a name: its bucket in the chunk's table is the hash modulo 64.
fn name_hash(name: &str) -> u16 {
    name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit)))
        as u16
}

/// A chunk that is being filled.
pub(super) struct Chunk {
    body: Body,
    first_record: u64,
    last_record: u64,
    last_offset: u32,
}

impl Chunk {
    pub(super) fn new() -> Self {
        Self { body: Body::new(), first_record: 0, last_record: 0, last_offset: 0 }
    }

    /// Whether no record was added yet.
    pub(super) fn is_empty(&self) -> bool {
        self.last_offset == 0
    }

    /// Adds a record; `false` when it does not fit any more, and then the chunk must be finished.
    ///
    /// # Errors
    /// `InvalidInput` when a value of the event is longer than EVTX can say in any chunk.
    pub(super) fn append(&mut self, id: u64, event: &Event) -> io::Result<bool> {
        let start = self.body.bytes.len();
        let tables = (self.body.name_table, self.body.template_table);
        let written = self.record(id, event);
        // A chunk is never filled to its last byte: libevtx does not see the last record of one whose free space
        // starts at its end, and chunks of Windows leave 8 bytes or more.
        if !written || self.body.bytes.len() >= CHUNK_SIZE {
            self.undo(start, tables);
            return if written { Ok(false) } else { Err(super::too_large(event)) };
        }
        if self.is_empty() {
            self.first_record = id;
        }
        self.last_record = id;
        self.last_offset = start as u32;
        Ok(true)
    }

    /// Takes a record back, with the names and templates that it brought.
    fn undo(&mut self, start: usize, (names, templates): ([u32; 64], [u32; 32])) {
        let body = &mut self.body;
        body.bytes.truncate(start);
        body.name_table = names;
        body.template_table = templates;
        body.names.retain(|_, offset| (*offset as usize) < start);
        body.templates.retain(|_, offset| (*offset as usize) < start);
    }

    fn record(&mut self, id: u64, event: &Event) -> bool {
        let start = self.body.bytes.len();
        self.body.bytes.extend_from_slice(&RECORD_MAGIC);
        let size_at = self.body.reserve_size();
        self.body.bytes.extend_from_slice(&id.to_le_bytes());
        self.body.bytes.extend_from_slice(&event.time.ticks().to_le_bytes());
        let written = templates::put_event(event, &mut self.body);
        // Windows aligns records to 8 bytes; the padding reads as end of stream.
        let unpadded = self.body.bytes.len() - start + 4;
        self.body.bytes.resize(start + unpadded.next_multiple_of(8) - 4, 0);
        let size = (self.body.bytes.len() - start + 4) as u32;
        self.body.put_u32(size);
        if let Some(field) = self.body.bytes.get_mut(size_at..size_at + 4) {
            field.copy_from_slice(&size.to_le_bytes());
        }
        written
    }

    /// The chunk's bytes, padded and with its header; the chunk is empty afterwards.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let finished = std::mem::replace(self, Self::new());
        let mut bytes = finished.body.bytes;
        let free = bytes.len() as u32;
        let records = crc32fast::hash(bytes.get(HEADER_SIZE..).unwrap_or_default());
        let mut header = Vec::with_capacity(HEADER_SIZE);
        header.extend_from_slice(b"ElfChnk\0");
        let range = [finished.first_record, finished.last_record];
        // Numbers in the log and numbers in the file are the same here.
        for number in range.into_iter().chain(range) {
            header.extend_from_slice(&number.to_le_bytes());
        }
        for number in [128, finished.last_offset, free, records] {
            header.extend_from_slice(&number.to_le_bytes());
        }
        header.resize(120, 0);
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&header);
        header.extend_from_slice(&1_u32.to_le_bytes());
        let tables: Vec<u8> = finished
            .body
            .name_table
            .iter()
            .chain(&finished.body.template_table)
            .flat_map(|offset| offset.to_le_bytes())
            .collect();
        checksum.update(&tables);
        header.extend_from_slice(&checksum.finalize().to_le_bytes());
        header.extend_from_slice(&tables);
        bytes.resize(CHUNK_SIZE, 0);
        bytes.splice(..HEADER_SIZE, header);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Payload;

    #[test]
    fn a_name_is_written_once_and_chained() {
        let mut body = Body::new();
        body.name("Event");
        let after_first = body.bytes.len();
        body.name("Event");
        assert_eq!(body.bytes.len(), after_first + 4);
        // The well-known hash of `Event`, as in every log of Windows.
        assert_eq!(name_hash("Event"), 0x0CBA);
        assert_eq!(body.name_table[usize::from(name_hash("Event") % 64)], HEADER_SIZE as u32 + 4);
    }

    #[test]
    fn a_record_that_does_not_fit_leaves_the_chunk_as_it_was() {
        let event = |length: usize| Event {
            data: Payload::named([("Text", "x".repeat(length).into()), ("Other", "y".into())]),
            ..Event::default()
        };
        let mut chunk = Chunk::new();
        let mut id = 0;
        while chunk.append(id, &event(1000)).unwrap() {
            id += 1;
        }
        assert!(id > 25, "{id} records of about 2,100 bytes fit");
        let before = (chunk.body.bytes.clone(), chunk.body.name_table);
        let wide = Event { data: Payload::named([("Unseen", "z".repeat(3000).into())]), ..Event::default() };
        assert!(!chunk.append(id, &wide).unwrap());
        assert_eq!((chunk.body.bytes.clone(), chunk.body.name_table), before);
        assert!(!chunk.body.names.contains_key("Unseen"));
        let bytes = chunk.finish();
        assert_eq!(bytes.len(), CHUNK_SIZE);
        assert_eq!(bytes[16..24], (id - 1).to_le_bytes(), "last record");
        assert!(chunk.is_empty());
    }

    #[test]
    fn a_chunk_is_never_filled_to_its_last_byte() {
        let event = |length: usize| Event {
            data: Payload::named([("Text", "x".repeat(length).into())]),
            ..Event::default()
        };
        // Four characters are eight bytes, the step of a record's size.
        let fits = |length: usize| {
            let mut chunk = Chunk::new();
            assert!(chunk.append(1, &event(16_000)).unwrap());
            let added = chunk.append(2, &event(length)).unwrap();
            added.then_some(chunk.body.bytes.len())
        };
        let longest =
            (15_000..16_500).step_by(4).take_while(|length| fits(*length).is_some()).last().unwrap();
        assert_eq!(fits(longest), Some(CHUNK_SIZE - 8));
        assert_eq!(fits(longest + 4), None, "it would end where the chunk ends");
    }

    #[test]
    fn records_are_aligned_and_end_with_their_size() {
        let mut chunk = Chunk::new();
        assert!(chunk.append(9, &Event::default()).unwrap());
        let record = &chunk.body.bytes[HEADER_SIZE..];
        assert_eq!(record.len() % 8, 0);
        assert_eq!(record[..4], RECORD_MAGIC);
        assert_eq!(record[4..8], record[record.len() - 4..]);
        assert_eq!(record[4..8], (record.len() as u32).to_le_bytes());
    }
}
