//! What is odd in the corpora of a catalogue.

use super::RuleId;
use schemars::JsonSchema;
use serde::Serialize;

/// What is odd in the corpora of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Report {
    /// Rules that look for the same and do the same with it, but for macros that tune them.
    pub duplicates: Vec<Pair>,
    /// Rules that look for the same, or share most of what they look for.
    pub near_duplicates: Vec<Pair>,
    /// Rules that can never fire, each with the predicates that contradict each other.
    pub never: Vec<RuleNote>,
    /// Rules that can't run, each with the reason.
    pub cannot_run: Vec<RuleNote>,
    /// Keys of the indicators that most rules share, the most shared first; at most fifty.
    pub most_shared: Vec<String>,
    /// Ids of techniques in use that no rule is tagged with; a technique counts as covered by its sub-techniques.
    pub uncovered: Vec<String>,
    /// Fields that rules read from known events, which none of the events has that they read; each with the rules.
    pub fields_without_event: Vec<(String, Vec<RuleId>)>,
    /// Rules whose search and data source disagree about the events.
    pub disagreements: Vec<RuleNote>,
}

/// Two rules that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair {
    /// One.
    pub first: RuleId,
    /// The other, later in the catalogue.
    pub second: RuleId,
    /// Likeness, 0 to 1000.
    pub score: u32,
}

/// Something to say of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleNote {
    /// The rule.
    pub rule: RuleId,
    /// What, in a sentence.
    pub note: String,
}
