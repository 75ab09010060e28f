//! A scan: every rule over every event, and the report of it.

use crate::driver::Told;
use crate::finding;
use crate::record::{ErrorRecord, Files, Record, RuleRecord, RuleState, Summary};
use crate::risk::{self, LogRisk, Reads, Sighting};
use crate::rules::{Rule, RuleSet};
use crate::state::State;
use crate::throttle::{Mark, Throttle};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::plan::Head;
use grotto_events::{Batch, Part, PartReport};
use grotto_knowledge::Knowledge;
use std::sync::Arc;
use std::time::Duration;

/// How a scan goes beyond running every rule once over every event.
#[derive(Default)]
pub struct Options<'o> {
    /// What was found before, for rules that read risk and for throttling.
    pub state: Option<&'o State>,
    /// Whether rules raise the same thing again, whatever their throttling says.
    pub no_throttle: bool,
}

/// What a scan found.
pub struct Outcome {
    report: PartReport,
    /// For each rule what it found.
    found: Vec<Vec<Record>>,
    /// For each rule how many rows its throttling held back.
    held: Vec<usize>,
    /// When rules with throttling raised something.
    marks: Vec<Mark>,
}

/// Runs all rules over all parts. `progress` is told the bytes of each part when it was read.
pub fn scan(
    rules: &RuleSet,
    parts: &[Part],
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    scan_with(rules, parts, knowledge, &Options::default(), progress)
}

/// As [`scan`], with options. Rules that read risk (`index=risk`, the data model Risk) run in a second step, over what
/// the others added to risk, over risk events in the logs and over those that were there before.
pub fn scan_with(
    rules: &RuleSet,
    parts: &[Part],
    knowledge: &Knowledge,
    options: &Options<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    let reads: Vec<Reads> = rules.jobs.iter().map(|job| risk::reads(&job.plan)).collect();
    let chosen = |wanted: &dyn Fn(Reads) -> bool| -> Vec<usize> {
        reads.iter().enumerate().filter(|(_, reads)| wanted(**reads)).map(|(job, _)| job).collect()
    };
    let (first, second) = (chosen(&|r| r == Reads::Logs), chosen(&|r| r != Reads::Logs));
    let mut predicates = rules.predicates.clone();
    let in_logs = (!second.is_empty())
        .then(|| LogRisk::new(&rules.context, knowledge, &mut predicates))
        .and_then(Result::ok)
        .map(|search| search.0);
    let again = reads.contains(&Reads::Both);
    let kept: Vec<Diagnostic> = parts.iter().filter(|_| again).filter_map(|part| part.keep().err()).collect();
    let mut pass = rules.run(&first, in_logs, parts, knowledge, predicates.clone(), progress);
    let count = rules.rules.len();
    let (found, held) = (vec![Vec::new(); count], vec![0; count]);
    let mut outcome = Outcome { report: pass.report, found, held, marks: Vec::new() };
    outcome.report.diagnostics.extend(kept);
    let rest = pass.answers.split_off(first.len());
    outcome.take_in(rules, &first, &pass.answers, options);
    if !second.is_empty() {
        let in_logs = outcome.risk_in_logs(rest);
        let found = State::with(options.state, outcome.sightings(rules));
        let mut risk = vec![risk::part(found.values().map(|kept| &kept.sighting))];
        risk.push(Part::of_batches("risk in logs", in_logs));
        if again {
            risk.splice(0..0, parts.iter().cloned());
        }
        let pass = rules.run(&second, None, &risk, knowledge, predicates, &|_| {});
        outcome.take_in(rules, &second, &pass.answers, options);
        if !again {
            outcome.report.diagnostics.extend(pass.report.diagnostics);
        }
    }
    outcome
}

impl Outcome {
    /// Makes records of what some of the jobs answered.
    fn take_in(&mut self, rules: &RuleSet, jobs: &[usize], answers: &[Vec<Told>], options: &Options<'_>) {
        for (rule, (found, held)) in rules.rules.iter().zip(self.found.iter_mut().zip(&mut self.held)) {
            let at = rule.job.and_then(|job| jobs.binary_search(&job).ok());
            if let Some(answers) = at.and_then(|at| answers.get(at)) {
                let before = options.state.map(State::marks);
                let mut throttle =
                    if options.no_throttle { None } else { Throttle::of(&rule.detection, before) };
                *found = of_rule(rule, rules, answers, &mut throttle);
                if let Some(throttle) = throttle {
                    *held = throttle.held;
                    self.marks.extend(throttle.into_marks());
                }
            }
        }
    }

    /// The risk events that stand in the logs themselves. What was left out of them is said.
    fn risk_in_logs(&mut self, told: Vec<Vec<Told>>) -> Vec<Batch> {
        let mut rows = Vec::new();
        for Told { answer, .. } in told.into_iter().flatten() {
            self.report.diagnostics.extend(answer.warnings);
            match answer.rows {
                Ok(batch) if batch.rows() > risk::MOST => {
                    let message =
                        format!("only the newest {} risk events in the logs are looked at", risk::MOST);
                    let help = "scan the logs with risk events by themselves, or a shorter time";
                    self.report
                        .diagnostics
                        .push(Diagnostic::warning("scan/risk-in-logs", message).help(help));
                    rows.push(batch.slice(0, risk::MOST));
                }
                Ok(batch) if batch.rows() > 0 => rows.push(batch),
                Ok(_) => {}
                Err(problem) => self.report.diagnostics.push(*problem),
            }
        }
        rows
    }

    /// When rules with throttling raised something.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The findings and intermediate findings, in the order of the rules, each with what is known of its rule.
    pub fn sightings(&self, rules: &RuleSet) -> Vec<Sighting> {
        let of_rule = |(rule, found): (&Rule, &Vec<Record>)| -> Vec<Sighting> {
            let sighting = |record: &Record| {
                let (finding, intermediate) = match record {
                    Record::Finding(finding) => (finding, false),
                    Record::IntermediateFinding(finding) => (finding, true),
                    _ => return None,
                };
                let annotations = Arc::clone(&rule.annotations);
                Some(Sighting { intermediate, finding: finding.clone(), annotations })
            };
            found.iter().filter_map(sighting).collect()
        };
        rules.rules.iter().zip(&self.found).flat_map(of_rule).collect()
    }

    /// Writes into each finding how often it has been seen, by its id.
    pub fn count(&mut self, seen: impl Fn(&str) -> Option<u64>) {
        for record in self.found.iter_mut().flatten() {
            if let Record::Finding(finding) | Record::IntermediateFinding(finding) = record {
                finding.seen = seen(&finding.id);
            }
        }
    }

    /// Whether anything could be read: false when there were records or chunks and all of them failed.
    pub fn something_read(&self) -> bool {
        let report = &self.report;
        report.events > 0 || report.failed + report.lost == 0
    }

    /// The report: errors, what became of each rule, what the rules found in the order of the rules, and the summary.
    /// `before` are the diagnostics of loading rules and finding files.
    pub fn records(
        self,
        rules: &RuleSet,
        before: &[Diagnostic],
        files: Files,
        elapsed: Duration,
    ) -> Vec<Record> {
        let report = &self.report;
        let error = |d: &Diagnostic| Record::Error(ErrorRecord::from(d));
        let mut records: Vec<Record> = before.iter().chain(&report.diagnostics).map(error).collect();
        if report.more_diagnostics > 0 {
            let message =
                format!("{} more diagnostics about log files were not kept", report.more_diagnostics);
            records.push(error(&Diagnostic::warning("scan/more-diagnostics", message)));
        }
        let mut summary = Summary {
            files: files.read,
            files_skipped: files.skipped,
            files_failed: files.failed,
            bytes: report.bytes,
            events: report.events,
            events_failed: report.failed,
            chunks_lost: report.lost,
            content_failed: before.iter().filter(|d| is_content(d)).count(),
            throttled: self.held.iter().sum(),
            spilled_bytes: rules.context.memory.written(),
            rules_spilled: spilled(rules),
            elapsed: elapsed.as_secs_f64(),
            ..Summary::default()
        };
        let rule =
            |(rule, held): (&Rule, &usize)| Record::Rule(RuleRecord { throttled: *held, ..rule.record() });
        records.extend(rules.rules.iter().zip(&self.held).map(rule));
        for rule in &rules.rules {
            match rule.state {
                RuleState::Run => summary.rules_run += 1,
                RuleState::Unsupported => summary.rules_unsupported += 1,
                RuleState::Invalid => summary.rules_invalid += 1,
            }
        }
        records.extend(self.found.into_iter().flatten());
        summary.rules_with_hits = with_hits(&records);
        for record in &records {
            match record {
                Record::Finding(f) => *summary.findings.entry(f.rule.severity.clone()).or_default() += 1,
                Record::IntermediateFinding(_) => summary.intermediate_findings += 1,
                Record::Hit(_) => summary.hits += 1,
                Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
            }
        }
        records.push(Record::Summary(summary));
        records
    }
}

/// What a rule found, and what went wrong: of each time that it fired, what script blocks put together from their parts
/// gave, and what the events as they are gave.
fn of_rule(rule: &Rule, rules: &RuleSet, told: &[Told], throttle: &mut Option<Throttle<'_>>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut warnings: Vec<&Diagnostic> = Vec::new();
    for fired in told.chunk_by(|a, b| a.run.firing == b.run.firing) {
        let firing = fired.first().and_then(|told| told.run.firing).and_then(|at| rules.firing(rule, at));
        let events = fired.iter().find(|told| !told.run.joined).map(|told| &told.answer);
        let span = events.and_then(|events| events.span.flatten());
        let times = finding::Times { context: &rules.context, span, firing };
        for Told { answer, run } in fired.iter().rev() {
            for warning in &answer.warnings {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
            match &answer.rows {
                // `stats` without BY makes a row of no events at all. That is a result of a search, but nothing was
                // found.
                Ok(_) if !run.joined && answer.span.is_none() && !has_rows_of_its_own(rule, rules) => {}
                Ok(batch) => {
                    records.extend(finding::records(rule, batch, run.joined, &times, throttle.as_mut()));
                }
                Err(problem) => records.push(Record::Error(ErrorRecord::from(&rule.located(problem)))),
            }
        }
    }
    records.extend(warnings.into_iter().map(|d| Record::Error(ErrorRecord::from(&rule.located(d)))));
    records
}

/// The names of rules whose rows did not fit into memory.
fn spilled(rules: &RuleSet) -> Vec<String> {
    let wrote = |rule: &&Rule| {
        let job = rule.job.and_then(|job| rules.jobs.get(job));
        job.is_some_and(|job| job.plan.spilled() > 0)
    };
    rules.rules.iter().filter(wrote).map(|rule| rule.reference.name.clone()).collect()
}

/// Whether the rule begins with rows that are no events.
fn has_rows_of_its_own(rule: &Rule, rules: &RuleSet) -> bool {
    let job = rule.job.and_then(|job| rules.jobs.get(job));
    job.is_some_and(|job| matches!(job.plan.head(), Head::Rows(_)))
}

/// Whether a diagnostic says that a file of rules, macros or an app could not be used.
fn is_content(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && !diagnostic.slug.starts_with("input/")
}

/// How many rules gave at least one row.
fn with_hits(records: &[Record]) -> usize {
    let ids = records.iter().filter_map(|record| match record {
        Record::Finding(f) | Record::IntermediateFinding(f) => Some(f.rule.id.as_str()),
        Record::Hit(h) => Some(h.rule.id.as_str()),
        Record::Error(_) | Record::Rule(_) | Record::Summary(_) => None,
    });
    ids.collect::<std::collections::BTreeSet<_>>().len()
}
