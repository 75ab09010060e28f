//! Whether a rule is proven: what became of its tests.

use schemars::JsonSchema;
use serde::Serialize;

/// What is known of a rule's working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceState {
    /// Every one of its tests whose data is here passed, and there is one.
    Fires,
    /// Its data is here, and a test did not pass.
    Fails,
    /// It runs; there is no data to prove it with.
    #[default]
    Runs,
    /// It can't run.
    Cannot,
}

impl EvidenceState {
    /// All, from the best to the worst.
    pub const ALL: [Self; 4] = [Self::Fires, Self::Fails, Self::Runs, Self::Cannot];

    /// `fires`, `fails`, `runs` or `cannot`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fires => "fires",
            Self::Fails => "fails",
            Self::Runs => "runs",
            Self::Cannot => "cannot",
        }
    }

    /// What a badge says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fires => "fires on its own data",
            Self::Fails => "does not fire on its own data",
            Self::Runs => "runs, no data here",
            Self::Cannot => "cannot run",
        }
    }
}

/// What became of a rule's tests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Evidence {
    /// In a word.
    pub state: EvidenceState,
    /// Why, for a rule that can't run or does not fire.
    pub reason: Option<String>,
    /// Tests that passed.
    pub passed: u32,
    /// Tests whose data is here, so that they could pass.
    pub tried: u32,
    /// The version of grotto that ran them.
    pub version: String,
    /// The day on which they were run, as `2026-05-13`; `None` when none was.
    pub date: Option<String>,
    /// All its tests, in the rule's order.
    pub tests: Vec<TestCase>,
    /// An event of that data that the rule takes.
    pub sample: Option<SampleEvent>,
}

/// A test of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TestCase {
    /// Name.
    pub name: String,
    /// `unit`, `manual`, …
    pub kind: String,
    /// `pass`, `fail`, `skip`, `error`.
    pub outcome: String,
    /// Why it did not pass.
    pub reason: Option<String>,
    /// The data that it names: URLs or paths.
    pub data: Vec<String>,
    /// Splunk's `source` and `sourcetype` for that data, where the test says so.
    pub source: Option<String>,
    /// Likewise.
    pub sourcetype: Option<String>,
    /// Events read.
    pub events: Option<u64>,
    /// Rows that the search gave.
    pub rows: Option<u64>,
    /// Rows that the test asks for.
    pub expected: u32,
    /// The command that repeats it.
    pub command: String,
}

/// An event that a rule takes, with what matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampleEvent {
    /// The test that has it in its data.
    pub test: String,
    /// Name of the file that it is in, without its folder.
    pub file: String,
    /// What tells it from others: `_time`, `host`, `source`, `EventCode`.
    pub identity: Vec<(String, String)>,
    /// Its fields: first those in which something matched, in the order of the condition, then the others.
    pub fields: Vec<SampleField>,
    /// How many of its other fields are left out.
    pub more: u32,
}

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampleField {
    /// Its name.
    pub name: String,
    /// The predicates of the rule's head that hold for it; empty for a field that the head does not look at.
    pub predicates: Vec<String>,
    /// Its value in stretches; what is far from what matched is left out.
    pub value: Vec<Stretch>,
}

/// A stretch of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stretch {
    /// The text.
    pub text: String,
    /// Whether it is what matched.
    pub marked: bool,
}
