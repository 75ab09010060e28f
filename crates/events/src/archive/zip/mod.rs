//! Zip archives: a directory at the end says what there is and where.
//!
//! The directory is believed, bounded by what the archive can hold. Without a directory, as in an archive that was cut
//! off, members are found by the headers that stand before them.

mod recover;

use super::codec::Codec;
use super::limits::Meter;
use super::listing::{Listing, label};
use super::unpack::Place;
use crate::Input;
use grotto_diag::Diagnostic;
use rawzip::{MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive, ZipArchiveEntryWayfinder};
use std::sync::Arc;

/// The codec of a method; `None` for one that is not read.
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, section 4.4.5.
fn codec(method: u16) -> Option<Codec> {
    Some(match method {
        0 => Codec::Stored,
        8 => Codec::Deflate,
        9 => Codec::Deflate64,
        12 => Codec::Bzip2,
        20 | 93 => Codec::Zstd,
        95 => Codec::Xz,
        _ => return None,
    })
}

/// A member as the archive describes it.
struct Entry {
    name: String,
    encrypted: bool,
    method: u16,
    crc: Option<u32>,
    /// Unpacked size; `None` if nothing says it.
    size: Option<u64>,
    /// First packed byte, and how many there are.
    window: (u64, u64),
}

/// What a zip archive holds.
///
/// # Errors
/// `input/unreadable`.
pub(crate) fn list(archive: &Input, meter: &Arc<Meter>) -> Result<Listing, Diagnostic> {
    let mut listing = Listing::default();
    let entries = match directory(archive, meter, &mut listing)? {
        Ok(entries) => entries,
        Err(reason) => {
            listing = Listing::default();
            let entries = recover::entries(archive, meter.limits.members)?;
            let found = entries.len();
            let s = if found == 1 { "" } else { "s" };
            listing
                .damage
                .push(format!("its directory can't be read ({reason}); {found} member{s} found without it"));
            entries
        }
    };
    let len = archive.len()?.unwrap_or_default();
    let mut end = 0;
    for entry in entries {
        // In the order of their places, so that one look back is enough.
        let packed_end = entry.window.0.saturating_add(entry.window.1);
        if entry.size.is_some() && entry.window.0 < end {
            listing.overlapping.add(&entry.name);
            continue;
        }
        if entry.size.is_some() {
            end = packed_end;
        }
        admit(entry, len, meter, &mut listing);
    }
    Ok(listing)
}

/// Puts a member on the list if it can be read.
fn admit(entry: Entry, len: u64, meter: &Arc<Meter>, listing: &mut Listing) {
    let Entry { name, encrypted, method, crc, mut size, window } = entry;
    if encrypted {
        return listing.encrypted.add(&name);
    }
    let Some(codec) = codec(method) else {
        return listing.unsupported.add(&name);
    };
    let held = window.1.min(len.saturating_sub(window.0));
    if held < window.1 && size.is_some() {
        listing.damage.push(format!("it is cut off in {name}, after {held} of {} packed bytes", window.1));
        if codec == Codec::Stored {
            size = Some(held);
        }
    }
    let allowed =
        meter.take_member() && size.is_none_or(|size| !meter.is_bomb(held, size) && meter.take_bytes(size));
    if !allowed {
        return listing.refused.add(&name);
    }
    let whole = held == window.1;
    let place = Place { size, crc: crc.filter(|_| whole), ..Place::new(codec, (window.0, held), meter) };
    listing.members.push((name, place));
}

/// The members of the directory in the order of their places, or why it can't be read.
fn directory(
    archive: &Input,
    meter: &Arc<Meter>,
    listing: &mut Listing,
) -> Result<Result<Vec<Entry>, String>, Diagnostic> {
    let reader = archive.random()?;
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let zip = match ZipArchive::from_seekable(reader, &mut buffer) {
        Ok(zip) => zip,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut entries: Vec<(Entry, ZipArchiveEntryWayfinder)> = Vec::new();
    let mut records = zip.entries(&mut buffer);
    loop {
        let record = match records.next_entry() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if record.is_dir() || record.mode().is_symlink() {
            continue;
        }
        let name = label(record.file_path().as_bytes());
        if entries.len() as u64 >= meter.limits.members {
            listing.refused.add(&name);
            continue;
        }
        let entry = Entry {
            name,
            encrypted: record.flags().is_encrypted(),
            method: record.compression_method().as_u16(),
            crc: Some(record.crc32()),
            size: Some(record.uncompressed_size_hint()),
            window: (0, 0),
        };
        entries.push((entry, record.wayfinder()));
    }
    let mut placed = Vec::with_capacity(entries.len());
    for (mut entry, way) in entries {
        match zip.get_entry(way) {
            Ok(found) => {
                let (start, end) = found.compressed_data_range();
                entry.window = (start, end.saturating_sub(start));
                placed.push(entry);
            }
            Err(_) => listing.damage.push(format!("{} is not where the directory says", entry.name)),
        }
    }
    placed.sort_by_key(|entry| entry.window);
    Ok(Ok(placed))
}
