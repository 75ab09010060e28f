//! The logs of a benchmark.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many logs the large run reads.
const LOGS: u64 = 5;
/// Bytes of the small log.
const SMALL: u64 = 1 << 20;

/// Logs on disk.
pub(super) struct Logs {
    /// The folder of the five.
    pub(super) five: PathBuf,
    /// The first of them.
    pub(super) one: PathBuf,
    /// A small one.
    pub(super) small: PathBuf,
    /// Events and bytes of the first.
    pub(super) events: u64,
    pub(super) bytes: u64,
}

impl Logs {
    /// Writes logs of `size` bytes below `folder`, with seeds from `seed` on: five, or one.
    ///
    /// # Errors
    /// When they can't be written.
    pub(super) fn write(xtask: &Path, folder: &Path, size: u64, seed: u64, five: bool) -> io::Result<Self> {
        let all = folder.join("five");
        std::fs::create_dir_all(&all)?;
        let logs = Self {
            one: all.join("1.evtx"),
            small: folder.join("small.evtx"),
            five: all.clone(),
            events: 0,
            bytes: 0,
        };
        generate(xtask, &logs.small, SMALL.min(size), seed)?;
        let (events, bytes) = generate(xtask, &logs.one, size, seed)?;
        // Two at a time: a generator uses one core.
        let rest: Vec<u64> = if five { (1..LOGS).collect() } else { Vec::new() };
        for pair in rest.chunks(2) {
            std::thread::scope(|scope| -> io::Result<()> {
                let write = |number: &u64| {
                    let (log, seed) = (all.join(format!("{}.evtx", number + 1)), seed + number);
                    scope.spawn(move || generate(xtask, &log, size, seed))
                };
                let running: Vec<_> = pair.iter().map(write).collect();
                for one in running {
                    one.join().map_err(|_| io::Error::other("a generator failed"))??;
                }
                Ok(())
            })?;
        }
        Ok(Self { events, bytes, ..logs })
    }
}

/// Writes a log and gives its events and bytes.
fn generate(xtask: &Path, log: &Path, size: u64, seed: u64) -> io::Result<(u64, u64)> {
    let output = Command::new(xtask)
        .args(["generate", "--size", &size.to_string(), "--seed", &seed.to_string(), "--out"])
        .arg(log)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    counts(&said).ok_or_else(|| {
        io::Error::other(format!("{}: {}", log.display(), String::from_utf8_lossy(&output.stderr)))
    })
}

/// The numbers in `12 events, 3456 bytes in …`.
fn counts(said: &str) -> Option<(u64, u64)> {
    let (events, rest) = said.split_once(" events, ")?;
    let (bytes, _) = rest.split_once(" bytes")?;
    Some((events.trim().parse().ok()?, bytes.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_generator_says_is_read() {
        assert_eq!(counts("12 events, 3456 bytes in /tmp/x\n"), Some((12, 3456)));
        assert_eq!(counts(""), None);
        assert_eq!(counts("x events, 1 bytes"), None);
    }
}
