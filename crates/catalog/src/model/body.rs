//! A rule's search: its text, its stages, the predicates in them.

use super::IndicatorKind;
use schemars::JsonSchema;
use serde::Serialize;

/// The text of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Body {
    /// The rule's file as it is. Left out of JSON, where the file itself lies beside.
    #[serde(skip)]
    #[schemars(skip)]
    pub file: std::sync::Arc<str>,
    /// The search as its author wrote it.
    pub search: String,
    /// The search after macro expansion; `None` when a macro is missing.
    pub expanded: Option<String>,
    /// The written search in pieces, macro calls apart, so that they can be unfolded in place.
    #[serde(skip)]
    #[schemars(skip)]
    pub pieces: Vec<Piece>,
    /// Why the search can't be read or run, and at which place of the file; `None` when it can.
    pub problem: Option<String>,
}

/// A piece of a written search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text without macro calls.
    Text(String),
    /// A macro call.
    Macro {
        /// The call with its backticks.
        call: String,
        /// The macro's name.
        name: String,
        /// What it stands for, macros inside it replaced too.
        expansion: String,
    },
}

/// A stage of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stage {
    /// From 1.
    pub number: usize,
    /// The command's name in lower case, after macro expansion.
    pub command: String,
    /// The kind of command in Splunk's words, such as `transforming`; empty when it is not known.
    pub kind: String,
    /// What the command does, in a sentence; empty when it is not known.
    pub summary: String,
    /// Why grotto can't run the command; `None` when it can.
    pub unsupported: Option<String>,
    /// The stage as its author wrote it, macros not expanded; `None` when it is all of a macro's making, or when
    /// nothing in it was expanded.
    pub written: Option<String>,
    /// The stage after macro expansion, on one line.
    pub text: String,
    /// The macro calls in it, with their backticks, in order.
    pub macros: Vec<String>,
    /// The fields that it reads, sorted.
    pub reads: Vec<String>,
    /// The fields that rows have after it.
    pub gives: FieldsOut,
    /// The predicates in normal form, of `search`, `where`, `tstats` and their kin.
    pub condition: Option<Condition>,
    /// Searches inside it, each with its own stages.
    pub inside: Vec<Vec<Stage>>,
}

/// The fields that rows have after a stage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct FieldsOut {
    /// Whether these are all fields that there are; otherwise those of the events are there as well.
    pub all: bool,
    /// Names, sorted: all of them, or those that the stage makes.
    pub names: Vec<String>,
}

/// What a node of a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConditionKind {
    /// All parts hold.
    And,
    /// One part at least holds.
    Or,
    /// Exactly one of two parts holds.
    Xor,
    /// A predicate.
    Is,
    /// A predicate that must not hold. Not the same as another operator: it also takes events without the field.
    Not,
}

/// A condition in normal form: `NOT` stands before predicates only, no `AND` directly in an `AND`, no `OR` in an `OR`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Condition {
    /// What the node is.
    pub op: ConditionKind,
    /// The predicate as SPL writes it; empty for `and`, `or`, `xor`.
    pub text: String,
    /// How the predicate compares, where it is an indicator.
    pub kind: Option<IndicatorKind>,
    /// Whether it only says where events come from (`index`, `source`, `sourcetype`).
    pub selector: bool,
    /// The parts; empty for predicates.
    pub parts: Vec<Condition>,
}
