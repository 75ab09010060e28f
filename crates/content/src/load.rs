//! Finding content files in folders and reading them.

use crate::content::{Content, Counts};
use crate::lookup::{self, LookupKind};
use crate::shelf::Shelf;
use crate::yaml::{self, Mapping, Node, Reader};
use crate::{DataSource, Detection, Lookup, Macro, Story, UnknownKey, data_source, detection, macros, story};
use grotto_diag::phase::{self, Phase};
use grotto_diag::{Diagnostic, Source, input};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use walkdir::WalkDir;

/// How large a content file may be, in bytes. The largest of the official content has 60 KB.
const LARGEST_FILE: u64 = 4 << 20;
/// How deep folders may nest.
const DEEPEST_FOLDER: usize = 32;

impl Content {
    /// Reads all content of folders; see [`Loader`].
    pub fn load(dirs: &[PathBuf]) -> (Self, Vec<Diagnostic>) {
        dirs.iter().fold(Loader::new(), |loader, dir| loader.folder(dir)).load()
    }

    /// Reads content that comes with the program: paths and texts of files; see [`Loader`].
    pub fn embedded(files: &[(&str, &str)]) -> (Self, Vec<Diagnostic>) {
        Loader::new().embedded(files).load()
    }
}

/// Reads content from several places, each of which counts as one folder.
///
/// # What is read
///
/// Files that end in `.yml` or `.yaml`, in folders at any depth; hidden folders and files are left out. What kind a
/// file is of is told by the folder that it lies in (`detections`, `macros`, `lookups`, `stories`, `data_sources`, of
/// several the innermost) and failing that by its keys. Files in other folders of the official layout (`baselines`,
/// `dashboards`, `playbooks` …) and files of no known kind are counted and left out. A file that can't be used is an
/// error and is counted; the rest goes on.
///
/// The order of everything is that of the places, then that of the paths.
///
/// ```
/// use grotto_content::Loader;
/// let (content, said) = Loader::new()
///     .embedded(&[("macros/sysmon.yml", "name: sysmon\ndefinition: sourcetype=XmlWinEventLog")])
///     .load();
/// assert!(said.is_empty());
/// assert_eq!(content.macros[0].name, "sysmon");
/// ```
#[derive(Debug, Default)]
pub struct Loader<'a> {
    places: Vec<Place<'a>>,
}

#[derive(Debug)]
enum Place<'a> {
    Folder(PathBuf),
    Embedded(&'a [(&'a str, &'a str)]),
}

impl<'a> Loader<'a> {
    /// A loader of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a folder, or a single YAML file.
    pub fn folder(mut self, path: &Path) -> Self {
        self.places.push(Place::Folder(path.to_owned()));
        self
    }

    /// Adds files that come with the program: paths, with `/` between folders, and texts. Tables of lookups are found
    /// among them as they are on disk.
    pub fn embedded(mut self, files: &'a [(&'a str, &'a str)]) -> Self {
        self.places.push(Place::Embedded(files));
        self
    }

    /// Reads everything.
    ///
    /// Diagnostics, in the order of the files: `content/yaml`, `content/not-a-mapping`, `content/missing-key` and what
    /// [`input::text`] says are errors and cost the file; `content/empty` is an error about a whole folder; all others are
    /// warnings.
    pub fn load(self) -> (Content, Vec<Diagnostic>) {
        let _phase = phase::enter(Phase::Load);
        let mut collector = Collector::default();
        let mut seen = HashSet::new();
        for (number, place) in self.places.iter().enumerate() {
            let outcomes: Vec<Outcome> = match place {
                Place::Folder(root) => {
                    let files = collector.find(root, &mut seen);
                    let folder = if root.is_file() { root.parent().unwrap_or(root) } else { root };
                    let find_table = |path: &Path, file: &str| lookup::on_disk(folder, path, file);
                    files.par_iter().map(|path| Outcome::of_file(root, path, &find_table)).collect()
                }
                Place::Embedded(files) => embedded(files),
            };
            for outcome in outcomes {
                collector.take(outcome, number);
            }
        }
        collector.finish()
    }
}

fn embedded(files: &[(&str, &str)]) -> Vec<Outcome> {
    let all: HashMap<PathBuf, &str> = files.iter().map(|(path, text)| (PathBuf::from(path), *text)).collect();
    let find_table = |path: &Path, file: &str| {
        let text = all.get(&path.parent()?.join(file))?;
        Some(LookupKind::CsvText(Arc::from(*text)))
    };
    let mut sorted: Vec<_> = files.iter().filter(|(path, _)| is_yaml(Path::new(path))).collect();
    sorted.sort();
    sorted
        .par_iter()
        .map(|(path, text)| {
            Outcome::of_text(Path::new(path), Path::new(path), (*text).to_owned(), &find_table)
        })
        .collect()
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"))
}

/// What a file holds.
#[derive(Debug)]
enum Item {
    Detection(Box<Detection>),
    Macro(Box<Macro>),
    Lookup(Box<Lookup>),
    Story(Box<Story>),
    DataSource(Box<DataSource>),
}

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Detection,
    Macro,
    Lookup,
    Story,
    DataSource,
    /// Nothing that matters for detection.
    Ignored,
}

impl Kind {
    /// By the innermost folder that tells; `path` begins with the folder that was asked for.
    fn of_folder(path: &Path) -> Option<Self> {
        path.parent()?.components().rev().find_map(|part| {
            let Component::Normal(name) = part else { return None };
            Some(match name.to_str()?.to_ascii_lowercase().as_str() {
                "detections" => Self::Detection,
                "macros" => Self::Macro,
                "lookups" => Self::Lookup,
                "stories" => Self::Story,
                "data_sources" => Self::DataSource,
                "baselines" | "dashboards" | "deployments" | "investigations" | "notebooks" | "playbooks"
                | "response_templates" | "schedules" | "workbench" | "workflows" => Self::Ignored,
                _ => return None,
            })
        })
    }

    /// By the keys at the top.
    fn of_keys(top: &Mapping<'_>) -> Self {
        let has = |key| top.has(key);
        if has("search") && (has("type") || has("tags") || has("finding") || has("data_source")) {
            Self::Detection
        } else if has("definition") && has("name") {
            Self::Macro
        } else if has("name") && (has("filename") || has("collection") || has("lookup_type")) {
            Self::Lookup
        } else if has("narrative") && has("name") {
            Self::Story
        } else if has("sourcetype") && has("name") {
            Self::DataSource
        } else {
            Self::Ignored
        }
    }
}

/// What reading a file came to.
#[derive(Debug)]
struct Outcome {
    item: Option<Item>,
    /// Of a file that is no detection, with its path.
    unknown_keys: Option<(PathBuf, Vec<UnknownKey>)>,
    ignored: bool,
    diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self { item: None, unknown_keys: None, ignored: false, diagnostics: vec![diagnostic] }
    }

    fn ignored() -> Self {
        Self { item: None, unknown_keys: None, ignored: true, diagnostics: Vec::new() }
    }

    fn of_file(root: &Path, path: &Path, find_table: lookup::FindTable<'_>) -> Self {
        let _phase = phase::enter(Phase::Load);
        // The folders above the one that was asked for say nothing about what is in it.
        let within = root.parent().and_then(|parent| path.strip_prefix(parent).ok()).unwrap_or(path);
        match input::text(path, LARGEST_FILE) {
            Ok(text) => Self::of_text(path, within, text, find_table),
            Err(error) => Self::failed(error),
        }
    }

    fn of_text(path: &Path, within: &Path, text: String, find_table: lookup::FindTable<'_>) -> Self {
        let _phase = phase::enter(Phase::Load);
        let by_folder = Kind::of_folder(within);
        if by_folder == Some(Kind::Ignored) {
            return Self::ignored();
        }
        let reader = Reader::new(Arc::new(Source::new(path.display().to_string(), text)));
        let tree = match yaml::parse(&reader.source) {
            Ok(tree) => tree,
            // Said even where nothing tells what the file is: most likely it is a rule with a mistake.
            Err(error) => return Self::failed(*error),
        };
        let Some(top) = Mapping::of(&reader, &tree, String::new()) else {
            return if by_folder.is_some() {
                Self::failed(no_mapping(&reader.source, &tree))
            } else {
                Self::ignored()
            };
        };
        let kind = by_folder.unwrap_or_else(|| Kind::of_keys(&top));
        let item = match kind {
            Kind::Detection => detection::read(&reader, &top, path).map(|d| Item::Detection(Box::new(d))),
            Kind::Macro => macros::read(&reader, &top, path).map(|m| Item::Macro(Box::new(m))),
            Kind::Lookup => lookup::read(&reader, &top, path, find_table).map(|l| Item::Lookup(Box::new(l))),
            Kind::Story => story::read(&reader, &top, path).map(|s| Item::Story(Box::new(s))),
            Kind::DataSource => data_source::read(&reader, &top, path).map(|s| Item::DataSource(Box::new(s))),
            Kind::Ignored => return Self::ignored(),
        };
        drop(top);
        let (diagnostics, unknown) = reader.finish();
        let mut unknown_keys = None;
        let item = item.map(|item| match item {
            Item::Detection(mut detection) => {
                detection.unknown_keys = unknown;
                Item::Detection(detection)
            }
            other => {
                unknown_keys = (!unknown.is_empty()).then(|| (path.to_owned(), unknown));
                other
            }
        });
        Self { item, unknown_keys, ignored: false, diagnostics }
    }
}

fn no_mapping(source: &Arc<Source>, tree: &Node) -> Diagnostic {
    Diagnostic::error(
        "content/not-a-mapping",
        format!("the file should hold keys and values, not {}", tree.kind()),
    )
    .at(tree.span, "")
    .in_source(source)
}

/// Puts content together, file by file.
#[derive(Debug, Default)]
struct Collector {
    detections: Shelf<Detection>,
    macros: Shelf<Macro>,
    lookups: Shelf<Lookup>,
    stories: Shelf<Story>,
    data_sources: Shelf<DataSource>,
    unknown_keys: HashMap<PathBuf, Vec<UnknownKey>>,
    counts: Counts,
    diagnostics: Vec<Diagnostic>,
}

impl Collector {
    /// The YAML files under `root`, sorted, without those that an earlier folder holds too.
    fn find(&mut self, root: &Path, seen: &mut HashSet<PathBuf>) -> Vec<PathBuf> {
        let hidden = |name: &std::ffi::OsStr| name.to_str().is_some_and(|n| n.starts_with('.'));
        let entries = WalkDir::new(root)
            .follow_links(true)
            .max_depth(DEEPEST_FOLDER)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name()));
        let mut files = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_file() && (entry.depth() == 0 || is_yaml(entry.path())) => {
                    files.push(entry.into_path());
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.diagnostics.push(input::unreadable(&path, &reason));
                }
            }
        }
        if files.is_empty() && root.is_dir() {
            let message = format!("no YAML file was found in {}", root.display());
            self.diagnostics
                .push(Diagnostic::error("content/empty", message).help("name a folder that holds rules"));
        }
        let real = |path: PathBuf| (path.canonicalize().unwrap_or_else(|_| path.clone()), path);
        let files: Vec<(PathBuf, PathBuf)> = files.into_par_iter().map(real).collect();
        files.into_iter().filter_map(|(real, path)| seen.insert(real).then_some(path)).collect()
    }

    fn take(&mut self, outcome: Outcome, folder: usize) {
        self.counts.files += 1;
        self.counts.ignored += usize::from(outcome.ignored);
        self.counts.failed += usize::from(outcome.item.is_none() && !outcome.ignored);
        self.diagnostics.extend(outcome.diagnostics);
        self.unknown_keys.extend(outcome.unknown_keys);
        let said = match outcome.item {
            Some(Item::Detection(item)) => self.detections.put(*item, folder),
            Some(Item::Macro(item)) => self.macros.put(*item, folder),
            Some(Item::Lookup(item)) => self.lookups.put(*item, folder),
            Some(Item::Story(item)) => self.stories.put(*item, folder),
            Some(Item::DataSource(item)) => self.data_sources.put(*item, folder),
            None => None,
        };
        self.diagnostics.extend(said);
    }

    fn finish(mut self) -> (Content, Vec<Diagnostic>) {
        self.counts.duplicates = self.detections.duplicates
            + self.macros.duplicates
            + self.lookups.duplicates
            + self.stories.duplicates
            + self.data_sources.duplicates;
        let lookups = self.lookups.into_items();
        self.counts.ml_models = lookups.iter().filter(|l| matches!(l.kind, LookupKind::MlModel(_))).count();
        let content = Content {
            detections: self.detections.into_items(),
            macros: self.macros.into_items(),
            lookups,
            stories: self.stories.into_items(),
            data_sources: self.data_sources.into_items(),
            unknown_keys: self.unknown_keys,
            counts: self.counts,
        };
        (content, self.diagnostics)
    }
}
