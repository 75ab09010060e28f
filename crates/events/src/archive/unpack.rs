//! An input in another one: where it lies, how it is packed, and the reader that unpacks it.
//!
//! Damage and limits end a stream as if it ended there, and are remembered: what stands before them is read like
//! anything else, and what is missing is said once that is done.

use super::codec::Codec;
use super::limits::Meter;
use crc32fast::Hasher;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Where an input lies in another one, and how it is packed.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// How it is packed.
    pub(crate) codec: Codec,
    /// Where the packed bytes start in the outer input, and how many they are at most.
    pub(crate) window: (u64, u64),
    /// How many bytes it has unpacked, if the archive says so. They are taken from the meter already.
    pub(crate) size: Option<u64>,
    /// Their checksum, if the archive says it.
    pub(crate) crc: Option<u32>,
    /// What unpacking may cost.
    pub(crate) meter: Arc<Meter>,
    /// Up to where the meter was told; reading the same again costs nothing.
    pub(crate) metered: Arc<AtomicU64>,
}

impl Place {
    /// All of an outer input.
    pub(crate) fn whole(codec: Codec, meter: &Arc<Meter>) -> Self {
        Self::new(codec, (0, u64::MAX), meter)
    }

    /// A window of an outer input.
    pub(crate) fn new(codec: Codec, window: (u64, u64), meter: &Arc<Meter>) -> Self {
        Self {
            codec,
            window,
            size: None,
            crc: None,
            meter: Arc::clone(meter),
            metered: Arc::new(AtomicU64::new(0)),
        }
    }

    /// A reader from byte `at` of the unpacked stream on, out of a reader of the outer input that stands where the
    /// packed bytes start; for anything but stored bytes `at` has to be 0.
    pub(crate) fn reader(&self, outer: impl Read + Send + 'static, at: u64, trouble: &Slot) -> Unpacking {
        let packed = Arc::new(AtomicU64::new(0));
        let counting =
            Counting { reader: outer.take(self.window.1.saturating_sub(at)), read: Arc::clone(&packed) };
        Unpacking {
            reader: self.codec.reader(counting),
            packed,
            start: at,
            unpacked: at,
            hasher: self.crc.filter(|_| at == 0).map(|_| Hasher::new()),
            place: self.clone(),
            trouble: Arc::clone(trouble),
            done: false,
        }
    }
}

/// What ended a stream before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Which diagnostic it is.
    pub(crate) slug: &'static str,
    /// How many bytes were unpacked.
    pub(crate) at: u64,
    /// Why it ended.
    pub(crate) reason: String,
}

/// Where a trouble is kept; the first one counts.
pub(crate) type Slot = Arc<OnceLock<Trouble>>;

/// Unpacks a stream.
pub(crate) struct Unpacking {
    reader: Box<dyn Read + Send>,
    packed: Arc<AtomicU64>,
    start: u64,
    unpacked: u64,
    hasher: Option<Hasher>,
    place: Place,
    trouble: Slot,
    done: bool,
}

impl Unpacking {
    /// Ends the stream here, for a reason.
    fn stop(&mut self, slug: &'static str, reason: String) -> usize {
        self.done = true;
        let _ = self.trouble.set(Trouble { slug, at: self.unpacked, reason });
        0
    }

    fn damaged(&mut self, reason: impl Into<String>) -> usize {
        self.stop("archive/damaged", reason.into())
    }

    /// Looks at the bytes that came; gives how many of them count.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len() as u64;
        let limits = self.place.meter.limits;
        if let Some(size) = self.place.size {
            if self.unpacked + n > size {
                return self.damaged(format!("it holds more than the {size} bytes that the archive says"));
            }
        } else {
            let end = self.unpacked + n;
            let known = self.place.metered.fetch_max(end, Ordering::Relaxed);
            if end > known && !self.place.meter.take_bytes(end - known) {
                return self.stop(
                    "archive/limit",
                    format!("its file unpacks to more than {} bytes", limits.archive_bytes),
                );
            }
        }
        if self.place.meter.is_bomb(self.packed.load(Ordering::Relaxed), self.unpacked + n - self.start) {
            return self
                .stop("archive/limit", format!("it unpacks to more than {} times its size", limits.ratio));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.unpacked += n;
        bytes.len()
    }

    /// The stream has ended: is that all?
    fn end(&mut self) -> usize {
        self.done = true;
        if let Some(size) = self.place.size.filter(|size| self.unpacked < *size) {
            return self.damaged(format!("it ends after {} of {size} bytes", self.unpacked));
        }
        let sum = self.hasher.take().map(Hasher::finalize);
        if sum.is_some() && sum != self.place.crc {
            return self.damaged("its checksum is wrong");
        }
        0
    }
}

impl Read for Unpacking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.done || buffer.is_empty() {
            return Ok(0);
        }
        match self.reader.read(buffer) {
            Ok(0) => Ok(self.end()),
            Ok(n) => Ok(self.take(buffer.get(..n).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(self.damaged("it is cut off")),
            Err(error) => Ok(self.damaged(error.to_string())),
        }
    }
}

/// Counts the bytes that pass.
struct Counting<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}
