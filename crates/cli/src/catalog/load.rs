//! Loading what a catalogue is made of.

use super::SourceArgs;
use crate::args::Common;
use crate::progress::Progress;
use crate::setup::{self, Setup};
use grotto_catalog::build::{Folder, Input, Names, Proof, build, names};
use grotto_catalog::model::Catalog;
use grotto_content::Detection;
use grotto_detect::RuleSet;
use grotto_detect::testing::data::Places;
use grotto_detect::testing::{self, Plan, Reading, Results, Selection};
use grotto_diag::input;
use grotto_events::Limits;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The longest licence that is looked at, in bytes.
const LONGEST_LICENCE: u64 = 64 << 10;

/// A catalogue, and whether something that was named could not be used.
pub(crate) struct Loaded {
    /// The model.
    pub(crate) catalog: Catalog,
    /// Whether something that was named could not be used.
    pub(crate) faulty: bool,
}

/// Loads it; `None` when that makes no sense, which was then said.
pub(super) fn catalog(args: &SourceArgs) -> Option<Loaded> {
    let source = Source::open(&args.rules, &args.attack_data, &args.common)?;
    let results = source.prove(&args.common, &Selection::All);
    Some(source.catalog(&results, &day(args.date.as_deref())))
}

/// The catalogue of a folder of rules, without proof, and the name of its corpus.
pub(super) fn one(path: &Path, common: &Common) -> Option<(String, Loaded)> {
    let source = Source::open(&[path.display().to_string()], &[], common)?;
    let name = source.folders.first()?.name.clone();
    Some((name, source.unproven()))
}

/// Rules, and where the data is that may prove them.
pub(crate) struct Source {
    setup: Setup,
    rules: RuleSet,
    folders: Vec<Folder>,
    places: Places,
}

impl Source {
    /// The rules of these folders, grotto's own without any; `None` when there are none or a folder is none, which was then
    /// said.
    pub(crate) fn open(named: &[String], attack_data: &[PathBuf], common: &Common) -> Option<Self> {
        if let Some(folder) = attack_data.iter().find(|folder| !folder.is_dir()) {
            setup::say(&format!(
                "error: {} is no folder; --attack-data names a copy of the public dataset",
                folder.display()
            ));
            return None;
        }
        let folders = folders(named);
        let paths: Vec<PathBuf> = folders.iter().map(|folder| folder.path.clone()).collect();
        let own = Folder {
            name: "grotto".to_owned(),
            path: PathBuf::new(),
            licence: Some(env!("CARGO_PKG_LICENSE").to_owned()),
        };
        let folders = if folders.is_empty() { vec![own] } else { folders };
        let setup = Setup::new(common, &paths, true)?;
        setup.complain();
        if setup.content.detections.is_empty() {
            setup.report_no_rules();
            return None;
        }
        let rules = RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context);
        let places = Places { attack_data: attack_data.to_vec(), builtin: paths.is_empty() };
        Some(Self { setup, rules, folders, places })
    }

    /// Runs the tests of the rules as far as their data is here: that of grotto's own comes with them, that of others lies
    /// beside their files or in a copy of the public dataset.
    pub(crate) fn prove(&self, common: &Common, selection: &Selection) -> Results {
        let plan = Plan::new(&self.rules, &self.places, selection).with_samples();
        let limits = Limits { archive_bytes: common.max_archive_bytes, ..Limits::default() };
        let reading = Reading { limits, zone: Some(self.setup.context.timezone.clone()) };
        let progress = Progress::new(plan.bytes());
        let knowledge = &self.setup.knowledge;
        let results = testing::run(plan, &self.rules, knowledge, &reading, &|bytes| progress.advance(bytes));
        progress.finish();
        results
    }

    /// The catalogue, with what became of tests that were run on a day.
    pub(crate) fn catalog(&self, results: &Results, day: &str) -> Loaded {
        self.loaded(Some(Proof { results, day }))
    }

    /// The catalogue without proof.
    fn unproven(&self) -> Loaded {
        self.loaded(None)
    }

    /// What rules are called in the catalogue, without making it.
    pub(crate) fn names(&self) -> Vec<Names> {
        names(&self.rules, &self.folders)
    }

    /// Where the files of rules of this id lie.
    pub(crate) fn files(&self, id: &str) -> BTreeSet<PathBuf> {
        let same = |detection: &&Detection| detection.id.eq_ignore_ascii_case(id);
        self.setup.content.detections.iter().filter(same).map(|detection| detection.path.clone()).collect()
    }

    fn loaded(&self, tests: Option<Proof<'_>>) -> Loaded {
        let catalog = build(&Input {
            content: &self.setup.content,
            macros: &self.setup.macros,
            knowledge: &self.setup.knowledge,
            rules: &self.rules,
            folders: &self.folders,
            tests,
        });
        Loaded { catalog, faulty: self.setup.is_faulty() }
    }
}

/// The day that tests are dated with: the one that was given, that of `SOURCE_DATE_EPOCH`
/// (<https://reproducible-builds.org/specs/source-date-epoch/>), or today's in UTC.
pub(crate) fn day(given: Option<&str>) -> String {
    let named = || std::env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok();
    let time =
        named().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or_else(Timestamp::now);
    given.map_or_else(|| time.strftime("%Y-%m-%d").to_string(), str::to_owned)
}

/// The corpora that the arguments name: `DIR` or `DIR=NAME`.
fn folders(named: &[String]) -> Vec<Folder> {
    let of = |text: &String| {
        let (path, name) = match text.rsplit_once('=') {
            // A folder may have a `=` in its name.
            Some((path, name)) if !Path::new(text).exists() => (path, Some(name.to_owned())),
            _ => (text.as_str(), None),
        };
        let path = PathBuf::from(path);
        let name = name.unwrap_or_else(|| {
            let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
            whole.file_stem().map_or_else(|| "rules".to_owned(), |name| name.to_string_lossy().into_owned())
        });
        Folder { name, licence: licence(&path), path }
    };
    named.iter().map(of).collect()
}

/// The name of the licence that lies in a folder, as far as its first lines tell.
fn licence(folder: &Path) -> Option<String> {
    let text = ["LICENSE", "LICENSE.txt", "LICENSE.md"]
        .iter()
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .find_map(|path| input::text(&path, LONGEST_LICENCE).ok())?;
    let start = text.lines().take(5).collect::<Vec<_>>().join(" ");
    let known = [("Apache License", "Apache-2.0"), ("MIT License", "MIT"), ("BSD 3-Clause", "BSD-3-Clause")];
    let found = known.iter().find(|(words, _)| start.contains(words)).map(|(_, name)| (*name).to_owned());
    found.or_else(|| text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_dated() {
        assert_eq!(day(Some("2026-05-13")), "2026-05-13");
        let today = day(None);
        assert!(today.len() == 10 && today.starts_with("20"), "{today}");
    }

    #[test]
    fn corpora_have_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a=b");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("LICENSE"), "\n   Apache License\n  Version 2.0\n").unwrap();
        let path = path.display().to_string();
        let named = folders(&[path.clone(), format!("{path}=mine")]);
        assert_eq!(named.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["a=b", "mine"]);
        assert!(named.iter().all(|f| f.licence.as_deref() == Some("Apache-2.0")));
        assert_eq!(named[0].path, named[1].path);
    }
}
