//! From the paths that a user types to a list of inputs: files, folders with all that is in them, globs, `-`.

use crate::Input;
use globset::{GlobBuilder, GlobMatcher};
use grotto_diag::{Diagnostic, Severity, input};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The inputs that these paths name, sorted by path, standard input first, each file once however often it is named or
/// linked to; and what could not be found or read. A path with `*`, `?`, `[` or `{` that is not the name of a file is a
/// glob; `**` spans folders. A folder or a glob that matches one stands for all files below it.
pub fn discover<S: AsRef<OsStr>>(paths: &[S]) -> (Vec<Input>, Vec<Diagnostic>) {
    let mut found = Found::default();
    for path in paths.iter().map(AsRef::as_ref) {
        let before = (found.seen, found.diagnostics.len());
        if path == "-" {
            found.stdin = true;
            continue;
        }
        let path = Path::new(path);
        match (path.metadata(), path.to_str().filter(|text| text.contains(['*', '?', '[', '{']))) {
            (Ok(metadata), _) if metadata.is_dir() => found.walk(path, None),
            (Ok(metadata), _) => found.named(path, metadata.is_file()),
            (Err(_), Some(pattern)) => found.glob(pattern),
            (Err(error), None) => {
                let help =
                    "name a file, a folder, a pattern such as 'logs/**/*.evtx', or - for standard input";
                found.diagnostics.push(input::unreadable(path, &error).help(help));
            }
        }
        if (found.seen, found.diagnostics.len()) == before {
            found
                .diagnostics
                .push(Diagnostic::error("input/no-match", format!("{} holds no files", path.display())));
        }
    }
    found.finish()
}

/// What was found so far.
#[derive(Default)]
struct Found {
    stdin: bool,
    /// Pipes and devices, which the user named.
    pipes: Vec<PathBuf>,
    /// Files by what they really are: the path to show, and whether the user named it.
    files: BTreeMap<PathBuf, (PathBuf, bool)>,
    /// All paths that lead to a file, by what it really is.
    paths: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// How many files came up, counting one as often as it did.
    seen: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    fn named(&mut self, path: &Path, is_file: bool) {
        if is_file {
            self.file(path, true);
        } else {
            self.seen += 1;
            self.pipes.push(path.to_owned());
        }
    }

    fn file(&mut self, path: &Path, named: bool) {
        self.seen += 1;
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.paths.entry(real.clone()).or_default().insert(path.to_owned());
        let shown = self.files.entry(real).or_insert_with(|| (path.to_owned(), named));
        shown.1 |= named;
        // The same file by two ways: the answer must not depend on the order of the arguments.
        if *path < *shown.0 {
            path.clone_into(&mut shown.0);
        }
    }

    fn glob(&mut self, pattern: &str) {
        let glob = match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => glob,
            Err(error) => {
                let message = format!("{pattern} is not a pattern: {}", error.kind());
                self.diagnostics.push(Diagnostic::error("input/bad-pattern", message));
                return;
            }
        };
        let path = Path::new(pattern);
        let literal = |part: &std::path::Component<'_>| {
            !part.as_os_str().to_str().is_none_or(|text| text.contains(['*', '?', '[', '{']))
        };
        let base: PathBuf = path.components().take_while(literal).collect();
        let depth = path.components().count() - base.components().count();
        let filter =
            Filter { glob: glob.compile_matcher(), depth: (!pattern.contains("**")).then_some(depth) };
        let before = self.seen;
        if base.as_os_str().is_empty() {
            self.walk(Path::new("."), Some(&filter));
        } else if base.exists() {
            self.walk(&base, Some(&filter));
        }
        if self.seen == before {
            self.diagnostics.push(Diagnostic::error("input/no-match", format!("no file matches {pattern}")));
        }
    }

    /// Takes all files below a folder that the filter lets through. Loops of links end where they begin.
    fn walk(&mut self, folder: &Path, filter: Option<&Filter>) {
        let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(|e| filter.is_none_or(|f| f.descends(e))) {
            match entry {
                Ok(entry) if entry.file_type().is_file() && filter.is_none_or(|f| f.takes(entry.path())) => {
                    self.file(plain(entry.path()), false);
                }
                Ok(_) => {}
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.diagnostics.push(input::unreadable(&path, &reason));
                }
            }
        }
    }

    fn finish(mut self) -> (Vec<Input>, Vec<Diagnostic>) {
        for (real, paths) in &self.paths {
            let Some((shown, _)) = self.files.get(real) else { continue };
            // The same file by another way of writing its folder, as when a folder and a file in it are named, is what
            // was meant; by another name it may come as a surprise.
            for other in paths.iter().filter(|p| p.file_name() != shown.file_name()) {
                let message = format!(
                    "{} is the same file as {}, which is read once",
                    other.display(),
                    shown.display()
                );
                self.diagnostics.push(Diagnostic::new(Severity::Info, "input/same-file", message));
            }
        }
        let mut files: Vec<(PathBuf, bool)> = self.files.into_values().collect();
        files.sort();
        let stdin = self.stdin.then(Input::stdin);
        let pipes = self.pipes.into_iter().map(Input::pipe);
        let files =
            files.into_iter().map(|(path, named)| if named { Input::file(path) } else { Input::found(path) });
        (stdin.into_iter().chain(pipes).chain(files).collect(), self.diagnostics)
    }
}

/// A path without the `./` that walking the current folder puts before it.
fn plain(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// Which files below the fixed part of a pattern it means.
struct Filter {
    glob: GlobMatcher,
    /// How deep the pattern reaches; `None` when it has a `**`.
    depth: Option<usize>,
}

impl Filter {
    /// Whether the pattern matches the path or a folder that it is in.
    fn takes(&self, path: &Path) -> bool {
        plain(path).ancestors().any(|p| self.glob.is_match(p))
    }

    fn descends(&self, entry: &DirEntry) -> bool {
        self.depth.is_none_or(|depth| entry.depth() <= depth) || self.takes(entry.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder with `a.evtx`, `b/c.evtx`, `b/d/e.xml`, `[odd].evtx`, and links: `b/loop` to `b`, `z.evtx` to `a.evtx`.
    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("b/d")).unwrap();
        for file in ["a.evtx", "b/c.evtx", "b/d/e.xml", "[odd].evtx"] {
            fs::write(dir.path().join(file), "x").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(dir.path().join("b"), dir.path().join("b/loop")).unwrap();
            std::os::unix::fs::symlink(dir.path().join("a.evtx"), dir.path().join("z.evtx")).unwrap();
        }
        dir
    }

    /// What some paths below the folder name, relative to it; and the slugs of the diagnostics.
    fn names(dir: &Path, paths: &[&str]) -> (Vec<String>, Vec<&'static str>) {
        let paths: Vec<_> =
            paths.iter().map(|p| if *p == "-" { PathBuf::from(p) } else { dir.join(p) }).collect();
        let (inputs, diagnostics) = discover(&paths);
        let name = |i: &Input| {
            i.path().map_or_else(
                || i.name().to_owned(),
                |p| p.strip_prefix(dir).unwrap_or(p).display().to_string(),
            )
        };
        (inputs.iter().map(name).collect(), diagnostics.iter().map(|d| d.slug).collect())
    }

    #[test]
    fn folders_files_globs_and_stdin() {
        let dir = tree();
        let all = ["[odd].evtx", "a.evtx", "b/c.evtx", "b/d/e.xml"];
        for (paths, expected) in [
            (&[""][..], &all[..]),
            (&["b"], &["b/c.evtx", "b/d/e.xml"]),
            (&["b/d/e.xml", "a.evtx"], &["a.evtx", "b/d/e.xml"]),
            (&["**/*.evtx"], &["[odd].evtx", "a.evtx", "b/c.evtx"]),
            (&["*.evtx"], &["[odd].evtx", "a.evtx"]),
            (&["b/*"], &["b/c.evtx", "b/d/e.xml"]),
            (&["?/*.{xml,evtx}"], &["b/c.evtx"]),
            (&["[odd].evtx"], &["[odd].evtx"]),
            (&["-", "a.evtx", "-"], &["<stdin>", "a.evtx"]),
            (&["a.evtx", "z.evtx", "", "*.evtx", "a.evtx"], &all[..]),
        ] {
            let (found, mut diagnostics) = names(dir.path(), paths);
            // `z.evtx`, where a path reaches it, is `a.evtx`.
            diagnostics.retain(|slug| *slug != "input/same-file");
            assert_eq!(
                (found, diagnostics),
                (expected.iter().map(ToString::to_string).collect(), vec![]),
                "{paths:?}"
            );
        }
    }

    #[test]
    fn what_is_not_there_is_said_and_the_rest_goes_on() {
        let dir = tree();
        let (found, diagnostics) =
            names(dir.path(), &["gone.evtx", "a.evtx", "*.nope", "no/such/*.evtx", "b/[", "b/d"]);
        assert_eq!(found, ["a.evtx", "b/d/e.xml"]);
        assert_eq!(
            diagnostics,
            ["input/unreadable", "input/no-match", "input/no-match", "input/bad-pattern"]
        );
    }

    #[test]
    fn an_empty_folder_is_said() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(names(dir.path(), &[""]), (vec![], vec!["input/no-match"]));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_two_names_is_read_once_and_said() {
        let dir = tree();
        let (inputs, diagnostics) = discover(&[dir.path().join("z.evtx"), dir.path().join("a.evtx")]);
        assert_eq!((inputs.len(), diagnostics.len()), (1, 1));
        assert_eq!((diagnostics[0].slug, diagnostics[0].severity), ("input/same-file", Severity::Info));
        let message = &diagnostics[0].message;
        assert!(
            message.contains("z.evtx is the same file as") && message.contains("a.evtx, which"),
            "{message}"
        );
        assert_eq!(names(dir.path(), &["b", "b/c.evtx", "b/loop/c.evtx"]).1, [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_is_said() {
        let dir = tree();
        std::os::unix::fs::symlink("/nowhere", dir.path().join("b/d/gone")).unwrap();
        let (found, diagnostics) = names(dir.path(), &["b/d"]);
        assert_eq!((found, diagnostics), (vec!["b/d/e.xml".to_owned()], vec!["input/unreadable"]));
    }

    #[test]
    fn files_of_a_folder_are_not_named_ones() {
        let dir = tree();
        let (inputs, _) = discover(&[dir.path().join("a.evtx"), dir.path().to_owned()]);
        let named: Vec<_> = inputs.iter().map(Input::is_named).collect();
        assert_eq!(named, [false, true, false, false]);
    }
}
