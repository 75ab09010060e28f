//! What `grotto test` reports, one object a record. `grotto test --format jsonl` prints exactly these: they are a
//! contract.

use super::baseline::{Baseline, Hits};
use super::{Counts, Outcome, Results, Tested};
use crate::record::ErrorRecord;
use crate::rules::RuleSet;
use serde::Serialize;

/// One record; the field `type` says which.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A test, or a rule that can't run.
    Test(TestRecord),
    /// What a rule found in benign logs.
    BaselineHit(BaselineHit),
    /// Benign logs that were read.
    Baseline(BaselineRecord),
    /// Something that could not be loaded or read.
    Error(ErrorRecord),
    /// The last record: totals.
    Summary(Summary),
}

/// A test.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestRecord {
    /// Id of the rule.
    pub rule_id: String,
    /// Name of the rule.
    pub rule: String,
    /// The rule's file.
    pub file: String,
    /// Line of the test's name in it, where a reason tells.
    pub line: Option<usize>,
    /// Name of the test.
    pub test: String,
    /// `unit`, `experimental`, `manual` …; `rule` for a rule that can't run.
    pub kind: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Rows that the test asks for.
    pub expected: u32,
    /// Rows, and events that were read and selected; `null` when it did not run.
    pub counts: Option<Counts>,
    /// Seconds of the pass over the data that it shares with other tests.
    pub seconds: f64,
    /// The data, as the rule names it.
    pub data: Vec<String>,
    /// Why it did not pass.
    pub reasons: Vec<ErrorRecord>,
    /// What is worth knowing besides. Left out when there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ErrorRecord>,
}

/// What a rule found in benign logs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaselineHit {
    /// The folder of logs.
    pub baseline: String,
    /// Id of the rule.
    pub rule_id: String,
    /// Name of the rule.
    pub rule: String,
    /// The rule's file.
    pub file: String,
    /// Result rows.
    pub hits: u64,
    /// Events read.
    pub events: u64,
    /// Result rows for each million of events.
    pub hits_per_million: f64,
    /// Different hosts that the rows name; `null` when no field names one.
    pub hosts_with_hits: Option<u64>,
    /// Hosts of all events.
    pub hosts: u64,
}

/// Benign logs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaselineRecord {
    /// The folder.
    pub baseline: String,
    /// Events read.
    pub events: u64,
    /// Their hosts.
    pub hosts: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Rules that ran.
    pub rules: usize,
    /// Rules with hits.
    pub rules_with_hits: usize,
}

/// Totals.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Rules that were asked for.
    pub rules: usize,
    /// Rules that have no test.
    pub rules_without_tests: usize,
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
    /// Tests and rules that could not be run.
    pub errors: usize,
    /// Tests that were not run or don't count.
    pub skipped: usize,
    /// Different sets of data that were read.
    pub datasets: usize,
    /// Events read, those of baselines included.
    pub events: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Rules with hits in benign logs, counted for each baseline.
    pub baseline_rules_with_hits: usize,
    /// Seconds from start to end.
    pub elapsed: f64,
}

impl Summary {
    /// The totals of a run, in which `elapsed` is 0.
    pub fn new(results: &Results, baselines: &[Baseline]) -> Self {
        let count = |outcome| results.tests.iter().filter(|test| test.outcome == outcome).count();
        Self {
            rules: results.rules,
            rules_without_tests: results.without_tests,
            passed: count(Outcome::Passed),
            failed: count(Outcome::Failed),
            errors: count(Outcome::Error),
            skipped: count(Outcome::Skipped),
            datasets: results.datasets,
            events: results.events + baselines.iter().map(|b| b.report.events).sum::<u64>(),
            bytes: results.bytes + baselines.iter().map(|b| b.report.bytes).sum::<u64>(),
            baseline_rules_with_hits: baselines.iter().map(|b| b.hits.len()).sum(),
            elapsed: 0.0,
        }
    }

    /// Whether a test failed or could not be run.
    pub fn has_failed(&self) -> bool {
        self.failed + self.errors > 0
    }

    /// What has to be said when nothing was proved; `None` when a test ran.
    pub fn nothing_proved(&self) -> Option<String> {
        if self.passed + self.failed > 0 {
            return None;
        }
        Some(match (self.skipped, self.errors) {
            (0, 0) => format!("nothing was tested: none of the {} rules has a test", self.rules),
            (skipped, 0) => format!("nothing was tested: all {skipped} tests were skipped"),
            (skipped, errors) => {
                format!("nothing was tested: {errors} could not be run and {skipped} were skipped")
            }
        })
    }
}

/// All records of a run, the summary last.
pub fn records(results: &Results, baselines: &[Baseline], rules: &RuleSet, summary: Summary) -> Vec<Record> {
    let mut records: Vec<Record> =
        results.tests.iter().filter_map(|test| Some(Record::Test(of_test(test, rules)?))).collect();
    for baseline in baselines {
        let hits = baseline.hits.iter().filter_map(|hits| of_hits(baseline, hits, rules));
        records.extend(hits.map(Record::BaselineHit));
        let said = baseline.problems.iter().chain(&baseline.report.diagnostics);
        records.extend(said.map(|problem| Record::Error(ErrorRecord::from(problem))));
        records.push(Record::Baseline(BaselineRecord {
            baseline: baseline.name.clone(),
            events: baseline.report.events,
            hosts: baseline.hosts,
            bytes: baseline.report.bytes,
            rules: baseline.rules,
            rules_with_hits: baseline.hits.len(),
        }));
    }
    records.push(Record::Summary(summary));
    records
}

fn of_test(test: &Tested, rules: &RuleSet) -> Option<TestRecord> {
    let detection = &rules.rules.get(test.rule)?.detection;
    Some(TestRecord {
        rule_id: detection.id.clone(),
        rule: detection.name.clone(),
        file: detection.path.display().to_string(),
        line: test.reasons.first().and_then(|reason| Some(reason.place()?.line)),
        test: test.name.clone(),
        kind: test.kind.clone(),
        outcome: test.outcome,
        expected: test.expected,
        counts: test.counts,
        seconds: test.seconds,
        data: test.data.clone(),
        reasons: test.reasons.iter().map(ErrorRecord::from).collect(),
        notes: test.notes.iter().map(ErrorRecord::from).collect(),
    })
}

fn of_hits(baseline: &Baseline, hits: &Hits, rules: &RuleSet) -> Option<BaselineHit> {
    let detection = &rules.rules.get(hits.rule)?.detection;
    Some(BaselineHit {
        baseline: baseline.name.clone(),
        rule_id: detection.id.clone(),
        rule: detection.name.clone(),
        file: detection.path.display().to_string(),
        hits: hits.rows,
        events: baseline.report.events,
        hits_per_million: baseline.per_million(hits),
        hosts_with_hits: hits.hosts,
        hosts: baseline.hosts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_proved_nothing_says_so() {
        let summary = |passed, failed, errors, skipped| Summary {
            rules: 7,
            passed,
            failed,
            errors,
            skipped,
            ..Summary::default()
        };
        assert_eq!(summary(1, 0, 0, 9).nothing_proved(), None);
        assert_eq!(summary(0, 1, 0, 9).nothing_proved(), None);
        for (summary, said) in [
            (summary(0, 0, 0, 9), "all 9 tests were skipped"),
            (summary(0, 0, 0, 0), "none of the 7 rules has a test"),
            (summary(0, 0, 2, 3), "2 could not be run and 3 were skipped"),
        ] {
            assert!(summary.nothing_proved().unwrap().contains(said), "{summary:?}");
        }
        assert!(summary(3, 0, 1, 0).has_failed() && summary(3, 1, 0, 0).has_failed());
        assert!(!summary(3, 0, 0, 1).has_failed());
    }
}
