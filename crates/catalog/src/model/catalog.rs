//! The whole catalogue: all pages and what they share.

use super::{IndicatorKind, Language, Report, RuleId, RulePage};
use schemars::JsonSchema;
use serde::Serialize;

/// All that a catalogue's pages say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Catalog {
    /// What made it.
    pub versions: Versions,
    /// The corpora, in the order in which they were given.
    pub corpora: Vec<Corpus>,
    /// The rules, by section, then by name, then by id.
    pub rules: Vec<RulePage>,
    /// Events that a rule reads, by provider and id.
    pub events: Vec<EventEntry>,
    /// Tactics in the order of the ATT&CK matrix, all of them.
    pub tactics: Vec<TacticEntry>,
    /// Techniques by id: those in use and those that a rule is tagged with.
    pub techniques: Vec<TechniqueEntry>,
    /// Fields that rules read, by name.
    pub fields: Vec<FieldEntry>,
    /// What two or more rules look for, by field, kind and value.
    pub indicators: Vec<IndicatorEntry>,
    /// Stories, by name.
    pub stories: Vec<StoryEntry>,
    /// Macros, by name.
    pub macros: Vec<MacroEntry>,
    /// Lookups, by name.
    pub lookups: Vec<LookupEntry>,
    /// Data sources, by name.
    pub data_sources: Vec<DataSourceEntry>,
    /// Commands that rules use, by name.
    pub commands: Vec<CommandEntry>,
    /// What is odd in the corpora.
    pub report: Report,
}

impl Catalog {
    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&RulePage> {
        self.rules.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
    }
}

/// What made a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Versions {
    /// Version of grotto.
    pub grotto: String,
    /// Version of the ATT&CK table.
    pub attack: String,
}

/// Rules that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Corpus {
    /// Name of its page.
    pub key: String,
    /// Its name, such as `escu-2024`.
    pub name: String,
    /// The section of the catalogue that its rules are in, such as `Splunk`.
    pub section: String,
    /// What its rules are written in.
    pub language: Language,
    /// Number of rules.
    pub rules: u32,
    /// Of these, those that run.
    pub running: u32,
    /// Of these, those that fire on their own data.
    pub proven: u32,
    /// Licence, where it is known.
    pub licence: Option<String>,
}

/// An event that rules read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventEntry {
    /// Name of its page: `microsoft-windows-powershell-4104`.
    pub key: String,
    /// Provider.
    pub provider: String,
    /// Event id.
    pub id: u32,
    /// Channel; can be empty.
    pub channel: String,
    /// The first line of its message; can be empty.
    pub title: String,
    /// Its fields, as known, each with the number of rules that read it; in the event's order.
    pub fields: Vec<(String, u32)>,
    /// The rules that read it.
    pub rules: Vec<RuleId>,
}

/// A tactic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TacticEntry {
    /// `TA0008`.
    pub id: String,
    /// `lateral-movement`, also the name of its page.
    pub key: String,
    /// `Lateral Movement`.
    pub name: String,
    /// Ids of its techniques and sub-techniques.
    pub techniques: Vec<String>,
    /// The rules with one of them.
    pub rules: Vec<RuleId>,
}

/// A technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TechniqueEntry {
    /// `T1021.006`, also the name of its page.
    pub id: String,
    /// Name; of a sub-technique only its own.
    pub name: String,
    /// Name with that of its technique before it.
    pub full_name: String,
    /// Ids of its tactics.
    pub tactics: Vec<String>,
    /// `current`, `revoked`, `deprecated` or `unknown`.
    pub state: String,
    /// The rules that are tagged with it.
    pub rules: Vec<RuleId>,
    /// Of these, how many run.
    pub running: u32,
    /// Of these, how many fire on their own data.
    pub proven: u32,
}

/// A field that rules read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldEntry {
    /// Name of its page.
    pub key: String,
    /// Its name, without the data model node before it.
    pub name: String,
    /// Keys of the events in which it is known to be.
    pub events: Vec<String>,
    /// The rules that read it from events.
    pub rules: Vec<RuleId>,
}

/// Something that two or more rules look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndicatorEntry {
    /// Name of its page.
    pub key: String,
    /// The field.
    pub field: String,
    /// How it is compared; never `in`.
    pub kind: IndicatorKind,
    /// Whether rules look for events where it is not so.
    pub negated: bool,
    /// What it is compared with, in lower case where letter case does not count.
    pub value: String,
    /// Whether letter case counts.
    pub case: bool,
    /// The rules that look for it.
    pub rules: Vec<RuleId>,
}

/// A story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoryEntry {
    /// Name of its page.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is about, in short; Markdown, not to be trusted. Empty for a story that only rules name.
    pub description: String,
    /// What it is about, at length; likewise.
    pub narrative: String,
    /// `http` and `https` URLs.
    pub references: Vec<String>,
    /// The rules that are part of it.
    pub rules: Vec<RuleId>,
}

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MacroEntry {
    /// Name of its page.
    pub key: String,
    /// Name, with the number of arguments where it has some: `security_content_ctime(1)`.
    pub name: String,
    /// Names of its arguments.
    pub arguments: Vec<String>,
    /// What it stands for.
    pub definition: String,
    /// What it is for.
    pub description: String,
    /// The rules that use it, also through other macros.
    pub rules: Vec<RuleId>,
}

/// A lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LookupEntry {
    /// Name of its page.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its rows are: `CSV file`, `key-value store`, `machine learning model`, `missing file`.
    pub kind: String,
    /// The rules that use it.
    pub rules: Vec<RuleId>,
}

/// A data source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DataSourceEntry {
    /// Name of its page.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What the events tell; Markdown, not to be trusted. Empty for one that only rules name.
    pub description: String,
    /// Splunk's `source` of the events.
    pub source: Option<String>,
    /// Splunk's `sourcetype` of the events.
    pub sourcetype: Option<String>,
    /// Keys of the events that it stands for.
    pub events: Vec<String>,
    /// The rules that name it.
    pub rules: Vec<RuleId>,
}

/// A command that rules use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CommandEntry {
    /// Its name, also the name of its page.
    pub name: String,
    /// The kind in Splunk's words; empty when grotto does not know it.
    pub kind: String,
    /// Why it can't be run; `None` when it can.
    pub unsupported: Option<String>,
    /// The rules that use it.
    pub rules: Vec<RuleId>,
}
