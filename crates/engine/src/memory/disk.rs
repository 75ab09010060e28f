//! One temporary file for everything that does not fit into memory. It has no name and goes away with the process,
//! however that ends.

use grotto_diag::Diagnostic;
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
    /// Bytes that somebody may still read.
    live: u64,
    /// Bytes that were ever written.
    written: u64,
}

/// Bytes in the file; it may be used anew when nobody needs any of them.
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
        store.live += len;
        store.written += len;
        Ok(Segment { store: Arc::clone(&self.0), start, len })
    }
}

impl Disk {
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
        if self.live == 0 && self.end > 0 {
            file.set_len(0)?;
            self.end = 0;
        }
        let start = self.end;
        file.seek(SeekFrom::Start(start))?;
        file.write_all(bytes)?;
        self.end += bytes.len() as u64;
        Ok(start)
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
        self.store.lock().unwrap_or_else(PoisonError::into_inner).live -= self.len;
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
        let one = disk.write(b"one").unwrap();
        let two = disk.write(b"and two").unwrap();
        assert_eq!((one.read().unwrap(), two.read().unwrap()), (b"one".to_vec(), b"and two".to_vec()));
        assert_eq!((two.start, two.len()), (3, 7));
        drop(one);
        assert_eq!(disk.write(b"x").unwrap().start, 10, "while one is alive nothing moves");
        drop(two);
        assert_eq!(disk.write(b"x").unwrap().start, 0);
    }
}
