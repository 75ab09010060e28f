//! Loading what a catalogue is made of.

use super::SourceArgs;
use crate::args::Common;
use crate::progress::Progress;
use crate::setup::{self, Setup};
use grotto_catalog::build::{Folder, Input, build};
use grotto_catalog::model::Catalog;
use grotto_detect::RuleSet;
use grotto_detect::testing::data::Places;
use grotto_detect::testing::{self, Plan, Reading, Results, Selection};
use grotto_diag::input;
use grotto_events::Limits;
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
    of(&args.rules, &args.attack_data, &args.common)
}

/// The catalogue of these folders of rules, of grotto's own without any, proven by this attack data.
pub(crate) fn of(named: &[String], attack_data: &[PathBuf], common: &Common) -> Option<Loaded> {
    load(folders(named), attack_data, common)
}

/// The catalogue of a folder of rules, and the name of its corpus.
pub(super) fn one(path: &Path, common: &Common) -> Option<(String, Loaded)> {
    let folders = folders(&[path.display().to_string()]);
    let name = folders.first()?.name.clone();
    Some((name, load(folders, &[], common)?))
}

/// The catalogue of these folders; of grotto's own rules when there are none.
fn load(folders: Vec<Folder>, attack_data: &[PathBuf], common: &Common) -> Option<Loaded> {
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
        setup::say("error: no rules were found in what was named");
        return None;
    }
    let rules = RuleSet::compile(&setup.content, &setup.macros, &setup.knowledge, &setup.context);
    let tests = tests(paths.is_empty(), attack_data, common, &setup, &rules);
    let catalog = build(&Input {
        content: &setup.content,
        macros: &setup.macros,
        knowledge: &setup.knowledge,
        rules: &rules,
        folders: &folders,
        tests: tests.as_ref(),
    });
    Some(Loaded { catalog, faulty: setup.is_faulty() })
}

/// Runs the tests of the rules: those of grotto's own on what comes with them, others where there is attack data.
fn tests(
    builtin: bool,
    attack_data: &[PathBuf],
    common: &Common,
    setup: &Setup,
    rules: &RuleSet,
) -> Option<Results> {
    if !builtin && attack_data.is_empty() {
        return None;
    }
    let places = Places { attack_data: attack_data.first().cloned(), builtin };
    let plan = Plan::new(rules, &places, &Selection::All);
    let limits = Limits { archive_bytes: common.max_archive_bytes, ..Limits::default() };
    let reading = Reading { limits, zone: Some(setup.context.timezone.clone()) };
    let progress = Progress::new(plan.bytes());
    let results = testing::run(plan, rules, &setup.knowledge, &reading, &|bytes| progress.advance(bytes));
    progress.finish();
    Some(results)
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
