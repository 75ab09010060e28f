//! One temporary file for everything that does not fit into memory. It has no name and goes away with the process,
//! however that ends.

use grotto_diag::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The file, made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Store>>);

#[derive(Debug, Default)]
struct Store {
    file: Option<File>,
    end: u64,
    free: Free,
    /// Bytes that were ever written.
    written: u64,
}

/// Stretches of the file that nobody needs any more, none of which touches another or the end. What is written again costs
/// the system no new pages.
#[derive(Debug, Default)]
struct Free {
    /// How long each is, by where it starts.
    by_start: BTreeMap<u64, u64>,
    /// Length and start of each.
    by_len: BTreeSet<(u64, u64)>,
}

impl Free {
    /// Takes the start of the shortest stretch that holds so many bytes; what is left of it stays free.
    fn take(&mut self, len: u64) -> Option<u64> {
        let (whole, start) = *self.by_len.range((len, 0)..).next()?;
        self.remove(start);
        if whole > len {
            self.insert(start + len, whole - len);
        }
        Some(start)
    }

    /// Takes in a stretch, joined with those next to it; gives it back when it is at the end of the file.
    fn put(&mut self, mut start: u64, mut len: u64, end: u64) -> Option<u64> {
        if let Some((before, of)) =
            self.by_start.range(..start).next_back().map(|(start, len)| (*start, *len))
            && before + of == start
        {
            self.remove(before);
            (start, len) = (before, of + len);
        }
        if let Some(after) = self.remove(start + len) {
            len += after;
        }
        if start + len == end {
            return Some(start);
        }
        self.insert(start, len);
        None
    }

    fn insert(&mut self, start: u64, len: u64) {
        self.by_start.insert(start, len);
        self.by_len.insert((len, start));
    }

    fn remove(&mut self, start: u64) -> Option<u64> {
        let len = self.by_start.remove(&start)?;
        self.by_len.remove(&(len, start));
        Some(len)
    }
}

/// Bytes in the file, which are written over once this is gone.
#[derive(Debug)]
pub(crate) struct Segment {
    store: Arc<Mutex<Store>>,
    start: u64,
    len: u64,
}

impl Disk {
    /// Writes bytes.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<Segment, Box<Diagnostic>> {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = store.write(bytes).map_err(|error| problem(&error, "written"))?;
        let len = bytes.len() as u64;
        store.written += len;
        Ok(Segment { store: Arc::clone(&self.0), start, len })
    }

    /// Bytes that were ever written.
    pub(crate) fn written(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).written
    }
}

impl Store {
    fn write(&mut self, bytes: &[u8]) -> io::Result<u64> {
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile()?);
        }
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::NotFound.into()) };
        let len = bytes.len() as u64;
        let start = self.free.take(len).unwrap_or_else(|| {
            self.end += len;
            self.end - len
        });
        let written = file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(bytes));
        if written.is_err() {
            self.let_go(start, len);
        }
        written.map(|()| start)
    }

    /// Nobody needs these bytes any more.
    fn let_go(&mut self, start: u64, len: u64) {
        if len > 0
            && let Some(end) = self.free.put(start, len, self.end)
        {
            self.end = end;
            if end == 0
                && let Some(file) = &self.file
            {
                // A file that stays long costs no more than room.
                let _ = file.set_len(0);
            }
        }
    }
}

impl Segment {
    /// How many bytes it has.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Reads it.
    ///
    /// # Errors
    /// `engine/disk`.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Box<Diagnostic>> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read = || -> io::Result<Vec<u8>> {
            let Some(file) = &mut store.file else { return Err(io::ErrorKind::NotFound.into()) };
            file.seek(SeekFrom::Start(self.start))?;
            let mut bytes = vec![0; self.len as usize];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error| problem(&error, "read"))
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).let_go(self.start, self.len);
    }
}

/// `engine/disk`.
pub(super) fn problem(error: &dyn std::fmt::Display, what: &str) -> Box<Diagnostic> {
    let message = format!("rows that do not fit into memory could not be {what}: {error}");
    Box::new(
        Diagnostic::error("engine/disk", message).help(
            "there must be room in the folder for temporary files (TMPDIR); or give more with --memory",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_read_back_and_their_room_is_used_again() {
        let disk = Disk::default();
        let [one, two, three] = [&b"one"[..], b"and two", b"three"].map(|text| disk.write(text).unwrap());
        assert_eq!((one.read().unwrap(), two.read().unwrap()), (b"one".to_vec(), b"and two".to_vec()));
        assert_eq!((two.start, two.len()), (3, 7));
        drop(two);
        let four = disk.write(b"four").unwrap();
        assert_eq!(four.start, 3, "what is free is written again");
        assert_eq!(disk.write(b"more than is free").unwrap().start, 15);
        drop(one);
        drop(four);
        let ten = disk.write(b"ten bytes.").unwrap();
        assert_eq!(ten.start, 0, "neighbours are one stretch");
        drop((three, ten));
        assert_eq!(disk.write(b"x").unwrap().start, 0, "nothing is left");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_overwritten_that_is_needed(steps in proptest::collection::vec((0..40_u8, 0..100_usize), 1..200)) {
            let disk = Disk::default();
            let mut live: Vec<(Segment, Vec<u8>)> = Vec::new();
            for (len, at) in steps {
                if at % 3 == 0 && !live.is_empty() {
                    live.swap_remove(at % live.len());
                } else {
                    let bytes = vec![at as u8; len.into()];
                    live.push((disk.write(&bytes).unwrap(), bytes));
                }
                for (segment, bytes) in &live {
                    proptest::prop_assert_eq!(&segment.read().unwrap(), bytes);
                }
            }
            let end = live.iter().map(|(segment, _)| segment.start + segment.len).max().unwrap_or_default();
            let store = disk.0.lock().unwrap();
            let free: u64 = store.free.by_start.values().sum();
            let used: u64 = live.iter().map(|(_, bytes)| bytes.len() as u64).sum();
            proptest::prop_assert!(store.end >= end);
            proptest::prop_assert_eq!(store.end, free + used);
            proptest::prop_assert_eq!(store.free.by_start.len(), store.free.by_len.len());
            drop(store);
        }
    }
}
