//! Which tests can run, on what data, and which of them share it.

use super::data::{Data, Places};
use super::{Outcome, Selection, Tested, placed};
use crate::rules::{Rule, RuleSet};
use grotto_content::{AttackData, RuleTest, RuleType, Status};
use grotto_diag::{Diagnostic, Severity};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Data and what is said of its events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Replay {
    pub(super) data: Data,
    pub(super) source: Option<Arc<str>>,
    pub(super) sourcetype: Option<Arc<str>>,
    pub(super) host: Option<Arc<str>>,
    pub(super) index: Option<Arc<str>>,
}

impl Replay {
    /// What is said of its events: source, sourcetype, host, index.
    pub(super) fn said(&self) -> [Option<&str>; 4] {
        [&self.source, &self.sourcetype, &self.host, &self.index].map(Option::as_deref)
    }
}

/// Tests with the same data, which is read once for all of them.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) replays: Vec<Replay>,
    /// Positions in the results.
    pub(super) tests: Vec<usize>,
}

/// What a run is to do.
#[derive(Debug, Default)]
pub struct Plan {
    /// One for each test in the order of the rules; those that will run are not judged yet.
    pub(super) results: Vec<Tested>,
    pub(super) groups: Vec<Group>,
    /// Whether events are looked for that the rules took.
    pub(super) samples: bool,
    /// Rules of the selection that have no test.
    pub(super) without_tests: usize,
    /// Rules of the selection.
    pub(super) rules: usize,
}

impl Plan {
    /// Looks for the data of all tests of the selection.
    pub fn new(rules: &RuleSet, places: &Places, selection: &Selection) -> Self {
        let mut plan = Self::default();
        let mut groups: IndexMap<Vec<Replay>, Vec<usize>> = IndexMap::new();
        for (number, rule) in rules.rules.iter().enumerate() {
            plan.add(number, rule, places, selection, &mut groups);
        }
        plan.groups = groups.into_iter().map(|(replays, tests)| Group { replays, tests }).collect();
        plan
    }

    fn add(
        &mut self,
        number: usize,
        rule: &Rule,
        places: &Places,
        selection: &Selection,
        groups: &mut IndexMap<Vec<Replay>, Vec<usize>>,
    ) {
        let detection = &rule.detection;
        let whole = selection.has_rule(&detection.path);
        if whole {
            self.rules += 1;
            self.without_tests += usize::from(detection.tests.is_empty());
        }
        if let Some(reason) = &rule.reason {
            if whole {
                let mut tested = new(number, None, detection.name.clone(), "rule");
                tested.outcome = Outcome::Error;
                tested.reasons.push(as_error(reason.clone()));
                self.results.push(tested);
            }
            return;
        }
        for (at, test) in detection.tests.iter().enumerate() {
            let replays = replays(rule, test, places);
            let by_data = || replays.iter().flatten().any(|replay| selection.has_data(&replay.data));
            if !whole && !by_data() {
                continue;
            }
            let mut tested = new(number, Some(at), test.name.clone(), &test.test_type);
            tested.expected = test.expected_results;
            tested.data = test.attack_data.iter().map(|data| data.data.clone()).collect();
            match runnable(rule, test).and(replays) {
                Ok(replays) => groups.entry(replays).or_default().push(self.results.len()),
                Err(problem) => {
                    tested.outcome =
                        if problem.severity == Severity::Error { Outcome::Error } else { Outcome::Skipped };
                    tested.reasons.push(placed(rule, Some(at), *problem));
                }
            }
            self.results.push(tested);
        }
    }

    /// The same, with an event that the rule took for each test that gives rows. Data of such tests is read twice.
    pub fn with_samples(mut self) -> Self {
        self.samples = true;
        self
    }

    /// Bytes of all files that will be read.
    pub fn bytes(&self) -> u64 {
        self.groups.iter().flat_map(|group| &group.replays).map(|replay| size(&replay.data)).sum()
    }

    /// The files of data that were found.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let data = self.groups.iter().flat_map(|group| &group.replays).map(|replay| &replay.data);
        data.filter_map(|data| if let Data::File(path) = data { Some(path.clone()) } else { None }).collect()
    }

    /// How many tests there are, those that won't run included.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }
}

fn new(rule: usize, test: Option<usize>, name: String, kind: &str) -> Tested {
    Tested {
        rule,
        test,
        name,
        kind: kind.to_owned(),
        outcome: Outcome::Skipped,
        reasons: Vec::new(),
        notes: Vec::new(),
        expected: 1,
        counts: None,
        seconds: 0.0,
        data: Vec::new(),
        sample: None,
    }
}

pub(super) fn size(data: &Data) -> u64 {
    match data {
        Data::File(path) => path.metadata().map_or(0, |metadata| metadata.len()),
        Data::Builtin(name) => crate::builtin::data(name).map_or(0, |(_, bytes)| bytes.len() as u64),
    }
}

fn as_error(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.severity = Severity::Error;
    diagnostic
}

/// Whether a test is one that can be run by a program.
fn runnable(rule: &Rule, test: &RuleTest) -> Result<(), Box<Diagnostic>> {
    if let Some(reason) = &rule.detection.manual_test {
        let message = format!("the rule is tested by hand: {}", reason.trim());
        return Err(Box::new(Diagnostic::warning("test/manual", message)));
    }
    match test.test_type.to_ascii_lowercase().as_str() {
        "unit" | "experimental" => Ok(()),
        kind @ ("manual" | "integration") => {
            let message = format!("a test of the type {kind} can't be run without people or Splunk");
            Err(Box::new(Diagnostic::warning("test/manual", message)))
        }
        kind => {
            let message = format!("`{kind}` is no type of test");
            Err(Box::new(Diagnostic::error("test/unknown-type", message).help("write unit or experimental")))
        }
    }
}

/// Why a test that does not pass is no failure, if it is none.
pub(super) fn excuse(rule: &Rule, test: &RuleTest) -> Option<String> {
    let detection = &rule.detection;
    if test.test_type.eq_ignore_ascii_case("experimental") {
        return Some("the test is experimental".to_owned());
    }
    if detection.rule_type == RuleType::Correlation {
        return Some("contentctl tests no Correlation rules".to_owned());
    }
    match &detection.status {
        Status::Production => None,
        Status::Other(name) if name.is_empty() => None,
        other => Some(format!("the rule is {}, not in production", other.name())),
    }
}

/// The data of a test.
fn replays(rule: &Rule, test: &RuleTest, places: &Places) -> Result<Vec<Replay>, Box<Diagnostic>> {
    let no_data = |why: &str| Box::new(Diagnostic::warning("test/no-data", format!("no data ({why})")));
    if test.attack_data.is_empty() {
        return Err(no_data("the test names none"));
    }
    let find = |item: &AttackData| {
        let label = |said: &Option<String>| said.as_deref().map(Arc::from);
        let data = places.find(&rule.detection.path, &item.data).map_err(|why| no_data(&why))?;
        Ok(Replay {
            data,
            source: label(&item.source),
            sourcetype: label(&item.sourcetype),
            host: label(&item.host),
            index: label(&item.index),
        })
    };
    test.attack_data.iter().map(find).collect()
}
