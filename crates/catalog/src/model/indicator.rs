//! What rules look for, whatever language they are written in.

use super::RuleId;
use schemars::JsonSchema;
use serde::Serialize;

/// How a value is compared with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum IndicatorKind {
    /// The field has this value.
    #[serde(rename = "eq")]
    Equal,
    /// The value stands somewhere in the field.
    #[serde(rename = "contains")]
    Contains,
    /// The field begins with the value.
    #[serde(rename = "starts with")]
    StartsWith,
    /// The field ends with the value.
    #[serde(rename = "ends with")]
    EndsWith,
    /// The field fits a pattern in which `*` stands for anything and `?` for one character.
    #[serde(rename = "wildcard")]
    Wildcard,
    /// The field has one of several values. Each [`IndicatorValue`] has the kind by which it is compared.
    #[serde(rename = "in")]
    In,
    /// A regular expression matches somewhere in the field.
    #[serde(rename = "regex")]
    Regex,
    /// The field is an address in a block of addresses.
    #[serde(rename = "cidr")]
    Cidr,
    /// The field is less.
    #[serde(rename = "<")]
    Less,
    /// The field is not greater.
    #[serde(rename = "<=")]
    LessEqual,
    /// The field is greater.
    #[serde(rename = ">")]
    Greater,
    /// The field is not less.
    #[serde(rename = ">=")]
    GreaterEqual,
    /// The field has a value.
    #[serde(rename = "exists")]
    Exists,
    /// The field is looked up in the table of this name.
    #[serde(rename = "lookup")]
    Lookup,
}

impl IndicatorKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Equal,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Wildcard,
        Self::In,
        Self::Regex,
        Self::Cidr,
        Self::Less,
        Self::LessEqual,
        Self::Greater,
        Self::GreaterEqual,
        Self::Exists,
        Self::Lookup,
    ];

    /// The name for people: `eq`, `contains`, `starts with`, `<`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Wildcard => "wildcard",
            Self::In => "in",
            Self::Regex => "regex",
            Self::Cidr => "cidr",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Exists => "exists",
            Self::Lookup => "lookup",
        }
    }
}

/// Something that a rule looks for: a field, a way to compare, values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Indicator {
    /// The field, without the data model node before it; `_raw` for the text of the event.
    pub field: String,
    /// How it is compared.
    pub kind: IndicatorKind,
    /// Whether the rule looks for events where it is not so.
    pub negated: bool,
    /// What it is compared with, in the rule's order; one value unless the kind is `in`. Empty for `exists`.
    pub values: Vec<IndicatorValue>,
    /// Whether the rule makes the field itself, as `count` of `stats`, rather than reading it from events.
    pub computed: bool,
    /// The stage that compares, from 1.
    pub stage: usize,
}

/// A value that a rule looks for, and who else does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndicatorValue {
    /// The kind by which this value is compared; other than the indicator's for `in`.
    pub kind: IndicatorKind,
    /// The value as it is compared: without the wildcards of `contains`, `starts with` and `ends with`.
    pub value: String,
    /// The value as the rule writes it, `*Invoke-Command*`.
    pub written: String,
    /// Whether letter case counts.
    pub case: bool,
    /// How many other rules look for the same field, kind and value, negated or not as here. Letter case does not
    /// count where the rule's comparison does not look at it.
    pub others: u32,
    /// Ids of the first of these rules, in the catalogue's order; all of them are at the indicator's own entry.
    pub rules: Vec<RuleId>,
    /// Key of its [`IndicatorEntry`](super::IndicatorEntry); `None` when no other rule looks for it.
    pub key: Option<String>,
}
