//! A folder that a site is written to, and nothing outside of it.
//!
//! A list in the folder says which files are grotto's. Other files are never touched: a folder that has files and no
//! list is not written to, and neither is a path at which a file lies that is not on the list. Files are replaced as a
//! whole; what did not change is left alone, and what is no longer part of the site goes at the end.

#![expect(clippy::disallowed_methods, reason = "the folder is written to, and looked at only for that")]

use grotto_catalog::site::links::is_safe_path;
use grotto_diag::Diagnostic;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// The list of grotto's files.
const LIST: &str = ".grotto-catalog";

/// First line of the list.
const HEAD: &str = "# Files of this folder that grotto wrote and may replace or remove.";

/// The longest list that is read, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A folder that a site is written to.
pub(super) struct Folder {
    top: PathBuf,
    old: BTreeSet<String>,
    new: BTreeSet<String>,
}

impl Folder {
    /// Looks at the folder; it is not made before there is something to write.
    pub(super) fn open(top: &Path) -> Result<Self, Diagnostic> {
        let fault = |text: String, help: &str| Err(Diagnostic::error("catalog/folder", text).help(help));
        let mut old = BTreeSet::new();
        match fs::read_dir(top) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return fault(format!("{}: {error}", top.display()), "give a folder that can be written to");
            }
            Ok(mut entries) => {
                let list = top.join(LIST);
                if list.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
                    let bytes = grotto_diag::input::bytes(&list, LONGEST)?;
                    let text = String::from_utf8_lossy(&bytes);
                    old = text.lines().filter(|line| is_safe_path(line)).map(str::to_owned).collect();
                } else if entries.next().is_some() {
                    return fault(
                        format!("{} has files that are not grotto's", top.display()),
                        "give a new or an empty folder, or one that holds an earlier site",
                    );
                }
            }
        }
        Ok(Self { top: top.to_owned(), old, new: BTreeSet::new() })
    }

    /// Makes ready for these files: folders, and a list that holds them and those of before, so that a stop in the middle
    /// leaves nothing that is nobody's.
    pub(super) fn begin<'a>(&mut self, paths: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
        self.new = paths.filter(|path| is_safe_path(path)).map(str::to_owned).collect();
        fs::create_dir_all(&self.top)?;
        for path in self.new.difference(&self.old) {
            if self.top.join(path).symlink_metadata().is_ok() {
                return Err(Error::other(format!("{path} is there and is not grotto's")));
            }
        }
        self.list(&self.old | &self.new)?;
        let folders: BTreeSet<&str> = self.new.iter().flat_map(|path| parents(path)).collect();
        folders.into_iter().try_for_each(|folder| self.folder(folder))
    }

    /// Makes a folder. A link in its place is no folder: it may lead out.
    fn folder(&self, name: &str) -> std::io::Result<()> {
        let path = self.top.join(name);
        match path.symlink_metadata() {
            Ok(meta) if meta.is_dir() => Ok(()),
            Ok(_) => Err(Error::other(format!("{name} is there and is no folder"))),
            Err(_) => fs::create_dir(&path),
        }
    }

    /// Puts a file in its place; `false` when it was there already.
    pub(super) fn put(&self, path: &str, content: &[u8]) -> std::io::Result<bool> {
        if !self.new.contains(path) {
            return Err(Error::other(format!("{path:?} is no path of the site")));
        }
        let place = self.top.join(path);
        let named = |error: Error| Error::new(error.kind(), format!("{path}: {error}"));
        let same =
            place.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() == content.len() as u64)
                && grotto_diag::input::bytes(&place, u64::MAX - 1).is_ok_and(|old| old == content);
        if same {
            return Ok(false);
        }
        replace(&place, content).map_err(named)?;
        Ok(true)
    }

    /// Removes what is no longer part of the site, and tells how many files that were.
    pub(super) fn finish(self) -> std::io::Result<usize> {
        let gone: BTreeSet<&String> = self.old.difference(&self.new).collect();
        for path in &gone {
            // Through a link that somebody put in the way, other files would go.
            if parents(path)
                .all(|folder| self.top.join(folder).symlink_metadata().is_ok_and(|meta| meta.is_dir()))
            {
                match fs::remove_file(self.top.join(path)) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        let empty: BTreeSet<&str> = gone.iter().flat_map(|path| parents(path)).collect();
        for folder in empty.into_iter().rev() {
            // One that still holds something stays.
            let _ = fs::remove_dir(self.top.join(folder));
        }
        self.list(self.new.clone())?;
        Ok(gone.len())
    }

    fn list(&self, paths: BTreeSet<String>) -> std::io::Result<()> {
        let lines: Vec<_> = std::iter::once(HEAD.to_owned()).chain(paths).chain([String::new()]).collect();
        replace(&self.top.join(LIST), lines.join("\n").as_bytes())
    }
}

/// The folders of a path, the outermost first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// Writes a file beside its place and moves it there.
fn replace(place: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let beside = place.with_file_name(name);
    // Something of that name can only be what a killed process of the same number left.
    let _ = fs::remove_file(&beside);
    let put = || {
        let mut file = fs::File::create_new(&beside)?;
        std::io::Write::write_all(&mut file, content)?;
        fs::rename(&beside, place)
    };
    put().inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(top: &Path, files: &[(&str, &str)]) -> std::io::Result<usize> {
        let mut folder = Folder::open(top).map_err(|d| Error::other(d.message))?;
        folder.begin(files.iter().map(|(path, _)| *path))?;
        for (path, content) in files {
            folder.put(path, content.as_bytes())?;
        }
        folder.finish()
    }

    fn all(top: &Path) -> Vec<String> {
        let mut names: Vec<_> = walkdir(top, "");
        names.sort();
        names
    }

    fn walkdir(top: &Path, below: &str) -> Vec<String> {
        let mut out = Vec::new();
        for entry in fs::read_dir(top).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                out.extend(walkdir(&entry.path(), &format!("{name}/")));
            } else if name != LIST {
                out.push(name);
            }
        }
        out
    }

    #[test]
    fn what_is_no_longer_part_goes_and_what_is_not_grottos_stays() {
        let place = tempfile::tempdir().unwrap();
        let top = place.path().join("site");
        write(&top, &[("index.html", "1"), ("rules/a/index.html", "a"), ("rules/b/index.html", "b")])
            .unwrap();
        fs::write(top.join("CNAME"), "mine").unwrap();
        fs::write(top.join("rules/a/mine.txt"), "mine").unwrap();
        let removed = write(&top, &[("index.html", "2"), ("rules/c/index.html", "c")]).unwrap();
        assert_eq!(removed, 2);
        assert_eq!(all(&top), ["CNAME", "index.html", "rules/a/mine.txt", "rules/c/index.html"]);
        assert!(!top.join("rules/b").exists());
        assert_eq!(fs::read_to_string(top.join("index.html")).unwrap(), "2");
    }

    #[test]
    fn folders_and_files_of_others_are_not_written_to() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.doc"), "years").unwrap();
        assert!(
            write(place.path(), &[("index.html", "1")]).unwrap_err().to_string().contains("not grotto's")
        );
        assert_eq!(all(place.path()), ["thesis.doc"]);
        let top = place.path().join("site");
        write(&top, &[("index.html", "1")]).unwrap();
        fs::write(top.join("robots.txt"), "mine").unwrap();
        let error = write(&top, &[("index.html", "2"), ("robots.txt", "x")]).unwrap_err();
        assert!(error.to_string().contains("robots.txt is there"), "{error}");
        assert_eq!(fs::read_to_string(top.join("robots.txt")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(top.join("index.html")).unwrap(), "1");
    }

    #[test]
    fn nothing_leads_out() {
        let place = tempfile::tempdir().unwrap();
        let top = place.path().join("site");
        fs::write(place.path().join("out.html"), "mine").unwrap();
        write(&top, &[("index.html", "1")]).unwrap();
        // Neither a path, nor a line of the list.
        let mut folder = Folder::open(&top).unwrap();
        folder.begin(["../out.html", "index.html"].into_iter()).unwrap();
        assert!(folder.put("../out.html", b"x").is_err());
        fs::write(top.join(LIST), "../out.html\nindex.html\n").unwrap();
        write(&top, &[("index.html", "2")]).unwrap();
        assert_eq!(fs::read_to_string(place.path().join("out.html")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        let place = tempfile::tempdir().unwrap();
        let (top, other) = (place.path().join("site"), place.path().join("other"));
        fs::create_dir(&other).unwrap();
        fs::write(other.join("index.html"), "mine").unwrap();
        write(&top, &[("index.html", "1"), ("rules/index.html", "r")]).unwrap();
        fs::remove_dir_all(top.join("rules")).unwrap();
        std::os::unix::fs::symlink(&other, top.join("rules")).unwrap();
        assert!(write(&top, &[("index.html", "1"), ("rules/index.html", "r")]).is_err());
        assert!(write(&top, &[("index.html", "1"), ("rules/new.html", "r")]).is_err());
        // When the file is no longer part of the site it is not removed through the link either.
        write(&top, &[("index.html", "2")]).unwrap();
        assert_eq!(fs::read_to_string(other.join("index.html")).unwrap(), "mine");
        assert_eq!(all(&other), ["index.html"]);
    }

    #[test]
    fn what_did_not_change_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(place.path()).unwrap();
        folder.begin(["a.html"].into_iter()).unwrap();
        assert!(folder.put("a.html", b"1").unwrap());
        assert!(!folder.put("a.html", b"1").unwrap());
        assert!(folder.put("a.html", b"2").unwrap());
    }
}
