//! SARIF 2.1.0: what failed, for tools that show it in the code.

use super::Round;
use grotto_diag::Severity;
use grotto_diag::render::{self, RuleInfo};
use std::io::{Result, Write};

/// What tests can say, each with what it means.
const KINDS: [(&str, &str, Severity); 8] = [
    ("test/no-rows", "the search gives no rows on its data", Severity::Error),
    ("test/too-few-rows", "the search gives fewer rows than the test expects", Severity::Error),
    ("test/unexpected-rows", "the search gives rows where the test expects none", Severity::Error),
    ("test/null-entity", "a row has no value in the field of a finding's entity", Severity::Error),
    ("test/null-threat-object", "no row has a value in the field of a threat object", Severity::Error),
    ("test/unreadable-data", "the data of a test is there and can't be read", Severity::Error),
    ("test/unknown-type", "a test is of a type that nobody knows", Severity::Error),
    ("test/baseline-hits", "the rule gives rows on benign logs", Severity::Warning),
];

/// Writes the log.
pub(super) fn write(out: &mut dyn Write, round: &Round) -> Result<()> {
    let kinds = KINDS.map(|(slug, summary, severity)| RuleInfo { slug, summary, page: summary, severity });
    serde_json::to_writer_pretty(&mut *out, &render::sarif(&round.diagnostics(), &kinds))?;
    writeln!(out)
}
