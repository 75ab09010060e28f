//! JUnit XML: a test suite for each rule's file, a test case for each test. A rule that can't run is a case of its own,
//! and benign logs are a suite.

use super::Round;
use grotto_detect::testing::baseline::Baseline;
use grotto_detect::testing::{Outcome, Tested};
use grotto_diag::Diagnostic;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io::{Error, Result, Write};
use std::time::Duration;

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, round: &Round) -> Result<()> {
    let mut report = Report::new("grotto test");
    report.set_time(Duration::from_secs_f64(round.summary.elapsed.max(0.0)));
    for tests in round.results.tests.chunk_by(|a, b| a.rule == b.rule) {
        let Some(first) = tests.first() else { continue };
        let mut suite = TestSuite::new(round.file(first));
        suite.set_time(Duration::from_secs_f64(tests.iter().map(|test| test.seconds).sum::<f64>().max(0.0)));
        suite.add_test_cases(tests.iter().map(|test| case(test, round)));
        report.add_test_suite(suite);
    }
    report.add_test_suites(round.baselines.iter().map(|baseline| of_baseline(baseline, round)));
    report.serialize(out).map_err(Error::other)
}

fn case(test: &Tested, round: &Round) -> TestCase {
    let mut case = TestCase::new(test.name.as_str(), status(test));
    case.set_classname(round.rule(test));
    case.set_time(Duration::from_secs_f64(test.seconds.max(0.0)));
    if !test.notes.is_empty() {
        case.set_system_out(lines(&test.notes));
    }
    case
}

fn status(test: &Tested) -> TestCaseStatus {
    let mut status = match test.outcome {
        Outcome::Passed => return TestCaseStatus::success(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Skipped => TestCaseStatus::skipped(),
    };
    status.set_message(test.reason());
    // A skipped case has neither a type nor a description in the format.
    if test.outcome != Outcome::Skipped {
        status.set_type(test.reasons.first().map_or("", |reason| reason.slug));
        status.set_description(lines(&test.reasons));
    }
    status
}

/// Benign logs: rules with hits fail, which readers of the report may weigh as they like; the others are not listed.
fn of_baseline(baseline: &Baseline, round: &Round) -> TestSuite {
    let mut suite = TestSuite::new(format!("benign logs: {}", baseline.name));
    let said = baseline.diagnostics(&round.rules);
    for (hits, diagnostic) in baseline.hits.iter().zip(&said) {
        let name = round.rules.rules.get(hits.rule).map_or("", |rule| rule.detection.name.as_str());
        let mut status = if round.fail_on_baseline {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        } else {
            TestCaseStatus::skipped()
        };
        status.set_message(diagnostic.message.as_str());
        suite.add_test_case(TestCase::new(name, status));
    }
    suite
}

/// One diagnostic a line, each with its help.
fn lines(diagnostics: &[Diagnostic]) -> String {
    let line = |d: &Diagnostic| match &d.help {
        Some(help) => format!("{d}\n    help: {help}"),
        None => d.to_string(),
    };
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}
