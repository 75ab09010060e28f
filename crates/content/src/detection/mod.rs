//! Detections: one model for the three generations of the rule schema.
//!
//! | generation | known by | what raises risk |
//! |---|---|---|
//! | 1 (to 2024) | `tags:` with `observable` and `message` | `tags.observable`, `tags.message`, `tags.risk_score` |
//! | 2 (contentctl 5) | `rba:`; or `tags:` without `observable` | `rba.risk_objects`, `rba.threat_objects`, `rba.message` |
//! | 3 (from May 2026) | neither `tags:` nor `rba:` | `finding`, `intermediate_findings`, `threat_objects` |
//!
//! The model is that of generation 3. How the older two become it is told in [`Finding`] and done in one file for each
//! generation; [`RuleType`] decides: a TTP raises a finding and intermediate findings, an Anomaly intermediate findings
//! only, a Correlation a finding only, Hunting none.

mod common;
mod gen1;
mod gen2;
mod gen3;
mod model;
mod port;

pub use model::{
    AttackData, Drilldown, Entity, EntityType, Finding, Generation, IntermediateFinding, RuleTest, RuleType,
    Schedule, Severity, Status, ThreatObject, Throttling,
};

use crate::yaml::{self, Mapping, Reader, Text, UnknownKey, Value};
use grotto_diag::{Source, Span};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A detection rule, of whatever generation it was written in.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Name for people.
    pub name: String,
    /// Identifier, a UUID in the official content. Rules of the same id are the same rule.
    pub id: String,
    /// Version of the rule, counted up by its authors.
    pub version: Option<u32>,
    /// Day on which the rule was first written, `YYYY-MM-DD` as a rule. Generation 3 only.
    pub creation_date: Option<String>,
    /// Day of the last change. `date` in the older generations.
    pub modification_date: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// How far along it is.
    pub status: Status,
    /// What kind of rule it is.
    pub rule_type: RuleType,
    /// What it detects and why that matters.
    pub description: String,
    /// Names of data sources, each of which suffices or all of which are needed; `A AND B` is split into two.
    pub data_source: Vec<String>,
    /// The search, with its place in the file.
    pub search: Text,
    /// What has to be in place for the rule to work.
    pub how_to_implement: String,
    /// What else the rule finds.
    pub known_false_positives: String,
    /// Where to read more.
    pub references: Vec<String>,
    /// Searches that lead from a finding to what is behind it.
    pub drilldown_searches: Vec<Drilldown>,
    /// What a result row raises for an analyst to look at.
    pub finding: Option<Finding>,
    /// What a result row adds to the risk of users and systems.
    pub intermediate_findings: Vec<IntermediateFinding>,
    /// Fields that name what the attacker used.
    pub threat_objects: Vec<ThreatObject>,
    /// Names of the stories that the rule is part of.
    pub analytic_story: Vec<String>,
    /// What is attacked, such as `Endpoint`.
    pub asset_type: Option<String>,
    /// Vulnerabilities, `CVE-…`.
    pub cve: Vec<String>,
    /// Tests of Atomic Red Team.
    pub atomic_guid: Vec<String>,
    /// ATT&CK techniques.
    pub mitre_attack_id: Vec<String>,
    /// Groups of attackers: `threat_group`, `group` in the older generations.
    pub threat_group: Vec<String>,
    /// Products that the rule runs in.
    pub product: Vec<String>,
    /// `endpoint`, `cloud`, `network`, `web` …: the key, or the folder under `detections/`.
    pub category: Option<String>,
    /// Domain of Splunk Enterprise Security, such as `endpoint` or `access`.
    pub security_domain: Option<String>,
    /// Tests that come with the rule.
    pub tests: Vec<RuleTest>,
    /// Why the rule can't be tested automatically, where its author says so.
    pub manual_test: Option<String>,
    /// How often the rule may raise the same thing.
    pub throttling: Option<Throttling>,
    /// When Splunk runs the rule, where the rule says so.
    pub schedule: Option<Schedule>,
    /// Generation of the schema that the file is written in.
    pub generation: Generation,
    /// How bad a result of the rule is.
    pub severity: Severity,
    /// Where it was read from.
    pub path: PathBuf,
    /// Keys that the schema of its generation does not know.
    pub unknown_keys: Vec<UnknownKey>,
    /// The file.
    pub source: Arc<Source>,
}

impl Detection {
    /// File name without its ending; the official content derives it from the name.
    pub fn file_stem(&self) -> &str {
        self.path.file_stem().and_then(|s| s.to_str()).unwrap_or_default()
    }

    /// Place in the file of the value at a path of keys, such as `finding.entity.score` or `tests[0].name`.
    ///
    /// Reads the file again, so that rules need not carry the place of everything. `None` when there is no such value.
    pub fn place_of(&self, path: &str) -> Option<Span> {
        let tree = yaml::parse(&self.source).ok()?;
        Some(yaml::find(&tree, path)?.span)
    }

    /// The text at a path of keys with its map, for a diagnostic inside of it.
    pub fn text_at(&self, path: &str) -> Option<Text> {
        let tree = yaml::parse(&self.source).ok()?;
        let node = yaml::find(&tree, path)?;
        Some(Text::new(&self.source.text, node.span, node.scalar()?.to_owned()))
    }
}

/// Reads a detection. `None`, and an error in `reader`, when it has no name, id or search.
pub(crate) fn read(reader: &Reader, top: &Mapping<'_>, path: &Path) -> Option<Detection> {
    let generation = generation(top);
    let mut detection = common::read(reader, top, path, generation)?;
    match generation {
        Generation::One => gen1::read(top, &mut detection),
        Generation::Two => gen2::read(top, &mut detection),
        Generation::Three => gen3::read(top, &mut detection),
    }
    Some(detection)
}

/// The generation that a file is written in.
fn generation(top: &Mapping<'_>) -> Generation {
    if top.has("rba") {
        return Generation::Two;
    }
    let Some(Value::Map(tags)) = top.node("tags").map(|n| &n.value) else { return Generation::Three };
    let old = |key: &str| tags.iter().any(|(k, _)| k.scalar() == Some(key));
    if old("observable") || old("message") { Generation::One } else { Generation::Two }
}
