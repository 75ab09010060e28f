//! Loading what a catalogue is made of.

use grotto_catalog::build::{Folder, Input, Proof, build};
use grotto_catalog::model::Catalog;
use grotto_content::Content;
use grotto_detect::RuleSet;
use grotto_detect::testing::data::Places;
use grotto_detect::testing::{self, Plan, Reading, Selection};
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::path::{Path, PathBuf};

/// A folder or file of the shared test data; `None`, and a word about it, when it is not there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(name);
    let path = if path.exists() { path } else { Path::new("/work/shared").join(name) };
    if !path.exists() {
        println!("not tested: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// The catalogue of these folders of rules.
pub(crate) fn catalog(paths: &[PathBuf]) -> Catalog {
    let (content, _) = Content::load(paths);
    of(&content, paths)
}

/// The catalogue of grotto's own rules, proven by the data that comes with them.
pub(crate) fn pack() -> Catalog {
    made(&grotto_detect::builtin::content().0, &[PathBuf::from("grotto")], true)
}

/// The catalogue of content.
pub(crate) fn of(content: &Content, paths: &[PathBuf]) -> Catalog {
    made(content, paths, false)
}

fn made(content: &Content, paths: &[PathBuf], own: bool) -> Catalog {
    let mut context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    context.lookups = knowledge.lookups(content);
    let macros = grotto_detect::macros::table(content, &knowledge);
    let rules = RuleSet::compile(content, &macros, &knowledge, &context);
    let folders: Vec<Folder> = paths
        .iter()
        .map(|path| Folder {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            path: path.clone(),
            licence: None,
        })
        .collect();
    let places = Places { attack_data: Vec::new(), builtin: true };
    let tests = own.then(|| {
        let plan = Plan::new(&rules, &places, &Selection::All).with_samples();
        testing::run(plan, &rules, &knowledge, &Reading::default(), &|_| {})
    });
    build(&Input {
        content,
        macros: &macros,
        knowledge: &knowledge,
        rules: &rules,
        folders: &folders,
        tests: tests.as_ref().map(|results| Proof { results, day: "2026-05-13" }),
    })
}
