//! Writing changed files back.

use grotto_diag::Source;
use std::io::{Error, Write};
use std::path::Path;

/// The byte order mark that is dropped when a file is read.
const MARK: &str = "\u{feff}";

/// Puts a new text in place of the text of a file, whose mark stays. The file is replaced as a whole, so that a full disk
/// leaves the old one.
///
/// # Errors
/// When the file is no longer what was read, or can't be written.
pub(crate) fn write(source: &Source, text: &str) -> std::io::Result<()> {
    let path = Path::new(&source.name);
    let named = |problem: &dyn std::fmt::Display| Error::other(format!("{}: {problem}", path.display()));
    // Links stay links.
    let path = path.canonicalize().map_err(|e| named(&e))?;
    let now = grotto_diag::input::bytes(&path, u64::MAX - 1).map_err(|e| Error::other(e.message))?;
    let marked = now.starts_with(MARK.as_bytes());
    let old = if marked { &now[MARK.len()..] } else { &now[..] };
    if old != source.text.as_bytes() {
        return Err(named(&"the file has changed meanwhile"));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let beside = folder.join(name);
    let put = || -> std::io::Result<()> {
        let mut file = std::fs::File::create_new(&beside)?;
        file.set_permissions(std::fs::metadata(&path)?.permissions())?;
        if marked {
            file.write_all(MARK.as_bytes())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)
    };
    put().map_err(|e| {
        let _ = std::fs::remove_file(&beside);
        named(&e)
    })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stays_and_a_changed_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yml");
        std::fs::write(&path, "\u{feff}a: 1\r\n").unwrap();
        let source = Source::new(path.display().to_string(), "a: 1\r\n");
        write(&source, "a: 2\r\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), "\u{feff}a: 2\r\n".as_bytes());
        assert!(write(&source, "a: 3\r\n").is_err(), "it is not what was read");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
