//! What a detection is made of.

use crate::yaml::Text;
use std::fmt;

/// Generation of the rule schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// `tags:` with observables; to the end of 2024.
    One = 1,
    /// `rba:`; contentctl 5, December 2024 to May 2026.
    Two = 2,
    /// `finding:` and its kin; from May 2026.
    Three = 3,
}

impl Generation {
    /// 1, 2 or 3.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// What kind of rule it is, and so what its results mean.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RuleType {
    /// Tactics, techniques and procedures: a result is worth an analyst's time.
    Ttp,
    /// Unusual, not bad by itself: a result adds to risk.
    Anomaly,
    /// For people who look for something: a result is a lead.
    Hunting,
    /// Correlates what other rules found.
    Correlation,
    /// Makes a lookup that others read.
    Baseline,
    /// Gathers context for something found.
    Investigation,
    /// Something else, as written.
    Other(String),
}

impl RuleType {
    pub(super) fn read(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "ttp" => Self::Ttp,
            "anomaly" => Self::Anomaly,
            "hunting" => Self::Hunting,
            "correlation" => Self::Correlation,
            "baseline" => Self::Baseline,
            "investigation" => Self::Investigation,
            _ => Self::Other(name.trim().to_owned()),
        }
    }

    /// The name that authors write.
    pub fn name(&self) -> &str {
        match self {
            Self::Ttp => "TTP",
            Self::Anomaly => "Anomaly",
            Self::Hunting => "Hunting",
            Self::Correlation => "Correlation",
            Self::Baseline => "Baseline",
            Self::Investigation => "Investigation",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for RuleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far along a rule is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    /// Tested and meant to be used.
    Production,
    /// Not tested.
    Experimental,
    /// To be removed.
    Deprecated,
    /// Something else, as written; empty when nothing is.
    Other(String),
}

impl Status {
    pub(super) fn read(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "production" => Self::Production,
            "experimental" => Self::Experimental,
            "deprecated" => Self::Deprecated,
            _ => Self::Other(name.trim().to_owned()),
        }
    }

    /// The name that authors write.
    pub fn name(&self) -> &str {
        match self {
            Self::Production => "production",
            Self::Experimental => "experimental",
            Self::Deprecated => "deprecated",
            Self::Other(name) => name,
        }
    }
}

/// How bad a result is, by its score (<https://github.com/splunk/contentctl>): up to 20 informational, up to 40 low, up
/// to 60 medium, up to 80 high, above critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Scores from 0 to 20.
    Info,
    /// Scores from 21 to 40.
    Low,
    /// Scores from 41 to 60.
    Medium,
    /// Scores from 61 to 80.
    High,
    /// Scores above 80.
    Critical,
}

impl Severity {
    /// All, from the least to the worst.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The severity that a score from 0 to 100 stands for.
    pub fn of_score(score: u32) -> Self {
        match score {
            0..=20 => Self::Info,
            21..=40 => Self::Low,
            41..=60 => Self::Medium,
            61..=80 => Self::High,
            _ => Self::Critical,
        }
    }

    /// `info`, `low`, `medium`, `high` or `critical`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Something that can be at risk, and by how much a result puts it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Field of the result row that names it.
    pub field: String,
    /// What it is.
    pub kind: EntityType,
    /// Risk, 0 to 100 as a rule.
    pub score: u32,
}

/// What is at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityType {
    /// A person or account.
    User,
    /// A machine.
    System,
    /// Anything else.
    Other,
}

impl EntityType {
    /// `user`, `system` or `other`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::System => "system",
            Self::Other => "other",
        }
    }
}

/// What a result row raises for an analyst to look at.
///
/// How the older generations become it, after contentctl's own port to generation 3:
///
/// - their *risk objects* are, in generation 2, `rba.risk_objects` with their types and scores; in generation 1 the
///   observables with the role `Victim`, all with `tags.risk_score` (confidence × impact / 100 where that is missing).
///   An observable of the types `User`, `User Name`, `Username`, `Email Address` is a user; `Device`, `Endpoint`,
///   `Hostname`, `IP Address` a system; any other is other.
/// - a **TTP** raises one finding, for the first risk object that is a user, else for the first; its title is the
///   rule's `message`. The other risk objects become intermediate findings with the same message.
/// - an **Anomaly** makes all of them intermediate findings.
/// - a **Correlation** raises a finding as a TTP does and no intermediate ones. In generation 2 it has no `rba` and so
///   raises none.
/// - **Hunting** and any other type raise none of both and have no threat objects.
/// - *threat objects* are, in generation 2, `rba.threat_objects`; in generation 1 the observables with the role
///   `Attacker`, their types in the newer spelling: `Process Name` is `process_name`, `URL String` is `url`, `File` is
///   `file_name`, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// One line; `$field$` stands for the value of a field of the result row.
    pub title: String,
    /// What is at risk.
    pub entity: Entity,
}

/// What a result row adds to the risk of one user or system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntermediateFinding {
    /// What is at risk.
    pub entity: Entity,
    /// One line; `$field$` stands for the value of a field of the result row.
    pub message: String,
}

/// Something that the attacker used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreatObject {
    /// Field of the result row that names it.
    pub field: String,
    /// What it is, such as `process_name` or `ip_address`.
    pub kind: String,
}

/// A search that leads from a finding to what is behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drilldown {
    /// Name, with tokens.
    pub name: String,
    /// The search, with tokens and `%original_detection_search%`; with its place in the file.
    pub search: Text,
    /// Begin of its time range, such as `$info_min_time$` or `7d`.
    pub earliest_offset: Option<String>,
    /// End of its time range.
    pub latest_offset: Option<String>,
}

/// A test of a rule: replay data, expect results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTest {
    /// Name.
    pub name: String,
    /// `unit` unless it says `experimental` or something else.
    pub test_type: String,
    /// What it tests, where it says so.
    pub description: Option<String>,
    /// The data to replay.
    pub attack_data: Vec<AttackData>,
    /// How many result rows there must be at least; 1 unless it says otherwise.
    pub expected_results: u32,
    /// Begin of the time range, in the older generations.
    pub earliest_time: Option<String>,
    /// End of the time range, in the older generations.
    pub latest_time: Option<String>,
}

/// Data to replay in a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackData {
    /// URL or path of the log file.
    pub data: String,
    /// Splunk's `source` of its events.
    pub source: Option<String>,
    /// Splunk's `sourcetype` of its events.
    pub sourcetype: Option<String>,
    /// Splunk's `index`; `custom_index` in the older generations.
    pub index: Option<String>,
    /// Splunk's `host`.
    pub host: Option<String>,
}

/// How often a rule may raise the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Throttling {
    /// Fields that together say what is the same.
    pub fields: Vec<String>,
    /// For how long, such as `24h`.
    pub period: Option<String>,
}

/// When Splunk runs a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Name of a schedule kept elsewhere, where the rule names one.
    pub name: Option<String>,
    /// Five fields of cron.
    pub cron: Option<String>,
    /// Begin of the time range of a run.
    pub earliest_time: Option<String>,
    /// End of the time range of a run.
    pub latest_time: Option<String>,
}
