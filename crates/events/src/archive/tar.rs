//! Tar archives: a block of 512 bytes before each member says its name and size.

use super::codec::Codec;
use super::limits::Meter;
use super::listing::{Listing, label};
use super::unpack::Place;
use crate::Input;
use grotto_diag::Diagnostic;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use tar::{EntryType, Header, PaxExtensions};

const BLOCK: u64 = 512;

/// Where the checksum stands in a header.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Long names and extended headers beyond this are not read: the member keeps its short name.
const MAX_EXTENSION: u64 = 1 << 20;

/// Whether a tar archive starts like this: its first header has the checksum that it says.
pub(crate) fn is_header(head: &[u8]) -> bool {
    head.get(..BLOCK as usize).is_some_and(|block| header(block).is_some())
}

/// The header in a block, if its checksum is right. A block of zeros has none.
fn header(block: &[u8]) -> Option<Header> {
    let mut header = Header::new_old();
    header.as_mut_bytes().copy_from_slice(block);
    let sum = block
        .iter()
        .enumerate()
        .fold(0u32, |sum, (at, byte)| sum + u32::from(if CHECKSUM.contains(&at) { b' ' } else { *byte }));
    (header.cksum().ok()? == sum && block.first() != Some(&0)).then_some(header)
}

/// What a tar archive holds.
///
/// # Errors
/// `input/unreadable`.
pub(crate) fn list(archive: &Input, meter: &Arc<Meter>) -> Result<Listing, Diagnostic> {
    let len = archive.len()?.unwrap_or_default();
    let reader = BufReader::new(archive.random()?);
    let mut tar = Tar { reader, len, at: 0, listing: Listing::default(), next: Extension::default() };
    tar.walk(meter).map_err(|e| archive.unreadable(&e))?;
    Ok(tar.listing)
}

/// What a header says of the next one.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

struct Tar<R> {
    reader: R,
    len: u64,
    /// Where the reader stands.
    at: u64,
    listing: Listing,
    next: Extension,
}

impl<R: Read + Seek> Tar<R> {
    fn walk(&mut self, meter: &Arc<Meter>) -> io::Result<()> {
        let mut in_ruins = false;
        while self.at + BLOCK <= self.len {
            let start = self.at;
            let block = self.take(BLOCK)?;
            if block.iter().all(|b| *b == 0) && !in_ruins {
                return Ok(());
            }
            let Some(header) = header(&block) else {
                if !in_ruins {
                    self.listing.damage.push(format!("there is no header at byte {start}"));
                }
                // The next header stands at the start of some block.
                in_ruins = true;
                continue;
            };
            in_ruins = false;
            if !self.member(&header, meter)? {
                return Ok(());
            }
        }
        if self.at < self.len {
            self.listing.damage.push(format!("it is cut off in a header at byte {}", self.at));
        }
        Ok(())
    }

    /// Takes the member after a header; `false` when there can't be another.
    fn member(&mut self, header: &Header, meter: &Arc<Meter>) -> io::Result<bool> {
        let own_size = header.entry_size().unwrap_or(u64::MAX);
        match header.entry_type() {
            EntryType::GNULongName => {
                let name = self.extension(own_size)?;
                self.next.name = name.map(|n| n.split(|b| *b == 0).next().unwrap_or_default().to_vec());
                return Ok(true);
            }
            EntryType::XHeader => {
                if let Some(text) = self.extension(own_size)? {
                    self.extend(&text);
                }
                return Ok(true);
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => {
                return self.skip(own_size);
            }
            _ => {}
        }
        let Extension { name, size, sparse } = std::mem::take(&mut self.next);
        let name = label(&name.unwrap_or_else(|| header.path_bytes().into_owned()));
        let size = size.unwrap_or(own_size);
        let kind = header.entry_type();
        if kind == EntryType::GNUSparse || sparse {
            self.listing.unsupported.add(&name);
        } else if matches!(kind, EntryType::Regular | EntryType::Continuous) && !name.ends_with('/') {
            if !meter.take_member() {
                self.listing.refused.add(&name);
                return Ok(false);
            }
            let held = size.min(self.len - self.at);
            if held < size {
                self.listing.damage.push(format!("it is cut off in {name}, after {held} of {size} bytes"));
            }
            let place = Place { size: Some(held), ..Place::new(Codec::Stored, (self.at, held), meter) };
            self.listing.members.push((name, place));
        }
        // Links and folders have no content, whatever their size says.
        self.skip(if kind.is_file() || kind == EntryType::Continuous || kind == EntryType::GNUSparse {
            size
        } else {
            0
        })
    }

    /// The content of an extending header; `None` if it is too long.
    fn extension(&mut self, size: u64) -> io::Result<Option<Vec<u8>>> {
        if size > MAX_EXTENSION {
            return self.skip(size).map(|_| None);
        }
        let start = self.at;
        let bytes = self.take(size)?;
        self.reader.seek(SeekFrom::Start(start))?;
        self.at = start;
        self.skip(size).map(|_| Some(bytes))
    }

    /// Reads the records of a pax header that matter.
    fn extend(&mut self, text: &[u8]) {
        for record in PaxExtensions::new(text).flatten() {
            match record.key_bytes() {
                b"path" => self.next.name = Some(record.value_bytes().to_vec()),
                b"size" => self.next.size = record.value().ok().and_then(|v| v.parse().ok()),
                key if key.starts_with(b"GNU.sparse.") => self.next.sparse = true,
                _ => {}
            }
        }
    }

    /// Bytes from where the reader stands; fewer at the end.
    fn take(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.at += (&mut self.reader).take(size).read_to_end(&mut bytes)? as u64;
        Ok(bytes)
    }

    /// Goes on after so many bytes, at the next block; `false` at the end.
    fn skip(&mut self, size: u64) -> io::Result<bool> {
        let end = size.checked_next_multiple_of(BLOCK).and_then(|size| self.at.checked_add(size));
        let end = end.filter(|end| *end <= self.len);
        if let Some(end) = end {
            self.reader.seek(SeekFrom::Start(end))?;
        }
        self.at = end.unwrap_or(self.len);
        Ok(end.is_some())
    }
}
