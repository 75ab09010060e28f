//! What is in an archive and has to be read at random: kept in memory if it is small, else in a temporary file that
//! has no name and goes away with the process, however that ends.

use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// What of one stream is kept in memory; more goes to a file.
const IN_MEMORY: u64 = 16 << 20;

/// What of all streams of a store is kept in memory.
const ALL_IN_MEMORY: u64 = 64 << 20;

/// How much is written to a file at a time.
const BLOCK: usize = 1 << 20;

/// Keeps any number of streams in a bounded part of the memory and one temporary file.
#[derive(Debug, Default)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    in_memory: u64,
    /// The file and how much of it is in use.
    file: Option<(Arc<File>, u64)>,
}

impl Store {
    /// Keeps everything that a reader gives.
    ///
    /// # Errors
    /// Reading failed, or no temporary file could be made or filled.
    pub(crate) fn keep(&self, reader: &mut dyn Read) -> io::Result<Spool> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let room = IN_MEMORY.min(ALL_IN_MEMORY.saturating_sub(inner.in_memory));
        let mut block = Vec::new();
        (&mut *reader).take(room).read_to_end(&mut block)?;
        if (block.len() as u64) < room {
            inner.in_memory += block.len() as u64;
            return Ok(Spool::Memory(block.into()));
        }
        let (file, start) = match inner.file.take() {
            Some(file) => file,
            None => (Arc::new(tempfile::tempfile()?), 0),
        };
        // Until all is written the file ends where it did.
        inner.file = Some((Arc::clone(&file), start));
        let mut end = start;
        loop {
            write_at(&file, &block, end)?;
            end += block.len() as u64;
            block.clear();
            if (&mut *reader).take(BLOCK as u64).read_to_end(&mut block)? == 0 {
                break;
            }
        }
        inner.file = Some((Arc::clone(&file), end));
        Ok(Spool::File { file, start, len: end - start })
    }
}

/// Bytes that can be read from anywhere, by several readers at once.
#[derive(Debug, Clone)]
pub(crate) enum Spool {
    /// In memory.
    Memory(Arc<[u8]>),
    /// In a temporary file.
    File {
        /// The file.
        file: Arc<File>,
        /// Where the bytes start in it.
        start: u64,
        /// How many they are.
        len: u64,
    },
}

impl Spool {
    /// Number of bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { len, .. } => *len,
        }
    }
}

/// A reader of some bytes of a temporary file, with a place of its own.
#[derive(Debug)]
pub(crate) struct SpoolReader {
    file: Arc<File>,
    start: u64,
    len: u64,
    at: u64,
}

impl SpoolReader {
    /// A reader of these bytes of a file, from byte `at` of them on.
    pub(crate) fn new(file: Arc<File>, start: u64, len: u64, at: u64) -> Self {
        Self { file, start, len, at }
    }

    /// Goes to byte `at`.
    pub(crate) fn go(&mut self, at: u64) {
        self.at = at;
    }
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let size = buffer.len().min(left);
        let n = read_at(&self.file, buffer.get_mut(..size).unwrap_or_default(), self.start + self.at)?;
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

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if n == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(n..).unwrap_or_default();
        at += n as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that differ by seed.
    fn bytes(len: u64, seed: u64) -> Vec<u8> {
        (0..len).map(|n| ((n + seed) % 251) as u8).collect()
    }

    fn reader(spool: &Spool, at: u64) -> SpoolReader {
        let Spool::File { file, start, len } = spool else { panic!("in memory") };
        SpoolReader::new(Arc::clone(file), *start, *len, at)
    }

    #[test]
    fn little_stays_in_memory_and_much_goes_to_one_file() {
        let store = Store::default();
        let small = store.keep(&mut &b"abc"[..]).unwrap();
        assert!(matches!(&small, Spool::Memory(bytes) if **bytes == *b"abc"));
        let (one, two) = (bytes(IN_MEMORY + 1000, 0), bytes(IN_MEMORY, 7));
        let spools = [&one, &two].map(|b| (b, store.keep(&mut b.as_slice()).unwrap()));
        for (bytes, spool) in &spools {
            assert_eq!(spool.len(), bytes.len() as u64);
            for at in [0, 7, spool.len() - 3, spool.len(), spool.len() + 9] {
                let mut four = [0; 4];
                let n = reader(spool, at).read(&mut four).unwrap();
                let rest = bytes.get(at as usize..).unwrap_or_default();
                assert_eq!(four[..n], rest[..rest.len().min(4)], "no byte of the next spool");
            }
            let mut all = Vec::new();
            reader(spool, 0).read_to_end(&mut all).unwrap();
            assert!(all == **bytes);
        }
        let [Spool::File { file: first, .. }, Spool::File { file: second, .. }] = spools.map(|(_, s)| s)
        else {
            panic!("in memory")
        };
        assert!(Arc::ptr_eq(&first, &second), "one file for all");
    }

    #[test]
    fn many_small_streams_go_to_the_file_when_the_memory_is_used_up() {
        let store = Store::default();
        let ten = bytes(10 << 20, 3);
        let spools: Vec<_> = (0..9).map(|_| store.keep(&mut ten.as_slice()).unwrap()).collect();
        let in_memory = spools.iter().filter(|spool| matches!(spool, Spool::Memory(_))).count();
        assert_eq!((in_memory, spools.len()), (6, 9));
        let mut all = Vec::new();
        reader(&spools[8], 0).read_to_end(&mut all).unwrap();
        assert!(all == ten);
    }

    #[test]
    fn a_stream_that_fails_leaves_nothing_behind() {
        struct Failing(u64);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let n = (buffer.len() as u64).min(self.0);
                self.0 -= n;
                if n == 0 { Err(io::Error::other("wire cut")) } else { Ok(n as usize) }
            }
        }
        let store = Store::default();
        assert!(store.keep(&mut Failing(IN_MEMORY + (3 << 20))).is_err());
        let good = bytes(IN_MEMORY + 5, 9);
        let spool = store.keep(&mut good.as_slice()).unwrap();
        assert!(matches!(spool, Spool::File { start: 0, .. }));
        let mut all = Vec::new();
        reader(&spool, 0).read_to_end(&mut all).unwrap();
        assert!(all == good);
    }
}
