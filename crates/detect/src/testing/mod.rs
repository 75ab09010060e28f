//! Rules prove themselves: every test of every rule, judged as contentctl judges it, and rules over benign logs.
//!
//! ```text
//! rules ─ tests ─ data (where it lies) ─┬─ tests with the same data ─ one pass ─ judge ─ Tested
//!                                       └─ none: skipped, and why
//! ```
//!
//! A unit test passes when its data, replayed with the source, sourcetype, host and index that it names, gives at least
//! `expected_results` rows, when every entity field of the rule's findings has a value in each of them, and when every
//! threat-object field has one in at least one (<https://github.com/splunk/contentctl>). What is grotto's own decision:
//!
//! - `expected_results: 0` means that there must be no row: a test that any result satisfies would prove nothing.
//! - A row that a search makes of no events, as `stats count` does, is no row.
//! - contentctl tests neither rules that are not in production nor Correlation rules, and does not count tests of the type
//!   `experimental`. Here they run, and where they don't pass they are skipped with the reason.
//! - Rows of script blocks put together from their parts, which Splunk does not have, don't count.

pub mod baseline;
mod command;
pub mod data;
mod judge;
mod plan;
pub mod record;
mod run;
mod sample;
pub mod watch;

pub use judge::Outcome;
pub use plan::Plan;
pub use run::{Reading, Results, Selection, run};

use crate::explain::Sample;
use crate::rules::Rule;
use grotto_diag::Diagnostic;
use serde::Serialize;

/// What became of a test.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The number of the rule in [`crate::RuleSet::rules`].
    pub rule: usize,
    /// The number of the test in the rule; `None` when the rule can't run, whatever its tests are.
    pub test: Option<usize>,
    /// The test's name; the rule's when it can't run.
    pub name: String,
    /// `unit`, `experimental`, `manual`, as written.
    pub kind: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Why it did not pass; the first says it best.
    pub reasons: Vec<Diagnostic>,
    /// What is worth knowing besides: records that could not be read, limits that cut something off.
    pub notes: Vec<Diagnostic>,
    /// How many rows the test asks for.
    pub expected: u32,
    /// What was counted; `None` when it did not run.
    pub counts: Option<Counts>,
    /// Seconds of the pass over its data, which other tests may share.
    pub seconds: f64,
    /// The data that it names, as written.
    pub data: Vec<String>,
    /// An event of that data that the rule took; only of plans [with samples](Plan::with_samples).
    pub sample: Option<Sample>,
}

/// What was counted in a test that ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Result rows.
    pub rows: u64,
    /// Events read.
    pub events: u64,
    /// Events that the head of the search took.
    pub selected: u64,
}

impl Tested {
    /// Why it did not pass, in one sentence; empty when it did.
    pub fn reason(&self) -> &str {
        self.reasons.first().map_or("", |reason| reason.message.as_str())
    }
}

/// A diagnostic about a test, at its name in the rule's file.
fn placed(rule: &Rule, test: Option<usize>, diagnostic: Diagnostic) -> Diagnostic {
    let detection = &rule.detection;
    let span = test
        .and_then(|test| {
            detection
                .place_of(&format!("tests[{test}].name"))
                .or_else(|| detection.place_of(&format!("tests[{test}]")))
        })
        .or_else(|| detection.place_of("name"));
    match span {
        Some(span) => diagnostic.at(span, "").in_source(&detection.source),
        None => diagnostic.in_source(&detection.source),
    }
}

#[cfg(test)]
mod tests;
