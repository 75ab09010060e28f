//! Running tests: those of one set of data in one pass, sets side by side.

use super::data::Data;
use super::judge::judge;
use super::plan::{Group, Plan, Replay, excuse, size};
use super::{Counts, Outcome, Tested, command, placed, sample};
use crate::driver::{self, Pass};
use crate::explain::Sample;
use crate::job::{Job, Predicates};
use crate::rules::{Rule, RuleSet};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::pipeline::Answer;
use grotto_engine::plan::Head;
use grotto_events::{Batch, Input, Labels, Limits, Part};
use grotto_knowledge::Knowledge;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// How many notes about reading the data are kept with a test.
const NOTES: usize = 3;

/// Which tests to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All.
    All,
    /// Those of rules in these files, and those on data in these.
    Only {
        /// Files of rules, as the rules name them.
        rules: BTreeSet<PathBuf>,
        /// Files of data.
        data: BTreeSet<PathBuf>,
    },
}

impl Selection {
    pub(super) fn has_rule(&self, path: &Path) -> bool {
        match self {
            Self::All => true,
            Self::Only { rules, .. } => rules.contains(path),
        }
    }

    pub(super) fn has_data(&self, data: &Data) -> bool {
        match (self, data) {
            (Self::All, _) => true,
            (Self::Only { data, .. }, Data::File(path)) => data.contains(path),
            (Self::Only { .. }, Data::Builtin(_)) => false,
        }
    }
}

/// How data is read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What unpacking may cost.
    pub limits: Limits,
    /// Zone of times that say none.
    pub zone: Option<TimeZone>,
}

/// What a run gave.
#[derive(Debug, Default)]
pub struct Results {
    /// Each test, in the order of the rules.
    pub tests: Vec<Tested>,
    /// Rules that were asked for.
    pub rules: usize,
    /// Rules without a test.
    pub without_tests: usize,
    /// Different sets of data that were read.
    pub datasets: usize,
    /// Events read.
    pub events: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What became of one test of a group.
struct Verdict {
    position: usize,
    outcome: Outcome,
    reasons: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
    counts: Option<Counts>,
}

impl Verdict {
    /// Adds how to see why there are no rows, where there are none of some events.
    fn explained(mut self, rule: &Rule, group: &Group) -> Self {
        let detection = &rule.detection;
        let empty = self.counts.is_some_and(|counts| counts.rows == 0 && counts.events > 0);
        if let (true, Some(reason)) = (empty, self.reasons.first_mut())
            && let Some(command) = command::explain(&detection.path, &detection.name, &group.replays)
        {
            let help = reason.help.take().unwrap_or_default();
            reason.help = Some(format!("{help}; this shows why: {command}"));
        }
        self
    }
}

/// What became of a group.
struct Done {
    verdicts: Vec<Verdict>,
    /// By position.
    samples: Vec<(usize, Sample)>,
    seconds: f64,
    events: u64,
    bytes: u64,
}

/// Runs what is planned. `progress` is told the bytes of each file of data when it was read. Of the data no more is in
/// memory than what the threads are reading.
pub fn run(
    plan: Plan,
    rules: &RuleSet,
    knowledge: &Knowledge,
    reading: &Reading,
    progress: &(dyn Fn(u64) + Sync),
) -> Results {
    let Plan { results: mut tests, groups, samples, without_tests, rules: count } = plan;
    let runner = Runner { rules, knowledge, reading, samples };
    let positions: &[Tested] = &tests;
    let done: Vec<Done> = groups
        .par_iter()
        .with_max_len(1)
        .map(|group| {
            let done = runner.group(group, positions);
            progress(group.replays.iter().map(|replay| size(&replay.data)).sum());
            done
        })
        .collect();
    let mut results = Results { rules: count, without_tests, datasets: groups.len(), ..Results::default() };
    for done in done {
        results.events += done.events;
        results.bytes += done.bytes;
        for verdict in done.verdicts {
            let Some(tested) = tests.get_mut(verdict.position) else { continue };
            tested.outcome = verdict.outcome;
            tested.reasons = verdict.reasons;
            tested.notes = verdict.notes;
            tested.counts = verdict.counts;
            tested.seconds = done.seconds;
        }
        for (position, sample) in done.samples {
            if let Some(tested) = tests.get_mut(position) {
                tested.sample = Some(sample);
            }
        }
    }
    results.tests = tests;
    results
}

struct Runner<'a> {
    rules: &'a RuleSet,
    knowledge: &'a Knowledge,
    reading: &'a Reading,
    /// Whether events are looked for that the rules took.
    samples: bool,
}

impl Runner<'_> {
    fn group(&self, group: &Group, tests: &[Tested]) -> Done {
        let started = Instant::now();
        let parts = match self.open(&group.replays) {
            Ok(parts) => parts,
            Err(problem) => {
                let verdict = |position: &usize| self.unreadable(*position, tests, &problem);
                let verdicts = group.tests.iter().filter_map(verdict).collect();
                let seconds = started.elapsed().as_secs_f64();
                return Done { verdicts, samples: Vec::new(), seconds, events: 0, bytes: 0 };
            }
        };
        let numbers: BTreeSet<usize> = group
            .tests
            .iter()
            .filter_map(|position| self.rules.rules.get(tests.get(*position)?.rule)?.job)
            .collect();
        let jobs: Vec<Arc<Job>> =
            numbers.iter().filter_map(|number| self.rules.jobs.get(*number)).map(Arc::clone).collect();
        let pass = driver::run(&parts, &jobs, self.knowledge, Predicates::default(), &|_| {});
        let known = self.knowledge.problems();
        let mut notes: Vec<Diagnostic> =
            pass.report.diagnostics.iter().filter(|note| !known.contains(note)).cloned().collect();
        notes.truncate(NOTES);
        let verdict = |position: &usize| {
            let tested = tests.get(*position)?;
            let rule = self.rules.rules.get(tested.rule)?;
            let at = numbers.iter().position(|number| Some(*number) == rule.job)?;
            let answer = &pass.answers.get(at)?.first()?.answer;
            self.judged(*position, tested, rule, answer, &pass, &notes)
                .map(|verdict| verdict.explained(rule, group))
        };
        let verdicts: Vec<Verdict> = group.tests.iter().filter_map(verdict).collect();
        let with_rows = |verdict: &&Verdict| verdict.counts.is_some_and(|counts| counts.rows > 0);
        let fired: Vec<usize> = verdicts.iter().filter(with_rows).map(|verdict| verdict.position).collect();
        let samples = if self.samples {
            sample::of_group(&fired, tests, self.rules, self.knowledge, &parts)
        } else {
            Vec::new()
        };
        Done {
            verdicts,
            samples,
            seconds: started.elapsed().as_secs_f64(),
            events: pass.report.events,
            bytes: pass.report.bytes,
        }
    }

    /// The parts of all data of a test; why it can't be read.
    fn open(&self, replays: &[Replay]) -> Result<Vec<Part>, Diagnostic> {
        let mut parts = Vec::new();
        for replay in replays {
            let input = match &replay.data {
                Data::File(path) => Input::file(path),
                Data::Builtin(name) => {
                    Input::memory(*name, crate::builtin::data(name).map_or(&[][..], |(_, bytes)| bytes))
                }
            };
            let opened = grotto_events::open(&input, self.reading.limits);
            if let Some(problem) = opened.diagnostics.into_iter().find(|d| d.severity == Severity::Error) {
                return Err(unreadable(&problem.message));
            }
            let labels = Arc::new(Labels {
                source: replay.source.clone(),
                sourcetype: replay.sourcetype.clone(),
                host: replay.host.clone(),
                index: replay.index.clone(),
                zone: self.reading.zone.clone(),
            });
            parts.extend(opened.parts.into_iter().map(|part| part.labelled(&labels)));
        }
        Ok(parts)
    }

    fn unreadable(&self, position: usize, tests: &[Tested], problem: &Diagnostic) -> Option<Verdict> {
        let tested = tests.get(position)?;
        let rule = self.rules.rules.get(tested.rule)?;
        Some(Verdict {
            position,
            outcome: Outcome::Error,
            reasons: vec![placed(rule, tested.test, problem.clone())],
            notes: Vec::new(),
            counts: None,
        })
    }

    fn judged(
        &self,
        position: usize,
        tested: &Tested,
        rule: &Rule,
        answer: &Answer,
        pass: &Pass,
        notes: &[Diagnostic],
    ) -> Option<Verdict> {
        let mut notes = notes.to_vec();
        notes.extend(answer.warnings.iter().map(|warning| rule.located(warning)));
        let failed = |reason| Verdict {
            position,
            outcome: Outcome::Error,
            reasons: vec![reason],
            notes: notes.clone(),
            counts: None,
        };
        let report = &pass.report;
        if report.events == 0 && report.failed + report.lost > 0 {
            let why = notes.first().map_or("no event can be read", |note| note.message.as_str());
            return Some(failed(placed(rule, tested.test, unreadable(why))));
        }
        let rows = match answer.whole() {
            Ok(rows) => rows,
            Err(problem) => return Some(failed(rule.located(&problem))),
        };
        let nothing = answer.span.is_none() && !self.has_rows_of_its_own(rule);
        let rows = if nothing { Batch::new(0) } else { rows };
        let counts = Counts { rows: rows.rows() as u64, events: report.events, selected: answer.taken };
        let test = rule.detection.tests.get(tested.test?)?;
        let problems = judge(&rule.detection, test, &rows, counts);
        let excuse = excuse(rule, test).filter(|_| !problems.is_empty());
        let outcome = match (&excuse, problems.is_empty()) {
            (_, true) => Outcome::Passed,
            (Some(_), false) => Outcome::Skipped,
            (None, false) => Outcome::Failed,
        };
        let reasons = problems.into_iter().map(|problem| {
            let mut problem = placed(rule, tested.test, problem);
            if let Some(excuse) = &excuse {
                problem.severity = Severity::Warning;
                problem.message = format!("did not pass and does not count ({excuse}): {}", problem.message);
            }
            problem
        });
        Some(Verdict {
            position,
            outcome,
            reasons: reasons.collect(),
            notes: notes.clone(),
            counts: Some(counts),
        })
    }

    /// Whether the rule begins with rows that are no events.
    fn has_rows_of_its_own(&self, rule: &Rule) -> bool {
        let job = rule.job.and_then(|job| self.rules.jobs.get(job));
        job.is_some_and(|job| matches!(job.plan.head(), Head::Rows(_)))
    }
}

fn unreadable(why: &str) -> Diagnostic {
    Diagnostic::error("test/unreadable-data", format!("the data can't be read: {why}"))
        .help("`grotto search '*' FILE` shows what can be read of it")
}
