//! One input: a file, bytes in memory, a stream such as standard input, or something packed in one of these.

use crate::archive::codec::Codec;
use crate::archive::spool::{Spool, SpoolReader, Store};
use crate::archive::unpack::{Place, Slot};
use grotto_diag::{Diagnostic, Source, input};
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Something that holds events. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Input {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// What diagnostics call it.
    source: Arc<Source>,
    data: Data,
    named: bool,
    /// What ended its content before its end.
    trouble: Slot,
}

enum Data {
    File(PathBuf),
    Memory(Arc<[u8]>),
    /// Something that is packed, in a temporary file.
    Spool(Spool),
    /// Packed in another input, which is no stream.
    Packed(Input, Place),
    Stream(Mutex<Stream>),
}

/// What is left of a stream.
enum Stream {
    /// To be read once, from where it is.
    Open(Box<dyn Read + Send>),
    /// Kept, to be read as often as one likes.
    Kept(Spool),
    /// Nothing.
    Gone,
}

/// Bytes of a stream that are kept at most: 64 GiB.
const MOST_KEPT: u64 = 64 << 30;

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Memory(bytes) => write!(f, "Memory({} bytes)", bytes.len()),
            Self::Spool(spool) => write!(f, "Spool({} bytes)", spool.len()),
            Self::Packed(outer, place) => {
                write!(f, "Packed({outer:?}, {:?}, {:?})", place.codec, place.window)
            }
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl Input {
    fn new(name: String, data: Data, named: bool) -> Self {
        Self::with_trouble(name, data, named, Slot::default())
    }

    fn with_trouble(name: String, data: Data, named: bool, trouble: Slot) -> Self {
        Self { inner: Arc::new(Inner { source: Arc::new(Source::new(name, "")), data, named, trouble }) }
    }

    /// A file that the user named.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self::new(path.display().to_string(), Data::File(path), true)
    }

    /// A file that was found in a folder: nobody promised that it is a log.
    pub fn found(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self::new(path.display().to_string(), Data::File(path), false)
    }

    /// Bytes in memory under a name.
    pub fn memory(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::new(name.into(), Data::Memory(bytes.into()), true)
    }

    /// A stream under a name. It is read once, by one part.
    pub fn stream(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self::new(name.into(), Data::Stream(Mutex::new(Stream::Open(Box::new(reader)))), true)
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::stream("<stdin>", std::io::stdin())
    }

    /// A pipe or device of the file system; opened when it is first read, which can wait for the other end.
    pub(crate) fn pipe(path: PathBuf) -> Self {
        Self::stream(path.display().to_string(), Pipe { path, file: None })
    }

    /// What is packed in this input at a place: a member of that name, or all of it under its own name.
    ///
    /// # Errors
    /// `input/unreadable`; `input/read-twice` for a stream.
    pub(crate) fn packed(&self, member: Option<&str>, place: Place) -> Result<Self, Diagnostic> {
        let name =
            member.map_or_else(|| self.name().to_owned(), |member| format!("{}!/{member}", self.name()));
        let named = member.is_none() && self.is_named();
        let trouble = Slot::default();
        let data = if let Data::Stream(_) = &self.inner.data {
            let reader = place.reader(self.open(0)?, 0, &trouble);
            Data::Stream(Mutex::new(Stream::Open(Box::new(reader))))
        } else {
            Data::Packed(self.clone(), place)
        };
        Ok(Self::with_trouble(name, data, named, trouble))
    }

    /// The same input out of a spool that holds its content.
    pub(crate) fn spooled(&self, spool: Spool) -> Self {
        let data = match spool {
            Spool::Memory(bytes) => Data::Memory(bytes),
            spool @ Spool::File { .. } => Data::Spool(spool),
        };
        Self::new(self.name().to_owned(), data, self.is_named())
    }

    /// Why its content ended before its end, if it did when it was last read.
    pub(crate) fn trouble(&self) -> Option<Diagnostic> {
        let own = self.inner.trouble.get().map(|trouble| crate::archive::trouble(self, trouble));
        // What is wrong outside explains what is wrong inside.
        let outer = if let Data::Packed(outer, _) = &self.inner.data { outer.trouble() } else { None };
        outer.or(own)
    }

    /// What diagnostics call it: a path, or a name in angle brackets.
    pub fn name(&self) -> &str {
        &self.inner.source.name
    }

    /// Whether the user named it, rather than it being found in a folder.
    pub fn is_named(&self) -> bool {
        self.inner.named
    }

    /// The file it is, if it is one.
    pub fn path(&self) -> Option<&Path> {
        if let Data::File(path) = &self.inner.data { Some(path) } else { None }
    }

    /// The name as a source of diagnostics.
    pub(crate) fn source(&self) -> &Arc<Source> {
        &self.inner.source
    }

    /// Number of bytes; `None` for what can only be read from its start on: a stream, or anything compressed.
    ///
    /// # Errors
    /// `input/unreadable`.
    pub(crate) fn len(&self) -> Result<Option<u64>, Diagnostic> {
        match &self.inner.data {
            Data::File(path) => {
                let metadata = input::open(path)?.metadata().map_err(|e| input::unreadable(path, &e))?;
                Ok(Some(metadata.len()))
            }
            Data::Memory(bytes) => Ok(Some(bytes.len() as u64)),
            Data::Spool(spool) => Ok(Some(spool.len())),
            Data::Packed(outer, place) if place.codec == Codec::Stored => {
                let held = outer.len()?.map(|len| len.saturating_sub(place.window.0));
                Ok(held.map(|held| held.min(place.window.1)))
            }
            Data::Packed(..) | Data::Stream(_) => Ok(None),
        }
    }

    /// The first bytes, up to `limit`. A stream keeps them for the reader to come.
    ///
    /// # Errors
    /// `input/unreadable`.
    pub(crate) fn head(&self, limit: usize) -> Result<Vec<u8>, Diagnostic> {
        let mut head = Vec::new();
        let mut reader = self.open(0)?;
        let result = reader.by_ref().take(limit as u64).read_to_end(&mut head);
        if let (Data::Stream(stream), Reader::Stream(rest)) = (&self.inner.data, reader) {
            let again: Box<dyn Read + Send> = Box::new(Cursor::new(head.clone()).chain(rest));
            *stream.lock().unwrap_or_else(PoisonError::into_inner) = Stream::Open(again);
        }
        result.map_err(|e| self.unreadable(&e))?;
        Ok(head)
    }

    /// How many bytes it has, or is said to have; 0 when nobody knows.
    pub(crate) fn len_hint(&self) -> u64 {
        match &self.inner.data {
            Data::Packed(_, place) => place.size.unwrap_or_default(),
            _ => self.len().ok().flatten().unwrap_or_default(),
        }
    }

    /// Whether it is worth unpacking at once, so that several readers can share the work: it is compressed, no stream,
    /// and of this many bytes or more, or of an eighth of that packed if nobody knows.
    pub(crate) fn is_large_and_packed(&self, bytes: u64) -> bool {
        let Data::Packed(outer, place) = &self.inner.data else { return false };
        let packed = || outer.len().ok().flatten().unwrap_or_default().min(place.window.1);
        place.codec != Codec::Stored && place.size.map_or_else(|| packed() >= bytes / 8, |size| size >= bytes)
    }

    /// A reader from byte `at` on; a stream is always read from where it is, and what is compressed from its start.
    ///
    /// # Errors
    /// `input/unreadable`; `input/read-twice` for a stream.
    pub(crate) fn open(&self, at: u64) -> Result<Reader, Diagnostic> {
        match &self.inner.data {
            Data::File(path) => {
                let mut file = input::open(path)?;
                file.seek(SeekFrom::Start(at)).map_err(|e| input::unreadable(path, &e))?;
                Ok(Reader::File(file))
            }
            Data::Memory(bytes) => {
                let mut cursor = Cursor::new(Arc::clone(bytes));
                cursor.set_position(at);
                Ok(Reader::Memory(cursor))
            }
            Data::Spool(spool) => Ok(spool_reader(spool, at)),
            Data::Packed(outer, place) => {
                let reader = outer.open(place.window.0.saturating_add(at))?;
                Ok(Reader::Stream(Box::new(place.reader(reader, at, &self.inner.trouble))))
            }
            Data::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                match std::mem::replace(&mut *stream, Stream::Gone) {
                    Stream::Open(reader) => Ok(Reader::Stream(reader)),
                    Stream::Kept(spool) => {
                        let reader = spool_reader(&spool, 0);
                        *stream = Stream::Kept(spool);
                        Ok(reader)
                    }
                    Stream::Gone => Err(Diagnostic::error(
                        "input/read-twice",
                        format!("{} can be read only once", self.name()),
                    )
                    .in_source(self.source())
                    .help("save it to a file and name that")),
                }
            }
        }
    }

    /// Hands on all of its content from its start on, in blocks, and counts the bytes: to hash it, say.
    ///
    /// # Errors
    /// `input/unreadable`; `input/read-twice` for a stream that was read and not [kept](crate::Part::keep);
    /// `archive/damaged` and `archive/limit` when what is packed ends before its end.
    pub fn read_through(&self, block: &mut dyn FnMut(&[u8])) -> Result<u64, Diagnostic> {
        let mut reader = self.open(0)?;
        let (mut buffer, mut bytes) = (vec![0; 256 << 10], 0);
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return self.trouble().map_or(Ok(bytes), Err),
                Ok(n) => {
                    bytes += n as u64;
                    block(buffer.get(..n).unwrap_or_default());
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.unreadable(&error)),
            }
        }
    }

    /// Keeps what a stream holds, in memory or a temporary file, so that it can be read more than once.
    ///
    /// # Errors
    /// `input/unreadable`, also when there is no room for it; `input/stream-too-long` when it holds more than 64 GiB. It
    /// can't be read after that.
    pub(crate) fn keep(&self) -> Result<(), Diagnostic> {
        let Data::Stream(stream) = &self.inner.data else { return Ok(()) };
        let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = match std::mem::replace(&mut *stream, Stream::Gone) {
            Stream::Open(reader) => reader,
            other => {
                *stream = other;
                return Ok(());
            }
        };
        let spool =
            Store::default().keep(&mut reader.by_ref().take(MOST_KEPT)).map_err(|e| self.unreadable(&e))?;
        if spool.len() == MOST_KEPT {
            let message = format!("{} holds too much to be read more than once", self.name());
            return Err(Diagnostic::error("input/stream-too-long", message)
                .in_source(self.source())
                .help("save it to a file and name that"));
        }
        *stream = Stream::Kept(spool);
        Ok(())
    }

    /// Whether it can be opened again after it was read.
    pub(crate) fn reads_again(&self) -> bool {
        let Data::Stream(stream) = &self.inner.data else { return true };
        matches!(*stream.lock().unwrap_or_else(PoisonError::into_inner), Stream::Kept(_))
    }

    /// A reader that can go anywhere, of an input whose length is known.
    ///
    /// # Errors
    /// `input/unreadable`.
    pub(crate) fn random(&self) -> Result<Random, Diagnostic> {
        let len = self.len()?.unwrap_or_default();
        Ok(Random { input: self.clone(), reader: self.open(0)?, len, at: 0 })
    }

    /// The diagnostic for a reading error.
    pub(crate) fn unreadable(&self, error: &std::io::Error) -> Diagnostic {
        input::unreadable(Path::new(self.name()), error).in_source(self.source())
    }
}

/// A reader of a spool from byte `at` on.
fn spool_reader(spool: &Spool, at: u64) -> Reader {
    match spool {
        Spool::Memory(bytes) => {
            let mut cursor = Cursor::new(Arc::clone(bytes));
            cursor.set_position(at);
            Reader::Memory(cursor)
        }
        Spool::File { file, start, len } => {
            Reader::Spool(SpoolReader::new(Arc::clone(file), *start, *len, at))
        }
    }
}

/// An open input.
pub(crate) enum Reader {
    File(File),
    Memory(Cursor<Arc<[u8]>>),
    Spool(SpoolReader),
    Stream(Box<dyn Read + Send>),
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(cursor) => cursor.read(buffer),
            Self::Spool(spool) => spool.read(buffer),
            Self::Stream(stream) => stream.read(buffer),
        }
    }
}

/// A reader that can go anywhere; it opens its input anew where that can't.
pub(crate) struct Random {
    input: Input,
    reader: Reader,
    len: u64,
    at: u64,
}

impl Read for Random {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Random {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let to = to.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
        match &mut self.reader {
            Reader::File(file) => file.seek(SeekFrom::Start(to)).map(|_| ())?,
            Reader::Memory(cursor) => cursor.set_position(to),
            Reader::Spool(spool) => spool.go(to),
            Reader::Stream(_) if to == self.at => {}
            Reader::Stream(_) => {
                self.reader = self.input.open(to).map_err(|d| std::io::Error::other(d.message))?;
            }
        }
        self.at = to;
        Ok(to)
    }
}

/// A pipe that is opened when it is read.
struct Pipe {
    path: PathBuf,
    file: Option<File>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let file = match self.file.take() {
            Some(file) => file,
            None => input::open(&self.path).map_err(|d| std::io::Error::other(d.message))?,
        };
        self.file.insert(file).read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(input: &Input) -> String {
        let mut out = String::new();
        input.open(0).unwrap().read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn a_stream_keeps_its_head_and_is_read_once() {
        let input = Input::stream("<test>", Cursor::new("hello world"));
        assert_eq!(input.head(5).unwrap(), b"hello");
        assert_eq!(input.head(7).unwrap(), b"hello w");
        assert_eq!(rest(&input), "hello world");
        let Err(error) = input.open(0) else { panic!("read twice") };
        assert_eq!((error.slug, error.file()), ("input/read-twice", Some("<test>")));
    }

    #[test]
    fn memory_is_read_from_anywhere_and_often() {
        let input = Input::memory("<m>", b"abcdef".to_vec());
        assert_eq!(input.len().unwrap(), Some(6));
        assert_eq!((rest(&input), rest(&input)), ("abcdef".into(), "abcdef".into()));
        let mut tail = String::new();
        input.open(4).unwrap().read_to_string(&mut tail).unwrap();
        assert_eq!(tail, "ef");
        assert_eq!(input.open(99).unwrap().read(&mut [0; 4]).unwrap(), 0);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let input = Input::file("/nowhere/x.evtx");
        assert_eq!(input.head(1).unwrap_err().slug, "input/unreadable");
        assert!(input.len().unwrap_err().message.contains("/nowhere/x.evtx"));
        assert!(Input::pipe("/nowhere/p".into()).head(1).unwrap_err().message.contains("/nowhere/p"));
    }

    #[test]
    fn a_stream_that_fails_says_so() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("wire cut"))
            }
        }
        let error = Input::stream("<broken>", Broken).head(9).unwrap_err();
        assert!(error.to_string().contains("<broken>") && error.message.contains("wire cut"), "{error}");
    }
}
