//! A scan: every rule over every event, and the report of it.

use crate::driver::{self, Pass};
use crate::finding;
use crate::record::{ErrorRecord, Files, Record, RuleState, Summary};
use crate::rules::{Rule, RuleSet};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::pipeline::Answer;
use grotto_engine::plan::Head;
use grotto_events::Part;
use grotto_knowledge::Knowledge;
use std::time::Duration;

/// What a scan found.
pub struct Outcome {
    pass: Pass,
}

/// Runs all rules over all parts. `progress` is told the bytes of each part when it was read.
pub fn scan(
    rules: &RuleSet,
    parts: &[Part],
    knowledge: &Knowledge,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    Outcome { pass: driver::run(parts, &rules.jobs, knowledge, rules.predicates.clone(), progress) }
}

impl Outcome {
    /// Whether anything could be read: false when there were records or chunks and all of them failed.
    pub fn something_read(&self) -> bool {
        let report = &self.pass.report;
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
        let report = &self.pass.report;
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
            elapsed: elapsed.as_secs_f64(),
            ..Summary::default()
        };
        records.extend(rules.rules.iter().map(|rule| Record::Rule(rule.record())));
        for rule in &rules.rules {
            match rule.state {
                RuleState::Run => summary.rules_run += 1,
                RuleState::Unsupported => summary.rules_unsupported += 1,
                RuleState::Invalid => summary.rules_invalid += 1,
            }
            let answers = rule.job.and_then(|job| self.pass.answers.get(job)).map_or(&[][..], Vec::as_slice);
            records.extend(of_rule(rule, rules, answers));
        }
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

/// What a rule found, and what went wrong. The first answer is that of the events as they are, the second that of script
/// blocks put together from their parts.
fn of_rule(rule: &Rule, rules: &RuleSet, answers: &[Answer]) -> Vec<Record> {
    let error = |d: &Diagnostic| Record::Error(ErrorRecord::from(&rule.located(d)));
    let mut records = Vec::new();
    let Some((events, blocks)) = answers.split_first() else { return records };
    let times = finding::Times { context: &rules.context, span: events.span.flatten() };
    for answer in blocks {
        records
            .extend(answer.warnings.iter().filter(|warning| !events.warnings.contains(warning)).map(error));
        match &answer.rows {
            Ok(batch) => records.extend(finding::records(rule, batch, true, &times)),
            Err(problem) => records.push(error(problem)),
        }
    }
    records.extend(events.warnings.iter().map(error));
    match &events.rows {
        // `stats` without BY makes a row of no events at all. That is a result of a search, but nothing was found.
        Ok(_) if events.span.is_none() && !has_rows_of_its_own(rule, rules) => {}
        Ok(batch) => records.extend(finding::records(rule, batch, false, &times)),
        Err(problem) => records.push(error(problem)),
    }
    records
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
