//! EVTX files that are being written: new chunks, and new records in the last one. The header of the file is out of date
//! then; the headers of chunks say which records they hold
//! (<https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>).

use super::{Mark, News, Open, STEP, decode};
use arrow_array::BooleanArray;
use grotto_diag::{Diagnostic, input};
use grotto_events::{Batch, Cell, Labels};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

const CHUNK: u64 = 1 << 16;
const FILE_HEADER: u64 = 4096;
const MAGIC: &[u8] = b"ElfChnk\0";

/// A chunk by its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    start: u64,
    /// Id of its first record.
    first: u64,
    /// Id of its last record.
    pub(super) last: u64,
}

impl Chunk {
    /// The chunk that has this header; `None` when it is not in use.
    fn of(start: u64, header: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u64::from_le_bytes(header.get(at..at + 8)?.try_into().ok()?));
        let (first, last) = (number(24)?, number(32)?);
        let used = header.starts_with(MAGIC) && first > 0 && last >= first && last < u64::MAX;
        used.then_some(Self { start, first, last })
    }
}

/// The chunks that are in use and whole.
pub(super) fn headers(file: &mut File, len: u64) -> io::Result<Vec<Chunk>> {
    let mut magic = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut magic)?;
    let mut start = if magic == MAGIC { 0 } else { FILE_HEADER };
    let mut chunks = Vec::new();
    while start + CHUNK <= len {
        let mut header = [0; 48];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut header)?;
        chunks.extend(Chunk::of(start, &header));
        start += CHUNK;
    }
    Ok(chunks)
}

/// Reads records that are newer than the mark, in the order of their ids, as far as `until`.
pub(super) fn read(
    open: &mut Open<'_>,
    mark: &mut Mark,
    until: Option<u64>,
    labels: &Arc<Labels>,
    news: &mut News,
) -> Result<(), Diagnostic> {
    let unreadable = |error: io::Error| input::unreadable(Path::new(open.name), &error);
    let mut chunks = headers(&mut open.file, open.seen.len).map_err(unreadable)?;
    let most = until.unwrap_or(u64::MAX);
    chunks.retain(|chunk| chunk.last > mark.record && chunk.first <= most);
    chunks.sort_by_key(|chunk| chunk.first);
    let fit = (STEP / CHUNK) as usize;
    news.more |= chunks.len() > fit;
    let (mut all, mut last) = (Vec::new(), mark.record);
    for chunk in chunks.iter().take(fit) {
        let mut bytes = vec![0; CHUNK as usize];
        open.file.seek(SeekFrom::Start(chunk.start)).map_err(unreadable)?;
        open.file.read_exact(&mut bytes).map_err(unreadable)?;
        // It may have grown since.
        let Some(now) = Chunk::of(chunk.start, &bytes) else { continue };
        last = last.max(now.last.min(most));
        all.extend(bytes);
    }
    if all.is_empty() {
        return Ok(());
    }
    let from = mark.record;
    decode(open.name, all, labels, news, &mut |batch| Some(between(&batch, from, last)));
    mark.record = last;
    Ok(())
}

/// The records with ids after `from`, up to `to`.
fn between(batch: &Batch, from: u64, to: u64) -> Batch {
    let new = |row: usize| {
        let id = match batch.cell("EventRecordID", row) {
            Cell::Text(text) => text.parse().ok(),
            Cell::Int(id) => u64::try_from(id).ok(),
            _ => None,
        };
        id.is_none_or(|id: u64| id > from && id <= to)
    };
    batch.filter(&BooleanArray::from((0..batch.rows()).map(new).collect::<Vec<bool>>()))
}
