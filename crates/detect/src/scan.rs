//! A scan: every rule over every event, and the report of it.

use crate::driver::{self, Pass};
use crate::finding;
use crate::record::{ErrorRecord, Files, Record, RuleState, Summary};
use crate::rules::RuleSet;
use grotto_diag::Diagnostic;
use grotto_events::{Part, ReadOptions};
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
    let options = ReadOptions {
        raw: rules.jobs.iter().any(|job| job.reads.contains("_raw")),
        ..ReadOptions::default()
    };
    Outcome { pass: driver::run(parts, &rules.jobs, knowledge, &options, progress) }
}

impl Outcome {
    /// Events that were read.
    pub fn events(&self) -> u64 {
        self.pass.report.events
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
            let Some(job) = rule.job else { continue };
            if let Some(Some(Ok(batch))) = self.pass.joined.get(job) {
                records.extend(finding::records(rule, batch, true));
            }
            let Some(result) = self.pass.results.get(job) else { continue };
            match result {
                Ok(batch) => records.extend(finding::records(rule, batch, false)),
                Err(diagnostic) => {
                    records.push(error(&crate::rules::located(&rule.detection, (**diagnostic).clone())));
                }
            }
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

/// How many rules gave at least one row.
fn with_hits(records: &[Record]) -> usize {
    let ids = records.iter().filter_map(|record| match record {
        Record::Finding(f) | Record::IntermediateFinding(f) => Some(f.rule.id.as_str()),
        Record::Hit(h) => Some(h.rule.id.as_str()),
        Record::Error(_) | Record::Rule(_) | Record::Summary(_) => None,
    });
    ids.collect::<std::collections::BTreeSet<_>>().len()
}
