//! Members of a zip archive without directory, by the headers that stand before them.

use super::Entry;
use crate::Input;
use crate::archive::listing::label;
use grotto_diag::Diagnostic;
use memchr::memmem;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// What a header starts with. <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, section 4.3.7.
const MAGIC: &[u8] = b"PK\x03\x04";

/// Length of a header without name and extra fields.
const FIXED: usize = 30;

/// How much is searched at a time.
const STEP: u64 = 1 << 20;

/// Up to `limit` members, in the order of their places.
///
/// # Errors
/// `input/unreadable`.
pub(super) fn entries(archive: &Input, limit: u64) -> Result<Vec<Entry>, Diagnostic> {
    let len = archive.len()?.unwrap_or_default();
    let mut reader = BufReader::new(archive.random()?);
    let mut found = Vec::new();
    let mut at = 0;
    let mut walk = || -> io::Result<()> {
        while (found.len() as u64) < limit
            && let Some(start) = find(&mut reader, at)?
        {
            at = start + MAGIC.len() as u64;
            if let Some((entry, end)) = header(&mut reader, start, len)? {
                at = end.min(len);
                if !entry.name.ends_with('/') {
                    found.push(entry);
                }
            }
        }
        Ok(())
    };
    walk().map_err(|e| archive.unreadable(&e))?;
    Ok(found)
}

/// Where the next header may start.
fn find(reader: &mut (impl Read + Seek), mut at: u64) -> io::Result<Option<u64>> {
    reader.seek(SeekFrom::Start(at))?;
    let mut text = Vec::new();
    loop {
        let n = reader.by_ref().take(STEP).read_to_end(&mut text)?;
        if let Some(found) = memmem::find(&text, MAGIC) {
            return Ok(Some(at + found as u64));
        }
        if n == 0 {
            return Ok(None);
        }
        let done = text.len().saturating_sub(MAGIC.len() - 1);
        text.drain(..done);
        at += done as u64;
    }
}

/// The member whose header starts here, and where to go on; `None` if it is no header.
fn header(reader: &mut (impl Read + Seek), start: u64, len: u64) -> io::Result<Option<(Entry, u64)>> {
    reader.seek(SeekFrom::Start(start))?;
    let mut fixed = Vec::new();
    reader.by_ref().take(FIXED as u64).read_to_end(&mut fixed)?;
    let short = |at: usize| Some(u16::from_le_bytes(fixed.get(at..at + 2)?.try_into().ok()?));
    let long = |at: usize| Some(u64::from(u32::from_le_bytes(fixed.get(at..at + 4)?.try_into().ok()?)));
    let (Some(flags), Some(method), Some(crc), Some(packed), Some(size), Some(name_len), Some(extra_len)) =
        (short(6), short(8), long(14), long(18), long(22), short(26), short(28))
    else {
        return Ok(None);
    };
    let mut name = Vec::new();
    reader.by_ref().take(name_len.into()).read_to_end(&mut name)?;
    let mut extra = Vec::new();
    reader.by_ref().take(extra_len.into()).read_to_end(&mut extra)?;
    let data = start + FIXED as u64 + u64::from(name_len) + u64::from(extra_len);
    if name.is_empty() || name.contains(&0) || data > len || method > 99 {
        return Ok(None);
    }
    let (size, packed) = zip64(&extra, size, packed);
    let mut entry = Entry {
        name: label(&name),
        encrypted: flags & 1 != 0,
        method,
        crc: Some(crc as u32),
        size: Some(size),
        window: (data, packed),
    };
    // Bit 3: sizes and checksum follow the data. The data says itself where it ends, unless it is stored.
    if flags & 8 != 0 && packed == 0 {
        entry = Entry { crc: None, size: None, window: (data, len - data), ..entry };
        return Ok(Some((entry, data)));
    }
    Ok(Some((entry, data.saturating_add(packed))))
}

/// Sizes of more than four bytes, which stand in an extra field. Section 4.5.3.
fn zip64(extra: &[u8], size: u64, packed: u64) -> (u64, u64) {
    let mut rest = extra;
    while let [id_0, id_1, len_0, len_1, more @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*len_0, *len_1])).min(more.len());
        let (field, next) = more.split_at(len);
        if [*id_0, *id_1] == [1, 0] {
            let mut values =
                field.chunks_exact(8).filter_map(|c| Some(u64::from_le_bytes(c.try_into().ok()?)));
            let mut value = |short: u64| {
                if short == u64::from(u32::MAX) { values.next().unwrap_or(short) } else { short }
            };
            return (value(size), value(packed));
        }
        rest = next;
    }
    (size, packed)
}
