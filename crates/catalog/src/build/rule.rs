//! The page of a rule as far as the rule itself tells: what others have in common with it comes later.

use super::stages::{self, one_line};
use super::uses::Uses;
use super::{Folder, Read, attack, computed::Computed, indicators};
use crate::model::{
    Body, Drilldown, EntityScore, Evidence, EvidenceState, Facts, FindingPage, Language, Piece, RulePage,
    Stage,
};
use grotto_content::{Detection, Entity};
use grotto_detect::record::RuleState;
use grotto_detect::{Rule, RuleSet};
use grotto_spl::ast::Search;
use grotto_spl::{Expanded, MacroTable};
use std::collections::BTreeSet;
use std::path::Path;

/// What all rules are read with.
pub(super) struct Cx<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) macros: &'a MacroTable,
    pub(super) folders: &'a [Folder],
    /// Names of all data model nodes.
    pub(super) nodes: BTreeSet<String>,
}

/// Reads a rule.
pub(super) fn read<'a>(number: usize, rule: &'a Rule, cx: &Cx<'a>) -> Read<'a> {
    let detection = &rule.detection;
    let tree = rule.expanded.as_ref().and_then(|expanded| grotto_spl::parse(&expanded.text).ok());
    let uses = tree.as_ref().map(Uses::of).unwrap_or_default();
    let short = |field: &str| match field.rsplit_once('.') {
        Some((node, name)) if !uses.models.is_empty() => {
            let known = cx.nodes.contains(node.rsplit('.').next().unwrap_or(node));
            if known { name.to_owned() } else { field.to_owned() }
        }
        _ => field.to_owned(),
    };
    let mut page = page(rule, folder(detection, cx.folders));
    page.facts.data_models = uses.models.iter().cloned().collect();
    let mut fields = BTreeSet::new();
    if let (Some(tree), Some(expanded)) = (&tree, &rule.expanded) {
        page.stages = stages::of(tree, expanded, &detection.search);
        page.indicators = indicators::of(tree, &short);
        read_fields(tree, &page.stages, &mut fields);
        fields = fields.iter().map(|field| short(field)).collect();
    }
    let macros = cx.macros.used(&detection.search);
    let job = rule.job.and_then(|job| cx.rules.jobs.get(job)).map(AsRef::as_ref);
    Read { number, rule, job, page, uses, macros, fields }
}

/// The fields that a search reads and does not make itself.
fn read_fields(tree: &Search, stages: &[Stage], out: &mut BTreeSet<String>) {
    let mut computed = Computed::default();
    for (ast, stage) in tree.stages.iter().zip(stages) {
        out.extend(stage.reads.iter().filter(|field| !computed.has(field)).cloned());
        for inside in stage.inside.iter().flatten() {
            out.extend(inside.reads.iter().cloned());
        }
        computed.after(ast);
    }
}

fn page(rule: &Rule, folder: Option<&Folder>) -> RulePage {
    let detection = &rule.detection;
    let techniques = attack::techniques(&detection.mitre_attack_id);
    RulePage {
        id: id(detection).into(),
        slug: String::new(),
        folder: String::new(),
        name: detection.name.clone(),
        corpus: folder.map_or_else(String::new, |folder| folder.name.clone()),
        section: Language::Spl.name().to_owned(),
        language: Language::Spl,
        status: detection.status.name().to_owned(),
        kind: detection.rule_type.to_string(),
        severity: detection.severity.name().to_owned(),
        evidence: evidence(rule),
        description: detection.description.clone(),
        facts: facts(detection, folder),
        tactics: attack::tactics(&techniques),
        techniques,
        events: crate::model::EventCoverage::default(),
        body: body(rule),
        stages: Vec::new(),
        indicators: Vec::new(),
        finding: finding(detection),
        drilldowns: drilldowns(detection),
        false_positives: detection.known_false_positives.clone(),
        implementation: detection.how_to_implement.clone(),
        references: links(&detection.references),
        similar: Vec::new(),
        macros: Vec::new(),
        lookups: Vec::new(),
    }
}

/// What can be said without its tests.
fn evidence(rule: &Rule) -> Evidence {
    let runs = rule.state == RuleState::Run;
    Evidence {
        state: if runs { EvidenceState::Runs } else { EvidenceState::Cannot },
        reason: rule.reason.as_ref().map(|reason| reason.message.clone()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Evidence::default()
    }
}

fn facts(detection: &Detection, folder: Option<&Folder>) -> Facts {
    let entities = entities(detection);
    Facts {
        version: detection.version,
        created: detection.creation_date.clone(),
        modified: detection.modification_date.clone(),
        author: detection.author.clone(),
        risk_score: entities.iter().map(|entity| entity.score).max(),
        entities: entities.iter().map(|e| format!("{} ({})", e.field, e.kind.name())).collect(),
        security_domain: detection.security_domain.clone(),
        category: detection.category.clone(),
        asset_type: detection.asset_type.clone(),
        stories: detection.analytic_story.clone(),
        products: detection.product.clone(),
        cve: detection.cve.clone(),
        threat_groups: detection.threat_group.clone(),
        data_sources: detection.data_source.clone(),
        data_models: Vec::new(),
        licence: folder.and_then(|folder| folder.licence.clone()),
        file: file(detection, folder),
        generation: detection.generation.number(),
    }
}

/// The id of a rule as its page has it.
pub(super) fn id(detection: &Detection) -> String {
    detection.id.to_ascii_lowercase()
}

/// The folder that a rule belongs to: the first that it lies in.
pub(super) fn folder<'f>(detection: &Detection, folders: &'f [Folder]) -> Option<&'f Folder> {
    folders.iter().find(|folder| detection.path.starts_with(&folder.path))
}

/// The file of a rule, below its folder.
pub(super) fn file(detection: &Detection, folder: Option<&Folder>) -> String {
    let below = folder.and_then(|folder| detection.path.strip_prefix(&folder.path).ok());
    slashes(below.filter(|file| !file.as_os_str().is_empty()).unwrap_or(&detection.path))
}

/// A path with `/` between its parts, without what is above it.
fn slashes(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// All entities at risk.
fn entities(detection: &Detection) -> Vec<&Entity> {
    let finding = detection.finding.iter().map(|finding| &finding.entity);
    finding.chain(detection.intermediate_findings.iter().map(|finding| &finding.entity)).collect()
}

fn body(rule: &Rule) -> Body {
    let detection = &rule.detection;
    let problem = rule.reason.as_ref().map(|reason| match reason.place() {
        Some(place) => format!("line {}, column {}: {}", place.line, place.column, reason.message),
        None => reason.message.clone(),
    });
    Body {
        file: detection.source.text.as_str().into(),
        search: detection.search.to_string(),
        expanded: rule.expanded.as_ref().map(|expanded| expanded.text.clone()),
        pieces: pieces(&detection.search, rule.expanded.as_ref()),
        problem,
    }
}

fn pieces(written: &str, expanded: Option<&Expanded>) -> Vec<Piece> {
    let Some(expanded) = expanded else { return vec![Piece::Text(written.to_owned())] };
    let of = |(place, made, name): (grotto_diag::Span, grotto_diag::Span, Option<&str>)| match name {
        None => Piece::Text(place.of(written).to_owned()),
        Some(name) => Piece::Macro {
            call: place.of(written).to_owned(),
            name: name.to_owned(),
            expansion: made.of(&expanded.text).to_owned(),
        },
    };
    expanded.pieces().map(of).collect()
}

fn score(entity: &Entity) -> EntityScore {
    EntityScore { field: entity.field.clone(), kind: entity.kind.name().to_owned(), score: entity.score }
}

fn finding(detection: &Detection) -> FindingPage {
    let throttling = detection.throttling.as_ref().map(|throttling| {
        let period = throttling.period.as_deref().unwrap_or("no period given");
        match throttling.fields.as_slice() {
            [] => period.to_owned(),
            fields => format!("{period} by {}", fields.join(", ")),
        }
    });
    FindingPage {
        title: detection.finding.as_ref().map(|finding| finding.title.clone()),
        entity: detection.finding.as_ref().map(|finding| score(&finding.entity)),
        intermediate: detection.intermediate_findings.iter().map(|f| score(&f.entity)).collect(),
        message: detection.intermediate_findings.first().map(|finding| finding.message.clone()),
        threat_objects: detection.threat_objects.iter().map(|t| (t.field.clone(), t.kind.clone())).collect(),
        throttling,
    }
}

fn drilldowns(detection: &Detection) -> Vec<Drilldown> {
    let of = |drilldown: &grotto_content::Drilldown| Drilldown {
        name: one_line(&drilldown.name),
        search: drilldown.search.to_string(),
        earliest: drilldown.earliest_offset.clone(),
        latest: drilldown.latest_offset.clone(),
    };
    detection.drilldown_searches.iter().map(of).collect()
}

/// Those of texts that are addresses of the web.
pub(super) fn links(references: &[String]) -> Vec<String> {
    let of_web = |text: &&str| {
        let lower = text.to_ascii_lowercase();
        (lower.starts_with("https://") || lower.starts_with("http://"))
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'))
    };
    references.iter().map(|text| text.trim()).filter(of_web).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let texts = [
            "https://a.example/x",
            "javascript:alert(1)",
            " http://b ",
            "see there",
            "HTTPS://C",
            "https://a b",
        ];
        assert_eq!(links(&texts.map(str::to_owned)), ["https://a.example/x", "http://b", "HTTPS://C"]);
    }

    #[test]
    fn paths_say_nothing_of_what_is_above() {
        assert_eq!(slashes(Path::new("/a/../b c/d.yml")), "a/b c/d.yml");
    }
}
