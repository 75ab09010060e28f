//! What the tests share.

use grotto_content::Content;
use grotto_detect::record::{Files, Finding, Record};
use grotto_detect::{RuleSet, scan};
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_events::Part;
use grotto_knowledge::Knowledge;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder beside the project that only its makers and CI have; prints why a test is skipped when it is not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}

/// The parts of log files; every file must be readable.
pub(crate) fn parts(paths: &[PathBuf]) -> Vec<Part> {
    let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let (inputs, problems) = grotto_events::discover(&paths);
    assert!(problems.is_empty(), "{problems:?}");
    inputs.iter().flat_map(|input| grotto_events::plan(input).unwrap()).collect()
}

/// Rules made ready with grotto's own add-ons.
pub(crate) fn rules(content: &Content) -> (RuleSet, Knowledge) {
    let mut context = Context::default();
    let (knowledge, problems) = Knowledge::load(&[], &context);
    assert!(problems.is_empty(), "{problems:?}");
    context.lookups = knowledge.lookups(content);
    let macros = grotto_detect::macros::table(content, &knowledge);
    (RuleSet::compile(content, &macros, &knowledge, &context), knowledge)
}

/// The report of a scan.
pub(crate) fn report(
    rules: &RuleSet,
    knowledge: &Knowledge,
    parts: &[Part],
    before: &[Diagnostic],
) -> Vec<Record> {
    let outcome = scan(rules, parts, knowledge, &|_| {});
    outcome.records(rules, before, Files::default(), Duration::ZERO)
}

/// The findings of a rule.
pub(crate) fn findings<'a>(records: &'a [Record], name: &str) -> Vec<&'a Finding> {
    records
        .iter()
        .filter_map(|r| if let Record::Finding(f) = r { Some(f) } else { None })
        .filter(|f| f.rule.name == name)
        .collect()
}

/// A corpus of rules, which must load without an error.
pub(crate) fn corpus(name: &str) -> Option<Content> {
    let folder = shared(&format!("corpus/{name}"))?;
    let (content, problems) = Content::load(&[folder]);
    let errors: Vec<_> = problems.iter().filter(|p| p.severity == grotto_diag::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Some(content)
}
