//! `cargo xtask samples`: the logs in `examples/`.

use clap::Args;
use grotto_samples::examples;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What to write and where.
#[derive(Args)]
pub(crate) struct Options {
    /// The seed; the samples in the repository have the default.
    #[arg(long, default_value_t = examples::SEED)]
    seed: u64,
    /// The folder to write to.
    #[arg(long, default_value = "examples")]
    out: PathBuf,
}

/// Writes all samples and says how much that was.
///
/// # Errors
/// What the file system says, with the path.
pub(crate) fn run(options: &Options) -> io::Result<String> {
    let files = examples::files(options.seed)?;
    for file in &files {
        write(&options.out.join(&file.path), &file.content)?;
    }
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    Ok(format!("{} files, {bytes} bytes in {}", files.len(), options.out.display()))
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_written_into_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        let report = run(&Options { seed: 5, out: folder.path().to_owned() }).unwrap();
        assert!(report.contains(" files, "), "{report}");
        for file in examples::files(5).unwrap() {
            let written = fs::metadata(folder.path().join(&file.path)).unwrap();
            assert_eq!(written.len(), file.content.len() as u64);
        }
    }

    #[test]
    fn a_path_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), b"x").unwrap_err();
        assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
    }
}
