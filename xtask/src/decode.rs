//! `cargo xtask decode`: EVTX to XML and nothing else, with the crate that `grotto` reads EVTX with.
//!
//! This is what `cargo xtask bench` measures scans by. Chunks are read where they stand and dealt out to the threads; the XML
//! of each record is made and dropped.

use clap::Args;
use evtx::{EvtxChunkData, ParserSettings};
use rayon::prelude::*;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes before the first chunk.
const HEADER: u64 = 4096;
/// Bytes of a chunk.
const CHUNK: usize = 65_536;
/// Chunks that a thread takes at once.
const SHARE: u64 = 64;

/// What to decode and how.
#[derive(Args)]
pub(crate) struct Options {
    /// EVTX files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Threads; one for each core if not given.
    #[arg(long, default_value_t = 0)]
    threads: usize,
}

/// Decodes the files and says how much that was.
///
/// # Errors
/// What the file system says, with the path; `InvalidData` for a record that can't be decoded.
pub(crate) fn run(options: &Options) -> io::Result<String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build();
    let pool = pool.map_err(io::Error::other)?;
    let (mut events, mut bytes) = (0, 0);
    for path in &options.paths {
        let (more, text) = pool
            .install(|| file(path))
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        events += more;
        bytes += text;
    }
    Ok(format!("{events} events, {bytes} bytes of XML"))
}

/// The records of a file and the bytes of their XML.
fn file(path: &Path) -> io::Result<(u64, u64)> {
    let chunks = path.metadata()?.len().saturating_sub(HEADER) / CHUNK as u64;
    let settings = Arc::new(ParserSettings::new().indent(false));
    let shares: Vec<u64> = (0..chunks).step_by(SHARE as usize).collect();
    shares
        .par_iter()
        .map(|first| share(path, *first..chunks.min(first + SHARE), &settings))
        .try_reduce(|| (0, 0), |a, b| Ok((a.0 + b.0, a.1 + b.1)))
}

/// The same of some chunks.
fn share(
    path: &Path,
    chunks: std::ops::Range<u64>,
    settings: &Arc<ParserSettings>,
) -> io::Result<(u64, u64)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(HEADER + chunks.start * CHUNK as u64))?;
    let mut buffer = vec![0; CHUNK];
    let (mut events, mut bytes) = (0, 0);
    for _ in chunks {
        file.read_exact(&mut buffer)?;
        let mut data = EvtxChunkData::new(std::mem::take(&mut buffer), false).map_err(wrong)?;
        {
            let mut chunk = data.parse(Arc::clone(settings)).map_err(wrong)?;
            for record in chunk.iter() {
                let record = record.and_then(evtx::EvtxRecord::into_xml).map_err(wrong)?;
                events += 1;
                bytes += black_box(record.data).len() as u64;
            }
        }
        buffer = data.data;
    }
    Ok((events, bytes))
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use grotto_samples::stream::Stream;

    #[test]
    fn every_event_is_decoded_whatever_the_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.evtx");
        let events: Vec<_> = Stream::new(5, 3).take(700).collect();
        std::fs::write(&path, grotto_samples::evtx::to_bytes(&events).unwrap()).unwrap();
        let decode = |threads| run(&Options { paths: vec![path.clone(), path.clone()], threads }).unwrap();
        assert!(decode(1).starts_with("1400 events, "), "{}", decode(1));
        assert_eq!(decode(1), decode(3));
    }

    #[test]
    fn what_is_no_log_is_an_error_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("no.evtx");
        std::fs::write(&path, vec![b'x'; 2 * CHUNK]).unwrap();
        let error = run(&Options { paths: vec![path.clone()], threads: 1 }).unwrap_err();
        assert!(error.to_string().contains("no.evtx"), "{error}");
        let error = run(&Options { paths: vec![folder.path().join("none")], threads: 1 }).unwrap_err();
        assert!(error.to_string().contains("none"), "{error}");
    }
}
