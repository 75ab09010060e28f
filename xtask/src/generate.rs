//! `cargo xtask generate`: one large log.

use clap::{Args, ValueEnum};
use grotto_samples::evtx::EvtxWriter;
use grotto_samples::stream::Stream;
use grotto_samples::xml::{Encoding, Lines, XmlWriter};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;

/// What to write and where.
#[derive(Args)]
pub(crate) struct Options {
    /// How large the log is to be: bytes, or with K, M or G behind the number.
    #[arg(long, value_parser = parse_size)]
    size: u64,
    /// Its form.
    #[arg(long, value_enum, default_value_t = Format::Evtx)]
    format: Format,
    /// The seed: the same seed gives the same log.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many workstations write, beside one domain controller.
    #[arg(long, default_value_t = 40)]
    workstations: usize,
    /// About how many events there are to one attack; 0 for no attacks.
    #[arg(long, default_value_t = 20_000)]
    attack_every: u64,
    /// The file to write.
    #[arg(long)]
    out: PathBuf,
}

/// How the log is stored.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// An EVTX file as a collector of forwarded events holds it, at most 4 GiB.
    Evtx,
    /// XmlWinEventLog text, UTF-8.
    Xml,
}

/// Writes the log and says how much that was.
///
/// # Errors
/// `InvalidInput` for an EVTX file of more than 4 GiB, else what the file system says, with the path.
pub(crate) fn run(options: &Options) -> io::Result<String> {
    let name = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", options.out.display()));
    let file = BufWriter::with_capacity(1 << 20, File::create(&options.out).map_err(name)?);
    let mut stream = Stream::new(options.seed, options.workstations);
    if options.attack_every > 0 {
        stream = stream.with_attacks(options.attack_every);
    }
    let (events, bytes) = write(stream, file, options).map_err(name)?;
    Ok(format!("{events} events, {bytes} bytes in {}", options.out.display()))
}

/// Writes events until the size is reached; gives the numbers of events and bytes.
fn write(stream: Stream, file: BufWriter<File>, options: &Options) -> io::Result<(u64, u64)> {
    let mut events = 0;
    match options.format {
        Format::Evtx => {
            let mut writer = EvtxWriter::new(file)?;
            for event in stream {
                if writer.written() >= options.size {
                    break;
                }
                writer.write(&event)?;
                events += 1;
            }
            let file = writer.finish()?;
            Ok((events, file.get_ref().metadata()?.len()))
        }
        Format::Xml => {
            let mut writer = XmlWriter::new(file, Encoding::Utf8, Lines::OneEvent)?;
            for event in stream {
                if writer.written() >= options.size {
                    break;
                }
                writer.write(&event)?;
                events += 1;
            }
            let bytes = writer.written();
            writer.finish()?;
            Ok((events, bytes))
        }
    }
}

/// `500M` as bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1_u64),
    };
    let number: u64 =
        number.trim().parse().map_err(|_| format!("{text:?} is no size, write for example 500M or 1G"))?;
    number.checked_mul(unit).ok_or_else(|| format!("{text} is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("12"), Ok(12));
        assert_eq!(parse_size("3K"), Ok(3072));
        assert_eq!(parse_size("1G"), Ok(1 << 30));
        for wrong in ["", "G", "-1", "1.5G", "1Q", "99999999999G"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_log_reaches_its_size_and_hardly_more() {
        let folder = tempfile::tempdir().unwrap();
        for (format, slack) in [(Format::Evtx, 2 * 65_536), (Format::Xml, 65_536)] {
            let out = folder.path().join("log");
            let size = 1 << 20;
            let options =
                Options { size, format, seed: 3, workstations: 4, attack_every: 100, out: out.clone() };
            run(&options).unwrap();
            let written = out.metadata().unwrap().len();
            assert!((size..size + slack).contains(&written), "{written}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let out = PathBuf::from("/nowhere/at/all.evtx");
        let options =
            Options { size: 1, format: Format::Xml, seed: 1, workstations: 1, attack_every: 0, out };
        assert!(run(&options).unwrap_err().to_string().starts_with("/nowhere/at/all.evtx: "));
    }
}
