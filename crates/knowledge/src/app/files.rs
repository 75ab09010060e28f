//! Finding and reading the files of an app.

use super::{App, CONF_FILES, Origin};
use crate::conf;
use crate::lookups::is_table;
use grotto_diag::{Diagnostic, Source, input};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Largest configuration file or data model that is read, in bytes.
const TEXT_LIMIT: u64 = 16 << 20;

/// A lookup table of an app. It is read when a search needs it, not before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupFile {
    /// Name of the file, such as `users.csv`.
    pub name: String,
    /// Where its rows are.
    pub content: TableContent,
}

/// Where the rows of a lookup table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableContent {
    /// In a file.
    File(PathBuf),
    /// In a text that is part of the binary or was made by a test.
    Text(Arc<Source>),
}

/// What a path inside an app is to us.
enum Kind<'a> {
    Conf { name: &'static str },
    Model { name: &'a str },
    Table { name: &'a str },
}

/// The kind of a path relative to the folder of the app; `None` for what is no search-time knowledge.
fn kind(path: &str) -> Option<Kind<'_>> {
    let under_layer = path.strip_prefix("default/").or_else(|| path.strip_prefix("local/"));
    if let Some(rest) = under_layer {
        if let Some(model) = rest.strip_prefix("data/models/") {
            return file_of(model, ".json").map(|name| Kind::Model { name });
        }
        let stem = file_of(rest, ".conf")?;
        return CONF_FILES.into_iter().find(|n| *n == stem).map(|name| Kind::Conf { name });
    }
    let table = path.strip_prefix("lookups/")?;
    (!table.contains('/') && is_table(table)).then_some(Kind::Table { name: table })
}

/// The name before the ending, if `rest` is a file of that ending and not in a folder below.
fn file_of<'a>(rest: &'a str, ending: &str) -> Option<&'a str> {
    rest.strip_suffix(ending).filter(|stem| !stem.is_empty() && !stem.contains('/'))
}

pub(super) fn load(folder: &Path) -> (App, Vec<Diagnostic>) {
    let name = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_owned())
        .file_name()
        .map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    let mut app = empty(&name, Origin::Given);
    let mut problems = Vec::new();
    let mut found = false;
    for layer in ["default", "local"] {
        for inner in ["", "data/models"] {
            for path in entries(&folder.join(layer).join(inner), &mut problems) {
                let Some(relative) = relative(folder, &path) else { continue };
                if kind(&relative).is_some() {
                    found = true;
                    match input::text(&path, TEXT_LIMIT) {
                        Ok(text) => {
                            add(&mut app, &relative, path.display().to_string(), text, &mut problems);
                        }
                        Err(problem) => problems.push(problem),
                    }
                }
            }
        }
    }
    for path in entries(&folder.join("lookups"), &mut problems) {
        if let Some(Kind::Table { name }) = relative(folder, &path).as_deref().and_then(kind) {
            found = true;
            let table = LookupFile { name: name.to_owned(), content: TableContent::File(path) };
            app.lookup_files.insert(name.to_owned(), table);
        }
    }
    if !found {
        problems.push(
            Diagnostic::error("app/empty", format!("{} holds no search-time knowledge", folder.display()))
                .help("name the folder of a Splunk app: the one with default/ and local/ in it"),
        );
    }
    (app, problems)
}

pub(super) fn embedded<'a>(
    name: &str,
    origin: Origin,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> (App, Vec<Diagnostic>) {
    let mut files: Vec<_> = files.into_iter().collect();
    // `default/` comes before `local/`, which is to be laid over it.
    files.sort_unstable();
    let mut app = empty(name, origin);
    let mut problems = Vec::new();
    for (path, text) in files {
        add(&mut app, path, format!("{name}/{path}"), text.to_owned(), &mut problems);
    }
    (app, problems)
}

fn empty(name: &str, origin: Origin) -> App {
    App {
        name: name.to_owned(),
        origin,
        confs: BTreeMap::new(),
        models: BTreeMap::new(),
        lookup_files: BTreeMap::new(),
    }
}

/// The files of a folder; none when it does not exist, which is common.
fn entries(folder: &Path, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    match input::folder(folder) {
        Ok(paths) => paths.into_iter().filter(|p| p.is_file()).collect(),
        Err(problem) => {
            problems.push(problem);
            Vec::new()
        }
    }
}

/// The path below `folder`, with `/` between its parts.
fn relative(folder: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(folder).ok()?.components().map(|c| c.as_os_str().to_str()).collect();
    parts.map(|p| p.join("/"))
}

fn add(app: &mut App, path: &str, full_name: String, text: String, problems: &mut Vec<Diagnostic>) {
    let source = Arc::new(Source::new(full_name, text));
    match kind(path) {
        Some(Kind::Conf { name }) => {
            let (conf, said) = conf::parse(&source);
            problems.extend(said);
            app.confs.entry(name).or_default().overlay(conf);
        }
        Some(Kind::Model { name }) => {
            app.models.insert(name.to_owned(), source);
        }
        Some(Kind::Table { name }) => {
            let table = LookupFile { name: name.to_owned(), content: TableContent::Text(source) };
            app.lookup_files.insert(name.to_owned(), table);
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(&str, &str); 6] = [
        ("local/macros.conf", "[m]\ndefinition = upper\n"),
        ("default/macros.conf", "[m]\ndefinition = lower\niseval = 0\n[n]\ndefinition = n\n"),
        ("default/data/models/A.json", "{}"),
        ("lookups/t.csv", "a,b\n1,2\n"),
        ("lookups/deeper/t.csv", "a\n"),
        ("README.md", "no knowledge"),
    ];

    fn check(app: &App) {
        let macros = app.conf("macros").unwrap();
        assert_eq!(macros.get("m", "definition").unwrap().text, "upper");
        assert_eq!(macros.get("m", "iseval").unwrap().text, "0");
        assert_eq!(macros.get("n", "definition").unwrap().text, "n");
        assert_eq!(app.models.keys().collect::<Vec<_>>(), ["A"]);
        assert_eq!(app.lookup_files.keys().collect::<Vec<_>>(), ["t.csv"]);
        assert_eq!(app.confs.keys().copied().collect::<Vec<_>>(), ["macros"]);
    }

    #[test]
    fn an_embedded_app() {
        let (app, problems) = App::from_files("x", Origin::Shipped, FILES);
        assert_eq!(problems, []);
        check(&app);
        assert_eq!(app.conf("macros").unwrap().get("m", "definition").unwrap().file(), "x/local/macros.conf");
    }

    #[test]
    fn an_app_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in FILES {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::write(folder.path().join("default/tags.conf"), b"[a=b]\n\xff = enabled").unwrap();
        let (app, problems) = App::load(folder.path());
        assert_eq!(problems.iter().map(|p| p.slug).collect::<Vec<_>>(), ["input/not-utf8"]);
        check(&app);
        assert_eq!(app.origin, Origin::Given);
        assert_eq!(Some(app.name.as_str()), folder.path().file_name().unwrap().to_str());
    }

    #[test]
    fn a_folder_that_is_no_app_is_refused() {
        let (_, problems) = App::load(Path::new("/nowhere/at all"));
        assert_eq!(problems.iter().map(|p| p.slug).collect::<Vec<_>>(), ["app/empty"]);
    }
}
