//! What a scan reports, one object a record. `grotto scan --format jsonl` prints exactly these: they are a contract.

use crate::row::Row;
use grotto_diag::Diagnostic;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One record of a scan's report; the field `type` says which.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// A rule fired and raises a finding.
    Finding(Finding),
    /// A rule fired and raises an intermediate finding: risk on one entity, for other rules to add up.
    IntermediateFinding(Finding),
    /// A rule fired that raises nothing by itself, such as a Hunting rule.
    Hit(Hit),
    /// Something was passed over: a record, a chunk, a file, a rule's text.
    Error(ErrorRecord),
    /// What became of one rule.
    Rule(RuleRecord),
    /// The last record: totals.
    Summary(Summary),
}

impl Record {
    /// The rule that found it; `None` for a record that nothing was found for.
    pub fn rule(&self) -> Option<&RuleRef> {
        match self {
            Self::Finding(f) | Self::IntermediateFinding(f) => Some(&f.rule),
            Self::Hit(h) => Some(&h.rule),
            Self::Error(_) | Self::Rule(_) | Self::Summary(_) => None,
        }
    }
}

/// Findings and hits, and intermediate findings of rules without findings: those of others say the same once more.
pub fn said_once(records: &[Record]) -> impl Iterator<Item = &Record> {
    let raised: BTreeSet<&str> = records
        .iter()
        .filter_map(|r| if let Record::Finding(f) = r { Some(f.rule.id.as_str()) } else { None })
        .collect();
    records.iter().filter(move |record| match record {
        Record::Finding(_) | Record::Hit(_) => true,
        Record::IntermediateFinding(f) => !raised.contains(f.rule.id.as_str()),
        Record::Error(_) | Record::Rule(_) | Record::Summary(_) => false,
    })
}

/// The rule that a record is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleRef {
    /// UUID.
    pub id: String,
    /// Name as its author wrote it.
    pub name: String,
    /// `TTP`, `Anomaly`, `Hunting`, `Correlation`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `info`, `low`, `medium`, `high` or `critical`, by the score.
    pub severity: String,
    /// ATT&CK technique ids.
    pub mitre_attack_id: Vec<String>,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// The field of the result row.
    pub field: String,
    /// `system`, `user`, `other`, or a threat object's type such as `process_name`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The field's value in this row: text, an array for a multivalue field, `null` when the row has none.
    pub value: serde_json::Value,
}

/// A search that leads from a finding to what is behind it, its tokens filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drilldown {
    /// Name, tokens filled.
    pub name: String,
    /// SPL, tokens filled and escaped.
    pub search: String,
    /// Start of its time range as the rule writes it, tokens filled.
    pub earliest_offset: String,
    /// End of its time range, likewise.
    pub latest_offset: String,
    /// Start of its time range, RFC 3339 in UTC; `null` for all time before the end. A plain length such as `7d` is that
    /// long before what the rule looked at begins.
    #[serde(default)]
    pub earliest: Option<String>,
    /// End of its time range, likewise; a plain length, such as `0`, is that long after what the rule looked at ends.
    #[serde(default)]
    pub latest: Option<String>,
}

/// A finding or an intermediate finding: one for each result row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// 32 hexadecimal digits that stay the same whenever the same thing is found: see `risk`.
    pub id: String,
    /// The rule.
    pub rule: RuleRef,
    /// Title or message, tokens filled.
    pub title: String,
    /// What it is about.
    pub entity: Entity,
    /// Risk score of the entity, 0 to 100.
    pub score: u32,
    /// When it began: RFC 3339 in UTC, from the row or else from the events behind it; the row's own text where that is
    /// no time; `null` when nothing tells.
    pub first_time: Option<String>,
    /// When it ended, likewise.
    pub last_time: Option<String>,
    /// Where the time range begins that the rule looked at: the window of a scheduled run, the range that the scan was
    /// asked for, else the first event behind the rule's rows. RFC 3339 in UTC.
    #[serde(default)]
    pub info_min_time: Option<String>,
    /// Where it ends, exclusive.
    #[serde(default)]
    pub info_max_time: Option<String>,
    /// When the scheduled run fired that raised it; left out in a scan that runs every rule once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired: Option<String>,
    /// Whether the rows come from a script block that PowerShell logged in several events, none of which satisfies the
    /// rule by itself. Left out when it is not so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joined_script_block: bool,
    /// How often it has been seen, this time included; left out where no state is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    /// Indicators that came with it: process names, hashes, addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threat_objects: Vec<Entity>,
    /// Every field of the result row.
    pub row: Row,
    /// Searches to go on with.
    pub drilldowns: Vec<Drilldown>,
}

/// A result row of a rule without findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// The rule.
    pub rule: RuleRef,
    /// When it began, as the row tells.
    pub first_time: Option<String>,
    /// When it ended.
    pub last_time: Option<String>,
    /// When the scheduled run fired; left out in a scan that runs every rule once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fired: Option<String>,
    /// Whether the rows come from a script block that PowerShell logged in several events, none of which satisfies the
    /// rule by itself. Left out when it is not so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub joined_script_block: bool,
    /// Every field of the result row.
    pub row: Row,
}

/// Something that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorRecord {
    /// The file, when it is about one.
    pub file: Option<String>,
    /// `line:column` in a text that was written by hand; the place in a log file is part of the message.
    pub place: Option<String>,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
    /// Stable name of the kind of problem.
    pub slug: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What happened, with its place inside a log file.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl From<&Diagnostic> for ErrorRecord {
    fn from(d: &Diagnostic) -> Self {
        Self {
            file: d.file().map(str::to_owned),
            place: d.place().map(|p| format!("{}:{}", p.line, p.column)),
            line: d.place().map(|p| p.line),
            column: d.place().map(|p| p.column),
            slug: d.slug.to_owned(),
            severity: d.severity.name().to_owned(),
            message: d.message.clone(),
            help: d.help.clone(),
        }
    }
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleState {
    /// It ran.
    Run,
    /// It needs something that grotto does not do.
    Unsupported,
    /// It is wrong in itself: SPL that can't be read, a macro that nobody defines.
    Invalid,
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleRecord {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether it ran.
    pub state: RuleState,
    /// Slug of the reason why it did not.
    pub slug: Option<String>,
    /// The reason, in words.
    pub reason: Option<String>,
    /// The rule's file.
    pub file: Option<String>,
    /// Line of the reason's place in that file.
    pub line: Option<usize>,
    /// Column of the reason's place.
    pub column: Option<usize>,
    /// What is worth saying about a rule that ran: fields that its data model lacks, sources taken for others. Left
    /// out when there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ErrorRecord>,
    /// Result rows that raised nothing, as the rule raises the same thing only once in a while. Left out when there are
    /// none.
    #[serde(skip_serializing_if = "is_zero")]
    pub throttled: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Files that a scan was pointed at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Log files that were read.
    pub read: usize,
    /// Files that are no logs.
    pub skipped: usize,
    /// Files that could not be read.
    pub failed: usize,
}

/// Totals of a scan.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Log files read.
    pub files: usize,
    /// Files that are no logs.
    pub files_skipped: usize,
    /// Files that could not be read.
    pub files_failed: usize,
    /// Bytes read.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// Event records that could not be read.
    pub events_failed: u64,
    /// Chunks of EVTX files and stretches of text that could not be read, so that nobody knows what was in them.
    pub chunks_lost: u64,
    /// Rules that ran.
    pub rules_run: usize,
    /// Rules that need something that grotto does not do.
    pub rules_unsupported: usize,
    /// Rules that are wrong in themselves.
    pub rules_invalid: usize,
    /// Files of rules, macros, lookups and apps that could not be used.
    pub content_failed: usize,
    /// Rules with at least one result row.
    pub rules_with_hits: usize,
    /// Findings, intermediate ones aside, by severity.
    pub findings: BTreeMap<String, usize>,
    /// Intermediate findings.
    pub intermediate_findings: usize,
    /// Result rows of rules without findings.
    pub hits: usize,
    /// Result rows that raised nothing, as their rules raise the same thing only once in a while.
    pub throttled: usize,
    /// Bytes that were written to temporary files because the rows that searches kept took much memory.
    pub spilled_bytes: u64,
    /// Names of the rules whose rows those were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules_spilled: Vec<String>,
    /// Seconds from start to end.
    pub elapsed: f64,
}

impl Summary {
    /// Whether anything was counted.
    pub(crate) fn something(&self) -> bool {
        self.hits > 0 || self.intermediate_findings > 0 || !self.findings.is_empty()
    }

    /// Adds what another counted.
    pub(crate) fn add(&mut self, other: &Self) {
        for (severity, count) in &other.findings {
            *self.findings.entry(severity.clone()).or_default() += count;
        }
        self.intermediate_findings += other.intermediate_findings;
        self.hits += other.hits;
    }
}
