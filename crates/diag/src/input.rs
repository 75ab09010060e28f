//! The one place where the core rooms open files.
//!
//! Everything here says which file it was about when it fails. `clippy.toml` forbids the underlying calls elsewhere.
#![allow(clippy::disallowed_methods)]

use crate::Diagnostic;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads a whole file, refusing one larger than `limit` bytes.
///
/// # Errors
/// `input/unreadable` with the reason of the operating system, `input/too-large`.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    let mut content = Vec::new();
    open(path)?.take(limit.saturating_add(1)).read_to_end(&mut content).map_err(|e| unreadable(path, &e))?;
    if content.len() as u64 > limit {
        return Err(Diagnostic::error("input/too-large", format!("{} is larger than {limit} bytes", path.display()))
            .help("grotto reads files of this kind whole and sets a limit so that a wrong file can't fill the memory"));
    }
    Ok(content)
}

/// Reads a whole UTF-8 file (a byte order mark is dropped), refusing one larger than `limit` bytes.
///
/// # Errors
/// As [`bytes`], and `input/not-utf8`.
pub fn text(path: &Path, limit: u64) -> Result<String, Diagnostic> {
    let content = String::from_utf8(bytes(path, limit)?).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Diagnostic::error(
            "input/not-utf8",
            format!("{} is not UTF-8 text: byte {at} is wrong", path.display()),
        )
        .help("save the file as UTF-8")
    })?;
    Ok(content.strip_prefix('\u{feff}').map_or_else(|| content.clone(), str::to_owned))
}

/// Opens a file for reading.
///
/// # Errors
/// `input/unreadable` with the reason of the operating system.
pub fn open(path: &Path) -> Result<File, Diagnostic> {
    File::open(path).map_err(|e| unreadable(path, &e))
}

/// The entries of a folder, sorted by name.
///
/// # Errors
/// `input/unreadable` with the reason of the operating system.
pub fn folder(path: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut entries = std::fs::read_dir(path)
        .and_then(|dir| dir.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
        .map_err(|e| unreadable(path, &e))?;
    entries.sort();
    Ok(entries)
}

/// The diagnostic for a path that the operating system would not read.
pub fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error("input/unreadable", format!("can't read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named() {
        let error = text(Path::new("/nowhere/at all"), 10).unwrap_err();
        assert_eq!(error.slug, "input/unreadable");
        assert!(error.message.contains("/nowhere/at all"), "{}", error.message);
    }
}
