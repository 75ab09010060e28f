//! What is in an archive and has to be read at random: kept in memory if it is small, else in a temporary file that
//! has no name and goes away with the process, however that ends.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// What is kept in memory; more goes to a file.
const IN_MEMORY: u64 = 16 << 20;

/// Bytes that can be read from anywhere, by several readers at once.
#[derive(Debug, Clone)]
pub(crate) enum Spool {
    /// In memory.
    Memory(Arc<[u8]>),
    /// In a temporary file of this length.
    File(Arc<File>, u64),
}

impl Spool {
    /// Everything that a reader gives.
    ///
    /// # Errors
    /// Reading failed, or no temporary file could be made or filled.
    pub(crate) fn of(reader: &mut dyn Read) -> io::Result<Self> {
        let mut start = Vec::new();
        (&mut *reader).take(IN_MEMORY).read_to_end(&mut start)?;
        if (start.len() as u64) < IN_MEMORY {
            return Ok(Self::Memory(start.into()));
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&start)?;
        let len = start.len() as u64 + io::copy(reader, &mut file)?;
        Ok(Self::File(Arc::new(file), len))
    }

    /// Number of bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, len) => *len,
        }
    }
}

/// A reader of a temporary file with a place of its own.
#[derive(Debug)]
pub(crate) struct SpoolReader {
    file: Arc<File>,
    at: u64,
}

impl SpoolReader {
    /// A reader from byte `at` on.
    pub(crate) fn new(file: Arc<File>, at: u64) -> Self {
        Self { file, at }
    }

    /// Goes to byte `at`.
    pub(crate) fn go(&mut self, at: u64) {
        self.at = at;
    }
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = read_at(&self.file, buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_stays_in_memory_and_much_goes_to_a_file() {
        let small = Spool::of(&mut &b"abc"[..]).unwrap();
        assert!(matches!(&small, Spool::Memory(bytes) if **bytes == *b"abc"));
        let bytes: Vec<u8> = (0..IN_MEMORY + 1000).map(|n| (n % 251) as u8).collect();
        let large = Spool::of(&mut &bytes[..]).unwrap();
        assert_eq!(large.len(), bytes.len() as u64);
        let Spool::File(file, len) = large else { panic!("in memory") };
        let mut readers: Vec<_> =
            [0, 7, len - 3].map(|at| (at, SpoolReader::new(Arc::clone(&file), at))).into();
        let mut four = [0; 4];
        for (at, reader) in &mut readers {
            let n = reader.read(&mut four).unwrap();
            assert_eq!(four[..n], bytes[*at as usize..][..n]);
        }
        let reader = &mut readers[0].1;
        reader.go(len - 1);
        assert_eq!(reader.read(&mut four).unwrap(), 1);
        reader.go(len + 5);
        assert_eq!(reader.read(&mut four).unwrap(), 0);
    }
}
