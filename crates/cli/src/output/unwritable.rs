//! A file that a result can't be written to: which, why, and what to do about it.

use crate::args::Color;
use crate::setup;
use grotto_diag::Diagnostic;
use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Rides in an [`Error`], so that it goes the way of all errors of writing.
#[derive(Debug)]
struct Unwritable(Diagnostic);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Unwritable {}

/// The error of a file, with its name and a remedy.
pub(super) fn unwritable(path: &Path, error: &Error) -> Error {
    let message = format!("{} can't be written: {error}", path.display());
    let kind = kind(error);
    Error::new(kind, Unwritable(Diagnostic::error("cli/unwritable", message).help(remedy(path, kind))))
}

/// What went wrong: writers of CSV put the error of the file into one of their own.
fn kind(error: &Error) -> ErrorKind {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<csv::Error>()).map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(inner)) => inner.kind(),
        _ => error.kind(),
    }
}

/// What to do about it.
fn remedy(path: &Path, kind: ErrorKind) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (kind, folder) {
        (ErrorKind::NotFound, Some(folder)) => {
            format!("make the folder {} first, or name a file in one that is there", folder.display())
        }
        (ErrorKind::IsADirectory, _) => {
            format!("this is a folder; name a file in it, such as {}", path.join("report").display())
        }
        (ErrorKind::NotADirectory, _) => {
            "a part of the path before the last one is a file; name a file in a folder".to_owned()
        }
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => {
            "make room there, or name a file on another disk".to_owned()
        }
        _ => "name a file in a folder that you may write to, or - for standard output".to_owned(),
    }
}

/// Says an error of writing.
pub(crate) fn say(error: &Error) {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Unwritable>()) {
        Some(Unwritable(diagnostic)) => setup::report(diagnostic, Color::Auto),
        None => setup::say(&format!("error: can't write the result: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_remedy() {
        for (path, kind, words) in [
            ("a/b.html", ErrorKind::NotFound, "make the folder a first"),
            ("a", ErrorKind::IsADirectory, "name a file in it"),
            ("a/b.html", ErrorKind::NotADirectory, "is a file"),
            ("a", ErrorKind::StorageFull, "make room"),
            ("/a", ErrorKind::PermissionDenied, "that you may write to"),
            ("", ErrorKind::NotFound, "- for standard output"),
        ] {
            let said = remedy(Path::new(path), kind);
            assert!(said.contains(words), "{path} {kind}: {said}");
        }
    }

    #[test]
    fn the_kind_of_the_error_stays() {
        let full = csv::Error::from(Error::from(ErrorKind::StorageFull));
        assert_eq!(unwritable(Path::new("a"), &Error::from(full)).kind(), ErrorKind::StorageFull);
        let error = unwritable(Path::new("a"), &Error::from(ErrorKind::PermissionDenied));
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(error.to_string().starts_with("a can't be written: "), "{error}");
    }
}
