//! What the page of one rule says.

use super::{Body, Evidence, Indicator, Language, RuleId, Stage};
use schemars::JsonSchema;
use serde::Serialize;

/// The page of a rule. What a rule does not have is empty or `None`, and its section is not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulePage {
    /// Identifier, a UUID as a rule; the page's address is `/rules/<id>/`.
    pub id: RuleId,
    /// The other address, `/rules/<slug>/`: lower case letters, digits and `-`. No two rules have the same.
    pub slug: String,
    /// The name of the folder below `rules/` that its pages are in: the id where that is safe as a file name.
    pub folder: String,
    /// Name for people.
    pub name: String,
    /// The name of its corpus.
    pub corpus: String,
    /// The section of the catalogue, such as `Splunk`.
    pub section: String,
    /// What it is written in.
    pub language: Language,
    /// `production`, `experimental`, `deprecated`; empty when nothing is said.
    pub status: String,
    /// `TTP`, `Anomaly`, `Hunting`, …
    pub kind: String,
    /// `info`, `low`, `medium`, `high`, `critical`.
    pub severity: String,
    /// Whether it is proven.
    pub evidence: Evidence,
    /// What it detects and why that matters; Markdown, not to be trusted.
    pub description: String,
    /// What stands at the side.
    pub facts: Facts,
    /// Tactics of its techniques, in the order of the ATT&CK matrix.
    pub tactics: Vec<TacticTag>,
    /// ATT&CK techniques, in the rule's order.
    pub techniques: Vec<TechniqueTag>,
    /// Which events it reads.
    pub events: EventCoverage,
    /// The text of the rule.
    pub body: Body,
    /// Its stages; empty when the search can't be read.
    pub stages: Vec<Stage>,
    /// What it looks for, in the order of the search.
    pub indicators: Vec<Indicator>,
    /// What a result raises.
    pub finding: FindingPage,
    /// Searches that lead from a finding to what is behind it.
    pub drilldowns: Vec<Drilldown>,
    /// What else the rule finds; Markdown, not to be trusted.
    pub false_positives: String,
    /// What has to be in place; Markdown, not to be trusted.
    pub implementation: String,
    /// Where to read more: only `http` and `https` URLs.
    pub references: Vec<String>,
    /// Rules like it, the likest first; at most ten.
    pub similar: Vec<Similar>,
    /// The macros that it uses, also through others, by name.
    pub macros: Vec<MacroUse>,
    /// The lookups that it uses, by name.
    pub lookups: Vec<LookupUse>,
}

/// What stands at the side of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Facts {
    /// Version.
    pub version: Option<u32>,
    /// Day on which it was first written.
    pub created: Option<String>,
    /// Day of the last change.
    pub modified: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The highest risk score of what it raises.
    pub risk_score: Option<u32>,
    /// The entities at risk: `dest (system)`.
    pub entities: Vec<String>,
    /// Domain of Splunk Enterprise Security.
    pub security_domain: Option<String>,
    /// `endpoint`, `cloud`, …
    pub category: Option<String>,
    /// What is attacked.
    pub asset_type: Option<String>,
    /// Names of stories.
    pub stories: Vec<String>,
    /// Products that it runs in.
    pub products: Vec<String>,
    /// Vulnerabilities.
    pub cve: Vec<String>,
    /// Groups of attackers.
    pub threat_groups: Vec<String>,
    /// Names of data sources, as the rule gives them.
    pub data_sources: Vec<String>,
    /// The data model nodes that it reads, such as `Endpoint.Processes`.
    pub data_models: Vec<String>,
    /// Licence of the corpus, where it is known.
    pub licence: Option<String>,
    /// The rule's file, below the folder of its corpus.
    pub file: String,
    /// Generation of the schema that the file is written in.
    pub generation: u8,
}

/// A tactic that a rule's techniques serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TacticTag {
    /// `TA0008`.
    pub id: String,
    /// `Lateral Movement`.
    pub name: String,
}

/// A technique that a rule is tagged with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TechniqueTag {
    /// `T1021.006`.
    pub id: String,
    /// `Remote Services: Windows Remote Management`; empty when ATT&CK has no such technique.
    pub name: String,
    /// Ids of its tactics.
    pub tactics: Vec<String>,
    /// How many other rules are tagged with it.
    pub others: u32,
    /// What is wrong with it: revoked, replaced by which, no longer kept up, unknown.
    pub remark: Option<String>,
}

/// Which events a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct EventCoverage {
    /// Events, by provider and id.
    pub events: Vec<EventUse>,
    /// Where the search and the rule's `data_source` disagree, and what is not known.
    pub remarks: Vec<String>,
}

/// An event that a rule reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventUse {
    /// Key of its [`EventEntry`](super::EventEntry), also the name of its page.
    pub key: String,
    /// Provider, such as `Microsoft-Windows-PowerShell`.
    pub provider: String,
    /// Event id.
    pub id: u32,
    /// The first line of its message; can be empty.
    pub title: String,
    /// Channel; can be empty.
    pub channel: String,
    /// The fields of the event that the rule reads, sorted.
    pub fields: Vec<String>,
    /// How many rules read this event, this one included.
    pub rules: u32,
    /// Whether the search says so.
    pub by_search: bool,
    /// Whether it comes through this data model node.
    pub by_model: Option<String>,
    /// Whether a data source that the rule names says so.
    pub by_data_source: bool,
}

/// What a result row raises.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct FindingPage {
    /// Title of the finding, with tokens.
    pub title: Option<String>,
    /// What the finding is about.
    pub entity: Option<EntityScore>,
    /// What it adds to the risk of others.
    pub intermediate: Vec<EntityScore>,
    /// Message of intermediate findings, with tokens.
    pub message: Option<String>,
    /// Fields that name what the attacker used, each with its type.
    pub threat_objects: Vec<(String, String)>,
    /// `24h by dest, user`; how often the rule may raise the same thing.
    pub throttling: Option<String>,
}

/// Something at risk, and by how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntityScore {
    /// The field that names it.
    pub field: String,
    /// `user`, `system`, `other`.
    pub kind: String,
    /// 0 to 100.
    pub score: u32,
}

/// A search that leads on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Drilldown {
    /// Name, with tokens.
    pub name: String,
    /// SPL, with tokens.
    pub search: String,
    /// Begin of its time range.
    pub earliest: Option<String>,
    /// End of its time range.
    pub latest: Option<String>,
}

/// A rule like this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Similar {
    /// Its id.
    pub id: RuleId,
    /// Its name.
    pub name: String,
    /// Likeness, 0 to 1000.
    pub score: u32,
    /// What both have, the rarest first.
    pub reasons: Vec<String>,
}

/// A macro that a rule uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MacroUse {
    /// Name, with the number of arguments where it has some: `security_content_ctime(1)`.
    pub name: String,
    /// What it stands for.
    pub definition: String,
    /// Key of its [`MacroEntry`](super::MacroEntry); `None` for a filter macro that nobody defines.
    pub key: Option<String>,
}

/// A lookup that a rule uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LookupUse {
    /// Name.
    pub name: String,
    /// What it is for; empty when nobody defines it.
    pub description: String,
    /// Key of its [`LookupEntry`](super::LookupEntry); `None` when nobody defines it.
    pub key: Option<String>,
}
